"""What would decide it? Which observation tells worlds in which Beijing binds from the others."""

from collections.abc import Mapping
from functools import partial
from math import inf
from typing import TYPE_CHECKING

from sim.numerals import number, share
from sim.plots.intervals import Span
from sim.plots.style import Picture
from sim.plots.thesis_evidence import Telling, evidence_figure
from sim.reporting.document import Block, Figure, Items, Section, Table, Text, plain
from sim.reporting.lazy import ByName
from sim.reporting.records import Interval, Record, row
from sim.reporting.summary import Summarised
from sim.reporting.tables import Rows, frame
from sim.reporting.words import counted, ratio
from sim.thesis.estimates import bounded, finite, not_computed, of, span, title, until
from sim.thesis.problem import Problem
from sim.thesis.question import Findings, Question, Stages
from sim.thesis.questions.worlds import classed
from sim.thesis.sampling import Arrays
from sim.thesis.statistics.evidence_value import likelihood_ratios
from sim.thesis.terms import Dimension

if TYPE_CHECKING:
    from pandas import DataFrame


MOST = 5  # events shown for each dimension
STRONG = 10.0
OBSERVED = {True: "seen", False: "not seen", None: "not known yet"}


class Observation(Record):
    """What one event would tell, were it seen."""

    event: str
    says: str
    """The event, in words."""
    observed: bool | None
    """Whether the record has it; null where it is not known yet."""
    given_binding: Interval
    """Its share in worlds in which Beijing binds."""
    given_not: Interval
    presence: Interval
    """Likelihood ratio of its happening: above 1 it speaks for Beijing."""
    absence: Interval
    """Likelihood ratio of its not happening."""
    bits: float
    """What observing it tells on average from even odds, 0 to 1."""
    test: str
    """`hoop`, `smoking gun`, `doubly decisive`, each perhaps `against`; `straw in the wind`, or `not comparable`."""


class Diagnosis(Record):
    """Which observation would decide whether Beijing binds a dimension, at the headline date; most telling first."""

    binding_worlds: int
    """Worlds classed `holds`."""
    other_worlds: int
    events: list[Observation]


class Diagnoses(Summarised, dict[Dimension, Diagnosis]):
    """Which observation would decide, by dimension: a dict that shows itself."""

    @property
    def figures(self) -> "ByName[Picture]":
        """``diagnosis``, the likelihood ratios of the events; nothing where no dimension has what to compare."""
        able = {name: each for name, each in self.items() if is_telling(each)}
        return ByName("figure", {"diagnosis": partial(picture, able)} if able else {})

    @property
    def tables(self) -> "ByName[DataFrame]":
        """``diagnosis``, a row for each dimension and event, as in the tables of a judgement."""
        return ByName("table", {"diagnosis": lambda: frame(rows(self))})

    def _sentences(self) -> list[str]:
        return [_sentence(name, each) for name, each in self.items()]


class Part(Record):
    """What a judgement holds of it."""

    diagnosis: dict[Dimension, Diagnosis]


def find(problem: Problem, done: Stages, findings: Findings) -> Part:
    """Find what each event would tell."""
    return Part(diagnosis=diagnose(problem, done["worlds"]))


def diagnose(problem: Problem, arrays: Arrays) -> dict[str, Diagnosis]:
    """What each event would tell of whether Beijing binds, most telling first."""
    events = problem.declaration.events
    words = classed(problem, arrays)[problem.last]
    found: dict[str, Diagnosis] = {}
    for place, dimension in enumerate(problem.dimensions):
        binding = words[place] == "holds"
        ratios = likelihood_ratios(arrays["events"], binding)
        observations = [
            Observation(
                event=name,
                says=event.says,
                observed=event.observed,
                given_binding=of(ratios.given_binding, i),
                given_not=of(ratios.given_not, i),
                presence=bounded(ratios.presence[i], ratios.presence_low[i], ratios.presence_high[i]),
                absence=bounded(ratios.absence[i], ratios.absence_low[i], ratios.absence_high[i]),
                bits=finite(ratios.bits[i]) or 0.0,
                test=str(ratios.test[i]),
            )
            for i, (name, event) in enumerate(events.items())
        ]
        found[dimension] = Diagnosis(
            binding_worlds=int(binding.sum()),
            other_worlds=int((~binding).sum()),
            events=sorted(observations, key=lambda each: -each.bits),
        )
    return found


def rows(found: Mapping[str, Diagnosis]) -> Rows:
    """Rows of the events that would tell whether Beijing binds, a row for each dimension and event, most telling first."""
    return ({"dimension": name, **row(event)} for name, each in found.items() for event in each.events)


