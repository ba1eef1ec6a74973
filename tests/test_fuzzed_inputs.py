"""Whatever becomes of a file, it is read as the schema has it, or refused with its place; nothing else is raised."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis
import msgspec
import numpy as np
import pytest
from hypothesis import given

from analysis.data import dataset
from analysis.errors import InputError
from analysis.settings.load import load
from analysis.settings.schema import Settings
from report_src.rendering import ai_usage
from tests.analysis.mutations import damaged
from tests.analysis.tables import PLANTS, ROOT, TEST, TRAIN, frozen, plants

QUICK, LONG = 250, 4000  # examples of each kind of file
LOG = '''# the log
used = "yes"

[[entry]]
tool = "T 1"
date = 2026-02-07
prompt = """
Why? \\\\ "so"
"""
output = \'\'\'\\LaTeX, 'quoted'\'\'\'
edits = "none"

[[entry]]
tool = "T 2"
prompt = "-"
output = "é😀"
edits = ""
'''
SETTINGS = PLANTS.format(run="seed = 1\nlearning_rates = [0.5, 1.0]\nhidden = [4, 3]")
SHIPPED = (ROOT / "report.toml").read_text(encoding="utf-8")

Reader = Callable[[Path, bytes], None]


def read_train(folder: Path, content: bytes) -> None:
    described = plants(folder, train=content)
    check_table(dataset.read_train(described), described)


def read_test(folder: Path, content: bytes) -> None:
    described = plants(folder, test=content)
    train = dataset.read_train(described)
    check_table(dataset.read_test(described, train, frozen(folder)), described)


def check_table(data: dataset.Dataset, described: Settings) -> None:
    """Assert that a table that was read is as described."""
    table = described.table
    assert list(data.frame) == list(table.features)
    for numerical in table.numerical:
        known = data.frame[numerical.name].dropna().to_numpy()
        assert np.isfinite(known).all()
        assert len(known)
        assert ((numerical.minimum <= known) & (known <= numerical.maximum)).all()
        assert not numerical.integer or (known == np.round(known)).all()
    for categorical in table.categorical:
        texts = data.frame[categorical.name].dropna()
        assert all(isinstance(text, str) and text and text == text.strip() for text in texts)
        assert categorical.values is None or set(texts) <= set(categorical.values)
    assert ((data.labels >= 0) & (data.labels < len(table.classes))).all()
    assert len(set(data.labels)) > 1
    assert all("\n" not in warning for warning in data.warnings)


def read_settings(folder: Path, content: bytes) -> None:
    path = folder / "report.toml"
    path.write_bytes(content)
    for profile in (None, "quick"):
        read = load(path, profile)
        for name in ("report", "data", "table", "run", "shared_bias", "ai", "scans"):
            part = getattr(read, name)
            tree = msgspec.to_builtins(part)
            assert all(math.isfinite(number) for number in floats(tree))
            if profile is None:
                assert msgspec.convert(tree, type(part)) == part
        assert all(column.minimum < column.maximum for column in read.table.numerical)
        assert read.run.report_at <= read.run.iterations
        assert len(read.table.label_values) == len(set(read.table.classes)) > 1
        assert read.simulated in (True, False)


def floats(tree: Any) -> list[float]:
    """Return every float of a tree."""
    inner = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list | tuple) else ()
    return [tree] if isinstance(tree, float) else [number for value in inner for number in floats(value)]


def read_log(folder: Path, content: bytes) -> None:
    path = folder / "ai.toml"
    path.write_bytes(content)
    usage = ai_usage.load(path)
    assert (usage.used == "yes") == bool(usage.entry)
    for entry in usage.entry:
        assert all(isinstance(getattr(entry, name), str) for name in entry.__struct_fields__)


FILES: dict[str, tuple[Reader, str, str]] = {
    "train.csv": (read_train, TRAIN, "train.csv"),
    "test.csv": (read_test, TEST, "test.csv"),
    "report.toml": (read_settings, SETTINGS, "report.toml"),
    "report.toml as shipped": (read_settings, SHIPPED, "report.toml"),
    "ai_usage.toml": (read_log, LOG, "ai.toml"),
}


def fuzz(kind: str, folder: Path, examples: int, seed: int = 0) -> None:
    """Damage a file `examples` times and read it; a mistake that is named must name the file."""
    read, whole, name = FILES[kind]
    read(folder, whole.encode())

    @hypothesis.settings(max_examples=examples, database=None)
    @hypothesis.seed(seed)
    @given(damaged(whole))
    def each(content: bytes) -> None:
        try:
            read(folder, content)
        except InputError as error:
            message = str(error)
            assert message.startswith(f"{folder}/{name}")
            assert "\n" not in message
            assert "; " in message
            assert len(message) < 1500, message

    each()


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.sampled(3)
def test_a_damaged_file_is_read_or_refused_with_its_place(kind: str, tmp_path: Path) -> None:
    fuzz(kind, tmp_path, QUICK)


@pytest.mark.long
@pytest.mark.parametrize("kind", FILES)
def test_many_damaged_files_are_read_or_refused_with_their_place(kind: str, tmp_path: Path) -> None:
    fuzz(kind, tmp_path, LONG)


def test_a_reader_that_raises_something_else_is_caught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fragile(folder: Path, content: bytes) -> None:
        if b"," not in content[-20:]:
            raise IndexError(content)

    monkeypatch.setitem(FILES, "train.csv", (fragile, TRAIN, "train.csv"))
    with pytest.raises(IndexError):
        fuzz("train.csv", tmp_path, QUICK)


@pytest.mark.parametrize("kind", FILES)
@pytest.mark.sampled(3)
def test_damage_leaves_some_files_readable_and_breaks_others(kind: str, tmp_path: Path) -> None:
    """A fuzz test whose files are all refused at their first byte would test nothing else."""
    read, whole, _ = FILES[kind]
    fates: list[bool] = []

    @hypothesis.settings(max_examples=100, database=None, phases=[hypothesis.Phase.generate])
    @hypothesis.seed(1)
    @given(damaged(whole))
    def each(content: bytes) -> None:
        try:
            read(tmp_path, content)
            fates.append(True)
        except InputError:
            fates.append(False)

    each()
    assert min(fates.count(True), fates.count(False)) >= 10
