"""By threat or by deed? What each removal adds, and how much punishment is seen."""

from collections.abc import Mapping
from functools import partial

import numpy as np

from sim.arrays import Array
from sim.plots.thesis_cap import deed_figure
from sim.reporting.document import Block, Figure, Section, Table, Text
from sim.reporting.intervals import Estimate, mean
from sim.reporting.intervals import share as share_of
from sim.reporting.records import Interval, Record
from sim.reporting.tables import by_date, dated
from sim.reporting.words import above_zero, interval, percent
from sim.thesis.estimates import (
    absolute_of,
    at_headline,
    by_dimension,
    headlined,
    long_date,
    not_computed,
    of,
    relative_of,
    span,
    title,
    until,
)
from sim.thesis.problem import Problem
from sim.thesis.question import Findings, Question, Stages
from sim.thesis.statistics.effects import Effect as Paired
from sim.thesis.statistics.effects import threat_and_action
from sim.thesis.statistics.words import PartWord, part_of
from sim.thesis.terms import HOLDING_DOWN, Date, Dimension, Effect, Leading, Verdict, word_of

LEADING = {
    "threat": "mainly by threat",
    "deed": "mainly by deed",
    "tied": "by both alike",
    "neither": "by neither",
}
NO_CAP = "no cap"
SELECTION = (
    "Few punishments are no sign of a weak cap. A threat that is believed changes what partners do, and then need not be "
    "carried out: the punishments that are seen are those cases in which deterrence failed (Fearon 2002, International "
    "Interactions 28; Drezner 2003, International Organization 57). Many punishments are no sign of a strong cap either."
)


class Channels(Record):
    """By threat or by deed: what each removal adds."""

    threat: Effect
    action: Effect
    """The deed, beliefs relearned (total)."""
    action_direct: Effect
    """The deed, beliefs replayed from the world with both (direct)."""
    both: Effect
    interaction: Effect
    """What removing both adds to the sum of the two: above zero each hides the other."""
    leading: Leading
    """Which of threat and deed (total) is the larger, if any effect and their difference can be told from zero."""


class Punishment(Record):
    """How much punishment is seen with Beijing in force, to one date. Few punishments are no sign of a weak cap."""

    months: Interval
    """Mean months with a punishment above 0.05."""
    share_punished: Interval
    """Share of runs with any such month."""
    snubs: Interval
    """Mean months with a snub above 0.05."""


class Part(Record):
    """What a judgement holds of it."""

    channels: dict[Dimension, dict[Date, Channels]]
    punishment: dict[Date, Punishment]


def find(problem: Problem, done: Stages, findings: Findings) -> Part:
    """Find what threat and deed add, and the punishments."""
    count = len(problem.dimensions)
    arms, direct = done["effect"]["arms"], done["effect"]["direct"]
    seen, snubs = arms[:, count, 0], arms[:, count + 1, 0]
    return Part(
        channels=find_channels(problem, arms[:, :count], direct[:, :count]), punishment=find_punishment(problem, seen, snubs)
    )


def find_channels(problem: Problem, arms: Array, direct: Array) -> dict[str, dict[str, Channels]]:
    """Threat and deed from the four arms, shape (date, dimension, arm, run), and the deed with beliefs replayed."""
    full, off, no_threat, no_action = np.moveaxis(arms, 2, 0)
    floor = problem.delta_abs
    total = threat_and_action(full, no_threat, no_action, off, floor)
    replayed = threat_and_action(full, no_threat, direct, off, floor)["action"]
    ahead = mean((no_threat - full) - (no_action - full))

    def make(at: int, place: int) -> Channels:
        def one(found: Paired) -> Effect:
            return Effect(absolute=absolute_of(found, at, place), relative=relative_of(found, at, place))

        return Channels(
            threat=one(total["threat"]),
            action=one(total["action"]),
            action_direct=one(replayed),
            both=one(total["both"]),
            interaction=one(total["interaction"]),
            leading=leading(total, ahead, (at, place)),
        )

    return by_dimension(problem, make)


def leading(effects: Mapping[str, Paired], ahead: Estimate, place: tuple[int, ...]) -> Leading:
    """Which of threat and deed is the larger, if it can be told from nil and from the other; neither where both add nothing."""
    some_threat, some_action, some = (effects[name].absolute_low[place] > 0 for name in ("threat", "action", "both"))
    if not some or not (some_threat or some_action):
        return "neither"
    if some_threat and ahead.low[place] > 0:
        return "threat"
    return "deed" if some_action and ahead.high[place] < 0 else "tied"


