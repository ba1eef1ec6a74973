"""What is odd in the data and stops nothing: the build goes on, a warning is printed, and the report says so."""

import dataclasses
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from report_src.build import starter
from tests.end_to_end import front_door
from tests.end_to_end.conftest import BOTH, built_once
from tests.end_to_end.damage import rows, swap, whole_column
from tests.end_to_end.reports import Built, flat, lend_caches

WARNINGS = (
    "train.csv: class 'Luxury' is described and has no row",
    "train.csv: column 'availability_365' has a single value",
    "test.csv: class 'Budget' is described and has no row",
    "test.csv: column 'minimum_nights' has a single value",
    "test.csv: column 'neighbourhood_group': category 'Yonkers' (3 rows) never occurs in train.csv; "
    "its inputs are all 0",
    "test.csv: column 'room_type': category 'Shared room' (1 row) never occurs in train.csv; "
    "its input was 0 in all of training",
    "test.csv: class 'Luxury' (2 rows) never occurs in train.csv",
)
OF_LEAVES = (
    "data/leaves.csv: class 'ash' is described and has no row",
    "data/leaves.csv: column 'soil': categories 'Clay' and 'clay' (1 row) differ little; write them alike",
)
# the sentences of the sections, numbers and names as they are printed
SENTENCES = (
    "availability 365 has a single value and says nothing about the target.",
    "The table has no row of Luxury; no model can learn this class.",
    "The category Yonkers of neighbourhood group occurs in 3 test rows (5.0 %) and in no training row: "
    "its input was zero in each training row, and the network's weights from it keep their initial values.",
    "The category Shared room of room type occurs in 1 test row (1.7 %) and in no training row: "
    "its input was zero in each training row, and the network's weights from it keep their initial values.",
    "The class Luxury has 2 test rows (3.3 %) and no training row: no model could learn it.",
    "In the test table minimum nights has a single value.",
    "The test table has no row of Budget.",
)
NONE_OF = re.compile(r"single value|no row of|no training row|gave these warnings")

pytestmark = pytest.mark.slow


def write_odd_project(folder: Path) -> None:
    """Write the small project with everything odd that stops nothing."""
    front_door.write_project(folder)

    def train(table: list[list[str]]) -> list[list[str]]:
        kept = [[*row[:-1], "2" if row[-1] == "3" else row[-1]] for row in table[1:]]
        rare = ["Rare island", *kept[0][1:]]  # a category of one row: in some training folds only
        return [table[0], *([row[0], row[1].replace("Shared", "Private"), *row[2:]] for row in kept), rare]

    def test(table: list[list[str]]) -> list[list[str]]:
        kept = [[*row[:-1], {"0": "1", "3": "2"}.get(row[-1], row[-1])] for row in table[1:]]
        kept = [[row[0], row[1].replace("Shared", "Private"), *row[2:]] for row in kept]
        for i in (4, 7, 9):
            kept[i][0] = "Yonkers"
        kept[11][1] = "Shared room"
        kept[2][-1] = kept[3][-1] = "3"
        return [table[0], *kept]

    rows(train)(folder / "train.csv")
    whole_column("availability_365", "7")(folder / "train.csv")
    rows(test)(folder / "test.csv")
    whole_column("minimum_nights", "2")(folder / "test.csv")


def build_odd_project(folder: Path) -> Built:
    """Write and build it; `said` is what the build printed on standard error."""
    write_odd_project(folder)
    return built_here(folder)


def build_odd_leaves(folder: Path) -> Built:
    """Write and build the report that `make new` makes with a class without a row and two spellings of one soil."""
    starter.write(folder)
    table, settings = folder / "data/leaves.csv", folder / "report.toml"
    heading, *leaves = table.read_text(encoding="utf-8").splitlines()
    soils = ["clay", "Clay", *["sand"] * (len(leaves) - 2)]
    lines = [f"soil,{heading}", *(f"{soil},{leaf}" for soil, leaf in zip(soils, leaves, strict=True))]
    table.write_text("\n".join(lines) + "\n", encoding="utf-8")
    text = settings.read_text(encoding="utf-8").replace('"oak", "beech"]', '"oak", "beech", "ash"]', 1)
    text += '\n[[table.categorical]]\nname = "soil"\nmeaning = "soil"\n'
    settings.write_text(text.replace('"standard"', '"quick"', 1), encoding="utf-8")
    return built_here(folder)


def built_here(folder: Path) -> Built:
    """Build a report in this process."""
    with pytest.MonkeyPatch.context() as patch, open(folder / "said", "w+", encoding="utf-8") as said:
        front_door.without_processes(patch)
        patch.setattr("sys.stderr", said)
        status = front_door.report(folder)
        said.seek(0)
        return Built(folder / "report.toml", folder / "build", status, said.read())


@dataclasses.dataclass(frozen=True)
class Odd:
    """A report on odd tables, its warnings, and what its sections say of them."""

    built: Built
    warnings: tuple[str, ...]
    sentences: tuple[str, ...]


