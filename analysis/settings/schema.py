"""The settings of a report as types: the sections of report.toml, with defaults and bounds."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args

import msgspec
from msgspec import Meta, Struct

from analysis.declaration import Section, Study, sections

Text = Annotated[str, Meta(max_length=200)]  # text of one line, of a table's cell or of an axis
Name = Annotated[Text, Meta(min_length=1)]
Seed = Annotated[int, Meta(ge=0, le=4_000_000_000)]  # scikit-learn takes 32 bits, and replicates count on from it
Units = Annotated[int, Meta(ge=1, le=10_000)]
Rows = Annotated[int, Meta(ge=1, le=10_000_000)]
Rate = Annotated[float, Meta(gt=0, le=1e30)]
Bound = Annotated[float, Meta(ge=-1e15, le=1e15)]  # float64 tells whole numbers apart up to there
PLACEHOLDERS = {
    "author": "Your Name",
    "roll_number": "00000000",
    "repository": "https://github.com/your-name/your-repository",
}


class ReportSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """What the title page says."""

    title: Name
    author: Name
    roll_number: Name
    repository: Name
    assignment: Name = "Assignment 1"
    course: Text = ""
    institution: Text = ""
    term: Text = ""
    example: bool = False  # the report as shipped, which says so on page 1


Profile = Literal["quick", "standard", "full"]
PROFILES: tuple[str, ...] = get_args(Profile)


class DataSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the tables lie, the one for testing where there is one; both absent means: simulate the course's."""

    train: Name
    test: Text = ""
    source: Text = ""
    simulation_seed: Seed = 0


class RunSettings(Section, frozen=True, forbid_unknown_fields=True):
    """Profile, seed and sizes of the studies that train on the table."""

    profile: Profile = "standard"
    seed: Seed = 0
    replicates: Annotated[int, Meta(ge=2, le=100)] = 5
    intervention_replicates: Annotated[int, Meta(ge=1, le=100)] = 3
    validation_share: Annotated[float, Meta(gt=0, lt=1)] = 0.2
    hidden: tuple[Units, Units] = (64, 32)
    iterations: Annotated[int, Meta(ge=10, le=1_000_000)] = 400
    report_at: Annotated[int, Meta(ge=1)] = 200
    learning_rates: Annotated[tuple[Rate, ...], Meta(min_length=1)] = (0.1, 0.25, 0.5, 1.0)
    boosting_rounds: Annotated[int, Meta(ge=1, le=1000)] = 25
    named_accuracy: Annotated[float, Meta(gt=0, lt=1)] = 0.75
    row_limit: Annotated[int, Meta(ge=0)] = 0

    def in_profile(self, profile: str) -> Self:
        """quick: 6,000 rows, 60 iterations, 2 replicates, 1 of an intervention, 10 rounds of boosting.

        full: every intervention on every replicate.
        """
        if profile == "quick":
            return msgspec.structs.replace(
                self,
                row_limit=min(self.row_limit or 6000, 6000),
                iterations=min(self.iterations, 60),
                report_at=min(self.report_at, 30),
                replicates=2,
                intervention_replicates=1,
                boosting_rounds=min(self.boosting_rounds, 10),
            )
        if profile == "full":
            return msgspec.structs.replace(
                self, intervention_replicates=max(self.replicates, self.intervention_replicates)
            )
        return self


class AiSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the log of AI use lies; None where the report has none."""

    log: str | None = None


class Numerical(Struct, frozen=True, forbid_unknown_fields=True):
    """One numerical column: inclusive bounds, in `unit`; `logarithmic` asks for log1p axes in plots."""

    name: Name
    meaning: Text
    unit: Text
    minimum: Bound
    maximum: Bound
    integer: bool = False
    logarithmic: bool = False


MISSING = ("NA", "N/A", "NaN", "nan", "NULL", "null")


class Categorical(Struct, frozen=True, forbid_unknown_fields=True):
    """One categorical column; `values`, where given, are the only ones allowed and fix their order."""

    name: Name
    meaning: Text
    values: tuple[Text, ...] | None = None


class Table(Struct, frozen=True, forbid_unknown_fields=True):
    """The described table: a categorical target and its features."""

    target: Name
    classes: Annotated[tuple[Name, ...], Meta(min_length=2)]
    target_meaning: Text = "class"
    unit_of_observation: Text = "row"
    labels: tuple[int | Text, ...] | None = None
    numerical: tuple[Numerical, ...] = ()
    categorical: tuple[Categorical, ...] = ()
    missing: tuple[Text, ...] = MISSING  # cells without a value, as empty ones are

    @property
    def numerical_names(self) -> tuple[str, ...]:
        """Names of the numerical columns, as described."""
        return tuple(column.name for column in self.numerical)

    @property
    def categorical_names(self) -> tuple[str, ...]:
        """Names of the categorical columns, as described."""
        return tuple(column.name for column in self.categorical)

    @property
    def features(self) -> tuple[str, ...]:
        """Names of all features: numerical, then categorical (the order of every table and figure)."""
        return self.numerical_names + self.categorical_names

    @property
    def label_values(self) -> tuple[int | str, ...]:
        """What the target column holds, class by class."""
        return self.labels if self.labels is not None else tuple(range(len(self.classes)))

    def column(self, name: str) -> Numerical | Categorical:
        """Return the description of one feature; KeyError where no feature has the name."""
        columns: tuple[Numerical | Categorical, ...] = (*self.numerical, *self.categorical)
        for column in columns:
            if column.name == name:
                return column
        raise KeyError(name)


class Document(Struct, frozen=True, forbid_unknown_fields=True):
    """The content of report.toml, but for the sections that the studies bring."""

    report: ReportSettings
    data: DataSettings
    table: Table
    run: RunSettings = msgspec.field(default_factory=RunSettings)
    ai: AiSettings = msgspec.field(default_factory=AiSettings)
    scans: dict[str, tuple[str, ...]] = {}  # of hand-written pages, in order, by the place they go to


def document_type(studies: Mapping[str, Study]) -> type[Document]:
    """Return the type of a report.toml with the sections of these studies."""
    own = [(name, kind, msgspec.field(default_factory=kind)) for name, kind in sections(studies).items()]
    made: Any = msgspec.defstruct(
        "Document", own, bases=(Document,), module=__name__, frozen=True, forbid_unknown_fields=True
    )
    kind: type[Document] = made
    return kind


@dataclasses.dataclass(frozen=True)
class Settings:
    """All settings of one report; `folder` is where its report.toml lies, paths are resolved against it."""

    path: Path
    report: ReportSettings
    data: DataSettings
    table: Table
    run: RunSettings
    ai: AiSettings
    scans: Mapping[str, tuple[str, ...]]
    own: Mapping[str, Section] = dataclasses.field(default_factory=dict)  # the studies' sections by name
    studies: Mapping[str, Study] = dataclasses.field(default_factory=dict)
    overridden: tuple[str, ...] = ()  # what the profile replaces of the user's own choice, a line each

    def __getattr__(self, name: str) -> Any:
        """Return the section of a study."""
        if name.startswith("__") or name == "own" or name not in self.own:
            raise AttributeError(f"settings have no section '{name}'")
        return self.own[name]

    def entries(self, name: str) -> dict[str, Any]:
        """Return the entries of a section ("run"), or the one of a setting ("run.seed"), by their full names."""
        section, _, entry = name.partition(".")
        tree = msgspec.to_builtins(getattr(self, section))
        return {f"{section}.{key}": tree[key] for key in ([entry] if entry else tree)}

    @property
    def visible(self) -> tuple[str, ...]:
        """The sections that templates see."""
        return ("report", "data", "table", "run", *self.own)

    @property
    def folder(self) -> Path:
        """The folder that relative paths start from."""
        return self.path.parent

    @property
    def train_path(self) -> Path:
        """The training table."""
        return self.folder / self.data.train

    @property
    def test_path(self) -> Path:
        """The test table."""
        return self.folder / self.data.test

    @property
    def simulated(self) -> bool:
        """Whether both files are absent, so that simulated tables replace them."""
        return not self.train_path.exists() and not self.test_path.exists()

    @property
    def placeholders(self) -> tuple[str, ...]:
        """Keys of [report] that still have the values of the shipped report.toml."""
        return tuple(key for key, value in PLACEHOLDERS.items() if getattr(self.report, key) == value)
