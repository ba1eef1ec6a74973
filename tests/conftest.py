"""One thread for each numerical library, as a study has it; which cases run each time, and the order of the files.

Threads of several workers only wait for each other.
"""

import gc
import os
from collections import Counter
from collections.abc import Generator

import hypothesis
import pytest

from tests.marks import is_long

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"  # before a test imports NumPy, scikit-learn or PyTorch, which read it once

os.environ.pop("TORCH", None)  # of whoever made this environment: the environments that tests make have no torch

# on a busy machine an example may take long
hypothesis.settings.register_profile("busy", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.register_profile("fewer", parent=hypothesis.settings.get_profile("busy"), max_examples=25)

# each builds a report that many files look at, in a worker of its own: behind them nobody waits for one
FIRST = ("test_broken_inputs.py", "test_audit_of_report.py")


def pytest_configure(config: pytest.Config) -> None:
    """Draw a fourth of the examples each time."""
    hypothesis.settings.load_profile("busy" if is_long(config) else "fewer")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Generator[None]:
    """Leave all but some cases of a sampled test to the long run; begin with the files that build the most."""
    met: Counter[str] = Counter()
    for item in items:
        sampled, name = item.get_closest_marker("sampled"), item.nodeid.partition("[")[0]
        if sampled is not None and met[name] % sampled.args[0]:
            item.add_marker(pytest.mark.long)
        met[name] += 1
    yield  # pytest brings the tests of a session's fixture together
    items.sort(key=lambda item: FIRST.index(item.path.name) if item.path.name in FIRST else len(FIRST))


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Leave the libraries and the collected tests, which stay to the end, out of every collection of garbage."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(700, 10, 1000)
