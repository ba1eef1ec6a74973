"""What went in is written down: settings as text, versions as installed."""

import pickle
import shutil
from pathlib import Path

import pytest

from analysis.collect import package_versions, settings_as_text
from analysis.settings.load import load
from analysis.study_interface import Inputs, narrowed

ROOT = Path(__file__).resolve().parents[2]


def test_settings_are_text_and_say_what_the_profile_made_of_them() -> None:
    text = settings_as_text(load(ROOT / "report.toml", "quick"))
    assert text["run.iterations"] == "60"
    assert text["run.hidden"] == "[64, 32]"
    assert text["data.train"] == "data/train.csv"
    assert "report.author" not in text


def test_the_seed_of_the_simulator_is_recorded_where_data_are_simulated(tmp_path: Path) -> None:
    (tmp_path / "report.toml").write_bytes((ROOT / "report.toml").read_bytes())
    assert "data.simulation_seed" in settings_as_text(load(tmp_path / "report.toml"))
    (tmp_path / "data").mkdir()
    (tmp_path / "data/train.csv").write_text("")
    assert "data.simulation_seed" not in settings_as_text(load(tmp_path / "report.toml"))


def test_versions_are_those_installed_and_an_absent_package_is_recorded(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text("# a comment\nnumpy==0.0.1\nno-such-package==1\n")
    versions = package_versions(lock)
    assert versions["no-such-package"] == "absent"
    assert versions["numpy"] not in ("absent", "0.0.1")


def test_a_study_that_reads_a_setting_beyond_what_it_declares_is_stopped(tmp_path: Path) -> None:
    shutil.copyfile(ROOT / "report.toml", tmp_path / "report.toml")
    settings = pickle.loads(pickle.dumps(narrowed(load(tmp_path / "report.toml"), ("run", "data.train"))))
    assert settings.run.seed == load(tmp_path / "report.toml").run.seed
    assert settings.train_path == tmp_path / settings.data.train
    with pytest.raises(LookupError, match=r"reads the setting table\.target, which STUDY .* does not declare"):
        print(settings.table.target)


def test_a_study_that_reads_more_than_it_declares_is_stopped(tmp_path: Path) -> None:
    with pytest.raises(LookupError, match="does not declare"):
        Inputs(tmp_path, ("eda",)).record("training")
    with pytest.raises(LookupError, match="does not declare"):
        Inputs(tmp_path, ()).arrays("eda")
