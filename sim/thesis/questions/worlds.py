"""In how many worlds? Shares of the declared box by verdict, under each measure."""

from collections.abc import Sequence
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Array
from sim.experiments.arms import Tick, arms, ensemble
from sim.numerals import number, share
from sim.plots.thesis_cap import share_figure
from sim.reporting.document import Block, Figure, Items, Section, Table, Text
from sim.reporting.intervals import Estimate
from sim.reporting.records import Interval, Record
from sim.reporting.tables import Rows, by_date
from sim.reporting.words import listed, percent
from sim.thesis.estimates import BEST_TO_WORST, by_dimension, finite, headlined, not_computed, of, span, title, until
from sim.thesis.problem import Problem
from sim.thesis.question import Findings, Make, Question, Stages
from sim.thesis.sampling import BOTH, SEEN, Arrays, at_ceiling, happened, months_seen, sample_points
from sim.thesis.statistics.words import PartWord, Words
from sim.thesis.statistics.worlds import classes, closeness, misclassed, noise_within, shares
from sim.thesis.terms import HALF, Date, Dimension, above

Measure = Literal["declared", "linear", "log"]
MEASURE = {"declared": "declared", "linear": "all linear", "log": "all log"}


def sample(problem: Problem, tick: Tick, measure: str, seed: int) -> Arrays:
    """Both arms in a sample of worlds: `on` and `off` (date, outcome, world, run).

    Worlds nearest to an edge between two classes get more runs: `refined` (world,) names them, `more_on` and `more_off` hold
    all their runs.
    """
    values = problem.worlds(sample_points(problem, seed), measure)
    found = _both(problem, values, problem.budget.runs_per_world, 0, problem.at, problem.outcomes, seed, tick)
    return {"on": found[:, :, 0], "off": found[:, :, 1], **_more(problem, values, found, seed, tick)}


def worlds(problem: Problem, tick: Tick) -> Arrays:
    """The sample that is reported: as `sample`, and of the first run of each world what may be seen.

    `events` (event, world, run) says what happened with Beijing in force, `punished` (date, world) counts months with a
    punishment; at the month of the ceiling `tie_on` and `tie_off` (world,) are the visible tie, `edge` (world,) is the tolerance.
    """
    seed, budget = problem.declaration.seeds.confirmation, problem.budget
    values = problem.worlds(sample_points(problem, seed))
    at = months_seen(problem)
    events = list(problem.declaration.events.values())
    outcomes = (*problem.outcomes, *SEEN[:1], *(event.outcome for event in events))
    size = len(next(iter(values.values())))
    found = ensemble(
        problem.base,
        (2, size, budget.runs_per_world),
        keys=_keys(size, budget.runs_per_world, 0),
        values={address: value[:, None] for address, value in values.items()},
        knockouts=arms(*BOTH, axes=2),
        record=["visible_tie", "tolerance"],
        tick=tick,
        at=at,
        outcomes=outcomes,
        seed=seed,
    )
    dates, judged = [at.index(month) for month in problem.at], len(problem.outcomes)
    both = found.outcomes[dates, :judged]
    happening = np.empty((len(events), size, budget.runs_per_world), dtype=bool)
    for place, event in enumerate(events):
        reached = found.outcomes[at.index(problem.month(event.by)), judged + 1 + place, 0]
        happening[place] = happened(event, reached)
    tie, edge = at_ceiling(problem, found, {address: value[:, None] for address, value in values.items()})
    return {
        "on": both[:, :, 0],
        "off": both[:, :, 1],
        "events": happening,
        "punished": found.outcomes[dates, judged, 0, :, 0],
        "tie_on": tie[0, :, 0],
        "tie_off": tie[1, :, 0],
        "edge": edge[0, :, 0],
        **_more(problem, values, both, seed, tick),
    }


def _both(
    problem: Problem,
    values: dict[str, Array],
    runs: int,
    first: int,
    at: Sequence[int],
    outcomes: Sequence[str],
    seed: int,
    tick: Tick,
) -> Array:
    """Both arms in given worlds, shape (date, outcome, arm, world, run)."""
    size = len(next(iter(values.values())))
    return ensemble(
        problem.base,
        (2, size, runs),
        keys=_keys(size, runs, first),
        values={address: value[:, None] for address, value in values.items()},
        knockouts=arms(*BOTH, axes=2),
        tick=tick,
        at=at,
        outcomes=outcomes,
        seed=seed,
    ).outcomes


def _keys(worlds: int, runs: int, first: int) -> NDArray[np.int64]:
    """Keys of runs in worlds, shape (world, run): no two alike, so that worlds are independent."""
    return first + np.arange(worlds * runs, dtype=np.int64).reshape(worlds, runs)


