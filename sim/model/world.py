"""The world: a Mesa model whose agents are governments and whose months run through one visible list of phases.

Every attribute of an agent is an array over runs, so one World advances R runs in lockstep; a single run is R = 1.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np

from sim.arrays import Array
from sim.errors import UserError
from sim.mechanisms.quantities import ALL_ROLES, QUANTITY
from sim.model.events import Event, Watch
from sim.model.phases import PHASES
from sim.model.state import State


class World(State):
    """Six governments, or any cast that a scenario names, over R runs that advance together.

    Each attribute of an agent is an array with one element per run, because shares of runs take thousands of them, and among
    thousands a run costs a thousandth of what it costs alone. `SingleRun` shows a world of one run by plain numbers, as
    Mesa's own tools need them.

    Parameters
    ----------
    scenario : Scenario, str or Path
        Cast, lanes, rules, variants, numbers and knock-outs: a scenario, the name of a shipped one, or the path of a TOML file.
    runs : int
        Number of runs R.
    seed : int
        Seed of the keyed draws.
    first : int
        Replicate key of the first run.
    keys : ndarray of int64, shape (R,), optional
        Replicate key of each run, instead of ``first`` to ``first + R - 1``.
    values : mapping, optional
        Numbers that replace the scenario's: address to a float or an array of shape (R,).
    knockouts : mapping of ndarray of bool, shape (R,), optional
        Knock-outs in some of the runs, besides the scenario's own in all.
    past : Past, optional
        What is given of the shocks of the first months, instead of the scenario's own history.

    Raises
    ------
    UserError
        If ``values`` names an unknown parameter, or holds what is not possible for one.

    Examples
    --------
    >>> world = World("base")
    >>> world.step()
    >>> world.month
    1
    """

    # --- the month --------------------------------------------------------------------------------------------------------

    def step(self) -> None:
        """Advance all runs by one month through the phases, in their one fixed order."""
        self.month += 1
        self.follow_paths()
        for phase in PHASES:
            phase(self)
        if self.runs == 1:
            self._watch.look(self)

    # --- reading ----------------------------------------------------------------------------------------------------------

    def _having(self, name: str) -> Mapping[str, Any]:
        """Those who have a quantity, by name."""
        quantity = QUANTITY[name]
        everyone: dict[str, Mapping[str, Any]] = {
            "world": {"world": self},
            "country": self.countries,
            "partnership": self.partnerships,
            "rule": self.rules,
            "lane": self.commerce.flows,
        }
        holders = everyone[quantity.holder]
        if quantity.holder != "country" or quantity.roles == ALL_ROLES:
            return holders
        return {name: country for name, country in holders.items() if country.role in quantity.roles}

    def holders(self, name: str) -> tuple[str, ...]:
        """Names of those who have a quantity."""
        return tuple(self._having(name))

    def rows(self, name: str) -> list[Array]:
        """Present value of a quantity for each of its holders, shape (R,) each: no copies, and only to be looked at."""
        return [QUANTITY[name].of(self, holder) for holder in self._having(name).values()]

    def read(self, name: str) -> Array:
        """Present value of a quantity, shape (holders, R)."""
        return self._stack(self.rows(name))

    def _stack(self, arrays: list[Array]) -> Array:
        return np.stack(arrays) if arrays else np.zeros((0, self.runs))

    def believed(self) -> Array:
        """All beliefs, in the order of ``belief_slots``, shape (B, R)."""
        return self._stack([self.countries[p].beliefs[q][0] for p, q in self.belief_slots])

    def believe(self, beliefs: Array) -> None:
        """Replace all beliefs by those of another world, as ``believed`` gives them, shape (B, R).

        Called before each step, this replays the beliefs of a paired world: what is left of an act of the patron is then its
        direct effect.
        """
        for (partner, presser), belief in zip(self.belief_slots, beliefs, strict=True):
            holder = self.countries[partner]
            holder.beliefs[presser] = (belief, holder.beliefs[presser][1])

    def events(self) -> list[Event]:
        """Dated events of the last month, for a single run.

        Raises
        ------
        UserError
            If the world has more than one run.
        """
        if self.runs != 1:
            raise UserError("events are told of a single run; build the world with runs=1", "World.events")
        return self._watch.events

    @cached_property
    def _watch(self) -> Watch:
        return Watch(self)
