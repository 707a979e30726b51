"""Does Beijing delay visits rather than cancel them? Its paragraph stands in the chapter on the ceiling."""

from sim.arrays import Array
from sim.reporting.document import Block, Text
from sim.reporting.records import Interval, Record
from sim.reporting.tables import dated
from sim.reporting.words import lower, percent
from sim.thesis.estimates import absolute_of, at_headline, of, until
from sim.thesis.problem import Problem
from sim.thesis.question import Findings, Question, Stages
from sim.thesis.statistics.ceiling import restricted, restricted_mean
from sim.thesis.statistics.effects import Effect as Paired
from sim.thesis.statistics.effects import paired_effect, verdict
from sim.thesis.statistics.words import PartWord
from sim.thesis.terms import Date, word_of


class Delay(Record):
    """Time to the first visit, cut at the date: does Beijing put it off? (claim 9)"""

    on: Interval
    """Restricted mean time in months, with Beijing."""
    off: Interval
    delay: Interval
    """With Beijing less without it: above zero where the visit comes later."""
    happened_on: Interval
    """Share of runs with a visit by the date."""
    happened_off: Interval


class Part(Record):
    """What a judgement holds of it."""

    delay: dict[Date, Delay]


def find(problem: Problem, done: Stages, findings: Findings) -> Part:
    """Find the delay of the first visit."""
    found_delays: dict[Date, Delay] = {}
    for at, (date, month) in enumerate(problem.dates.items()):
        (on, happened_on), (off, happened_off) = (restricted_mean(arm, month) for arm in _visits(problem, done, at))
        found_delays[date] = Delay(
            on=of(on),
            off=of(off),
            delay=absolute_of(_longer(problem, done, at)),
            happened_on=of(happened_on),
            happened_off=of(happened_off),
        )
    return Part(delay=found_delays)


def _visits(problem: Problem, done: Stages, at: int) -> tuple[Array, Array]:
    """Months of the first visit with Beijing and without it, as seen to a date, shape (run,)."""
    months = done["effect"]["arms"][at, len(problem.dimensions) + 2]
    return months[0], months[1]


def _longer(problem: Problem, done: Stages, at: int) -> Paired:
    """How much longer the time to it is with Beijing: the reference is the time without it."""
    on, off = (restricted(arm, problem.at[at]) for arm in _visits(problem, done, at))
    return paired_effect(on, off)


def words(problem: Problem, done: Stages, findings: Findings) -> dict[str, PartWord]:
    """Whether the first visit comes later because of Beijing, by as much as was declared to matter."""
    declared = problem.declaration.delay
    return {"first visit": word_of(verdict(_longer(problem, done, problem.last), declared.delta, declared.delta_abs))}


def paragraph(judgement: Findings) -> list[Block]:
    """The delay up to the headline date, where it is known."""
    delay = at_headline(judgement.delay, judgement)
    if delay is None:
        return []
    return [
        Text(
            f"Beijing may delay rather than prevent (claim 9). Up to {until(judgement)}, the first summit comes "
            f"{lower(delay.delay, less='later', more='earlier', scale=1, unit='months')} with Beijing than without, in the "
            f"restricted mean (months to the visit, cut at the date). It has come by then in {percent(delay.happened_on)} of "
            f"runs with Beijing and in {percent(delay.happened_off)} without."
        )
    ]


QUESTION = Question(
    part=Part,
    find=find,
    test="delay",
    words=words,
    tables={"delay": lambda findings: dated(findings.delay)},
)
