"""How many processor cores to use: chosen in the environment, as it changes no result."""

import os

SLOTS = "ANALYSIS_SLOTS"  # environment: a folder with a file for each core, where several studies share them


def cores() -> int:
    """Return how many cores to use: the environment's ANALYSIS_WORKERS, else those that we may run on."""
    chosen = os.environ.get("ANALYSIS_WORKERS")
    return int(chosen) if chosen else len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
