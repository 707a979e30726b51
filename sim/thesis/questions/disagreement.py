"""Which assumptions explain that two scenarios give different verdicts?"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.arrays import Array
from sim.errors import UserError
from sim.experiments.arms import Tick, arms, ensemble
from sim.numerals import number
from sim.plots.style import Picture
from sim.plots.thesis_limits import Bars, bar_figure
from sim.reporting.document import Badge, Block, Cell, Figure, Section, Table, Text, plain
from sim.reporting.intervals import mean
from sim.reporting.lazy import ByName
from sim.reporting.records import Interval, Record, columns
from sim.reporting.summary import Summarised
from sim.reporting.tables import Rows, frame
from sim.reporting.words import counted, interval
from sim.scenario.files import Tree
from sim.scenario.scenario import Scenario
from sim.thesis.estimates import absolute_of, not_computed, of, span, title
from sim.thesis.problem import Problem
from sim.thesis.question import Findings, Make, Question, Stages
from sim.thesis.sampling import BOTH, Arrays, common_of
from sim.thesis.statistics.attribution import Plan, attribute, exact_plan, sampled_plan
from sim.thesis.statistics.effects import paired_effect, verdict
from sim.thesis.statistics.words import Word
from sim.thesis.terms import Dimension, word_of

if TYPE_CHECKING:
    from pandas import DataFrame


FEW = 6  # differences between two scenarios of which all sets are tried
CASTS = ("countries", "partnerships", "lanes")
CAST = "cast"  # the one difference that holds all countries, partnerships and lanes that only one of two scenarios has
LARGEST = 10  # differences drawn
SIMULATED = "sets of differences between two scenarios: what explains a disagreement"


@dataclass(frozen=True)
class Gap:
    """What two scenarios differ in.

    Attributes
    ----------
    union : Scenario
        The first scenario, with the rules that only the second has.
    numbers : dict of dict
        For each difference in numbers, as the first and as the second has them, by address. A rule that only one of them has
        differs in its strength, which is nil where there is none.
    written : dict of dict
        For each other difference, the tables of the second scenario that it takes over, by key; None where it has none.
    """

    union: Scenario
    numbers: dict[str, dict[str, tuple[float, float]]]
    written: dict[str, dict[tuple[str, ...], Any]]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all differences."""
        return (*self.numbers, *self.written)


def gap(first: Scenario, second: Scenario) -> Gap:
    """Find what two scenarios differ in: each number by its address, each rule, each variant, and the cast.

    Raises
    ------
    UserError
        If they do not differ, or start or end in different months.
    """
    if (first.start, first.months) != (second.start, second.months):
        raise UserError("the scenarios start or end in different months, so their verdicts cannot be compared", "disagree")
    shared = [address for address in first.parameters if address in second.parameters]
    numbers = {
        address: {address: (first.parameters[address].value, second.parameters[address].value)}
        for address in shared
        if first.parameters[address].value != second.parameters[address].value
    }
    union, theirs = first.to_dict(), second.to_dict()
    rewritten: dict[str, dict[tuple[str, ...], Any]] = {
        f"variants.{name}": {("variants", name): theirs["variants"][name]}
        for name in union["variants"]
        if union["variants"][name] != theirs["variants"][name]
    }
    if union["knockouts"] != theirs["knockouts"]:
        rewritten["knockouts"] = {("knockouts",): theirs["knockouts"]}
    same_cast = all(_skeleton(union[table]) == _skeleton(theirs[table]) for table in CASTS)
    if not same_cast:
        rewritten[CAST] = {(table,): theirs[table] for table in CASTS}
    for name in dict.fromkeys((*union["rules"], *theirs["rules"])):
        mine, other = union["rules"].get(name), theirs["rules"].get(name)
        if mine is not None and other is not None:
            if _skeleton(mine) != _skeleton(other):
                rewritten[f"rules.{name}"] = {("rules", name): other}
        elif same_cast:
            strength = (mine or other)["strength"]["value"]
            numbers[f"rules.{name}"] = {f"rules.{name}.strength": (strength, 0.0) if mine else (0.0, strength)}
            union["rules"].setdefault(name, other)
        else:  # rules need their lanes and countries, so another cast comes with its own
            rewritten[CAST][("rules", name)] = other
    if not numbers and not rewritten:
        raise UserError("the scenarios do not differ in anything that matters", "disagree")
    return Gap(Scenario.from_dict(union), numbers, rewritten)


