"""How many processor cores to use: the one choice that is made in the environment, as it changes no result."""

import os


def cores() -> int:
    """Return how many cores to use: the environment's ANALYSIS_WORKERS, else those that we may run on."""
    chosen = os.environ.get("ANALYSIS_WORKERS")
    return int(chosen) if chosen else len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
