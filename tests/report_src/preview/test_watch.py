"""Saves are seen, joined and none is lost; a mistake is shown and waited out; Ctrl-C leaves nothing behind."""

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from report_src.errors import BuildError
from report_src.preview import changes, watch
from report_src.preview.build_messages import Screen
from report_src.project import ROOT
from report_src.system.files import file_clock
from report_src.tex.speculative import Ahead
from tests.report_src import small_project

TICK = 0.02  # s in which the clock of files goes on


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("templates/sections", "analysis", "report_src/rendering"):
        (tmp_path / name).mkdir(parents=True)
    shutil.copyfile(ROOT / "report.toml", tmp_path / "report.toml")
    for module in (watch, changes):
        monkeypatch.setattr(module, "ROOT", tmp_path)
    return tmp_path


Actions = list[Callable[[], object]]


def saved(*paths: Path) -> None:
    """Save some files in one go."""
    for path in paths:
        path.write_text("words")


def test_a_burst_of_saves_is_one_change(root: Path, once_watched: Actions) -> None:
    files = [root / "templates" / "sections" / name for name in ("a.tex.j2", "b.tex.j2")]
    once_watched.append(lambda: saved(*files))
    assert next(changes.changes(root / "report.toml", lambda: None)) == set(files)


def test_what_is_saved_during_a_build_is_seen_after_it(root: Path, once_watched: Actions) -> None:
    first, second = root / "templates" / "a.tex.j2", root / "report.toml"
    found = changes.changes(root / "report.toml", lambda: None)
    once_watched.append(lambda: saved(first))
    assert next(found) == {first}
    second.write_text("while the build runs")
    assert next(found) == {second}


def test_what_is_saved_before_the_watch_is_at_work_is_seen(root: Path) -> None:
    before, saved = root / "templates/before.tex.j2", root / "templates/sections/a.tex.j2"
    before.write_text("from the first build on")
    time.sleep(TICK)
    begun = file_clock()
    time.sleep(TICK)
    for path in (saved, root / "notes.txt", root / "templates/a.tex.j2~"):
        path.write_text("while the first build runs")
    assert next(changes.changes(root / "report.toml", lambda: None, begun)) == {saved}


def test_files_of_others_are_no_change(root: Path, once_watched: Actions) -> None:
    template = root / "templates" / "a.tex.j2"
    others = root / "notes.txt", root / ".hidden", root / "templates" / ".a.tex.j2.swp"
    once_watched.append(lambda: saved(*others, template))
    assert next(changes.changes(root / "report.toml", lambda: None)) == {template}


def test_a_new_folder_is_watched_from_then_on(root: Path, once_watched: Actions) -> None:
    found = changes.changes(root / "report.toml", lambda: None)
    folder = root / "templates" / "more"
    once_watched.append(folder.mkdir)
    assert next(found) == {folder}
    assert next(found) == {folder}  # watching began anew: whatever was saved there meanwhile counts
    once_watched.append(lambda: saved(folder / "c.tex.j2"))
    assert next(found) == {folder / "c.tex.j2"}


def test_a_mistake_is_shown_and_waited_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def refuse(*_: object, **__: object) -> bool:
        raise BuildError("templates/sections/03_x.tex.j2:7: Undefined control sequence", 2)

    shutil.copyfile(ROOT / "report.toml", tmp_path / "report.toml")
    monkeypatch.setattr(watch.runner, "make", refuse)
    assert watch.build_once(tmp_path / "report.toml", tmp_path / "build", None, Ahead()) is not None
    said = capsys.readouterr().err
    assert "error: templates/sections/03_x.tex.j2:7: Undefined control sequence" in said
    assert "the last good PDF stays" in said


