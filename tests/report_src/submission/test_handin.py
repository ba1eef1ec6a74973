"""What may not be handed in is named, line by line; what may is written under its name."""

import functools
import json
import re
import subprocess
from pathlib import Path

import pytest

from report_src.__main__ import main
from report_src.build import environment, runner
from report_src.errors import BuildError
from report_src.project import ROOT
from report_src.prose import blocks
from report_src.submission import handin
from tests.report_src import small_project

ITERATIONS = """[[requirement]]
id = "B9"
part = "B"
text = "at least 200 iterations"
condition = "settings.run.iterations >= 200"
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a small project that `make handin` would accept."""
    small_project.write_sources(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    config = (tmp_path / "report.toml").read_text(encoding="utf-8")
    for before, after in (
        ("Your Name", "Zoë Khan"),
        ("00000000", "2026-10/0042"),
        ("https://github.com/your-name/your-repository", "https://example.org/zoe/report"),
        ("example = true", "example = false"),
    ):
        config = config.replace(before, after)
    (tmp_path / "report.toml").write_text(config, encoding="utf-8")
    (tmp_path / "data/ai_usage.toml").write_text('used = "none"\n', encoding="utf-8")
    (tmp_path / "templates/judging_words.toml").write_text('words = ["best"]\n', encoding="utf-8")
    (tmp_path / "templates/requirements.toml").write_text(ITERATIONS, encoding="utf-8")
    monkeypatch.setattr(environment, "check", lambda: None)
    monkeypatch.setattr(environment, "open_project", functools.partial(environment.open_project, root=tmp_path))
    monkeypatch.setattr(runner, "make", functools.partial(runner.make, table=small_project.table()))
    return tmp_path


def edit(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def refusal(capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["handin", "--studies=studies"]) == 2
    error = capsys.readouterr().err
    assert "nothing is handed in yet" in error
    assert not list(Path("build").glob("2026*"))
    return error


def test_the_report_is_written_under_roll_number_and_assignment(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["handin", "--studies=studies"]) == 0
    assert capsys.readouterr().out == "build/2026-10-0042_Assignment-1.pdf\n"
    assert (root / "build/2026-10-0042_Assignment-1.pdf").read_bytes() == (root / "build/report.pdf").read_bytes()
    assert main(["clean"]) == 0
    assert not (root / "build/2026-10-0042_Assignment-1.pdf").exists()


def test_the_web_page_lies_beside_the_report_if_asked(root: Path) -> None:
    assert main(["--web", "handin", "--studies=studies"]) == 0
    page = root / "build/2026-10-0042_Assignment-1.html"
    assert page.read_bytes() == (root / "build/report.html").read_bytes()
    assert page.with_suffix(".pdf").exists()
    assert main(["clean"]) == 0
    assert not page.exists()
    assert main(["handin", "--studies=studies"]) == 0
    assert not page.exists()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Assignment 1", "Assignment-1"),
        ("../../etc/passwd", "etc-passwd"),
        ("Übung № 3", "Ubung-No-3"),
        ("作業", "report"),
        ("a\nb", "a-b"),
    ],
)
def test_any_text_becomes_a_harmless_file_name(text: str, name: str) -> None:
    assert handin.safe(text) == name


