"""Why a patron minds a tie and what holds it back: its concern, its restraint, and the stance that comes of them.

All is counted in one unit, *displeasure*: a whole unit beyond what it bears turns a patron's aim quite cold.

    h  = H x − B x_m + β n + γ L                              concern
    k  = goodwill + D shortfall + C instability (supplier) or F trade (belligerent) + outlook     restraint
    ρ  = rivalry · turned (supplier)                          what it loses as the supplier turns to the belligerent
    S* = −clip(h − k − ρ, −1, 1)                              the stance that it aims at
    T  = (k + ρ + B x_m − β n − γ L) / H,   W = 1 / H         so that S*(x) = −clip((x − T) / W, −1, 1)

with x the visible tie, x_m the rounds seen over their reference flow, n the alignment of the allies and L the level of secondary
sanctions. The tolerance T is therefore no assumption: it is the visible tie at which the patron's aim crosses nil this month.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from sim.arrays import Array
from sim.mechanisms.pressure import Bent, Response

LEAST_CONCERN = 0.01  # a patron that minds less minds nothing: its tolerance is beyond any tie


@dataclass(slots=True)
class Motives:
    """What moves a patron, in units of displeasure, shape (R,) each: H, B, rivalry, β, γ, D, C, goodwill and F above."""

    concern: Array
    welcome: Array
    rivalry: Array
    alignment: Array
    western: Array
    defeat: Array
    collapse: Array
    goodwill: Array
    forgone: Array


@dataclass(slots=True)
class Sight:
    """What a patron sees of one partner this month, shape (R,) each.

    ``tie``: its strongest visible tie. ``munitions``: rounds seen in it, over their reference flow. ``alignment``: of the allies.
    ``western``: level of secondary sanctions. ``shortfall``: share of wanted fire that the belligerent misses.
    ``instability``: strain of the supplier. ``turned``: rise of the supplier's dependence on its partners since the start.
    ``trade``: its ordinary trade with the patrons, over that of the start.
    """

    tie: Array
    munitions: Array
    alignment: Array
    western: Array
    shortfall: Array
    instability: Array
    turned: Array
    trade: Array


def forbearance(motives: Motives, seen: Sight, outlook: Array, role: str) -> Array:
    """Displeasure over the tie that it bears before its aim turns cold: restraint and rivalry less what else it minds.

    Parameters
    ----------
    motives : Motives
        What moves it.
    seen : Sight
        What it sees of the partner.
    outlook : ndarray, shape (R,)
        Politics outside the model that incline it to the partner.
    role : str
        Of the partner: a belligerent must not lose, a supplier must not collapse or turn away.
    """
    held = motives.goodwill + outlook + motives.defeat * seen.shortfall + motives.welcome * seen.munitions
    held = held - motives.alignment * seen.alignment - motives.western * seen.western
    if role == "supplier":
        return held + motives.collapse * seen.instability + motives.rivalry * seen.turned
    return held + motives.forgone * seen.trade


def aim(motives: Motives, seen: Sight, outlook: Array, role: str) -> Array:
    """Stance that it aims at, S*, −1 (cold) to 1 (warm), shape (R,)."""
    return np.minimum(np.maximum(forbearance(motives, seen, outlook, role) - motives.concern * seen.tie, -1.0), 1.0)


def tolerance(motives: Motives, seen: Sight, outlook: Array, role: str) -> Array:
    """Visible tie T at which S* crosses nil given this month's state, shape (R,)."""
    return forbearance(motives, seen, outlook, role) * width(motives)


def width(motives: Motives) -> Array:
    """Rise of the visible tie beyond T that turns the aim quite cold, W, shape (R,)."""
    return 1.0 / np.maximum(motives.concern, LEAST_CONCERN)


# --- what partners foresee of a stance ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Forgone:
    """What is lost of a favour by a visible tie x: response(T / W) − response((T − x) / W), with tolerance T and width W."""

    response: Response

    def value(self, x: Array, tolerance: Array, width: Array, memory: Array) -> Array:
        """Share of the favour that is lost against a tie of nil."""
        nothing = 0.0 * x
        at_nil, here = (self.response.value(warmth, nothing, width, nothing) for warmth in (tolerance, tolerance - x))
        return at_nil - here

    def marginal(self, x: Array, tolerance: Array, width: Array, memory: Array) -> Bent:
        """Its slope, how that bends, and where it no longer steepens: it mirrors that of the response."""
        nothing = 0.0 * x
        slope, bend, beyond = self.response.marginal(tolerance - x, nothing, width, nothing)
        return slope, -bend, ~beyond


@cache
def forgone(response: Response) -> Response:
    """The loss of a favour in the form in which a bargain knows responses to the visible tie.

    The punishment that a stance brings needs no such form: the response to the displeasure clip((x − T) / W, 0, 1) is that to
    x with tolerance T and width W.
    """
    form = Forgone(response)
    name, bends = f"{response.name}, forgone", response.bends[::-1]
    return Response(name, form.value, form.marginal, steepest=response.steepest, bends=bends)
