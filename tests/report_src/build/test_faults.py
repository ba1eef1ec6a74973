"""A build that fails or is killed loses nothing and leaves nothing behind."""

import dataclasses
import fcntl
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from report_src.__main__ import main
from report_src.build import runner
from report_src.build.clean import clean
from report_src.build.context import BuildContext
from report_src.build.step import Step, figures_of
from report_src.errors import BuildError
from report_src.project import ROOT
from report_src.system.files import copy_whole, file_clock, set_aside, write_whole
from report_src.system.lock import build_lock
from tests.report_src import small_project
from tests.report_src.small_project import STUDIES

PATIENCE = 120.0  # seconds until a process that should have ended counts as a stray


def good_build(root: Path) -> dict[str, bytes]:
    small_project.build(root)
    return published(root)


def published(root: Path) -> dict[str, bytes]:
    names = ("report.pdf", "report.tex", "results.json", "results/fit.json", "figures/fit-plot.pdf")
    return {name: (root / "build" / name).read_bytes() for name in names}


def break_module(path: Path, statement: str) -> None:
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("def run(settings, build):", f"def run(settings, build):\n    {statement}"), "utf-8")


@pytest.mark.parametrize(
    ("statement", "status", "message"),
    [
        ("raise ValueError('boom')", 1, "ValueError: boom"),
        ("print('error: data/train.csv:3: expected a number', file=__import__('sys').stderr); exit(2)", 2, "csv:3"),
        ("__import__('os').kill(__import__('os').getpid(), 9)", 1, "killed by signal 9"),
    ],
)
def test_a_failed_build_leaves_the_last_good_one(root: Path, statement: str, status: int, message: str) -> None:
    good = good_build(root)
    (root / "report.toml").write_text((root / "report.toml").read_text().replace("seed = 600", "seed = 7"), "utf-8")
    break_module(root / "studies/trial/study.py", statement)
    with pytest.raises(BuildError) as failed:
        runner.make(small_project.project(root), "report", small_project.table())
    assert failed.value.status == status
    assert message in str(failed.value)
    assert ("Traceback" in str(failed.value)) <= (status == 1)
    assert published(root) == good
    assert message.split(":")[0] in (root / "build/build.log").read_text()


