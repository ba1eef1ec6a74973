"""Read a report.toml: convert, apply the profile, validate. The only reader of that file."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from analysis.errors import InputError
from analysis.io import toml_file
from analysis.settings import validate
from analysis.settings.schema import Document, RunSettings, ScanSettings, Settings, SharedBiasSettings

SCANS = "data/scans"  # where a scan is looked for by its bare name, beside report.toml
NEXT_STEP = "compare with the shipped report.toml"


def load(path: Path | str, profile: str | None = None) -> Settings:
    """Read a report.toml and apply its profile (`profile` replaces the file's).

    Raises InputError (place, expected, got, next step) for anything that is not as described here.
    """
    path = Path(path)
    if not _there(path):
        raise InputError(f"{path}: expected a settings file, got none", "name one with CONFIG=path/to/report.toml")
    file = toml_file.read(path, NEXT_STEP)
    document = toml_file.convert(file, Document)
    run = document.run if profile is None else _with_profile(path, document.run, profile)
    settings = Settings(
        path=path,
        report=document.report,
        data=document.data,
        table=document.table,
        run=_apply_profile(run),
        shared_bias=_apply_profile_to_pairs(document.shared_bias, run.profile),
        ai=document.ai,
        scans=_found(document.scans, path.parent),
    )
    validate.check(document, file)
    return settings


def _found(scans: ScanSettings, folder: Path) -> ScanSettings:
    """Return the scans by their paths below the settings' `folder`: a bare name may lie in data/scans/."""

    def below(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(f"{SCANS}/{name}" if elsewhere(name) else name for name in names)

    def elsewhere(name: str) -> bool:
        return not os.path.isfile(folder / name) and os.path.isfile(folder / SCANS / name)

    return ScanSettings(part_c=below(scans.part_c), question_2=below(scans.question_2))


def overridden(settings: Settings) -> list[str]:
    """Return a line for each setting of the user's own choice that the profile replaces.

    `iterations = 300` in quick -> ["run.iterations: profile quick takes 60 instead of 300"]
    """
    document = toml_file.convert(toml_file.read(settings.path, NEXT_STEP), Document)
    found = []
    for section in ("run", "shared_bias"):
        there, here = getattr(document, section), getattr(settings, section)
        default = type(there)()
        for name in (name for name in there.__struct_fields__ if name != "profile"):
            written, taken = getattr(there, name), getattr(here, name)
            if written not in (taken, getattr(default, name)):
                found.append(f"{section}.{name}: profile {settings.run.profile} takes {taken} instead of {written}")
    return found


def mistake(settings: Settings, keys: toml_file.Keys, expected: str, got: str, next_step: str) -> InputError:
    """Return the message of a value that only its use has shown to be one that must not be."""
    return toml_file.read(settings.path, NEXT_STEP).mistake(keys, expected, got, next_step)


def _with_profile(path: Path, run: RunSettings, profile: str) -> RunSettings:
    if profile not in ("quick", "standard", "full"):
        raise InputError(f"{path}: --profile: expected quick, standard or full, got '{profile}'", "name one of these")
    return msgspec.structs.replace(run, profile=profile)


def _apply_profile(run: RunSettings) -> RunSettings:
    """quick: 6,000 rows, 60 iterations, 2 replicates; full: every intervention on every replicate."""
    if run.profile == "quick":
        return msgspec.structs.replace(
            run,
            row_limit=min(run.row_limit or 6000, 6000),
            iterations=min(run.iterations, 60),
            report_at=min(run.report_at, 30),
            replicates=2,
        )
    if run.profile == "full":
        return msgspec.structs.replace(run, intervention_replicates=max(run.replicates, run.intervention_replicates))
    return run


def _apply_profile_to_pairs(shared_bias: SharedBiasSettings, profile: str) -> SharedBiasSettings:
    if profile != "quick":
        return shared_bias
    return msgspec.structs.replace(shared_bias, pairs=min(shared_bias.pairs, 4), iterations=100)


def _there(path: Path) -> bool:
    """Whether the path exists; True where that cannot be determined, as reading then reports why."""
    try:
        return path.exists() or path.is_symlink()
    except OSError:
        return True
