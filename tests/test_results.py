"""The contract: finite numbers, known keys, every field described, written whole or not at all."""

import math
import typing

import pytest
from msgspec import Struct
from scipy import stats

from analysis import contract
from analysis.declaration import shipped
from analysis.results import store
from analysis.results.inputs import DataFile
from analysis.results.types import replicated
from analysis.statistics.intervals import UNBOUNDED


class Sample(Struct, frozen=True, forbid_unknown_fields=True):
    """A record for the tests."""

    value: float
    nested: dict[str, list[float]]


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_refused_by_its_key(tmp_path, bad):
    with pytest.raises(ValueError, match=r"sample.nested.a\[1\] is"):
        store.save(Sample(1.0, {"a": [0.0, bad]}), tmp_path / "sample.json")
    assert list(tmp_path.iterdir()) == []


def test_a_file_with_an_unknown_key_names_file_and_next_step(tmp_path):
    path = tmp_path / "gradient_flow.json"
    path.write_text('{"no_such_field": 1}')
    with pytest.raises(ValueError, match=r"gradient_flow.json: .*make results"):
        contract.load(shipped()["gradient_flow"], path)


def test_replicated_summarises_and_refuses_nothing():
    summary = replicated([1.0, 2.0, 3.0])
    assert (summary.mean, summary.std, summary.minimum, summary.maximum) == (2.0, 1.0, 1.0, 3.0)
    assert summary.half_width == pytest.approx(stats.t.interval(0.95, 2, 2.0, stats.sem([1, 2, 3]))[1] - 2.0)
    assert (replicated([4.0]).std, replicated([4.0]).half_width) == (0.0, UNBOUNDED)
    with pytest.raises(ValueError, match="at least one"):
        replicated([])


def structs(kind, seen):
    """Collect every Struct reachable from a type."""
    if isinstance(kind, type) and issubclass(kind, Struct) and kind not in seen:
        seen.add(kind)
        for field in typing.get_type_hints(kind).values():
            structs(field, seen)
    for argument in typing.get_args(kind):
        structs(argument, seen)
    return seen


def test_every_field_of_every_record_says_what_it_means():
    results = contract.results_type(shipped())
    kinds = structs(results, set()) - {results}
    assert DataFile in kinds
    silent = []
    for kind in kinds:
        for name, hint in typing.get_type_hints(kind, include_extras=True).items():
            notes = [note for note in getattr(hint, "__metadata__", ()) if isinstance(note, str)]
            nested = isinstance(hint, type) and issubclass(hint, Struct)
            if not notes and not nested:
                silent.append(f"{kind.__name__}.{name}")
    assert silent == []