def test_what_failed_is_done_again_and_what_succeeded_is_not(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = root / "studies/trial/study.py"
    whole = broken.read_text(encoding="utf-8")
    break_module(broken, "raise ValueError")
    with pytest.raises(BuildError):
        runner.make(small_project.project(root), "figures", small_project.table())
    broken.write_text(whole, encoding="utf-8")
    capsys.readouterr()
    runner.make(small_project.project(root), "figures", small_project.table())
    ran = {line.split(":")[0] for line in capsys.readouterr().err.splitlines() if ": done in" in line}
    own = ran - {"curve", "aside"}  # one of these may have ended beside trial, or none
    assert own == {"trial", *map(figures_of, STUDIES), "results"}


def test_taking_an_edit_back_after_a_failure_costs_nothing(root: Path) -> None:
    good_build(root)
    module = root / "studies/fit/study.py"
    whole = module.read_text(encoding="utf-8")
    break_module(module, "raise ValueError")
    with pytest.raises(BuildError):
        runner.make(small_project.project(root), "report", small_project.table())
    module.write_text(whole, encoding="utf-8")
    assert not runner.make(small_project.project(root), "report", small_project.table())


def start(root: Path) -> subprocess.Popen[str]:
    """Start `figures` of the small project in a process of its own, with a training that hangs with a child."""
    hang = "import subprocess, sys, time; print('hanging', file=sys.stderr, flush=True)"
    child = "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']); time.sleep(600)"
    break_module(root / "studies/fit/study.py", f"{hang}; {child}")
    code = (
        f"import sys; sys.path[0] = {str(ROOT)!r}\n"
        "from report_src.build import runner; from report_src.system import processes\n"
        "from tests.report_src import small_project; from pathlib import Path\n"
        "with processes.signals_raise():\n"
        "    runner.make(small_project.project(Path.cwd()), 'figures', small_project.table())\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], cwd=root, text=True)
    wait_until(lambda: "hanging" in log_of(root))
    return process


def wait_for(file: str) -> str:
    """Return the statements of a study that end when another process has made a file."""
    loop = f"while not Path('{file}').exists(): assert time.monotonic() < end; time.sleep(0.01)"
    return f"from pathlib import Path; import time; end = time.monotonic() + {PATIENCE}\n    {loop}"


@pytest.mark.long
def test_two_studies_run_at_once(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANALYSIS_WORKERS", "2")
    for own, other in (("survey", "fit"), ("fit", "survey")):  # each waits for the other to have begun
        break_module(
            root / f"studies/{own}/study.py", f"open('{own}.begun', 'w').close(); {wait_for(f'{other}.begun')}"
        )
    assert runner.make(small_project.project(root), "figures", small_project.table())
    assert not runner.make(small_project.project(root), "figures", small_project.table())


def test_a_study_begins_when_what_it_reads_is_there(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It waits for no other study that was begun at the same time as what it reads."""
    monkeypatch.setenv("ANALYSIS_WORKERS", "2")
    break_module(root / "studies/curve/study.py", "open('curve.begun', 'w').close()")  # it reads fit
    break_module(root / "studies/survey/study.py", wait_for("curve.begun"))
    assert runner.make(small_project.project(root), "figures", small_project.table())


def slow_plot(root: Path, file: str) -> None:
    """Have the plot of fit end when a file has been made."""
    plot = root / "studies/fit/plots.py"
    text = plot.read_text(encoding="utf-8")
    assert text.count("    return text") == 1
    plot.write_text(text.replace("    return text", f"    {wait_for(file)}\n    return text"), encoding="utf-8")


def test_figures_are_drawn_while_the_text_is_made(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANALYSIS_WORKERS", "2")
    slow_plot(root, str(root / "build/work/results.json"))
    assert runner.make(small_project.project(root), "figures", small_project.table())


def test_a_text_that_fails_loses_no_figure(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A step that fails waits for the figures that are being drawn, and says what was wrong with itself."""
    monkeypatch.setenv("ANALYSIS_WORKERS", "2")
    slow_plot(root, "failed")
    fails = True

    def verify(context: BuildContext, step: Step) -> None:
        if fails:
            Path("failed").touch()
            raise BuildError("the row is wrong", 2)

    table = tuple(
        dataclasses.replace(step, run=verify, products=()) if step.name == "verify" else step
        for step in small_project.table()
    )
    with pytest.raises(BuildError, match=r"^the row is wrong$"):
        runner.make(small_project.project(root), "check", table)
    assert "fit figures: done in" in capsys.readouterr().err
    fails = False
    runner.make(small_project.project(root), "figures", table)
    assert ": done in" not in capsys.readouterr().err


@pytest.mark.skipif(sys.platform != "linux", reason="looks for strays in /proc")
def test_a_study_that_fails_ends_the_one_beside_it(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANALYSIS_WORKERS", "2")
    good = good_build(root)
    child = "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])"
    hang = f"import subprocess, sys, time; {child}; open('began', 'w').close(); time.sleep(600)"
    fail = "from pathlib import Path\n    while not Path('began').exists(): pass\n    raise ValueError('boom')"
    break_module(root / "studies/survey/study.py", hang)
    break_module(root / "studies/fit/study.py", fail)
    with pytest.raises(BuildError, match="ValueError: boom"):
        runner.make(small_project.project(root), "report", small_project.table())
    assert not processes_in(root)
    assert published(root) == good
    work = root / "build/work/results"
    assert (work / "survey.json").read_bytes() == (root / "build/results/survey.json").read_bytes()


def log_of(root: Path) -> str:
    path = root / "build/build.log"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def wait_until(condition: object) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def processes_in(root: Path) -> list[str]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if (entry / "cwd").resolve() == root and entry.name != str(os.getpid()):
                    found.append((entry / "cmdline").read_text())
            except OSError:
                continue
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="looks for strays in /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.sampled(3)
def test_a_killed_build_leaves_no_process_and_no_lock(root: Path, number: signal.Signals) -> None:
    whole = (root / "studies/fit/study.py").read_text(encoding="utf-8")
    process = start(root)
    process.send_signal(number)
    process.wait(PATIENCE)
    wait_until(lambda: not processes_in(root))
    (root / "studies/fit/study.py").write_text(whole, encoding="utf-8")
    begun = time.monotonic()
    assert runner.make(small_project.project(root), "report", small_project.table())
    assert time.monotonic() - begun < PATIENCE
    assert not list((root / "build").rglob(".aside*"))


def test_two_makes_at_once_wait_for_each_other(root: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with build_lock(root / "build") as descriptor:
        with (root / "build/.lock").open() as other, pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        waiting = subprocess.Popen(
            [sys.executable, "-c",
             "from pathlib import Path; from report_src.system.lock import build_lock\n"
             "with build_lock(Path('build')): print('in')"],
            env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONSAFEPATH": "1"},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert waiting.stderr is not None
        assert "another make is running" in waiting.stderr.readline()
        assert waiting.poll() is None
        assert descriptor > 0
    out, _ = waiting.communicate(timeout=PATIENCE)
    assert out == "in\n"


def test_a_template_saved_while_its_text_is_used_is_used_again(root: Path) -> None:
    template = root / "templates/report.tex.j2"

    def slowly(context: BuildContext, step: Step) -> None:
        small_project.render(context, step)
        template.write_text(template.read_text().replace("SENTENCE", "NEWER"))

    steps = small_project.table()
    hasty = tuple(dataclasses.replace(step, run=slowly) if step.name == "render" else step for step in steps)
    runner.make(small_project.project(root), "report", hasty)
    assert b"SENTENCE" in published(root)["report.tex"]
    template.write_text(template.read_text().replace("NEWER", "SENTENCE"))  # as when it was read: that is not enough
    assert "source:templates/report.tex.j2 changed" in dict(runner.why(small_project.project(root), steps))["render"]
    assert runner.make(small_project.project(root), "report", steps)
    assert not runner.make(small_project.project(root), "report", steps)


def test_code_saved_after_it_was_loaded_is_not_taken_for_what_ran(root: Path) -> None:
    steps, loaded = small_project.table(), file_clock()
    time.sleep(0.02)
    (root / "report_src/rendering/render.py").write_text("import analysis.contract\n")
    runner.make(small_project.project(root), "report", steps, loaded=loaded)
    assert dict(runner.why(small_project.project(root), steps))["render"]
    assert not dict(runner.why(small_project.project(root), steps))["survey"]
    assert runner.make(small_project.project(root), "report", steps)
    assert not runner.make(small_project.project(root), "report", steps)


def test_files_set_aside_come_back_when_the_work_fails(tmp_path: Path) -> None:
    write_whole(tmp_path / "a/one", b"1")
    with pytest.raises(RuntimeError, match="the work failed"), set_aside(tmp_path, ["a/one"], tmp_path / ".aside"):
        raise RuntimeError("the work failed" if not (tmp_path / "a/one").exists() else "not set aside")
    assert (tmp_path / "a/one").read_bytes() == b"1"
    assert not (tmp_path / ".aside").exists()


def test_a_copy_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    write_whole(tmp_path / "target", b"old")
    with pytest.raises(FileNotFoundError):
        copy_whole(tmp_path / "absent", tmp_path / "target")
    assert [path.name for path in tmp_path.iterdir()] == ["target"]
    assert (tmp_path / "target").read_bytes() == b"old"


def test_clean_leaves_a_folder_as_it_is_in_which_nothing_was_built(tmp_path: Path) -> None:
    (tmp_path / "work/empty").mkdir(parents=True)
    (tmp_path / ".git/refs/heads").mkdir(parents=True)
    (tmp_path / "build.log").write_text("mine")
    before = sorted(tmp_path.rglob("*"))
    clean(tmp_path)
    assert sorted(tmp_path.rglob("*")) == before


def test_clean_removes_what_was_built_and_nothing_else(root: Path) -> None:
    good_build(root)
    (root / "build/figures/mine.txt").write_text("kept")
    (root / "build/README.md").write_text("kept")
    (root / "build/refs/heads").mkdir(parents=True)
    clean(root / "build")
    left = sorted(path.relative_to(root / "build").as_posix() for path in (root / "build").rglob("*"))
    assert left == ["README.md", "figures", "figures/mine.txt", "refs", "refs/heads"]


def test_a_mistake_in_the_settings_is_one_line_and_status_2(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "--config", "absent.toml"]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert lines == ["error: absent.toml: expected a settings file, got none; name one with CONFIG=path/to/report.toml"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_build_folder_is_named(root: Path) -> None:
    (root / "closed").mkdir(mode=0o500)
    with pytest.raises(BuildError, match="cannot be written"), build_lock(root / "closed"):
        pass


def test_a_file_in_place_of_the_build_folder_is_named(root: Path) -> None:
    (root / "taken").write_text("")
    with pytest.raises(BuildError, match="taken: cannot be written"), build_lock(root / "taken"):
        pass
