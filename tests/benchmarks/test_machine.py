"""The processor's name and kind, and the memory of processes, as Linux describes them."""

import subprocess
import sys
import time

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


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_memory_of_a_process_that_a_process_started_is_found():
    held = "import time; held = b'x' * 150_000_000; print(flush=True); time.sleep(600)"
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {held!r}])"
    with subprocess.Popen([sys.executable, "-c", child], stdout=subprocess.PIPE) as process:
        process.stdout.readline()  # it is held now
        first, second = machine.descendants(process.pid)
        with machine.largest(process.pid) as found:
            while len(found) < 3:  # two processes were looked at
                time.sleep(0.01)
        subprocess.run(["kill", str(second)], check=True)
    assert first == process.pid
    assert 150e6 < max(found) < 250e6


def test_a_process_that_has_ended_holds_nothing(tmp_path):
    assert machine.high_water(tmp_path / "status") == 0
    (tmp_path / "status").write_text("Name:\tx\nVmHWM:\t  3 kB\n")
    assert machine.high_water(tmp_path / "status") == 3072
