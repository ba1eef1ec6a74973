"""Part B (a): the perceptron trained twice."""

from analysis.declaration import Study

STUDY = Study(
    __name__,
    record="TrainingRecord",
    part="B",
    settings=("run", "table", "data.train"),
    data=("train",),
)
