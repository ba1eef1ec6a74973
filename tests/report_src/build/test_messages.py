"""What a build says of an exception in a study, and of a template that is no UTF-8 text."""

import errno
from pathlib import Path

import pytest
import watchfiles

from analysis.errors import InputError, of_storage, reason
from report_src.__main__ import main
from report_src.build.actions import failure_message
from report_src.build.environment import check_inputs, check_text, open_project
from report_src.errors import BuildError
from report_src.findings import listed
from report_src.preview.changes import bursts
from report_src.project import ROOT

OWN = """Traceback (most recent call last):
  File "/home/me/report/analysis/__main__.py", line 116, in <module>
    sys.exit(main())
  File "/home/me/report/studies/survey/study.py", line 40, in run
    return widths(table)
  File "/home/me/report/studies/survey/widths.py", line 7, in widths
    return table.wdith
  File "/usr/lib/python3.13/site-packages/pandas/core/generic.py", line 6299, in __getattr__
    return object.__getattribute__(self, name)
AttributeError: 'DataFrame' object has no attribute 'wdith'
"""
WORKER = '''concurrent.futures.process._RemoteTraceback:
"""
Traceback (most recent call last):
  File "/usr/lib/python3.13/concurrent/futures/process.py", line 254, in _process_worker
    r = call_item.fn(*call_item.args, **call_item.kwargs)
  File "/home/me/report/analysis/compute/threads.py", line 81, in alone
    return function(*task)
  File "/home/me/report/studies/trial/plots.py", line 39, in plot_replicates
    axes.plot(names.name)
AttributeError: 'str' object has no attribute 'name'
"""

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/home/me/report/studies/trial/study.py", line 30, in run
    figures = list(here(draw, drawings, count))
  File "/usr/lib/python3.13/concurrent/futures/_base.py", line 401, in __get_result
    raise self._exception
AttributeError: 'str' object has no attribute 'name'
'''
FILE_ERROR = OWN.replace(
    "AttributeError: 'DataFrame' object has no attribute 'wdith'",
    "FileNotFoundError: [Errno 2] No such file or directory: 'extra.csv'",
)


@pytest.mark.parametrize(
    ("said", "first", "line"),
    [
        (OWN, "studies/survey/widths.py:7: AttributeError: 'DataFrame' object has", "return table.wdith"),
        (WORKER, "studies/trial/plots.py:39: AttributeError: 'str' object", "axes.plot(names.name)"),
        (FILE_ERROR, "studies/survey/widths.py:7: FileNotFoundError: [Errno 2]", "return table.wdith"),
    ],
)
def test_an_exception_in_a_study_is_shown_at_the_students_line_without_frames_of_the_framework(said, first, line):
    shown = str(failure_message("survey", 1, said.splitlines(), Path("build/build.log")))
    assert shown.startswith(first)
    assert shown.splitlines()[1].strip() == line
    assert "build/build.log" in shown
    assert "site-packages" not in shown
    assert "concurrent" not in shown


def test_an_exception_outside_of_any_study_is_shown_with_the_end_of_its_log():
    shown = str(failure_message("survey", -9, ["first", "last"], Path("build/build.log")))
    assert shown == "survey was killed by signal 9:\n    first\n    last\nsee build/build.log"


@pytest.mark.parametrize("number", [errno.EACCES, errno.EISDIR])
def test_only_a_file_of_the_build_folder_is_a_matter_of_storage(number):
    build = Path("build")
    assert of_storage(OSError(number, "no", "build/work/x"), build) is not None
    assert of_storage(OSError(number, "no", "data/extra.csv"), build) is None


def test_an_error_of_the_system_says_where_and_why():
    assert reason(OSError(errno.ENOENT, "No such file", "a.csv"), "build") == "a.csv: No such file"
    assert reason(OSError("AF_UNIX path too long"), "build") == "build: AF_UNIX path too long"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("sections/a.tex.j2", b"one\ncaf\xe9\n", "templates/sections/a.tex.j2:2: expected UTF-8 text, got byte 0xE9"),
        ("preamble.tex", "x".encode("utf-16"), "templates/preamble.tex: expected UTF-8 text, got UTF-16"),
        ("requirements.toml", b"a = '\xfc'", "templates/requirements.toml:1: expected UTF-8 text, got byte 0xFC"),
        ("sections/a.tex.j2", b"one\n\ntwo\0", "templates/sections/a.tex.j2:3: expected text, got a NUL byte"),
    ],
)
def test_a_byte_that_is_no_text_is_named_at_its_line(tmp_path, name, content, says):
    path = tmp_path / "templates" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    with pytest.raises(InputError) as refused:
        check_text(tmp_path / "templates", tmp_path)
    assert str(refused.value).startswith(says)


def test_every_place_of_a_list_is_an_error_of_its_own_line():
    assert listed("a.tex:1: x\n    typed\nb.tex:2:3: y\nand 2 more") == (
        "error: a.tex:1: x\n    typed\nerror: b.tex:2:3: y\nand 2 more"
    )


@pytest.mark.parametrize("build", [".", "", "..", str(ROOT), str(ROOT.parent)])
def test_a_build_folder_that_holds_the_clone_is_refused(build, monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    for target in ("report", "clean"):
        assert main([target, f"--build={build}"]) == 2
        assert "expected a folder of its own, such as BUILD=build" in capsys.readouterr().err


def test_a_system_that_watches_no_more_folders_is_one_message(monkeypatch):
    def exhausted(*folders, **options):
        raise OSError("OS file watch limit reached")
        yield

    monkeypatch.setattr(watchfiles, "watch", exhausted)
    with pytest.raises(BuildError, match=r"folders be watched \(OS file watch limit reached\); end another"):
        next(bursts([]))


def test_data_that_are_simulated_are_a_warning(tmp_path, capsys):
    config = tmp_path / "report.toml"
    text = (ROOT / "report.toml").read_text(encoding="utf-8")
    misspelt = text.replace("data/train.csv", "trian.csv").replace("data/test.csv", "tset.csv")
    config.write_text(misspelt, encoding="utf-8")
    check_inputs(open_project(config, tmp_path / "build", None))
    assert "trian.csv and" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("header", "refused"),
    [
        ("{features}", True),
        ('"{features}"'.replace(",", '","'), False),  # one cell in quotes: the reader of the whole file says so
        ("\ufeff{features}", True),
        ("{features},price_class", False),
        ("{features},label", False),
        ("", False),
    ],
)
def test_a_test_table_without_labels_is_named_before_anything_is_trained(tmp_path, header, refused):
    config, data = tmp_path / "report.toml", tmp_path / "data"
    config.write_bytes((ROOT / "report.toml").read_bytes())
    data.mkdir()
    project = open_project(config, tmp_path / "build", None)
    line = header.format(features=",".join(project.settings.table.features))
    (data / "train.csv").write_text("", encoding="utf-8")
    (data / "test.csv").write_text(f"{line}\nrows that nobody reads\n", encoding="utf-8")
    if not refused:
        check_inputs(project)
        return
    with pytest.raises(BuildError, match=r"test\.csv:1: column 'price_class', the labels, is missing .*; give the"):
        check_inputs(project)
