"""What would a naive observer conclude, who regresses the tie on visible punishments?"""

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from sim.experiments.arms import Tick, ensemble
from sim.plots.style import Picture
from sim.plots.thesis_evidence import Observer, observer_figure
from sim.reporting.document import Block, Figure, Items, Section, Table, Text
from sim.reporting.lazy import ByName
from sim.reporting.records import Interval, Record, row
from sim.reporting.summary import Summarised
from sim.reporting.tables import Rows, frame
from sim.reporting.words import above_zero, below_zero, interval, percent
from sim.thesis.estimates import not_computed, of, span, title
from sim.thesis.problem import Problem
from sim.thesis.question import Findings, Question, Stages
from sim.thesis.sampling import Arrays, common_of, points, punishing_rules
from sim.thesis.statistics.naive import naive_histories, naive_view
from sim.thesis.terms import Dimension

if TYPE_CHECKING:
    from pandas import DataFrame


SCATTERED = 150  # cases kept for the figure of the naive observer


def simulate(problem: Problem, tick: Tick) -> Arrays:
    """Single histories of sampled worlds, month by month: `tie` and `punishment` (month, world)."""
    seed, count = problem.declaration.seeds.confirmation, problem.budget.history_worlds
    found = ensemble(
        problem.base,
        (count,),
        keys=np.arange(count),
        values=problem.worlds(points(problem, count, 1, seed)),
        record=["visible_tie", "pressure"],
        tick=tick,
        **common_of(problem, problem.outcomes[:1]),
    )
    rules = punishing_rules(problem)
    rows = [place for place, name in enumerate(found.holders["pressure"]) if name in rules]
    pressure = found.paths["pressure"][:, rows]
    none = np.zeros_like(found.paths["visible_tie"][:, 0])
    return {"tie": found.paths["visible_tie"].mean(axis=1), "punishment": pressure.max(axis=1) if rows else none}


class Naive(Record):
    """What an observer concludes who regresses the tie on visible punishments, against the truth of the simulation."""

    unit: str
    """Of the outcome."""
    slope: Interval
    """Change of the outcome per month of punishment, over many cases."""
    cap: Interval
    """What the observer takes for the cap."""
    truth: Interval
    error: Interval
    """The observer's cap less the truth."""
    punished: Interval
    """Share of cases with any punishment."""


class NaiveHistories(Record):
    """What observers conclude of whom each sees a single history, month by month."""

    blind: Interval
    """Share of histories in which punishment never varies."""
    sees_cap: Interval
    sees_nothing: Interval
    sees_opposite: Interval


class NaiveObserver(Summarised, Record):
    """The selection effect, shown over worlds of the declared box."""

    cases: dict[Dimension, Naive]
    tie: NaiveHistories
    """Of the visible tie, month by month, in the base world."""
    scatter: dict[Dimension, list[tuple[float, float, float]]]
    """Some cases, for a figure: months punished, outcome with Beijing, outcome without."""
    worlds: int

    @property
    def figures(self) -> "ByName[Picture]":
        """``naive``, what the observer sees and what is so."""
        return ByName("figure", {"naive": partial(picture, self)})

    @property
    def tables(self) -> "ByName[DataFrame]":
        """``naive``, a row for each dimension, as in the tables of a judgement."""
        return ByName("table", {"naive": lambda: frame(rows(self))})

    def _sentences(self) -> list[str]:
        return [_sentence(name, each) for name, each in self.cases.items()]


class Part(Record):
    """What a judgement holds of it."""

    naive: NaiveObserver


def find(problem: Problem, done: Stages, findings: Findings) -> Part:
    """Find what the observer concludes."""
    return Part(naive=observe(problem, done["worlds"], done["histories"]))


def observe(problem: Problem, arrays: Arrays, histories: Arrays) -> NaiveObserver:
    """What is concluded from visible punishments, over worlds and within single histories, to the headline date."""
    punished = arrays["punished"][problem.last]
    on, off = (arrays[arm][problem.last, :, :, 0] for arm in ("on", "off"))
    seen = naive_view(on, punished, off)
    cases = {
        dimension: Naive(
            unit=unit, **{part: of(getattr(seen, part), place) for part in ("slope", "cap", "truth", "error", "punished")}
        )
        for place, (dimension, unit) in enumerate(problem.units.items())
    }
    alone = naive_histories(histories["tie"], histories["punishment"])
    parts = ("blind", "sees_cap", "sees_nothing", "sees_opposite")
    return NaiveObserver(
        cases=cases,
        tie=NaiveHistories(**{part: of(getattr(alone, part)) for part in parts}),
        scatter={
            dimension: [
                (float(months), float(with_it), float(without))
                for months, with_it, without in zip(punished[:SCATTERED], on[place], off[place], strict=False)
            ]
            for place, dimension in enumerate(problem.dimensions)
        },
        worlds=punished.size,
    )


