"""Report training that diverged as a mistake in the setting of its learning rate."""

import contextlib
from collections.abc import Iterator

from analysis.errors import InputError
from analysis.network.descent import TrainingDiverged
from analysis.settings import load
from analysis.settings.schema import Settings

NETWORK_RATES = ("run", "learning_rates")
EXPECTED = "a rate at which training descends"


def rate_mistake(of: Settings, got: str, next_step: str, keys: tuple[str, ...] = NETWORK_RATES) -> InputError:
    """Return the error with the setting's line, the result and the next step."""
    return load.mistake(of, keys, EXPECTED, got, next_step)


@contextlib.contextmanager
def as_settings_mistake(of: Settings, keys: tuple[str, ...] = NETWORK_RATES) -> Iterator[None]:
    """Turn a TrainingDiverged raised inside into the InputError that names the setting."""
    try:
        yield
    except TrainingDiverged as error:
        raise rate_mistake(of, str(error), "name a smaller rate in its place", keys) from None
