"""Part D: why test accuracy differs."""

from analysis.declaration import Study

STUDY = Study(
    __name__,
    record="GeneralizationRecord",
    part="D",
    settings=("run", "table", "data.train", "data.test"),
    data=("train", "test"),
    reads=("eda", "training", "attribution"),
    makes=("frozen.json",),
)