def find_punishment(problem: Problem, months: Array, snubs: Array) -> dict[str, Punishment]:
    """Months with a punishment and with a snub, each of shape (date, run)."""
    seen, snubbed = mean(months), mean(snubs)
    some = share_of((months > 0).sum(axis=-1), months.shape[-1])
    return {
        date: Punishment(months=of(seen, at), share_punished=of(some, at), snubs=of(snubbed, at))
        for at, date in enumerate(problem.dates)
    }


def words(problem: Problem, done: Stages, findings: Findings) -> dict[str, PartWord]:
    """Whether the threat frees more than the deed: a part of the claim that Beijing caps."""
    says = {"threat": "holds", "deed": "fails", "neither": "fails", "tied": "undecided"}
    return {
        name: word_of(part_of(dates[problem.headline].word, says[findings.channels[name][problem.headline].leading]))
        for name, dates in findings.verdicts.items()
    }


def chapter(judgement: Findings) -> Section:
    """The 2 × 2 of threat and deed, the deed direct and total, and how much punishment is seen."""
    heading = "By threat or by deed?"
    found = headlined(judgement, judgement.channels)
    if not found:
        return not_computed("deed", heading)
    groups = {
        title(dimension.name): {
            "threat": span(channels.threat.relative),
            "deed, in total": span(channels.action.relative),
            "deed, directly": span(channels.action_direct.relative),
            "both": span(channels.both.relative),
            "interaction": span(channels.interaction.relative),
        }
        for dimension, channels in found
    }
    rows = tuple(
        (
            f"{title(dimension.name)}, {dimension.unit}",
            interval(channels.threat.absolute),
            interval(channels.action.absolute),
            interval(channels.action_direct.absolute),
            interval(channels.both.absolute),
            interval(channels.interaction.absolute),
            _works(channels, at_headline(judgement.verdicts.get(dimension.name), judgement)),
        )
        for dimension, channels in found
    )
    columns = (
        "dimension",
        "threat removed",
        "deeds removed, total",
        "deeds removed, direct",
        "both removed",
        "interaction",
        "works",
    )
    blocks: list[Block] = [
        Text(
            "Beijing can hold the tie down in two ways: by the punishment that the partners foresee, and by what it does. Four "
            "worlds take these apart: with both, without the threat, without the deeds, without either. Removing the deeds has "
            "two effects. The *direct* one keeps the partners' beliefs as they were with Beijing in force; the *total* one "
            "lets them learn anew from a Beijing that never acts, so that an empty threat is found out. The *interaction* is "
            "what removing both adds beyond the sum of the two: above zero each hides the other, below zero either removal "
            "would have done much of the work alone."
        ),
        Figure(
            "threat_or_deed",
            partial(deed_figure, groups),
            f"What each removal adds by {until(judgement)}, as a share of the outcome with neither threat nor deed; 95% "
            "intervals.",
            "Effects of removing threat, deeds and both, by dimension; the table below has the numbers.",
        ),
        Table(f"What each removal adds by {until(judgement)}, in the unit of each outcome.", columns, rows, "lrrrrrl"),
        *_punishment(judgement),
    ]
    return Section("deed", heading, tuple(blocks))


def _works(channels: Channels, verdict: Verdict | None) -> str:
    """Through what Beijing works, where it holds anything down at all."""
    if verdict and verdict.word not in HOLDING_DOWN:
        return NO_CAP
    return LEADING[channels.leading] if above_zero(channels.both.absolute) else LEADING["neither"]


def _punishment(judgement: Findings) -> list[Block]:
    rows = tuple(
        (long_date(date), percent(found.share_punished), interval(found.months), interval(found.snubs))
        for date, found in judgement.punishment.items()
    )
    if not rows:
        return []
    columns = ("by", "runs with any punishment", "months with punishment, mean", "months with a snub, mean")
    return [
        Table("How much punishment is seen with Beijing in force (a pressure of more than 0.05).", columns, rows, "lrrr"),
        Text(SELECTION, "note"),
    ]


QUESTION = Question(
    part=Part,
    find=find,
    test="threat",
    words=words,
    chapter=chapter,
    tables={"channels": lambda findings: by_date(findings.channels), "punishment": lambda findings: dated(findings.punishment)},
)
