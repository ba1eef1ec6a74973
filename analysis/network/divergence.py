"""Training that diverged, as a mistake in the setting that names its learning rate."""

import contextlib
from collections.abc import Iterator

from analysis.errors import InputError
from analysis.network.descent import TrainingDiverged
from analysis.settings import load
from analysis.settings.schema import Settings

OF_THE_NETWORK = ("run", "learning_rates")
EXPECTED = "a rate at which training descends"


def mistake(of: Settings, got: str, next_step: str, keys: tuple[str, ...] = OF_THE_NETWORK) -> InputError:
    """Return the error: the setting with its line, the result, the next step."""
    return load.mistake(of, keys, EXPECTED, got, next_step)


@contextlib.contextmanager
def named(of: Settings, keys: tuple[str, ...] = OF_THE_NETWORK) -> Iterator[None]:
    """Turn TrainingDiverged, wherever it was raised, into the InputError that names the setting."""
    try:
        yield
    except TrainingDiverged as error:
        raise mistake(of, str(error), "name a smaller rate in its place", keys) from None
