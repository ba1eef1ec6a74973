"""Replicates on a Dask cluster: `make report WORKERS=tcp://host:port`. Off unless asked for.

Dask executes pickled code: the scheduler and its workers are hosts that the user trusts. Each worker runs in a
clone of this project with its environment; one whose code differs from ours is refused, as its results would
carry our name.
"""

import contextlib
import hashlib
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from analysis.errors import InputError

ADDRESS = "ANALYSIS_CLUSTER"  # environment: where the scheduler listens
PATTERN = re.compile(r"(tcp|tls)://[A-Za-z0-9._\-\[\]:]+:\d{1,5}")
SECONDS = 10  # a scheduler that does not answer by then is not there
INSTALL = "pip install dask distributed"
COMMAND = ".venv/bin/python -m dask"  # in a clone: `.venv/bin/dask` would not find the analysis in the current folder
ANALYSIS = Path(__file__).resolve().parents[1]  # every file below it is in the hash that workers compare


def address() -> str | None:
    """Return the scheduler's address, None where none is asked for; InputError where it cannot be one."""
    text = os.environ.get(ADDRESS, "").strip()
    if text and not PATTERN.fullmatch(text):
        raise InputError(f"WORKERS: expected tcp://host:port or tls://host:port, got '{text}'")
    return text or None


def _digest() -> str:
    files = sorted(ANALYSIS.rglob("*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


CODE = _digest()  # when this process first met the code: a worker that has run since before an edit says so


def _loaded_code() -> str:
    """Return the hash of the analysis as this process has loaded it."""
    return CODE


@contextlib.contextmanager
def connected(where: str) -> Iterator[None]:
    """Connect to the scheduler, so that joblib's backend "dask" finds it; InputError says what is in the way."""
    try:
        from distributed import Client
    except ImportError:
        raise InputError(f"WORKERS={where}: Dask is not installed", INSTALL) from None
    try:
        client = Client(where, timeout=SECONDS, set_as_default=True)
    except (OSError, ValueError) as error:
        reason = f"no scheduler answers within {SECONDS} s ({type(error).__name__})"
        raise InputError(f"WORKERS={where}: {reason}", f"start one with `{COMMAND} scheduler`") from None
    with client:
        _check_workers(client, where)
        yield


def _check_workers(client: Any, where: str) -> None:
    """Raise InputError where the cluster has no worker, or one that cannot import our code or has loaded other code."""
    if not client.scheduler_info()["workers"]:
        raise InputError(f"WORKERS={where}: the scheduler has no worker", f"`{COMMAND} worker {where}` in a clone")
    found = client.run(_loaded_code, on_error="return")
    for worker, code in found.items():
        if code != CODE:
            what = "runs other code than this" if isinstance(code, str) else f"cannot import the analysis ({code!r})"
            raise InputError(f"WORKERS={where}: worker {worker} {what}", "start it again in an equal clone")


def one_thread(function: Callable[..., Any], *arguments: Any) -> Any:
    """Return function(*arguments), computed with one BLAS thread: more would add up in another order."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        return function(*arguments)
