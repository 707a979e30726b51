"""What would decide it, what a naive observer would conclude, and which assumptions explain a disagreement."""

from collections.abc import Mapping
from functools import partial
from math import inf

from sim.plots.intervals import Span
from sim.plots.style import Picture
from sim.plots.thesis_evidence import Observer, Telling, evidence_figure, observer_figure
from sim.plots.thesis_limits import Bars, bar_figure
from sim.reporting.document import Block, Figure, Items, Section, Table, Text, Word, plain
from sim.reporting.records import Interval
from sim.reporting.words import above_zero, below_zero, counted, interval, number, percent, ratio, share
from sim.thesis.chapters.common import not_computed, span, title, until
from sim.thesis.judgement import Judgement
from sim.thesis.judgement_worlds import Diagnosis, Disagreement, Naive, NaiveObserver, Observation

MOST = 5  # events shown for each dimension
STRONG = 10.0
LARGEST = 10  # differences drawn
OBSERVED = {True: "seen", False: "not seen", None: "not known yet"}


def diagnosis(judgement: Judgement) -> Section:
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
    rows = tuple(
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
        Items(tuple(diagnosis_told(dimension.name, each) for dimension, each in found)),
    ]
    if able:
        blocks += [
            Figure(
                "diagnosis",
                partial(diagnosis_figure, able),
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
                rows,
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


def diagnosis_figure(found: Mapping[str, Diagnosis]) -> Picture:
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


def diagnosis_told(dimension: str, found: Diagnosis) -> str:
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
    told = [
        f" {lead} {plain(event.says)} ({OBSERVED[event.observed]}; {number(event.bits, 2)} bits of at most 1){_speaks(event)}."
        for lead, event in zip(("Most telling on record:", "Most telling of what is not known yet:"), best, strict=True)
        if event is not None
    ]
    alone = "" if strong else " No event is strong evidence by itself."
    return f"{lead}.{''.join(told)}{alone}"


def _speaks(event: Observation) -> str:
    """For what the event speaks: as it was seen or not seen, or if it should happen."""
    found = event.absence if event.observed is False else event.presence
    verb = "would speak" if event.observed is None else "speaks"
    if found.low is not None and found.low > 1:
        return f", which {verb} for the cap"
    if found.high is not None and found.high < 1:
        return f", which {verb} against the cap"
    return ""


def naive(judgement: Judgement) -> Section:
    """What a regression of the tie on visible punishments would conclude, against the known truth."""
    heading = "What would a naive observer conclude?"
    cases = judgement.naive.cases
    if not cases:
        return not_computed("naive", heading)
    rows = tuple(
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
            partial(naive_figure, judgement.naive),
            f"Cases are worlds of the declared box ({judgement.naive.worlds:,}; some are drawn). The observer sees the filled "
            "points and draws the line; the hollow points, the same worlds without Beijing, are never seen. The gap between "
            "the two broken lines is the true cap.",
            "Outcomes by months of punishment, with the line of the observer; the list below says the same.",
        ),
        Items(tuple(naive_told(name, each) for name, each in cases.items())),
        Table(
            "The observer's conclusion beside the truth.",
            ("dimension", "slope, per month of punishment", "the observer's cap", "the true cap", "error"),
            rows,
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


def naive_figure(found: NaiveObserver) -> Picture:
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


def naive_told(dimension: str, found: Naive) -> str:
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


def disagreements(judgement: Judgement) -> Section:
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
        blocks += disagreement(found, f"disagreement_{number_}")
    return Section("disagree", heading, tuple(blocks))


def disagreement(found: Disagreement, key: str) -> list[Block]:
    """One disagreement: the two verdicts, and what each difference explains."""
    shown = [name for name in found.units if name in found.gap]
    if not is_explained(found):
        return [Text(disagreement_told(found))]
    effects = tuple((title(name), *_two(found, name), interval(found.gap[name], unit=found.units[name])) for name in shown)
    rows = tuple(
        (f"`{each.name}`", plain(each.first), plain(each.second), *(interval(each.value.get(name)) for name in shown))
        for each in found.differences
    )
    return [
        Text(disagreement_told(found)),
        Table(
            f"The cap under `{found.first}` and `{found.second}`.",
            ("dimension", plain(found.first), plain(found.second), "gap, second less first"),
            effects,
            "lllr",
        ),
        Figure(
            key,
            partial(disagreement_figure, found),
            f"What each difference adds to the cap in going from {found.first} to {found.second}, in the unit of each outcome "
            "(bars, with 95% intervals; hatched where below zero). Circles: taken over alone.",
            "Signed bars by difference and dimension; the table below has the numbers.",
        ),
        Table(
            "Each difference and its part of the gap.",
            ("difference", found.first, found.second, *(f"{title(name)}, {found.units[name]}" for name in shown)),
            rows,
            "lll" + "r" * len(shown),
        ),
    ]


def is_explained(found: Disagreement) -> bool:
    """Whether there is a gap, and anything that could explain it."""
    return bool(found.gap and found.differences)


def disagreement_told(found: Disagreement) -> str:
    """Say what explains most of a disagreement."""
    if not is_explained(found):
        return f"`{found.first}` and `{found.second}` do not differ in anything that could explain a gap."
    first = found.differences[0]
    return (
        f"Between `{found.first}` and `{found.second}`, what explains most is `{first.name}` ({plain(first.first)} against "
        f"{plain(first.second)}), of {counted(len(found.differences), 'difference')}. "
        f"{'All sets of differences were tried' if found.exact else 'Orders of taking differences over were sampled'}; the "
        f"values sum to the gap within {found.residual:.0e}."
    )


def disagreement_figure(found: Disagreement) -> Picture:
    """Draw what each difference adds to the cap, by dimension."""
    told_of = [each for each in found.differences if any(value.estimate for value in each.value.values())][:LARGEST]
    columns = [
        Bars(
            title(name),
            {each.name: span(each.value.get(name)) for each in told_of},
            {"taken over alone": {each.name: span(each.alone.get(name)).value for each in told_of}},
            unit,
        )
        for name, unit in found.units.items()
        if name in found.gap
    ]
    return bar_figure(columns, [each.name for each in told_of], (), "part of the gap between the two effects", shares=False)


def _two(found: Disagreement, dimension: str) -> tuple[Word | str, Word | str]:
    effects, words = found.effects.get(dimension), found.words.get(dimension)
    if effects is None or words is None:
        return "", ""
    first, second = (interval(effect, unit=found.units[dimension]) for effect in effects)
    return Word(words[0], first), Word(words[1], second)