def disagreement_plan(problem: Problem, found: Gap) -> Plan:
    """Which sets of differences are tried: all of a few differences, those of sampled orders of many."""
    if len(found.names) <= FEW:
        return exact_plan(found.names, ())
    return sampled_plan(found.names, (), orders=problem.budget.disagreement_orders, seed=problem.declaration.seeds.confirmation)


def simulate(problem: Problem, tick: Tick, differences: Gap) -> Arrays:
    """Both arms with sets of differences taken over: `on` and `off` (set, date, outcome, run)."""
    sets, runs = disagreement_plan(problem, differences).sets, problem.budget.disagreement_runs
    both = np.empty((len(sets), len(problem.at), len(problem.outcomes), 2, runs))
    groups: dict[tuple[str, ...], list[int]] = {}
    for place, names in enumerate(sets):
        groups.setdefault(tuple(name for name in names if name in differences.written), []).append(place)
    for names, places in groups.items():
        values: dict[str, Array] = {}
        for name, numbers in differences.numbers.items():
            taken = np.array([name in sets[place] for place in places])
            values |= {address: np.where(taken, new, old)[:, None] for address, (old, new) in numbers.items()}
        done = ensemble(
            hybrid(differences, names),
            (2, len(places), runs),
            keys=np.arange(runs),
            values=values,
            knockouts=arms(*BOTH, axes=2),
            tick=tick,
            **common_of(problem, problem.outcomes),
        ).outcomes
        both[places] = np.moveaxis(done, 3, 0)
    return {"on": both[:, :, :, 0], "off": both[:, :, :, 1]}


def hybrid(found: Gap, names: Sequence[str]) -> Scenario:
    """Take over some written differences from the second scenario into the first.

    Raises
    ------
    UserError
        If what comes out is no sound scenario.
    """
    tree = found.union.to_dict()
    for name in names:
        for key, content in found.written[name].items():
            _put(tree, key, content)
    return Scenario.from_dict(tree)


def _put(tree: Tree, key: tuple[str, ...], content: Any) -> None:
    *tables, last = key
    for name in tables:
        tree = tree[name]
    if content is None:
        del tree[last]
    else:
        tree[last] = content


def _skeleton(table: Tree) -> Tree:
    """A table without the numbers of its parameters: names, roles and which parameters there are."""
    return {
        name: (True if "value" in content else _skeleton(content)) if isinstance(content, dict) else content
        for name, content in table.items()
    }


class Difference(Record):
    """One difference between two scenarios, and what it explains."""

    name: str
    first: str
    second: str
    """What each scenario says."""
    value: dict[Dimension, Interval]
    """Its part of the gap between the two effects."""
    alone: dict[Dimension, Interval]
    """Change of the first scenario's effect when only this is taken over."""


class Disagreement(Summarised, Record):
    """Which assumptions explain that two scenarios give different verdicts, at the headline date."""

    first: str
    second: str
    units: dict[Dimension, str]
    """Of the outcome that stands for each dimension."""
    effects: dict[Dimension, tuple[Interval, Interval]]
    """Absolute cap under each."""
    words: dict[Dimension, tuple[Word, Word]]
    gap: dict[Dimension, Interval]
    """Effect under the second less that under the first, in the unit of the outcome."""
    differences: list[Difference]
    """By their largest part of the gap, in smallest effects of interest."""
    exact: bool
    residual: float

    @property
    def figures(self) -> "ByName[Picture]":
        """``disagreement``, what each difference adds; nothing where no gap is explained."""
        return ByName("figure", {"disagreement": partial(picture, self)} if is_explained(self) else {})

    @property
    def tables(self) -> "ByName[DataFrame]":
        """``disagreements``, a row for each difference and dimension, as in the tables of a judgement."""
        return ByName("table", {"disagreements": lambda: frame(rows(self))})

    def _sentences(self) -> list[str]:
        return [_sentence(self)]


