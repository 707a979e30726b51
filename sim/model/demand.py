"""How ordinary trade moves by itself: growth, the season, shocks with memory, and borders that close. Arrays have shape (R,)."""

from collections.abc import Mapping

import numpy as np

from sim.arrays import Array
from sim.mechanisms.noise import Noise
from sim.mechanisms.seasons import season
from sim.model.draws import pair_slot
from sim.scenario.scenario import Lane, Scenario


class Demand:
    """Demand on the lanes that have a season; both directions between two countries share their shocks and closures.

    The mean over shocks of what is demanded is growth times season: the shock's half variance is taken off.
    A closed border comes on top.

    Parameters
    ----------
    scenario : Scenario
        Its lanes and first month.
    numbers : mapping of ndarray, shape (R,)
        Expanded parameters by address.
    """

    def __init__(self, scenario: Scenario, numbers: Mapping[str, Array]) -> None:
        self.start = scenario.start
        self.log_growth, self.memory = np.log1p(numbers["world.trade_growth"]) / 12.0, numbers["world.trade_memory"]
        self.hazard, self.share = numbers["world.closure_hazard"], numbers["world.closure_share"]
        self.persistence = numbers["world.closure_persistence"]
        nothing = np.zeros(self.memory.shape)
        moving = [entry for entry in scenario.lanes.values() if entry.season]
        self.slots = {self.pair(x): pair_slot(scenario, *self.pair(x)) for x in moving}
        self.borders = {self.pair(entry) for entry in moving if entry.border}
        self.deviation = dict.fromkeys(self.slots, nothing)
        self.closed = dict.fromkeys(self.borders, nothing)
        self.open_share = dict.fromkeys(self.borders, nothing + 1.0)
        self.variance = self.grown = nothing
        self.month = 0

    @staticmethod
    def pair(lane: Lane) -> tuple[str, str]:
        """Name the two countries of a lane, whichever way it runs."""
        return min(lane.exporter, lane.importer), max(lane.exporter, lane.importer)

    def shock(self, noise: Noise, month: int) -> None:
        """Draw the month's shock and closure of each pair of countries."""
        self.month = month
        self.grown = self.log_growth * (month - 1.0)
        self.variance = self.memory**2 * self.variance + 1.0
        for pair, slot in self.slots.items():
            self.deviation[pair] = self.memory * self.deviation[pair] + noise.normal("trade", slot, month)
        for pair in self.borders if self.hazard.any() else ():
            stays = np.where(self.closed[pair] > 0.0, self.persistence, self.hazard)
            self.closed[pair] = (noise.uniform("closure", self.slots[pair], month) < stays).astype(float)
            self.open_share[pair] = 1.0 - self.share * self.closed[pair]

    def of(self, lane: Lane, volatility: Array) -> Array:
        """Share of a lane's volume at the start that is demanded this month."""
        pair = self.pair(lane)
        shocked = volatility * self.deviation[pair] - 0.5 * volatility**2 * self.variance
        demand = np.exp(shocked + self.grown) * self.seasonal(lane)
        return demand * self.open_share[pair] if lane.border else demand

    def seasonal(self, lane: Lane) -> float:
        """Share of a lane's mean volume that belongs to this time of the year; one for a lane without a season."""
        return season(lane.season, self.start, self.month) if lane.season else 1.0
