"""A study runs for a user without a home or an entry of the system; no signal that asks us to stop is lost."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from report_src.system.processes import study_environment


def test_a_user_without_a_home_has_matplotlibs_files_below_the_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert "MPLCONFIGDIR" not in {*study_environment(tmp_path, 1)} - {*os.environ}
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)  # as without HOME and without an entry
    assert study_environment(tmp_path, 1)["MPLCONFIGDIR"] == str(tmp_path / "work/.matplotlib")


DROPPED = """
import os, signal, time
from report_src.errors import Interrupted
from report_src.system.processes import signals_raise

class Tidied:
    def __del__(self):  # Python drops what is raised here
        os.kill(os.getpid(), signal.SIGTERM)

try:
    with signals_raise():
        one = Tidied()
        del one
        time.sleep(60)
except Interrupted as interrupted:
    print("stopped by", interrupted.number)
"""


def test_a_signal_is_not_lost_while_python_tidies_up_an_object() -> None:
    done = subprocess.run([sys.executable, "-c", DROPPED], capture_output=True, text=True, timeout=30)
    assert done.stdout == "stopped by 15\n"
    assert not done.stderr