class Part(Record):
    """What a judgement holds of it."""

    disagreements: list[Disagreement]


def name_of(first: Scenario, second: Scenario) -> str:
    """Name of the stage of a disagreement."""
    return f"{first.name} against {second.name}"


def stages(problem: Problem) -> dict[str, Make]:
    """Sets of differences taken over, for each pair that is declared."""
    return {name_of(*pair): partial(simulate, differences=gap(*pair)) for pair in problem.disagreements}


def find(problem: Problem, done: Stages, findings: Findings) -> Part:
    """Find what explains each disagreement."""
    return Part(disagreements=[explain(problem, *pair, gap(*pair), done[name_of(*pair)]) for pair in problem.disagreements])


def explain(problem: Problem, first: Scenario, second: Scenario, differences: Gap, arrays: Arrays) -> Disagreement:
    """What each difference explains, from outcomes of shape (set, date, dimension, run)."""
    made = disagreement_plan(problem, differences)
    on, off = (arrays[arm][:, problem.last] for arm in ("on", "off"))
    values = attribute(made, off - on)
    ends = [paired_effect(off[end], on[end], problem.delta_abs) for end in (0, -1)]
    words = [verdict(each, problem.delta, problem.delta_abs) for each in ends]
    gaps = mean(values.shortfall)
    # Parts of the gap are compared across dimensions in smallest effects of interest.
    smallest = np.where(problem.delta_abs > 0, problem.delta_abs, 1.0)
    order = np.argsort(-(np.abs(values.value.value) / smallest).max(axis=1), kind="stable").tolist()
    dimensions = list(enumerate(problem.dimensions))
    return Disagreement(
        first=first.name,
        second=second.name,
        units=problem.units,
        effects={name: (absolute_of(ends[0], place), absolute_of(ends[1], place)) for place, name in dimensions},
        words={name: (word_of(words[0], place), word_of(words[1], place)) for place, name in dimensions},
        gap={name: of(gaps, place) for place, name in dimensions},
        differences=[
            Difference(
                name=made.limits[i],
                first=_says(first, second, made.limits[i]),
                second=_says(second, first, made.limits[i]),
                value={name: of(values.value, i, place) for place, name in dimensions},
                alone={name: of(values.last_in, i, place) for place, name in dimensions},
            )
            for i in order
        ],
        exact=made.orders is None,
        residual=values.residual,
    )


def _says(scenario: Scenario, other: Scenario, difference: str) -> str:
    """What a scenario says at a difference, in short."""
    if difference in scenario.parameters:
        return f"{scenario.parameters[difference].value:g}"
    kind, _, name = difference.partition(".")
    if kind == "variants":
        return str(getattr(scenario.variants, name))
    if kind == "knockouts":
        return ", ".join(scenario.knockouts) or "none"
    if kind == "rules":
        if name not in scenario.rules:
            return "no such rule"
        if name not in other.rules:
            return "a rule"
        mine, theirs = scenario.rules[name].model_dump(), other.rules[name].model_dump()
        return ", ".join(f"{key} {mine[key]}" for key in mine if mine[key] != theirs[key]) or "other numbers"
    alone = [
        name
        for table in ("countries", "partnerships", "lanes")
        for name in getattr(scenario, table)
        if name not in getattr(other, table)
    ]
    return ", ".join(alone) or "fewer of them"


def rows(found: Disagreement) -> Rows:
    """Rows of what explains a disagreement, a row for each difference and dimension."""
    for each in found.differences:
        head = {"first": found.first, "second": found.second, "difference": each.name}
        says = {"first_says": each.first, "second_says": each.second}
        for name, value in each.value.items():
            parts = {**columns("value", value), **columns("alone", each.alone[name])}
            yield {**head, **says, "dimension": name, **parts, "unit": found.units[name]}


