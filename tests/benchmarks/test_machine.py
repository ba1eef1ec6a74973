"""The processor's name and kind, as Linux describes them."""

import pytest

from benchmarks import machine


@pytest.mark.parametrize(
    ("flags", "said"),
    [("fpu avx2 avx512f avx512bw", "A: B, with AVX-512"), ("fpu avx2", "A: B, without AVX-512")],
)
def test_the_processor_is_named_with_its_kind(tmp_path, monkeypatch, flags, said):
    about = tmp_path / "cpuinfo"
    about.write_text(f"processor\t: 0\nmodel name\t: A: B\nflags\t\t: {flags}\n\nprocessor\t: 1\nmodel name\t: C\n")
    monkeypatch.setattr(machine, "ABOUT", about)
    assert machine.processor() == said


def test_a_system_without_that_file_names_its_architecture(tmp_path, monkeypatch):
    monkeypatch.setattr(machine, "ABOUT", tmp_path / "nothing")
    monkeypatch.setattr(machine.platform, "processor", lambda: "")
    monkeypatch.setattr(machine.platform, "machine", lambda: "arm64")
    assert machine.processor() == "arm64, without AVX-512"
