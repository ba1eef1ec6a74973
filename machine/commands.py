"""What every part of the preparation uses: commands, what they inherit, stamps, messages. Any Python 3.8 reads it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

LEADS_ELSEWHERE = re.compile("PIP_|UV_|PYTHON|VIRTUAL_ENV$|CONDA_")
REACHES = re.compile(
    "PIP_(CONFIG_FILE|NO_INDEX|INDEX_URL|EXTRA_INDEX_URL|FIND_LINKS|TRUSTED_HOST|CERT|CLIENT_CERT|PROXY|DEFAULT_TIMEOUT|RETRIES|"
    "CACHE_DIR)$|UV_(INDEX.*|DEFAULT_INDEX|EXTRA_INDEX_URL|FIND_LINKS|INSECURE_HOST|HTTP_.*|SYSTEM_CERTS|NATIVE_TLS|"
    "CACHE_DIR|LINK_MODE|CONFIG_FILE)$"
)


class Missing(Exception):
    """Something required is missing; the text has what it is and what to type."""


def run(command: list, complaint: str) -> None:
    """Run a command; raise Missing with the end of its output if it fails."""
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "stdin": subprocess.DEVNULL, "text": True}
    try:  # it inherits the lock: should it outlive us, the next make waits for it
        done = subprocess.run(command, close_fds=False, env=clean_environment(), **options)
    except OSError as error:
        raise Missing(f"{complaint}: {error}") from None
    if done.returncode:
        tail = "\n".join("    " + line for line in done.stdout.strip().splitlines()[-8:])
        raise Missing(f"{complaint}:\n{tail}\n  the command was: {' '.join(command)}")


def runs(python: Path) -> bool:
    """Whether an interpreter is there and starts."""
    if not python.exists():
        return False
    return subprocess.run([str(python), "-c", ""], capture_output=True, env=clean_environment()).returncode == 0


def clean_environment() -> dict:
    """Return the environment without what leads pip, uv or Python elsewhere (PIP_TARGET, UV_OFFLINE, PYTHONPATH …).

    Variables with the indexes of packages and the way to reach them are kept.
    """
    kept = {name: value for name, value in os.environ.items() if not LEADS_ELSEWHERE.match(name) or REACHES.match(name)}
    if "PIP_CERT" in kept:
        kept.setdefault("SSL_CERT_FILE", kept["PIP_CERT"])  # uv reads this one
    return kept


def write_stamp(path: Path, text: str) -> None:
    """Write a stamp, whole or not at all."""
    path.parent.mkdir(exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(text, encoding="utf-8")
    os.replace(temporary, path)


def read(path: Path) -> str | None:
    """Return the text of a file, None where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return None


def say(text: str) -> None:
    """Print to standard error at once."""
    print(f"bootstrap: {text}", file=sys.stderr, flush=True)
