"""Part A: what the training table holds."""

from analysis.declaration import Study

STUDY = Study(
    __name__,
    record="EdaRecord",
    part="A",
    settings=("run", "table", "data.train"),
    data=("train",),
)
