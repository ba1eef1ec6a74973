"""How the gradient's norm changes between the hidden layers, as a product of two factors."""

import numpy as np

from analysis.network.descent import Probe
from analysis.network.mlp import Array


def probe_quantity(probes: Array, name: str) -> Array:
    """Return one quantity of the probes (R, P, 7), (R, P)."""
    return probes[..., Probe._fields.index(name)]


def ratio(above: Array, below: Array) -> Array:
    """Return above / below, elementwise; 0 where both are 0 (every unit is dead and passes nothing on)."""
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0)


def factors(probes: Array) -> dict[str, Array]:
    """Return |delta1|/|delta2| and its two factors, each (R, P): the first is the product of the others."""
    delta1, delta2, pulled_back = (probe_quantity(probes, name) for name in ("delta1", "delta2", "pulled_back"))
    return {
        "delta_ratio": ratio(delta1, delta2),
        "weights_factor": ratio(pulled_back, delta2),
        "activation_factor": ratio(delta1, pulled_back),
    }
