"""How hard a rule presses: the responses that a scenario may name, and how a level of pressure and its leakage move.

A *response* says how strongly a presser reacts to what it sees: a function of the trigger, the tolerance, the width and
a memory, all of shape (R,), to a number from 0 to 1. A user adds one with one small function under ``@response``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Array

Value = Callable[[Array, Array, Array, Array], Array]
# Slope in the trigger, how that bends, and where a presser's reaction no longer steepens, so that giving in takes a higher price.
Bent = tuple[Array, Array, NDArray[np.bool_]]
Marginal = Callable[[Array, Array, Array, Array], Bent]
Memory = Literal["none", "peak", "last"]


@dataclass(frozen=True, slots=True)
class Response:
    """One form of reaction.

    ``contingent``: it depends on what the target does, so it can be foreseen and avoided. ``deliberate``: it is scaled by
    the presser's own weighing of harm and cost. ``memory``: what it remembers, its own peak or the last trigger.
    ``steepest``: largest slope, per width; infinite where it jumps. ``bends``: most by which that slope rises while it steepens
    and by which it falls where it no longer does, per width squared; infinite where the slope jumps.
    """

    name: str
    value: Value
    marginal: Marginal
    contingent: bool = True
    deliberate: bool = False
    memory: Memory = "none"
    steepest: float = float("inf")
    bends: tuple[float, float] = (float("inf"), float("inf"))


RESPONSES: dict[str, Response] = {}


def response(
    name: str,
    *,
    marginal: Marginal | None = None,
    contingent: bool = True,
    deliberate: bool = False,
    memory: Memory = "none",
    steepest: float = float("inf"),
    bends: tuple[float, float] = (float("inf"), float("inf")),
) -> Callable[[Value], Value]:
    """Register a response under a name that scenarios can use.

    Parameters
    ----------
    name : str
        Name for scenario files.
    marginal : callable, optional
        Slope, second derivative and past-inflection flag of the value. Without it all are taken by central differences.

    Returns
    -------
    callable
        Decorator that leaves the function as it is.

    Examples
    --------
    >>> @response("half")
    ... def half(trigger, tolerance, width, memory):
    ...     return 0.5 * (trigger > tolerance)
    """

    def register(value: Value) -> Value:
        form = marginal or differences(value)
        RESPONSES[name] = Response(name, value, form, contingent, deliberate, memory, steepest, bends)
        return value

    return register


def differences(value: Value) -> Marginal:
    """Slope and curvature of a response by central differences over a hundredth of the width."""

    def marginal(x: Array, tolerance: Array, width: Array, memory: Array) -> Bent:
        h = 0.01 * width
        below, here, above = (value(x + d, tolerance, width, memory) for d in (-h, 0.0 * h, h))
        flat_and_raised = (above <= below) & (here > 0.0)
        bend = (above + below - 2.0 * here) / (h * h)
        return np.maximum((above - below) / (2.0 * h), 0.0), bend, (above + below < 2.0 * here) | flat_and_raised

    return marginal


def _rise(x: Array, tolerance: Array, width: Array) -> Array:
    """Distance of the trigger beyond tolerance in widths, cut to [0, 1]."""
    return np.minimum(np.maximum((x - tolerance) / width, 0.0), 1.0)


def _smoothstep_marginal(x: Array, tolerance: Array, width: Array, memory: Array) -> Bent:
    u = _rise(x, tolerance, width)
    steep = 6.0 / width
    return u * (1.0 - u) * steep, (1.0 - 2.0 * u) * ((u > 0.0) & (u < 1.0)) * (steep / width), u > 0.5


def _linear_marginal(x: Array, tolerance: Array, width: Array, memory: Array) -> Bent:
    u = _rise(x, tolerance, width)
    return 1.0 * ((u > 0.0) & (u < 1.0)) / width, 0.0 * u, u >= 1.0


def _threshold_marginal(x: Array, tolerance: Array, width: Array, memory: Array) -> Bent:
    return 0.0 * x, 0.0 * x, x > tolerance


STEEPNESS = 6.0  # of the logistic curve over one width
FOOT = 1.0 / (1.0 + np.exp(STEEPNESS / 2.0))  # its height at tolerance, taken off so that it starts from exactly zero


def _logistic_marginal(x: Array, tolerance: Array, width: Array, memory: Array) -> Bent:
    u = (x - tolerance) / width
    p = 1.0 / (1.0 + np.exp(-STEEPNESS * (np.minimum(np.maximum(u, 0.0), 50.0) - 0.5)))
    slope = (u > 0.0) * STEEPNESS * p * (1.0 - p) / ((1.0 - FOOT) * width)
    return slope, slope * (1.0 - 2.0 * p) * (STEEPNESS / width), u > 0.5


def _ratchet_marginal(x: Array, tolerance: Array, width: Array, memory: Array) -> Bent:
    slope, bend, beyond = _smoothstep_marginal(x, tolerance, width, memory)
    new = smoothstep(x, tolerance, width, memory) > memory
    return slope * new, bend * new, beyond & new


def _tit_for_tat_marginal(x: Array, tolerance: Array, width: Array, memory: Array) -> Bent:
    return _linear_marginal(x, np.maximum(tolerance, memory), width, memory)


@response("smoothstep", marginal=_smoothstep_marginal, steepest=1.5, bends=(6.0, 6.0))
def smoothstep(x: Array, tolerance: Array, width: Array, memory: Array) -> Array:
    """u²(3 − 2u): exactly zero below tolerance, one from tolerance + width on."""
    u = _rise(x, tolerance, width)
    return u * u * (3.0 - 2.0 * u)


@response("threshold", marginal=_threshold_marginal)
def threshold(x: Array, tolerance: Array, width: Array, memory: Array) -> Array:
    """Full pressure beyond tolerance, none up to it."""
    return (x > tolerance).astype(np.float64)


@response("linear", marginal=_linear_marginal, steepest=1.0)
def linear(x: Array, tolerance: Array, width: Array, memory: Array) -> Array:
    """Pressure in proportion to the excess over tolerance."""
    return _rise(x, tolerance, width)


@response(
    "logistic",
    marginal=_logistic_marginal,
    steepest=STEEPNESS / 4.0 / (1.0 - FOOT),
    bends=(np.inf, STEEPNESS**2 / np.sqrt(108.0) / (1.0 - FOOT)),
)
def logistic(x: Array, tolerance: Array, width: Array, memory: Array) -> Array:
    """S-shaped, steepest at half a width beyond tolerance; exactly zero below tolerance."""
    u = (x - tolerance) / width
    p = 1.0 / (1.0 + np.exp(-STEEPNESS * (np.minimum(np.maximum(u, 0.0), 50.0) - 0.5)))
    return (u > 0.0) * (p - FOOT) / (1.0 - FOOT)


@response("ratchet", marginal=_ratchet_marginal, memory="peak", steepest=1.5, bends=(np.inf, 6.0))
def ratchet(x: Array, tolerance: Array, width: Array, memory: Array) -> Array:
    """Smoothstep that never eases: pressure stays at the highest response so far."""
    return np.maximum(memory, smoothstep(x, tolerance, width, memory))


@response("tit_for_tat", marginal=_tit_for_tat_marginal, memory="last", steepest=1.0)
def tit_for_tat(x: Array, tolerance: Array, width: Array, memory: Array) -> Array:
    """Answer a rise of the trigger since last month, beyond tolerance, and forgive when it stops rising."""
    return _rise(x, np.maximum(tolerance, memory), width)


@response("best_response", marginal=_smoothstep_marginal, deliberate=True, steepest=1.5, bends=(6.0, 6.0))
def best_response(x: Array, tolerance: Array, width: Array, memory: Array) -> Array:
    """Smoothstep, scaled by how far its stance inclines the patron to act: nil when quite warm, one when quite cold."""
    return smoothstep(x, tolerance, width, memory)


def _flat(x: Array, tolerance: Array, width: Array, memory: Array) -> Bent:
    return 0.0 * x, 0.0 * x, np.zeros(x.shape, dtype=bool)


@response("scheduled", marginal=_flat, contingent=False, steepest=0.0)
def scheduled(x: Array, tolerance: Array, width: Array, memory: Array) -> Array:
    """Full pressure from the rule's first to its last month, whatever the target does."""
    return np.ones_like(x)


def advance(level: Array, target: Array, rate_up: Array, rate_down: Array) -> Array:
    """Move a level of pressure toward its target: L + rate (target − L), with a rate for each direction.

    Rates are shares, so a level stays between its old value and the target.
    """
    distance = target - level
    return level + np.where(distance > 0.0, rate_up, rate_down) * distance


def leak(leakage: Array, level: Array, highest: Array, growth: Array) -> Array:
    """Leakage after another month: sustained pressure finds its way round (Early 2015, Busted Sanctions)."""
    return leakage + growth * level * np.maximum(highest - leakage, 0.0)
