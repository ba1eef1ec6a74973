"""Logistic regression by gradient descent."""

from analysis.declaration import Study
from studies.logistic.settings import LogisticSettings

STUDY = Study(
    __name__,
    record="LogisticRecord",
    settings=("run.seed", "run.row_limit", "run.validation_share", "table", "data.train", "logistic"),
    data=("train",),
    section=LogisticSettings,
)
