"""The limits that can be knocked out of a world, each by name: one thing changes, and the shocks stay the same."""

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Array
from sim.errors import UserError, suggest

# What each knock-out removes. Where it supplies goods or money, rest_of_world is the counted source.
KNOCKOUTS = {
    "beijing_threat": "the patrons' punishment is not foreseen; beliefs are still updated",
    "beijing_action": "nothing that a patron does, stick or carrot, answers to the tie; what else moves its stance stays",
    "beijing": "the patrons are indifferent to the tie: neither threat nor action, ordinary trade unchanged",
    "west": "leaders and allies neither sanction nor snub, so nobody complies; interdiction and arms are apart",
    "backlash": "openness costs nothing with the other side's allies",
    "supply": "the supplier can part with any number of rounds at their plain cost; what it lacks comes from rest_of_world",
    "payment": "whatever the deal asks for is paid; what the belligerent lacks comes from rest_of_world",
    "quality": "every round works",
    "trust": "deals are never broken and credit is always paid back",
    "reluctance": "the belligerent gives technology away at no loss",
    "red_line": "no ally arms the belligerent's enemy, and nobody fears it",
    "interdiction": "no shipment is stopped",
}
UNIONS = {"beijing": ("beijing_action", "beijing_threat")}


class Removed:
    """Which limits are out, in which runs.

    Parameters
    ----------
    everywhere : iterable of str
        Knock-outs in all runs.
    somewhere : mapping of ndarray of bool, shape (R,)
        Knock-outs in some runs: what an ensemble that mixes the arms of a comparison uses.
    runs : int
        Number of runs R.

    Raises
    ------
    UserError
        If there is no such knock-out.
    """

    def __init__(self, everywhere: Iterable[str], somewhere: Mapping[str, NDArray[np.bool_]], runs: int) -> None:
        self.masks: dict[str, NDArray[np.bool_]] = {}
        given = {name: np.ones(runs, dtype=bool) for name in everywhere}
        for name, mask in (*given.items(), *somewhere.items()):
            if name not in KNOCKOUTS:
                raise UserError(f"no such knock-out; {suggest(name, KNOCKOUTS)}", name)
            if np.shape(mask) != (runs,):
                raise UserError(f"a knock-out in some runs needs one yes or no for each of the {runs}", name)
            for part in UNIONS.get(name, (name,)):
                self.masks[part] = self.masks[part] | mask if part in self.masks else np.asarray(mask, dtype=bool)

    def swap(self, limit: str, present: Array, absent: Array | float) -> Array:
        """Take ``absent`` in the runs where a limit is out, else ``present``, shape (R,)."""
        return np.where(self.masks[limit], absent, present) if limit in self.masks else present

    def only(self, limit: str, amount: Array) -> Array | None:
        """Keep an amount only in the runs where a limit is out; None where it is out in none."""
        return np.where(self.masks[limit], amount, 0.0) if limit in self.masks else None
