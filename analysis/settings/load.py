"""Read a report.toml: convert, apply the profile, validate. The only reader of that file."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from analysis.declaration import folder_of, sections, studies_in
from analysis.errors import InputError
from analysis.io import toml_file, user_file
from analysis.settings import validate
from analysis.settings.schema import PROFILES, RunSettings, Settings, document_type

SCANS = "data/scans"  # where a scan is looked for by its bare name, beside report.toml
NEXT_STEP = "compare with the shipped report.toml"


def load(path: Path | str, profile: str | None = None, studies: Path | None = None) -> Settings:
    """Read a report.toml and apply its profile (`profile` replaces the file's).

    `studies` is the folder of the report's studies where the command line names one.
    Raises InputError (place, expected, got, next step) for anything that is not as described here.
    """
    path = Path(path)
    if not user_file.is_there(path):
        raise InputError(f"{path}: expected a settings file, got none", "name one with CONFIG=path/to/report.toml")
    file = toml_file.read(path, NEXT_STEP)
    declared = studies_in(folder_of(path.parent, studies))
    document = toml_file.convert(file, document_type(declared))
    run = document.run if profile is None else _with_profile(path, document.run, profile)
    own = {name: getattr(document, name).in_profile(run.profile) for name in sections(declared)}
    taken = run.in_profile(run.profile)
    settings = Settings(
        path=path,
        report=document.report,
        data=document.data,
        table=document.table,
        run=taken,
        ai=document.ai,
        scans=_found(document.scans, path.parent),
        own=own,
        studies=declared,
        overridden=tuple(_overridden(document, {"run": taken} | own, run.profile)),
    )
    validate.check(document, file)
    return settings


def _found(scans: Mapping[str, tuple[str, ...]], folder: Path) -> dict[str, tuple[str, ...]]:
    """Return the scans by their paths below the settings' `folder`: a bare name may lie in data/scans/."""

    def below(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(f"{SCANS}/{name}" if elsewhere(name) else name for name in names)

    def elsewhere(name: str) -> bool:
        return not os.path.isfile(folder / name) and os.path.isfile(folder / SCANS / name)

    return {place: below(names) for place, names in scans.items()}


def _overridden(document: Any, taken: Mapping[str, Any], profile: str) -> Iterator[str]:
    """Yield a line for each setting of the user's own choice that the profile replaces.

    `iterations = 300` in quick -> "run.iterations: profile quick takes 60 instead of 300"
    """
    for section, here in taken.items():
        there = getattr(document, section)
        default = type(there)()
        for name in (name for name in there.__struct_fields__ if name != "profile"):
            written, value = getattr(there, name), getattr(here, name)
            if written not in (value, getattr(default, name)):
                yield f"{section}.{name}: profile {profile} takes {value} instead of {written}"


def mistake(settings: Settings, keys: toml_file.Keys, expected: str, got: str, next_step: str) -> InputError:
    """Return the error for a value that turns out not to be allowed only when it is used."""
    return toml_file.read(settings.path, NEXT_STEP).mistake(keys, expected, got, next_step)


def place(settings: Settings, *keys: str) -> str:
    """Return where a value of the settings stands: "report.toml:6"; the file alone where it is typed nowhere."""
    line = toml_file.line_of(user_file.decode(user_file.read_bytes(settings.path, "TOML file", NEXT_STEP),
                                              str(settings.path), NEXT_STEP), keys)  # fmt: skip
    return f"{settings.path}:{line}" if line else str(settings.path)


def unfilled(settings: Settings) -> list[str]:
    """Return a line for each key of [report] that still has the value of the shipped report.toml."""
    return [f"{place(settings, 'report', key)}: {key} still holds the placeholder; put your own into [report]"
            for key in settings.placeholders]  # fmt: skip


def _with_profile(path: Path, run: RunSettings, profile: str) -> RunSettings:
    if profile not in PROFILES:
        raise InputError(f"{path}: --profile: expected quick, standard or full, got '{profile}'", "name one of these")
    return msgspec.structs.replace(run, profile=profile)
