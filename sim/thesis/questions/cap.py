"""Does Beijing cap the partnership? The effect of an indifferent Beijing in the base world, by dimension and date."""

from collections.abc import Callable

import numpy as np

from sim.arrays import Array
from sim.experiments.arms import Tick, arms, ensemble
from sim.numerals import number
from sim.reporting.document import Badge, Block, Items, Section, Table, Text, plain
from sim.reporting.records import Record
from sim.reporting.tables import Rows, by_date
from sim.reporting.words import by_word, listed, name, percent
from sim.thesis.estimates import (
    absolute_of,
    at_headline,
    by_dimension,
    country,
    finite,
    in_unit,
    long_date,
    relative_of,
    title,
    until,
)
from sim.thesis.problem import Problem
from sim.thesis.question import Findings, Question, Stages
from sim.thesis.sampling import FOUR, SEEN, Arrays, common_of
from sim.thesis.statistics.effects import paired_effect, verdict
from sim.thesis.statistics.words import PartWord
from sim.thesis.terms import Date, Dimension, Verdict, smallest, word_of

PARTS = (
    "A part of a claim, such as *by a threat*, is *not applicable* where the claim itself fails, and undecided at best where the "
    "claim is. The main limit is no part of the cap: it is judged with the other limits taken away in turn, so Beijing may lead "
    "them where all of its own removal adds too little to matter."
)
FOUR_WORDS = (
    "**holds**: the whole interval of the effect lies above both smallest effects of interest, the relative and the absolute.",
    "**fails**: the interval shows that the effect does not exceed a smallest effect of interest, so it is too small to matter "
    "by what was declared.",
    "**undecided**: neither can be said with the runs made.",
    "**reversed**: the outcome is larger with Beijing than without, by more than the smallest effect of interest.",
)


def simulate(problem: Problem, tick: Tick) -> Arrays:
    """Four arms of threat and deed in the base world, and the deed with beliefs replayed.

    Gives `arms` (date, outcome, arm, run) and `direct` (date, outcome, run); outcomes are those judged, then punishments, snubs
    and the outcome that may be delayed.
    """
    runs = problem.budget.base_runs
    common = common_of(problem, (*problem.outcomes, *SEEN, problem.declaration.delay.outcome))
    keys = np.arange(runs)
    four = ensemble(problem.base, (4, runs), keys=keys, knockouts=arms(*FOUR, axes=1), tick=tick, **common)
    passive = problem.base.without("beijing_action")
    direct = ensemble(passive, (runs,), keys=keys, beliefs_of=problem.base, tick=tick, **common)
    return {"arms": four.outcomes, "direct": direct.outcomes}


class Part(Record):
    """What a judgement holds of it."""

    verdicts: dict[Dimension, dict[Date, Verdict]]


def find(problem: Problem, done: Stages, findings: Findings) -> Part:
    """Find the verdicts in the base world."""
    judged_arms = done["effect"]["arms"][:, : len(problem.dimensions)]
    make = judged(problem, judged_arms[:, :, 0], judged_arms[:, :, 1])
    return Part(verdicts=by_dimension(problem, lambda at, place: make((at, place))))


def judged(problem: Problem, on: Array, off: Array) -> Callable[[tuple[int, ...]], Verdict]:
    """Maker of verdicts from both arms, shape (..., dimension, run), by place."""
    found = paired_effect(off, on, problem.delta_abs)
    words = verdict(found, problem.delta, problem.delta_abs)

    def make(place: tuple[int, ...]) -> Verdict:
        return Verdict(
            word=word_of(words, *place),
            absolute=absolute_of(found, *place),
            relative=relative_of(found, *place),
            on=float(on[place].mean()),
            off=float(off[place].mean()),
            correlation=finite(found.correlation[place]),
            pairing=finite(found.pairing[place]),
            runs=found.runs,
        )

    return make


def words(problem: Problem, done: Stages, findings: Findings) -> dict[str, PartWord]:
    """The verdicts themselves."""
    return {name: dates[problem.headline].word for name, dates in findings.verdicts.items()}


