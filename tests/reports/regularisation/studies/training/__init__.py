"""The training study of the clone."""

from analysis.studies.training import STUDY

__all__ = ["STUDY"]
