"""Weight decay against none."""

from analysis.declaration import Study
from studies.decay.settings import DecaySettings

STUDY = Study(
    __name__,
    record="DecayRecord",
    part="L2",
    settings=("run", "table", "data.train", "decay"),
    data=("train",),
    reads=("training",),
    section=DecaySettings,
)