@pytest.fixture(scope="module", params=BOTH)
def odd(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Odd:
    if request.param == "small":
        return Odd(built_once(tmp_path_factory, "odd-leaves", build_odd_leaves), OF_LEAVES, ())
    return Odd(built_once(tmp_path_factory, "odd-project", build_odd_project), WARNINGS, SENTENCES)


def printed(build: Path) -> str:
    """Return the document as a reader sees its sentences."""
    text = (build / "report.tex").read_text(encoding="utf-8")
    for old, new in {r"\allowbreak{}": "", r"\textquotesingle{}": "'", r"\_": "_", r"\,\%": " %"}.items():
        text = text.replace(old, new)
    text = re.sub(r"\\result\{[^{}]*\}\{([^{}]*)\}", r"\1", text)
    return flat(re.sub(r"\\texttt\{([^{}]*)\}", r"\1", text))


def test_the_build_goes_on_and_prints_each_warning_once(odd: Odd) -> None:
    assert odd.built.status == 0, odd.built.said
    lines = [line.removeprefix("warning: ") for line in odd.built.said.splitlines() if line.startswith("warning: ")]
    assert tuple(line for line in lines if ".csv: " in line) == odd.warnings
    assert "error:" not in odd.built.said


def test_the_report_says_it_where_the_reader_looks_and_lists_it_in_the_appendix(odd: Odd) -> None:
    text = printed(odd.built.build)
    body, appendix = text.split("Reading the data gave these warnings:")
    assert [sentence for sentence in odd.sentences if sentence not in body] == []
    assert [warning for warning in odd.warnings if f"\\item {warning}" not in appendix] == []


def test_what_the_report_says_passes_the_lint_of_prose(odd: Odd) -> None:
    assert json.loads((odd.built.build / "work/findings.json").read_bytes()) == []


def test_a_report_on_sound_tables_says_nothing_of_it(small_project: Built) -> None:
    assert NONE_OF.findall(printed(small_project.build)) == []


def most_missing(kept: int) -> Callable[[Path], None]:
    """Return what empties every feature of a table below its first `kept` rows."""
    return rows(lambda table: [*table[: kept + 1], *([""] * (len(row) - 1) + row[-1:] for row in table[kept + 1 :])])


def sparse(table: list[list[str]]) -> list[list[str]]:
    """Empty every feature in nine rows of ten."""
    return [row if number % 10 == 1 or not number else [""] * 6 + row[-1:] for number, row in enumerate(table)]


def same_rows(table: list[list[str]]) -> list[list[str]]:
    """Repeat a few rows until the table is as long as it was."""
    return [table[0], *(table[1:9] * 15)]


def one_of_a_class(table: list[list[str]]) -> list[list[str]]:
    """Leave one row of all classes but the most frequent one."""
    rest = [row for row in table[1:] if row[-1] == "2"][:1]
    return [table[0], *(row for row in table[1:] if row[-1] == "1"), *rest]


def all_constant(table: list[list[str]]) -> list[list[str]]:
    """Put the values of the first row into every row."""
    return [table[0], *(table[1][:-1] + row[-1:] for row in table[1:])]


def many_places(table: list[list[str]]) -> list[list[str]]:
    """Give every row a category of its own."""
    return [table[0], *([f"place {number}", *row[1:]] for number, row in enumerate(table[1:]))]


def two_of_two_classes(table: list[list[str]]) -> list[list[str]]:
    """Leave a test table of two rows, of different classes."""
    return [table[0], table[1], next(row for row in table[1:] if row[-1] != table[1][-1])]


def categorical_alone(folder: Path) -> None:
    """Keep only the categorical columns, in both tables and in the settings."""
    for name in ("train.csv", "test.csv"):
        rows(lambda table: [[*row[:2], row[-1]] for row in table])(folder / name)
    text = (folder / "report.toml").read_text(encoding="utf-8")
    (folder / "report.toml").write_text(text[: text.index("[[table.numerical]]")], encoding="utf-8")


def to(name: str, change: Callable[[Path], None]) -> Callable[[Path], None]:
    """Return what changes one file of a folder."""
    return lambda folder: change(folder / name)


# tables and settings that are as described and that something in the studies once stumbled over
ODD: dict[str, Callable[[Path], None]] = {
    "no feature varies": to("train.csv", rows(all_constant)),
    "nine cells of ten are missing": to("train.csv", rows(sparse)),
    "two test rows have values": to("test.csv", most_missing(2)),
    "two test rows": to("test.csv", rows(two_of_two_classes)),
    "one row of a class": to("train.csv", rows(one_of_a_class)),
    "eight rows, over and over": to("train.csv", rows(same_rows)),
    "a category a row": to("train.csv", rows(many_places)),
    "no numerical feature": categorical_alone,
    "one unit a layer": to("report.toml", swap("[5, 4]", "[1, 1]")),
    "the largest seed": to("report.toml", swap("seed = 3", "seed = 4000000000")),
    "five rows to begin with": to("report.toml", swap("seed = 3", "seed = 3\nrow_limit = 5")),
}


@pytest.mark.long
@pytest.mark.parametrize("change", ODD.values(), ids=ODD.keys())
def test_an_odd_table_that_is_as_described_gives_a_report(
    change: Callable[[Path], None], tmp_path: Path, small_project: Built, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    front_door.without_processes(monkeypatch)
    front_door.write_project(tmp_path)
    lend_caches(small_project, tmp_path / "build")
    change(tmp_path)
    assert front_door.report(tmp_path) == 0, capsys.readouterr().err
    assert "Traceback" not in (tmp_path / "build/build.log").read_text(encoding="utf-8")
