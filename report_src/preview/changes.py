"""Which files were saved: bursts of saves below the folders of a report."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from report_src.build.fingerprint import named_files
from report_src.errors import BuildError
from report_src.project import ROOT, Project
from report_src.system.files import changed_since

BURST_MILLISECONDS = 30  # of quiet after which a burst of saves counts as ended
LONGEST_BURST_MILLISECONDS = 1000
IDLE_MILLISECONDS = 250  # without a save, after which the watch says so
CODE = ("analysis", "report_src")


def changes(config: Path, current: Callable[[], Project | None], since: int | None = None) -> Iterator[set[Path]]:
    """Yield the files that were saved, burst by burst; what is saved during a build waits for its end.

    `since` (file_clock) is when the build began that came before the watch: what was saved after that comes first.

    Folders are watched, not files: an editor that replaces a file by another would be lost sight of. Where there
    are new ones, watching restarts, and they are yielded too: something may have been saved meanwhile.
    """
    folders = _watched_folders(_watched_files(config, current()), trees(current(), config))
    while True:
        for burst in bursts(folders):
            paths = {Path(path) for _, path in burst}
            if since is not None:
                paths, since = paths | _saved_since(since, folders), None
            if not paths:
                continue
            named, own = _watched_files(config, current()), trees(current(), config)
            inside = {path for path in paths if path in named or any(path.is_relative_to(tree) for tree in own)}
            if inside:
                yield inside
            before, folders = folders, _watched_folders(_watched_files(config, current()), trees(current(), config))
            if folders != before:
                break
        yield {path for path in folders if path not in before}


def _saved_since(moment: int, folders: Iterable[Path]) -> set[Path]:
    """Return the files in these folders that were written after a moment of file_clock()."""
    import watchfiles

    counts = watchfiles.DefaultFilter()
    files = {path for folder in folders for path in folder.iterdir() if path.is_file()}
    return {path for path in files if counts(watchfiles.Change.modified, str(path)) and changed_since(path, moment)}


def bursts(folders: Iterable[Path]) -> Iterator[set[tuple[Any, str]]]:
    """Yield what happens to files in these folders, from time to time nothing; files of editors do not count."""
    import watchfiles

    step, longest = BURST_MILLISECONDS, LONGEST_BURST_MILLISECONDS
    try:
        yield from watchfiles.watch(*folders, recursive=False, step=step, debounce=longest,
                                    rust_timeout=IDLE_MILLISECONDS, yield_on_timeout=True)  # fmt: skip
    except (OSError, RuntimeError) as error:  # watchfiles has one of each for what the system refuses
        raise BuildError(
            f"the system does not let more folders be watched ({error}); end another watcher, raise "
            "fs.inotify.max_user_watches and max_user_instances, or build with make report"
        ) from None


def trees(project: Project | None, config: Path) -> tuple[Path, ...]:
    """Return the folders that are watched with everything below them: the clone's code and templates, the report's."""
    own = (config.parent / name for name in ("templates", "studies")) if project is None else (
        project.templates, project.code_folder / "studies")  # fmt: skip
    folders = (ROOT / "templates", *(ROOT / name for name in CODE), *(path.resolve() for path in own))
    return tuple(path for path in dict.fromkeys(folders) if path.is_dir())


def _watched_files(config: Path, project: Project | None) -> set[Path]:
    """Return the files of the user's own: report.toml and what it names; of a link both the link and its file."""
    files = {config, ROOT / "requirements.lock"}
    if project is not None:
        settings = project.settings
        named = (settings.folder / name for name in named_files(settings))
        files |= {settings.train_path, settings.test_path, *named}
    return {found for path in files for found in (path.resolve(), path.parent.resolve() / path.name)}


def _watched_folders(files: Iterable[Path], trees: Iterable[Path]) -> list[Path]:
    """Return the folders to look at, each without what is below it."""
    below = (path for tree in trees for path in (tree, *tree.rglob("*")) if path.is_dir())
    folders = {*below, *(path.parent for path in files)}
    return sorted(path for path in folders if path.is_dir() and path.name != "__pycache__")


def shown(paths: Iterable[Path]) -> str:
    """Return a few of the names, below the project where they lie there."""
    called = sorted(path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name for path in paths)
    return ", ".join(called[:3]) + (f" and {len(called) - 3} more" if len(called) > 3 else "")


def names(paths: Iterable[Path], home: Path = ROOT) -> list[str]:
    """Return the files as the steps name them: below the report's folder, else below the clone."""
    bases = (home.resolve(), ROOT)
    found = (next((path.relative_to(base) for base in bases if path.is_relative_to(base)), None) for path in paths)
    return sorted(path.as_posix() for path in found if path is not None)