def _more(problem: Problem, values: dict[str, Array], both: Array, seed: int, tick: Tick) -> Arrays:
    """More runs for the worlds that lie nearest to an edge, on any dimension and date; their keys follow those of all worlds."""
    on, off = both[:, :, 0], both[:, :, 1]
    delta_abs = problem.delta_abs[:, None]
    away = closeness(off, on, problem.delta[:, None], delta_abs, delta_abs).min(axis=(0, 1))
    count = int(problem.budget.refined * away.size)
    nearest = np.sort(np.argsort(away, kind="stable")[:count])
    if not count:
        return {"refined": nearest, "more_on": on[:, :, :0], "more_off": off[:, :, :0]}
    chosen = {address: value[nearest] for address, value in values.items()}
    after = both.shape[-2] * both.shape[-1]
    more = _both(problem, chosen, problem.budget.refined_runs, after, problem.at, problem.outcomes, seed, tick)
    return {
        "refined": nearest,
        "more_on": np.concatenate([on[:, :, nearest], more[:, :, 0]], axis=-1),
        "more_off": np.concatenate([off[:, :, nearest], more[:, :, 1]], axis=-1),
    }


class Shares(Record):
    """Shares of the worlds of the declared box under a stated measure. No probabilities."""

    holds: Interval
    fails: Interval
    undecided: Interval
    reversed: Interval
    misclassed: float
    """Share of worlds that the noise within them is expected to have put into the wrong class."""
    noise_within: float | None
    """Variance within worlds over that between them."""


class Sample(Record):
    """Worlds drawn from the declared box, by scrambled Sobol points."""

    measure: Literal["declared", "linear", "log"]
    scramblings: int
    worlds: int
    """In all scramblings together."""
    runs_per_world: int
    shares: dict[Dimension, dict[Date, Shares]]


class Part(Record):
    """What a judgement holds of it."""

    worlds: list[Sample]


def stages(problem: Problem) -> dict[str, Make]:
    """The sample that is reported, and two under other measures."""
    other = partial(sample, seed=problem.declaration.seeds.confirmation)
    return {"worlds": worlds, "worlds, linear": partial(other, measure="linear"), "worlds, log": partial(other, measure="log")}


def find(problem: Problem, done: Stages, findings: Findings) -> Part:
    """Find the shares of each sample."""
    samples: dict[Measure, Arrays] = {"declared": done["worlds"], "linear": done["worlds, linear"], "log": done["worlds, log"]}
    return Part(worlds=[find_sample(problem, measure, arrays) for measure, arrays in samples.items()])


def classed(problem: Problem, arrays: Arrays) -> Words:
    """Class of each world, shape (date, dimension, world), by all runs that it has."""
    delta, delta_abs = problem.delta[:, None], problem.delta_abs[:, None]
    words = classes(arrays["off"], arrays["on"], delta, delta_abs, delta_abs)
    if arrays["refined"].size:
        words[..., arrays["refined"]] = classes(arrays["more_off"], arrays["more_on"], delta, delta_abs, delta_abs)
    return words


def find_sample(problem: Problem, measure: Measure, arrays: Arrays) -> Sample:
    """Shares of the worlds of a sample."""
    return Sample(
        measure=measure,
        scramblings=problem.budget.scramblings,
        worlds=arrays["on"].shape[-2],
        runs_per_world=arrays["on"].shape[-1],
        shares=shares_by_date(problem, box_shares(problem, arrays), arrays),
    )


def box_shares(problem: Problem, arrays: Arrays) -> dict[str, Estimate]:
    """Share of each word in a sample of the box, shape (date, dimension)."""
    words = classed(problem, arrays)
    return shares(np.moveaxis(words.reshape(*words.shape[:2], problem.budget.scramblings, -1), 2, 0))


def shares_by_date(problem: Problem, found: dict[str, Estimate], arrays: Arrays) -> dict[str, dict[str, Shares]]:
    """Shares by dimension and date, with what the noise within worlds does to them."""
    delta, delta_abs = problem.delta[:, None], problem.delta_abs[:, None]
    away = closeness(arrays["off"], arrays["on"], delta, delta_abs, delta_abs)
    if arrays["refined"].size:
        away[..., arrays["refined"]] = closeness(arrays["more_off"], arrays["more_on"], delta, delta_abs, delta_abs)
    wrong, noise = misclassed(away), noise_within(arrays["off"], arrays["on"])

    def make(at: int, place: int) -> Shares:
        parts = {word: of(estimate, at, place) for word, estimate in found.items()}
        return Shares(**parts, misclassed=float(wrong[at, place]), noise_within=finite(noise[at, place]))

    return by_dimension(problem, make)


def words(problem: Problem, done: Stages, findings: Findings) -> dict[str, PartWord]:
    """Whether the cap holds in more than half of the declared box."""
    return {name: above(dates[problem.headline].holds, HALF) for name, dates in findings.worlds[0].shares.items()}


