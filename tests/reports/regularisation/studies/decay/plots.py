"""The figure of weight decay."""

from analysis.plotting import style
from analysis.settings.schema import Settings
from analysis.study_interface import Arrays
from studies.decay.record import DecayRecord


def plot_norm(record: DecayRecord, arrays: Arrays, settings: Settings) -> style.Figure:
    """Norm of the weights at each strength, one point a replicate."""
    figure, axes = style.figure(height=2.0)
    for number, entry in enumerate(record.strengths):
        axes.plot([number] * len(entry.norm.replicates), entry.norm.replicates, "k.")
    axes.set_xticks(range(len(record.strengths)), [f"{entry.strength:g}" for entry in record.strengths])
    axes.set_xlabel("strength of weight decay")
    axes.set_ylabel("norm of the weights")
    return figure


PLOTS = (plot_norm,)