def test_a_placeholder_is_refused_before_anything_runs(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(root / "report.toml", "Zoë Khan", "Your Name")
    assert "report.toml:3: author still holds the placeholder; put your own into [report]" in refusal(capsys)
    assert not (root / "build/work").exists()


def test_ai_use_that_is_not_declared_is_refused(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "data/ai_usage.toml").write_text("", encoding="utf-8")
    assert 'the use of AI is not declared; set used = "none" or used = "yes" in data/ai_usage.toml' in refusal(capsys)


def test_simulated_data_are_refused(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("train", "test"):
        (root / f"data/{name}.csv").unlink()
    assert "the data are simulated; put the course's train.csv and test.csv into data" in refusal(capsys)
    assert not (root / "build/work").exists()


def test_a_log_of_ai_use_that_contradicts_itself_is_refused(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "data/ai_usage.toml").write_text('used = "yes"\n', encoding="utf-8")
    assert "ai_usage.toml:1: used: expected an [[entry]] after 'yes', got none" in refusal(capsys)


def test_a_finding_of_the_prose_check_is_refused(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(root / "templates/report.tex.j2", "SENTENCE", "It is the best.")
    assert "judging word 'best'" in refusal(capsys)


def test_many_findings_are_counted(tmp_path: Path) -> None:
    (tmp_path / "findings.json").write_text(json.dumps(["x"] * 14), encoding="utf-8")
    (tmp_path / "derivations.json").write_text('{"table": [{"name": "a", "unchecked": []}]}', encoding="utf-8")
    found = handin.document_problems(tmp_path)
    assert len(found) == handin.SHOWN + 1
    assert found[-1].startswith("and 4 more")


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ([], "no derivation was verified"),
        ([{"name": "a", "unchecked": ["a limit"]}], "derivation a has an unchecked row"),
    ],
)
def test_a_derivation_that_was_not_verified_is_refused(
    root: Path, monkeypatch: pytest.MonkeyPatch, table: list[object], words: str
) -> None:
    runner.make(small_project.project(root), "report")
    (root / "build/work/derivations.json").write_text(json.dumps({"table": table}), encoding="utf-8")
    with pytest.raises(BuildError, match=words):
        handin.write(small_project.project(root))


def test_every_problem_is_one_line(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(root / "report.toml", "Zoë Khan", "Your Name")
    (root / "data/ai_usage.toml").write_text("", encoding="utf-8")
    lines = [line for line in refusal(capsys).splitlines() if not line.startswith(("warning", "note"))]
    assert lines[0] == "error: nothing is handed in yet, 2 things forbid it:"
    assert len(lines) == 3


REQUIREMENTS = """[[requirement]]
id = "A17"
part = "A"
text = "t"
own = "Part A: what you suspect"
[[requirement]]
id = "Q6"
part = "Q"
text = "t"
own = "Question 2: yes or no"
"""


@pytest.fixture
def shipped(root: Path) -> Path:
    """Return a template with two answers of the student's own, as shipped."""
    template = root / "templates/sections/02_survey.tex.j2"
    template.parent.mkdir()
    template.write_text("\\answer{A17}{Yes, this one is suspect.}\n\n\\answer{Q6}{Yes, it certainly does.}\n", "utf-8")
    (root / "templates/requirements.toml").write_text(REQUIREMENTS, encoding="utf-8")
    blocks.write_list(root / "templates")
    return template


def test_words_that_are_all_as_shipped_are_refused_by_name(shipped: Path, capsys: pytest.CaptureFixture[str]) -> None:
    error = refusal(capsys)
    assert "Part A: what you suspect: templates/sections/02_survey.tex.j2, line 1" in error
    assert "Question 2: yes or no: templates/sections/02_survey.tex.j2, line 3" in error


def test_one_answer_in_own_words_is_enough_and_the_others_are_named(
    shipped: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(shipped, "Yes, this one is suspect.", "I would not trust this one.")
    assert main(["handin", "--studies=studies"]) == 0
    error = capsys.readouterr().err
    assert "note: still as shipped: Question 2: yes or no" in error
    assert "Part A" not in error


def test_everything_that_forbids_it_is_in_one_list_before_anything_runs(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(root / "report.toml", "example = false", "example = true")
    edit(root / "report.toml", 'profile = "standard"', 'profile = "quick"')
    edit(root / "report.toml", "Zoë Khan", "Your Name")
    (root / "data/test.csv").unlink()
    (root / "data/train.csv").unlink()
    edit(root / "templates/report.tex.j2", "SENTENCE", "Typed 64, and the best.")
    error = refusal(capsys)
    for words in (
        'example = true, and page 1 reads "Example report"',
        "profile 'quick' is for a first look; expected standard or full",
        "B9 asks for at least 200 iterations: settings.run.iterations is 60, expected settings.run.iterations >= 200",
        "author still holds the placeholder",
        "the data are simulated",
        "judging word 'best'",
        "typed number '64'",
    ):
        assert words in error
    assert "7 things forbid it" in error
    assert not (root / "build/work").exists()


@pytest.mark.parametrize(
    "condition", ["iterations > 5", "settings.run.iterations", "settings.run.profile > 1", "1 < 2"]
)
def test_a_condition_that_cannot_be_read_is_named(
    root: Path, capsys: pytest.CaptureFixture[str], condition: str
) -> None:
    edit(root / "templates/requirements.toml", "settings.run.iterations >= 200", condition)
    error = refusal(capsys)
    assert "templates/requirements.toml" in error
    assert f"'{condition}'" in error
    assert "expected a setting, a sign and a number" in error


def commit_all(root: Path) -> None:
    (root / ".gitignore").write_text("__pycache__/\nbuild/\n", encoding="utf-8")
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "first"]):
        who = ["-c", "user.name=z", "-c", "user.email=z@example.org"]
        subprocess.run(["git", "-C", str(root), *who, *command], check=True)


def test_files_that_differ_from_the_commit_are_refused(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    commit_all(root)
    edit(root / "templates/report.tex.j2", "SENTENCE", "Another SENTENCE")
    error = refusal(capsys)
    assert "1 file differs from commit" in error
    assert "git commit -a (templates/report.tex.j2)" in error


def test_a_template_that_no_commit_has_is_refused_and_notes_beside_are_not(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    commit_all(root)
    (root / "notes.txt").write_text("mine\n", encoding="utf-8")
    (root / "templates/sections").mkdir(exist_ok=True)
    (root / "templates/sections/09_added.tex.j2").write_text("A sentence.\n", encoding="utf-8")
    edit(root / "templates/report.tex.j2", "SENTENCE", "Another SENTENCE")
    error = refusal(capsys)
    assert "1 file differs from commit" in error
    assert "lacks 1 file of this report; add them: git add templates/sections/09_added.tex.j2\n" in error


def test_a_commit_that_no_remote_has_is_a_warning(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    commit_all(root)
    assert main(["handin", "--studies=studies"]) == 0
    assert "push it: git push" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("url", "warned"), [("git@example.org:zoe/report.git", False), ("https://other.org/a/b", True)]
)
def test_a_repository_that_is_no_remote_is_a_warning(
    root: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str], url: str, warned: bool
) -> None:
    commit_all(root)
    bare = tmp_path_factory.mktemp("bare")
    git = ["git", "-C", str(root)]
    subprocess.run(["git", "init", "-q", "--bare", str(bare)], check=True)
    subprocess.run([*git, "remote", "add", "origin", str(bare)], check=True)
    subprocess.run([*git, "push", "-q", "origin", "HEAD:main"], check=True)
    subprocess.run([*git, "fetch", "-q"], check=True)
    subprocess.run([*git, "remote", "set-url", "origin", url], check=True)
    assert main(["handin", "--studies=studies"]) == 0
    assert ("is no remote of this clone" in capsys.readouterr().err) == warned


def test_the_attached_files_are_in_the_order_that_viewers_search_them_in():
    source = (ROOT / "templates/shared/attachments.tex.j2").read_text(encoding="utf-8")
    names = re.findall(r"^\\attachment\{([^}]*)\}", source, re.MULTILINE)
    assert len(names) > 3
    assert names == sorted(names)
