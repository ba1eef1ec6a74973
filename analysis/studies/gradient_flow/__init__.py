"""Part B (b): gradient magnitudes across layers."""

from analysis.declaration import Study

STUDY = Study(
    __name__,
    record="GradientFlowRecord",
    part="B",
    settings=("run", "table", "data.train"),
    data=("train",),
    reads=("training",),
)
