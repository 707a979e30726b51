"""The same model in the hands of other tools: one run at a time, as `mesa.batch_run` and the EMA Workbench take it."""

from typing import Any

import mesa
from mesa.datacollection import DataCollector

from sim import Scenario, World
from sim.mechanisms.quantities import OUTCOMES
from sim.runs.chunks import layout_of
from sim.runs.results import Outcomes

SCENARIO = Scenario.load("base")
VARIED = {"tolerance": "china.goodwill", "resolve": "china.resolve"}  # names that both tools accept
MAIN = "munitions"
PLACE = [outcome.name for outcome in OUTCOMES].index(MAIN)


class Single(mesa.Model):
    """A world of one run with replicate key 0, whose outcomes are recorded month by month as in a sweep."""

    def __init__(self, tolerance: float, resolve: float, rng: Any = None) -> None:
        super().__init__(rng=rng)
        given = {"tolerance": tolerance, "resolve": resolve}
        self.world = World(SCENARIO, runs=1, values={address: given[name] for name, address in VARIED.items()})
        self.outcomes = Outcomes(layout_of(self.world, SCENARIO), 1, (SCENARIO.months,))
        self.datacollector = DataCollector(model_reporters={MAIN: "value"})

    @property
    def value(self) -> float:
        """The outcome so far."""
        return float(self.outcomes.values[0, PLACE, 0])

    def step(self) -> None:
        """Go through one month; collect at the end."""
        self.world.step()
        self.outcomes.add(self.world.month, self.world.read)
        if self.world.month == SCENARIO.months:
            self.datacollector.collect(self)


def single(tolerance: float, resolve: float) -> dict[str, float]:
    """A run as a function, as the EMA Workbench takes it."""
    model = Single(tolerance, resolve)
    for _ in range(SCENARIO.months):
        model.step()
    return {MAIN: model.value}