def chapter(judgement: Findings) -> Section:
    """Likelihood ratios of observations between worlds in which Beijing binds and worlds in which it does not."""
    heading = "What would decide it?"
    found = [
        (dimension, judgement.diagnosis[dimension.name])
        for dimension in judgement.about.dimensions
        if dimension.name in judgement.diagnosis
    ]
    if not found:
        return not_computed("diagnosis", heading)
    able = {dimension.name: each for dimension, each in found if is_telling(each)}
    lines = tuple(
        (
            title(name),
            plain(event.says),
            OBSERVED[event.observed],
            share(event.given_binding.estimate),
            share(event.given_not.estimate),
            ratio(event.presence),
            ratio(event.absence),
            event.test,
        )
        for name, each in able.items()
        for event in each.events[:MOST]
    )
    blocks: list[Block] = [
        Text(
            "Some observations tell more than others. Over the worlds of the declared box, how much more often is an event "
            "seen where Beijing binds than where it does not? That is its *likelihood ratio*: above 1 it speaks for the cap, "
            "and from 10 or under 1/10 on it is strong. These are the tests of process tracing, simulated (Van Evera 1997; "
            "Bennett 2010). A *hoop* must be passed: that the event does not happen speaks strongly against the cap. A "
            "*smoking gun* speaks strongly for the cap by its happening. A *straw in the wind* does neither."
        ),
        Items(tuple(_sentence(dimension.name, each) for dimension, each in found)),
    ]
    if able:
        blocks += [
            Figure(
                "diagnosis",
                partial(picture, able),
                f"Likelihood ratios of the events that tell most, between worlds in which Beijing binds by {until(judgement)} "
                "and the others; 95% intervals. An arrow runs off the axis.",
                "Likelihood ratios by event and dimension; the table below has the numbers.",
            ),
            Table(
                "Events by what they tell on average, most first.",
                (
                    "dimension",
                    "event",
                    "record",
                    "where Beijing binds",
                    "elsewhere",
                    "ratio if it happens",
                    "ratio if not",
                    "test",
                ),
                lines,
                "lllrrrrl",
            ),
        ]
    blocks.append(
        Text(
            "Ratios hold within the model and its box, and for one event at a time. Events go together, so their ratios must "
            "not be multiplied.",
            "note",
        )
    )
    return Section("diagnosis", heading, tuple(blocks))


def is_telling(found: Diagnosis) -> bool:
    """Whether there is anything to compare."""
    return bool(found.binding_worlds and found.other_worlds and found.events)


def picture(found: Mapping[str, Diagnosis]) -> Picture:
    """Draw the likelihood ratios of the events that tell most, by dimension."""
    drawn = {
        title(name): [Telling(plain(event.says), _ratio(event.presence), _ratio(event.absence)) for event in each.events[:MOST]]
        for name, each in found.items()
    }
    return evidence_figure(drawn, STRONG)


def _ratio(found: Interval) -> Span:
    """A likelihood ratio: where the estimate is without bound, its lower end is what can be shown."""
    if found.estimate is None and found.low:
        return Span(inf, found.low, inf)
    return span(found)


def _sentence(dimension: str, found: Diagnosis) -> str:
    """Say which events tell most of a dimension."""
    lead = (
        f"**{title(dimension)}**: Beijing binds in {counted(found.binding_worlds, 'world')} and does not in "
        f"{found.other_worlds:,}"
    )
    if not found.binding_worlds or not found.other_worlds:
        return f"{lead}, so nothing can be compared."
    if not found.events:
        return f"{lead}; no event was declared."
    strong = [event for event in found.events if event.test not in ("straw in the wind", "not comparable")]
    best = [
        next((event for event in found.events if event.observed is not None), None),
        next((event for event in found.events if event.observed is None), None),
    ]
    texts = [
        f" {lead} {plain(event.says)} ({OBSERVED[event.observed]}; {number(event.bits, 2)} bits of at most 1){_speaks(event)}."
        for lead, event in zip(("Most telling on record:", "Most telling of what is not known yet:"), best, strict=True)
        if event is not None
    ]
    alone = "" if strong else " No event is strong evidence by itself."
    return f"{lead}.{''.join(texts)}{alone}"


def _speaks(event: Observation) -> str:
    """For what the event speaks: as it was seen or not seen, or if it should happen."""
    found = event.absence if event.observed is False else event.presence
    verb = "would speak" if event.observed is None else "speaks"
    if found.low is not None and found.low > 1:
        return f", which {verb} for the cap"
    if found.high is not None and found.high < 1:
        return f", which {verb} against the cap"
    return ""


QUESTION = Question(
    part=Part,
    find=find,
    chapter=chapter,
    tables={"diagnosis": lambda findings: rows(findings.diagnosis)},
)
