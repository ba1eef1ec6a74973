"""What git says of a repository."""

import os
import subprocess

OF_ANOTHER_REPOSITORY = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR")
GIT_SECONDS = 10  # then the report names no commit


def commit(root: str | os.PathLike[str]) -> str:
    """Return the commit that a folder is at, with "+" where files differ from it; "" outside a repository."""
    return git(root, "describe", "--always", "--dirty=+", "--abbrev=10", "--exclude=*").strip()


def git(root: str | os.PathLike[str], *arguments: str) -> str:
    """Return what git prints of the repository at `root`; "" where git fails, is missing or takes too long.

    A repository further up, or one that the environment names (GIT_DIR), is another project's.
    """
    if not os.path.exists(os.path.join(root, ".git")):
        return ""
    from report_src.system.processes import inherited  # a build with nothing to do asks git for nothing

    command = ["git", "-C", os.fspath(root), "-c", "log.showSignature=false", *arguments]
    own = {name: value for name, value in inherited().items() if name not in OF_ANOTHER_REPOSITORY}
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=GIT_SECONDS, env=own)
    except (subprocess.TimeoutExpired, OSError):
        return ""
    return done.stdout if done.returncode == 0 else ""