def rows(findings: Findings) -> Rows:
    """Rows of the verdicts in the base world, a row for each dimension and date."""
    units = {each.name: each.unit for each in findings.about.dimensions}
    return ({**line, "unit": units[line["dimension"]]} for line in by_date(findings.verdicts))


def chapter(judgement: Findings) -> Section:
    """The table of verdicts, the four words, and what was declared beforehand."""
    rows = [
        (
            title(dimension.name),
            long_date(date),
            number(verdict.on),
            number(verdict.off),
            in_unit(verdict.absolute, dimension),
            "nothing to be a share of" if verdict.relative is None else percent(verdict.relative),
            Badge(verdict.word),
        )
        for dimension in judgement.about.dimensions
        for date, verdict in judgement.verdicts.get(dimension.name, {}).items()
    ]
    columns = ("dimension", "by", "mean with Beijing", "mean without", "held down by", "as a share of without", "verdict")
    blocks: list[Block] = [
        Table(
            "The cap in the base world. Brackets hold 95% Monte-Carlo intervals; outcomes count from the start.",
            columns,
            tuple(rows),
            "llrrrrl",
        ),
        Text("The words are judged in a fixed order:"),
        Items(FOUR_WORDS),
        Text(
            "Smallest effects of interest, declared before any run: "
            + "; ".join(f"{dimension.name}, {smallest(dimension)}" for dimension in judgement.about.dimensions)
            + ". Where the outcome without Beijing is as good as nil, only the absolute effect is judged."
        ),
        Text(_pairing(judgement)),
        Text(
            "An interval here measures only how many runs were made. It says nothing of whether the model or its numbers are "
            "right: for that, read in how many worlds the claim holds, where it fails, and how it fares when the model is "
            "written otherwise. Words are given one by one, without a correction for how many there are; a close call is "
            "settled by more runs.",
            "note",
        ),
    ]
    if judgement.hypotheses:
        blocks += [_hypotheses(judgement), Text(PARTS)]
    return Section("verdicts", "Verdicts by dimension and date", tuple(blocks))


def _hypotheses(judgement: Findings) -> Table:
    countries = {need.country: country(need.country) for need in judgement.needs}
    rows = tuple(
        (
            plain(hypothesis.says),
            plain(hypothesis.refuted_by),
            "; ".join(
                f"**{word}** for {listed([countries.get(key, name(key)) for key in keys])}"
                for word, keys in by_word(hypothesis.words, hypothesis.words).items()
            ),
        )
        for hypothesis in judgement.hypotheses
    )
    caption = f"Hypotheses, declared before any run, and their verdicts by {until(judgement)}."
    return Table(caption, ("hypothesis", "what would refute it", "verdict"), rows, "lll")


def _pairing(judgement: Findings) -> str:
    found = [(key, verdict) for key, dates in judgement.verdicts.items() if (verdict := at_headline(dates, judgement))]
    known = [verdict.correlation for _, verdict in found if verdict.correlation is not None]
    hurt = [key for key, verdict in found if verdict.pairing is not None and verdict.pairing > 1]
    text = "Both worlds meet the same shocks, so each run is its own comparison"
    if known:
        text += f"; the outcomes of a pair correlate at {number(min(known), 2)} to {number(max(known), 2)}"
    if hurt:
        text += f". For {listed(hurt)} pairing widens the interval rather than narrowing it"
    runs = {verdict.runs for _, verdict in found}
    return text + (f". Runs in each arm: {listed([f'{count:,}' for count in sorted(runs)])}." if runs else ".")


QUESTION = Question(
    part=Part,
    find=find,
    stages=lambda problem: {"effect": simulate},
    simulated={
        "effect": "the base world with and without Beijing, its threat and its deeds: verdicts, threat or deed, punishment, delay"
    },
    test="cap",
    words=words,
    chapter=chapter,
    tables={"verdicts": rows},
)