def test_after_a_watch_make_has_nothing_to_do_but_for_code_that_the_watch_did_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_project.write_sources(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    time.sleep(TICK)
    monkeypatch.setattr(watch, "LOADED", file_clock())
    make, table = watch.runner.make, small_project.table()
    monkeypatch.setattr(watch.environment, "open_project", lambda *_, **__: small_project.project(tmp_path))
    monkeypatch.setattr(watch.runner, "make", lambda project, target, **how: make(project, target, table, **how))
    template, code = tmp_path / "templates/report.tex.j2", tmp_path / "report_src/numbers/formatting.py"
    for path, again in ((template, False), (code, True)):
        path.write_text(f"{path.read_text()}\n", encoding="utf-8")
        assert watch.build_once(tmp_path / "report.toml", tmp_path / "build", None, Ahead()) is not None
        assert make(small_project.project(tmp_path), "report", table) == again


def test_a_warning_is_printed_once_and_kept_for_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    screen = Screen(None)
    for text in ("warning: one\n", "warning: one\nwarning: two\n"):
        with screen.listening():
            print(f"{text}render: done", file=sys.stderr)
    assert capsys.readouterr().err.splitlines() == ["warning: one", "render: done", "warning: two", "render: done"]
    assert screen.printed == ["one", "two"]


def test_the_process_that_begins_anew_serves_at_the_same_port(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[list[str]] = []
    monkeypatch.setattr(watch, "run", lambda *_, **__: None)
    monkeypatch.setattr(watch.os, "execv", lambda program, arguments: begun.append(arguments))
    monkeypatch.setattr(watch.sys, "argv", ["report_src", "watch", "--serve"])
    watch.main(root / "report.toml", root / "build", None, 0)
    assert begun[0][3:6] == ["watch", "--serve", "--port"]
    assert 1024 <= int(begun[0][6]) < 65536


def test_settings_that_cannot_be_read_are_waited_out(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "report.toml").write_text("[report")
    assert watch.build_once(tmp_path / "report.toml", tmp_path / "build", None, Ahead()) is None
    assert "expected valid TOML, got: " in capsys.readouterr().err


def test_changed_code_ends_the_old_process(root: Path, monkeypatch: pytest.MonkeyPatch, once_watched: Actions) -> None:
    built = []
    monkeypatch.setattr(watch, "build_once", lambda *_, **__: built.append(1))
    monkeypatch.setattr(watch, "mistake_in_code", lambda: "")
    once_watched.append(lambda: saved(root / "analysis" / "study.py"))
    watch.run(root / "report.toml", root / "build", None)
    assert built == [1]


def test_code_that_cannot_be_imported_is_waited_out_and_not_built_with(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], once_watched: Actions
) -> None:
    code, template, built = root / "report_src/rendering/render.py", root / "templates" / "a.tex.j2", []
    monkeypatch.setattr(watch, "NEEDED", ("report_src.rendering.render",))
    monkeypatch.setattr(watch, "USED_BY_STEPS", ())
    monkeypatch.setattr(watch, "build_once", lambda *_, **__: built.append(1))
    saves = ((code, "x = 1\nraise ValueError('no')\n"), (template, "a"), (code, "x = 1\n"))
    once_watched += [partial(path.write_text, text) for path, text in saves]
    watch.run(root / "report.toml", root / "build", None)
    said = capsys.readouterr().err
    assert said.count("error: report_src/rendering/render.py:2: ValueError: no") == 2
    assert said.endswith("report_src/rendering/render.py changed: starting again\n")
    assert built == [1]


def test_the_code_as_it_is_can_be_imported_by_a_new_process() -> None:
    assert watch.mistake_in_code() == ""


@pytest.mark.parametrize("name", [*watch.NEEDED, *watch.USED_BY_STEPS])
def test_what_is_imported_by_its_name_is_there(name: str) -> None:
    assert importlib.util.find_spec(name) is not None


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_leaves_nothing_behind(tmp_path: Path, number: int) -> None:
    shutil.copyfile(ROOT / "report.toml", tmp_path / "report.toml")
    program = (
        "import os, subprocess, sys; from report_src import __main__\n"
        "from report_src.preview import changes, watch\n"
        "from report_src.build import environment, runner\n"
        "from report_src.tex import process\n"
        "from pathlib import Path\n"
        "environment.check = lambda: None\n"
        "def make(project, target, *, ahead, loaded):\n"
        "    pipe, none = subprocess.PIPE, subprocess.DEVNULL\n"
        "    child = subprocess.Popen(['sleep', '60'], stdin=pipe, stdout=none, start_new_session=True)\n"
        "    lying = Path('build/pass-x'); lying.mkdir(parents=True)\n"
        "    one = process.Waiting(child, Path('.'), 'report', 0, lying, os.open(lying, os.O_RDONLY))\n"
        "    ahead.waiting = [(one, '')]\n"
        "    ahead.start = lambda *_, **__: None\n"
        "    print(child.pid, flush=True)\n"
        "runner.make = make\n"
        "bursts = changes.bursts\n"
        "def watched(folders):\n"
        "    for burst in bursts(folders):\n"
        "        print('watched', flush=True)\n"
        "        yield burst\n"
        "changes.bursts = watched\n"
        "sys.exit(__main__.main(['watch', '--config', 'report.toml', '--build', 'build']))"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    child = int(process.stdout.readline())
    assert process.stdout.readline() == "watched\n"
    process.send_signal(number)
    _, said = process.communicate(timeout=120)
    # Ctrl-C is how a watch ends: nothing is said; while watchfiles waits, it makes one of every signal
    assert process.returncode in (0, 128 + signal.SIGTERM) if number == signal.SIGTERM else process.returncode == 0
    assert ("stopped by signal" in said) == (process.returncode != 0)
    assert "Traceback" not in said
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)
    assert not (tmp_path / "build" / "pass-x").exists()
