"""The figure of the logistic regression."""

from analysis.plotting import style
from analysis.settings.schema import Settings
from analysis.study_interface import Arrays
from studies.logistic.record import LogisticRecord


def plot_loss(record: LogisticRecord, arrays: Arrays, settings: Settings) -> style.Figure:
    """Training loss before each update and after the last."""
    figure, axes = style.figure(height=2.0)
    axes.plot(arrays["loss"])
    axes.set_xlabel("update")
    axes.set_ylabel("training loss (nats)")
    return figure


PLOTS = (plot_loss,)
