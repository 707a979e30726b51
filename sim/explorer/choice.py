"""Which numbers get a slider, and where it stops: those to which the effect of Beijing answers most."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.arrays import Array
from sim.errors import UserError
from sim.experiments.arms import Tick, arms, ensemble
from sim.experiments.ranges import Range, in_box
from sim.experiments.samplers import sobol
from sim.experiments.scenario_ranges import ranges_of
from sim.experiments.sensitivity import rank_regression
from sim.reporting.labels import amount, title
from sim.scenario.files import Problems
from sim.scenario.scenario import Parameter, Scenario
from sim.thesis.declaration import Declaration

STOPS = (5, 5, 5, 3, 3)  # of the number that matters most, of the next, …
WORLDS, RUNS = 2_048, 2  # of the search for what matters, in each arm
BOTH = ((), ("beijing",))


@dataclass(frozen=True)
class Slider:
    """A number that can be moved on the page.

    Attributes
    ----------
    address : str
    title : str
        Whose number it is, and which.
    values : tuple of float
        Where it stops, ascending.
    texts : tuple of str
        The same for people, with their unit.
    own : int
        Place of the scenario's own value among them.
    source : str
        Where its range is from, or the word assumption.
    weight : float or None
        How much the effect of Beijing answers to it, from 0 to 1; None where it was asked for.
    """

    address: str
    title: str
    values: tuple[float, ...]
    texts: tuple[str, ...]
    own: int
    source: str
    weight: float | None = None


def sliders(scenario: Scenario, declaration: Declaration, numbers: Sequence[str], seed: int, tick: Tick) -> tuple[Slider, ...]:
    """Give the sliders of the numbers that are asked for, or of those that matter most.

    Parameters
    ----------
    scenario : Scenario
    declaration : Declaration
        Of the thesis test: what is judged, and which numbers vary.
    numbers : sequence of str
        Addresses, the most important first; none for those that matter most.
    seed : int
    tick : callable
        Is told of runs as they are done.

    Raises
    ------
    UserError
        If a number does not exist, has no range or is given twice, there are too many, or none varies.
    """
    weights: Mapping[str, float] = {}
    if numbers:
        if len(set(numbers)) < len(numbers) or len(numbers) > len(STOPS):
            raise UserError(f"give up to {len(STOPS)} numbers, each once, not {len(numbers)}: {', '.join(numbers)}", "numbers")
        if patterns := [each for each in numbers if set(each) & set("*?[")]:
            raise UserError(f"give addresses such as china.resolve, no pattern: '{patterns[0]}'", "numbers")
        chosen = ranges_of(scenario, list(numbers))
    else:
        problems = Problems()
        box, _ = declaration.ranges.box(scenario, problems)
        problems.check()
        weights = weigh(scenario, declaration, box, seed, tick)
        chosen = tuple(sorted(box, key=lambda side: -weights[side.address])[: len(STOPS)])
    return tuple(_slider(scenario, side, count, weights.get(side.address)) for side, count in zip(chosen, STOPS, strict=False))


def runs_to_choose() -> int:
    """How many runs the search for what matters takes."""
    return len(BOTH) * WORLDS * RUNS


def weigh(scenario: Scenario, declaration: Declaration, box: Sequence[Range], seed: int, tick: Tick) -> Mapping[str, float]:
    """Say how much the effect of Beijing answers to each number, by address, from 0 to 1.

    Worlds are drawn from the whole box. In each, and for each good, the effect is the mean outcome with an indifferent Beijing
    less that with Beijing, to the last month. Its rank is regressed on those of all numbers; the square of the coefficient is
    about the share of the ranks' variance that the number accounts for alone, and the mean of it over the goods is given.
    """
    if len(box) == 1:
        return {box[0].address: 1.0}
    design = sobol(box, WORLDS, seed)
    outcomes = [each.outcome for each in declaration.dimensions.values()]
    found = ensemble(
        scenario,
        (len(BOTH), WORLDS, RUNS),
        at=[scenario.months],
        outcomes=outcomes,
        seed=seed,
        keys=np.arange(WORLDS * RUNS).reshape(WORLDS, RUNS),  # shocks of its own for each world: they are a sample
        values={address: column[:, None] for address, column in design.columns.items()},
        knockouts=arms(*BOTH, axes=2),
        tick=tick,
    ).outcomes[0]
    effects = (found[:, 1] - found[:, 0]).mean(axis=-1)
    tables = [rank_regression(design, effect).set_index("parameter")["value"] for effect in effects]
    return {side.address: float(np.mean([table[side.address] ** 2 for table in tables])) for side in box}


def stops(side: Range, own: float, count: int) -> tuple[float, ...]:
    """Give so many values from end to end of a range, even under its measure; the one nearest to a number becomes that number."""
    values = [float(value) for value in in_box(np.linspace(0.0, 1.0, count)[:, None], [side])[:, 0]]
    rounded: Array = np.array([side.low, *(float(f"{value:.3g}") for value in values[1:-1]), side.high])
    if side.low < own < side.high:
        places = np.log(rounded[1:-1] / own) if side.measure == "log" else rounded[1:-1] - own
        rounded[1 + int(np.argmin(np.abs(places)))] = own
    return tuple(rounded.tolist())


def _slider(scenario: Scenario, side: Range, count: int, weight: float | None) -> Slider:
    parameter: Parameter = scenario.parameters[side.address]
    values = stops(side, parameter.value, count)
    return Slider(
        address=side.address,
        title=title(scenario, side.address),
        values=values,
        texts=tuple(amount(value, parameter.unit) for value in values),
        own=int(np.argmin(np.abs(np.array(values) - parameter.value))),
        source=parameter.source,
        weight=weight,
    )