def chapter(judgement: Findings) -> Section:
    """Which assumptions explain that two scenarios give different verdicts."""
    heading = "Which assumptions explain a disagreement?"
    if not judgement.disagreements:
        return not_computed("disagree", heading)
    blocks: list[Block] = [
        Text(
            "Two scholars write two scenarios and get two verdicts. The gap between the effects is shared out among all "
            "assumptions in which the scenarios differ (Shapley values, which sum to the gap). What explains nothing need not "
            "be argued about."
        )
    ]
    for number_, found in enumerate(judgement.disagreements, 1):
        blocks += _blocks(found, f"disagreement_{number_}")
    return Section("disagree", heading, tuple(blocks))


def _blocks(found: Disagreement, key: str) -> list[Block]:
    """One disagreement: the two verdicts, and what each difference explains."""
    shown = [name for name in found.units if name in found.gap]
    if not is_explained(found):
        return [Text(_sentence(found))]
    effects = tuple((title(name), *_two(found, name), interval(found.gap[name], unit=found.units[name])) for name in shown)
    lines = tuple(
        (f"`{each.name}`", plain(each.first), plain(each.second), *(interval(each.value.get(name)) for name in shown))
        for each in found.differences
    )
    return [
        Text(_sentence(found)),
        Table(
            f"The cap under `{found.first}` and `{found.second}`.",
            ("dimension", plain(found.first), plain(found.second), "gap, second less first"),
            effects,
            "lllr",
        ),
        Figure(
            key,
            partial(picture, found),
            f"What each difference adds to the cap in going from {found.first} to {found.second}, in the unit of each outcome "
            "(bars, with 95% intervals; hatched where below zero). Circles: taken over alone.",
            "Signed bars by difference and dimension; the table below has the numbers.",
        ),
        Table(
            "Each difference and its part of the gap.",
            ("difference", found.first, found.second, *(f"{title(name)}, {found.units[name]}" for name in shown)),
            lines,
            "lll" + "r" * len(shown),
        ),
    ]


def is_explained(found: Disagreement) -> bool:
    """Whether there is a gap, and anything that could explain it."""
    return bool(found.gap and found.differences)


def _sentence(found: Disagreement) -> str:
    """Say what explains most of a disagreement."""
    if not is_explained(found):
        return f"`{found.first}` and `{found.second}` do not differ in anything that could explain a gap."
    first = found.differences[0]
    return (
        f"Between `{found.first}` and `{found.second}`, what explains most is `{first.name}` ({plain(first.first)} against "
        f"{plain(first.second)}), of {counted(len(found.differences), 'difference')}. "
        f"{'All sets of differences were tried' if found.exact else 'Orders of taking differences over were sampled'}; the "
        f"values sum to the gap within {number(found.residual, figures=1)}."
    )


def picture(found: Disagreement) -> Picture:
    """Draw what each difference adds to the cap, by dimension."""
    drawn = [each for each in found.differences if any(value.estimate for value in each.value.values())][:LARGEST]
    columns = [
        Bars(
            title(name),
            {each.name: span(each.value.get(name)) for each in drawn},
            {"taken over alone": {each.name: span(each.alone.get(name)).value for each in drawn}},
            unit,
        )
        for name, unit in found.units.items()
        if name in found.gap
    ]
    return bar_figure(columns, [each.name for each in drawn], (), "part of the gap between the two effects", shares=False)


def _two(found: Disagreement, dimension: str) -> tuple[Cell, Cell]:
    effects, words = found.effects.get(dimension), found.words.get(dimension)
    if effects is None or words is None:
        return "", ""
    first, second = (interval(effect, unit=found.units[dimension]) for effect in effects)
    return Badge(words[0], first), Badge(words[1], second)


QUESTION = Question(
    part=Part,
    find=find,
    stages=stages,
    chapter=chapter,
    tables={"disagreements": lambda findings: (line for each in findings.disagreements for line in rows(each))},
)
