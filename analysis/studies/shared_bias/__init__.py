"""Question 2: a bias that two layers share."""

from analysis.declaration import Study
from analysis.studies.shared_bias.settings import SharedBiasSettings

STUDY = Study(
    __name__,
    record="SharedBiasRecord",
    part="Question 2",
    settings=("shared_bias",),
    section=SharedBiasSettings,
)
