"""Part C (b): which inputs move the trained model."""

from analysis.declaration import Study

STUDY = Study(
    __name__,
    record="AttributionRecord",
    part="C",
    settings=("run", "table", "data.train"),
    data=("train",),
    reads=("eda", "training"),
)