def rows(found: NaiveObserver) -> Rows:
    """Rows of what the naive observer concludes, a row for each dimension."""
    return ({"dimension": name, **row(each)} for name, each in found.cases.items())


def chapter(judgement: Findings) -> Section:
    """What a regression of the tie on visible punishments would conclude, against the known truth."""
    heading = "What would a naive observer conclude?"
    cases = judgement.naive.cases
    if not cases:
        return not_computed("naive", heading)
    lines = tuple(
        (title(name), *(interval(found, unit=each.unit) for found in (each.slope, each.cap, each.truth, each.error)))
        for name, each in cases.items()
    )
    histories = judgement.naive.tie
    blocks: list[Block] = [
        Text(
            "Who studies punishments sees only the threats that failed. Take an observer who has many cases, regresses the "
            "outcome on the months of punishment that are seen, and reads Beijing's effect off the slope. In a simulation the "
            "truth is known, so the error can be shown."
        ),
        Figure(
            "naive",
            partial(picture, judgement.naive),
            f"Cases are worlds of the declared box ({judgement.naive.worlds:,}; some are drawn). The observer sees the filled "
            "points and draws the line; the hollow points, the same worlds without Beijing, are never seen. The gap between "
            "the two broken lines is the true cap.",
            "Outcomes by months of punishment, with the line of the observer; the list below says the same.",
        ),
        Items(tuple(_sentence(name, each) for name, each in cases.items())),
        Table(
            "The observer's conclusion beside the truth.",
            ("dimension", "slope, per month of punishment", "the observer's cap", "the true cap", "error"),
            lines,
            "lrrrr",
        ),
        Text(
            "An observer of a single history, who regresses the monthly visible tie on the monthly punishment, has nothing to "
            f"regress on in {percent(histories.blind)} of histories, since punishment never varies. The slope is below zero "
            f"beyond chance, as a cap would have it, in {percent(histories.sees_cap)}, cannot be told from nil in "
            f"{percent(histories.sees_nothing)}, and has the opposite sign in {percent(histories.sees_opposite)}."
        ),
    ]
    return Section("naive", heading, tuple(blocks))


def picture(found: NaiveObserver) -> Picture:
    """Draw what the observer sees and concludes, beside the truth, by dimension."""
    observers = [
        Observer(
            title(name),
            each.unit,
            found.scatter.get(name, []),
            span(each.slope).value,
            span(each.cap),
            span(each.truth),
        )
        for name, each in found.cases.items()
    ]
    return observer_figure(observers)


def _sentence(dimension: str, found: Naive) -> str:
    """Set what the observer concludes on a dimension beside the truth."""
    if found.cap.estimate is None or found.truth.estimate is None:
        return f"**{title(dimension)}**: punishment never varies, so the observer has nothing to go by."
    cap, truth = found.cap.estimate, found.truth.estimate
    seen = above_zero(found.cap) or below_zero(found.cap)
    text = (
        f"**{title(dimension)}**: the observer finds a cap of {interval(found.cap, unit=found.unit)}, the truth is "
        f"{interval(found.truth, unit=found.unit)}"
    )
    if not seen:
        return f"{text}: no effect that can be told from nil."
    if cap * truth < 0:
        return f"{text}: the wrong sign."
    if abs(cap) < abs(truth) / 2:
        return f"{text}: less than half."
    return f"{text}: too much." if abs(cap) > 2 * abs(truth) else f"{text}."


QUESTION = Question(
    part=Part,
    find=find,
    stages=lambda problem: {"histories": simulate},
    simulated={"histories": "single histories month by month: the naive observer of one history"},
    chapter=chapter,
    appendix=True,
    tables={"naive": lambda findings: rows(findings.naive)},
)