def declared(worlds: Sequence[Sample]) -> Sample | None:
    """The sample under the declared measure, else the first there is."""
    return next((sample for sample in worlds if sample.measure == "declared"), worlds[0] if worlds else None)


def rows(findings: Findings) -> Rows:
    """Rows of the shares of worlds in which each word is given, a row for each measure, dimension and date."""
    return (
        {"measure": sample.measure, **line, "worlds": sample.worlds}
        for sample in findings.worlds
        for line in by_date(sample.shares)
    )


def chapter(judgement: Findings) -> Section:
    """Shares of the declared box by verdict, under each measure."""
    heading = "In how many worlds?"
    samples = [sample for sample in judgement.worlds if headlined(judgement, sample.shares)]
    if not samples:
        return not_computed("worlds", heading)
    groups: dict[str, dict[str, dict[str, Shares]]] = {}
    for sample in samples:
        for dimension, found in headlined(judgement, sample.shares):
            groups.setdefault(dimension.name, {})[MEASURE[sample.measure]] = {"": found}
    ordered = {
        dimension.name: {measure: each[""] for measure, each in groups[dimension.name].items()}
        for dimension in judgement.about.dimensions
        if dimension.name in groups
    }
    draw = partial(
        share_figure,
        {
            title(key): {
                measure: {word: span(getattr(found, word)) for word in BEST_TO_WORST} for measure, found in by_measure.items()
            }
            for key, by_measure in ordered.items()
        },
        "share of the worlds of the declared box (line: interval of 'holds')",
    )
    lines = tuple(
        (
            title(key),
            measure,
            percent(found.holds),
            percent(found.undecided),
            percent(found.fails),
            percent(found.reversed),
            share(found.misclassed),
            "" if found.noise_within is None else number(found.noise_within),
        )
        for key, by_measure in ordered.items()
        for measure, found in by_measure.items()
    )
    columns = ("dimension", "measure", "holds", "undecided", "fails", "reversed", "misclassed", "noise within")
    first = samples[0]
    blocks: list[Block] = [
        Text(
            "The numbers of the model are not known, only ranges for them. A *world* is one choice of all "
            f"{len(judgement.about.box):,} numbers of the declared box (listed at the end). In each world the claim is classed "
            "by its point estimate. The share of worlds depends on the box and on the *measure*: whether a number is as likely "
            "in each equal step (linear) or in each equal factor (log). So it is given under the declared measures, and under "
            "each of the two for all numbers that allow it."
        ),
        Text(
            "These are shares of a declared box under a declared measure. They are not the probability that the claim is true, "
            "and not shares of what is plausible in any other sense.",
            "note",
        ),
        Figure(
            "worlds",
            draw,
            f"Share of the worlds of the declared box by verdict, by {until(judgement)}. Line: 95% t-interval of 'holds' over "
            "scramblings.",
            "Stacked shares of worlds by verdict, dimension and measure; the list below says the same.",
        ),
        Items(tuple(_measure_sentence(key, by_measure) for key, by_measure in ordered.items())),
        Table(f"Shares of worlds by {until(judgement)}.", columns, lines, "llrrrrrr"),
        Text(_sampling(first)),
    ]
    return Section("worlds", heading, tuple(blocks))


def _measure_sentence(key: str, by_measure: dict[str, Shares]) -> str:
    known = {measure: found.holds.estimate for measure, found in by_measure.items() if found.holds.estimate is not None}
    if not known:
        return f"**{title(key)}**: not known."
    low, high = min(known.values()), max(known.values())
    text = f"**{title(key)}**: holds in " + listed([f"{share(value)} ({measure})" for measure, value in known.items()])
    if low <= 0.5 < high:
        return f"{text}. Whether that is most of the box depends on the measure."
    return f"{text}. That is {'more than half' if low > 0.5 else 'half or less'} of the box under each measure."


def _sampling(sample: Sample) -> str:
    return (
        f"Worlds are Sobol points under {sample.scramblings} independent scramblings, {sample.worlds:,} worlds in all for a "
        f"measure, {sample.runs_per_world} runs in each and more near an edge between two verdicts. *Misclassed* is the share "
        "of worlds that the noise within them is expected to have put in the wrong class; *noise within* is the variance "
        "within worlds over that between them."
    )


QUESTION = Question(
    part=Part,
    find=find,
    stages=stages,
    simulated={
        "worlds": "worlds on the seed for confirmation: shares, boxes scored, crowding, events, the naive observer's cases",
        "worlds, linear": "the same under a linear measure: shares",
        "worlds, log": "the same under a log measure: shares",
    },
    test="majority",
    words=words,
    chapter=chapter,
    tables={"worlds": rows},
)
