"""What every study is handed and hands back."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import Struct

from analysis import contract
from analysis.declaration import Study, shipped
from analysis.settings.schema import Settings

Arrays = Mapping[str, np.ndarray]


@dataclasses.dataclass(frozen=True)
class Outcome:
    """A study's record for the report and its arrays (names -> arrays of numbers, saved without pickle)."""

    record: Struct
    arrays: dict[str, np.ndarray] = dataclasses.field(default_factory=dict)
    steps: int = 0  # training iterations, of all networks together


@dataclasses.dataclass(frozen=True)
class Inputs:
    """What earlier studies wrote below `build`; `readable`, where given, are those that the study declares."""

    build: Path
    readable: tuple[str, ...] | None = None
    studies: Mapping[str, Study] = dataclasses.field(default_factory=shipped)

    def record(self, study: str) -> Any:
        """Return the record of an earlier study."""
        self._declared(study)
        return contract.load(self.studies[study], self.build / "results" / f"{study}.json")

    def arrays(self, study: str) -> Arrays:
        """Return the arrays of an earlier study."""
        self._declared(study)
        with np.load(self.build / "arrays" / f"{study}.npz", allow_pickle=False) as file:
            return {name: file[name] for name in file.files}

    def _declared(self, study: str) -> None:
        """What a study reads undeclared would go stale unnoticed."""
        if self.readable is not None and study not in self.readable:
            raise LookupError(f"the study reads '{study}', which {DECLARED} does not declare: add it to reads")


DECLARED = "STUDY in its __init__.py"
SECTIONS = ("report", "data", "table", "run", "ai", "scans")  # of every report.toml


@dataclasses.dataclass(frozen=True)
class Undeclared:
    """Stands for a section of the settings that the study does not declare; LookupError when it is read."""

    section: str

    def __getattr__(self, name: str) -> Any:
        """Raise LookupError: an undeclared setting is not in the step's key, so a change would go unnoticed."""
        if name.startswith("__"):
            raise AttributeError(name)  # pickle and copy ask for these
        setting = f"{self.section}.{name}"
        raise LookupError(
            f"the study reads the setting {setting}, which {DECLARED} does not declare: add it to settings"
        )


def narrowed(settings: Settings, declared: Sequence[str]) -> Settings:
    """Return the settings with what a study declares: sections ("run"), or parts of one ("data.train")."""
    kept = {name.partition(".")[0] for name in declared}
    hidden: dict[str, Any] = {section: Undeclared(section) for section in SECTIONS if section not in kept}
    own: dict[str, Any] = {name: kind if name in kept else Undeclared(name) for name, kind in settings.own.items()}
    return dataclasses.replace(settings, own=own, **hidden)


Plot = Callable[[Any, Arrays, Any], Any]
