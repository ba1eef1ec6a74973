"""One thread for each numerical library, as a study has it, and the order of the files.

Threads of several workers only wait for each other.
"""

import os

import pytest

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"  # before a test imports NumPy, scikit-learn or PyTorch, which read it once

FIRST = "test_audit_of_report.py"  # builds the report that many files look at, while another worker does without it


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the file that builds the whole report; all else stays in its order."""
    items.sort(key=lambda item: item.path.name != FIRST)
