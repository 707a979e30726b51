"""The article's claims, and what was found of each, from the numbers that carry them and from what the questions before found.

`claims.csv` lists the claims, with the numbers of a scenario that carry each and the outcomes in which it shows. A premise is
what the article takes as given: it is shown and never scored. A claim has a word only where a result bears on it directly.
"""

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sim.arrays import Array
from sim.experiments.arms import Tick, ensemble
from sim.mechanisms.quantities import OUTCOMES
from sim.numerals import number, share
from sim.reporting.document import Badge, Block, Cell, Section, Table, Text, plain
from sim.reporting.intervals import mean
from sim.reporting.records import Interval, Record, row
from sim.reporting.words import above_zero, after, below_zero, by_word, capital, counted, interval, listed, lower, name, two
from sim.thesis.estimates import not_computed, of
from sim.thesis.problem import Problem
from sim.thesis.question import Findings, Question, Stages
from sim.thesis.questions.limits import Attribution
from sim.thesis.sampling import Arrays, common_of
from sim.thesis.statistics.words import Word, any_of, part_of
from sim.thesis.terms import JudgedDimension, above, word_of

MOST = 3  # experiments told of a claim
BEARING = {
    "cap": "for the cap",
    "weak cap": "a little for it",
    "rival": "names another limit",
    "against": "against it",
    "context": "context",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One claim as the register lists it."""

    number: int
    kind: str
    bearing: str
    actors: tuple[str, ...]
    claim: str
    mechanism: str
    observable: str
    numbers: tuple[str, ...]
    """Addresses in the base scenario that carry the claim."""
    outcomes: tuple[str, ...]
    """Outcomes of a run in which it shows."""
    note: str
    """What stands for it in the model, and what does not."""


def register() -> tuple[Entry, ...]:
    """Read the register, in the order of the claims."""
    text = Path(__file__).parents[1].joinpath("claims.csv").read_text("utf-8")
    return tuple(
        Entry(
            number=int(row["id"]),
            kind=row["kind"],
            bearing=row["bearing"],
            actors=tuple(row["actors"].split()),
            claim=row["claim"],
            mechanism=row["mechanism"],
            observable=row["observable"],
            numbers=tuple(row["numbers"].split()),
            outcomes=tuple(row["outcomes"].split()),
            note=row["note"],
        )
        for row in csv.DictReader(text.splitlines())
    )


def experiments(problem: Problem) -> list[tuple[int, str]]:
    """Claims and the numbers that carry them: those that have a plausible range in this scenario."""
    known = problem.base.parameters
    return [
        (entry.number, address)
        for entry in register()
        for address in entry.numbers
        if address in known and known[address].low < known[address].high
    ]


def simulate(problem: Problem, tick: Tick) -> Arrays:
    """Outcomes at both ends of every number that carries a claim: `outcomes` (outcome, number, end, run)."""
    numbers = sorted({address for _, address in experiments(problem)})
    runs, base = problem.budget.claim_runs, problem.base.parameters
    if not numbers:
        return {"outcomes": np.empty((len(claim_outcomes()), 0, 2, runs))}
    values: Arrays = {}
    for place, address in enumerate(numbers):
        ends = np.full((len(numbers), 2, 1), base[address].value)
        ends[place, :, 0] = base[address].low, base[address].high
        values[address] = ends
    found = ensemble(
        problem.base,
        (len(numbers), 2, runs),
        keys=np.arange(runs),
        values=values,
        tick=tick,
        **{**common_of(problem, claim_outcomes()), "at": problem.at[-1:]},
    )
    return {"outcomes": found.outcomes[0]}


def claim_outcomes() -> list[str]:
    """Outcomes in which a claim shows."""
    return sorted({outcome for entry in register() for outcome in entry.outcomes})


class Experiment(Record):
    """One outcome as a number that stands for a claim moves from low to high, all else at the base, to the last date."""

    address: str
    outcome: str
    unit: str
    low: float
    """Mean at the low end of the number."""
    high: float
    change: Interval
    """High less low."""


class Claim(Record):
    """One claim of the article, and what was found."""

    number: int
    kind: str
    bearing: str
    claim: str
    found: str
    """What was found, in words."""
    word: Word | None
    """For a claim that a verdict bears on; a premise has none."""
    experiments: list[Experiment]


class Part(Record):
    """What a judgement holds of it."""

    claims: list[Claim]


def find(problem: Problem, done: Stages, findings: Findings) -> Part:
    """Find what was found of each claim."""
    moved = tried(problem, done["claims"]["outcomes"])
    return Part(claims=judged(findings, moved))


def tried(problem: Problem, outcomes: Array) -> dict[int, list[Experiment]]:
    """What the numbers of each claim move, from outcomes of shape (outcome, number, end, run)."""
    carried = experiments(problem)
    numbers = sorted({address for _, address in carried})
    units = {outcome.name: outcome.unit for outcome in OUTCOMES}
    names = claim_outcomes()
    shown = {entry.number: entry.outcomes for entry in register()}
    found: dict[int, list[Experiment]] = {}
    for claim, address in carried:
        for outcome in shown[claim]:
            low, high = outcomes[names.index(outcome), numbers.index(address)]
            found.setdefault(claim, []).append(
                Experiment(
                    address=address,
                    outcome=outcome,
                    unit=units[outcome],
                    low=float(low.mean()),
                    high=float(high.mean()),
                    change=of(mean(high - low)),
                )
            )
    return found


def judged(judgement: Findings, experiments: Mapping[int, Sequence[Experiment]]) -> list[Claim]:
    """Say of every claim what was found.

    Parameters
    ----------
    judgement : Judgement
        All other parts; its own claims are not looked at.
    experiments : mapping
        By the number of a claim, what its numbers move.

    Returns
    -------
    list of Claim
        One for each claim of the register, in its order.
    """
    return [_judged(entry, judgement, list(experiments.get(entry.number, ()))) for entry in register()]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a part of the judgement says of a claim."""

    text: str
    word: Word | None = None


def _judged(entry: Entry, judgement: Findings, experiments: list[Experiment]) -> Claim:
    finding = FINDINGS[entry.number](judgement) if entry.number in FINDINGS else Finding("")
    found = " ".join(part for part in (entry.note, finding.text) if part)
    return Claim(
        number=entry.number,
        kind=entry.kind,
        bearing=entry.bearing,
        claim=entry.claim,
        found=found or "Taken as given." if entry.kind == "premise" else found or "See what its numbers move.",
        word=None if entry.kind == "premise" else finding.word,
        experiments=experiments,
    )


def _threat(judgement: Findings) -> Finding:
    """Deals trimmed before any act: what removing the threat alone adds."""
    date, words = judgement.about.headline, dict[str, str]()
    for dimension in judgement.about.dimensions:
        channels = judgement.channels.get(dimension.name, {}).get(date)
        verdict = judgement.verdicts.get(dimension.name, {}).get(date)
        if channels is not None and verdict is not None:
            added = above(channels.threat.absolute, dimension.delta_abs, -dimension.delta_abs)
            words[dimension.name] = word_of(part_of(verdict.word, added))
    if not words:
        return Finding("Not computed.")
    text = f"With the foreseen punishment gone and deeds kept, what is added is judged thus: {_by_word(words)}."
    return Finding(text, word_of(any_of(*words.values())))


def _cap(judgement: Findings) -> Finding:
    """The thesis itself, and whether the tie crowds below what is tolerated."""
    words = {
        dimension: dates[judgement.about.headline].word
        for dimension, dates in judgement.verdicts.items()
        if judgement.about.headline in dates
    }
    word = next(iter(words.values())) if len(set(words.values())) == 1 else None
    slope = judgement.ceiling.slope
    text = f"By dimension: {_by_word(words)}. " if words else ""
    return Finding(f"{text}The upper end of the tie rises by {interval(slope)} as tolerance rises by one (a ceiling: 1).", word)


def _delay(judgement: Findings) -> Finding:
    """Whether the first visit comes later with Beijing."""
    delay = judgement.delay.get(judgement.about.headline)
    if delay is None:
        return Finding("Not computed.")
    declared = next((each for each in judgement.hypotheses if each.test == "delay"), None)
    word: Any = next(iter(declared.words.values()), None) if declared else None
    return Finding(
        f"With Beijing the first visit comes {lower(delay.delay, less='later', more='earlier', scale=1, unit='months')}; it "
        "happens in "
        f"{share(delay.happened_on.estimate)} of runs with Beijing and in {share(delay.happened_off.estimate)} without.",
        word,
    )


def _technology(judgement: Findings) -> Finding:
    """Whether Beijing holds technology down."""
    verdict = judgement.verdicts.get("technology", {}).get(judgement.about.headline)
    if verdict is None:
        return Finding("Not computed.")
    return Finding(f"Technology handed over is {lower(verdict.relative)} with Beijing than without.", verdict.word)


def _punished(judgement: Findings) -> Finding:
    """How often punishment is seen."""
    punishment = judgement.punishment.get(judgement.about.headline)
    if punishment is None:
        return Finding("Not computed.")
    return Finding(
        f"Some punishment is seen in {share(punishment.share_punished.estimate)} of runs, for {interval(punishment.months)} "
        "months on average. Its rarity is no sign of a weak cap."
    )


def _limit(limit: str, dimension: str) -> Callable[[Findings], Finding]:
    """How much of the shortfall of a dimension one limit accounts for."""

    def find(judgement: Findings) -> Finding:
        attribution = judgement.attribution.get("complete", {}).get(dimension, {}).get(judgement.about.headline)
        judged = next((each for each in judgement.about.dimensions if each.name == dimension), None)
        found = next((each for each in attribution.limits if each.limit == limit), None) if attribution else None
        if attribution is None or judged is None or found is None:
            return Finding("Not computed.")
        part = "" if found.share is None else f", {share(found.share)} of the shortfall"
        label = capital(name(limit))
        text = (
            f"{label} accounts for {interval(found.value, unit=judged.unit, least=judged.delta_abs / 1000)} of "
            f"{dimension}{part}; "
        )
        return Finding(
            text + f"Beijing's two limits together for {_together(attribution, judged)}.",
            above(found.value, judged.delta_abs, -judged.delta_abs),
        )

    return find


def _needs(*countries: str) -> Callable[[Findings], Finding]:
    """What countries lose with each of their ties cut."""

    def find(judgement: Findings) -> Finding:
        texts = []
        for country in countries:
            needs = sorted((need for need in judgement.needs if need.country == country), key=lambda need: need.rank)
            if needs:
                losses = [f"{number(need.per_month)} without {name(need.partner).title()}" for need in needs[:3]]
                texts.append(f"{name(country).title()} loses {listed(losses)}")
        return Finding(f"In million USD a month: {'; '.join(texts)}." if texts else "Not computed.")

    return find


def _together(attribution: Attribution, dimension: JudgedDimension) -> str:
    return interval(attribution.unions.get("beijing_threat+beijing_action"), unit=dimension.unit)


def _by_word(words: Mapping[str, str]) -> str:
    return "; ".join(f"{word} for {listed(dimensions)}" for word, dimensions in by_word(words, words).items())


FINDINGS: dict[int, Callable[[Findings], Finding]] = {
    5: _needs("russia", "north_korea"),
    6: _threat,
    7: _cap,
    9: _delay,
    15: _punished,
    21: _technology,
    23: _limit("reluctance", "technology"),
    25: _needs("russia"),
    26: _needs("north_korea"),
    27: _needs("north_korea"),
    29: _needs("russia", "north_korea"),
    32: _limit("supply", "munitions"),
    33: _limit("quality", "munitions"),
    34: _limit("trust", "munitions"),
    39: _needs("russia", "north_korea"),
}


def chapter(judgement: Findings) -> Section:
    """All claims of the article, and what was found of each."""
    heading = "The article's claims, and what was found of each"
    if not judgement.claims:
        return not_computed("claims", heading)
    lines: tuple[tuple[Cell, ...], ...] = tuple(
        (
            str(claim.number),
            plain(claim.claim),
            f"{claim.kind}; {BEARING.get(claim.bearing, claim.bearing)}",
            _found(claim),
            Badge(claim.word) if claim.word else "",
        )
        for claim in judgement.claims
        if _bears(claim)
    )
    others = [claim for claim in judgement.claims if not _bears(claim)]
    blocks: list[Block] = [
        Text(
            f"The article makes {len(judgement.claims)} claims. Each has a *kind* (a premise is taken as given, a mechanism "
            "works within the model, an outcome comes out of it) and a *bearing* on the thesis. A word stands only where a "
            "result bears on the claim directly. Where numbers are moved from the low to the high end of their ranges, all "
            "else stays at the base; that a mechanism moves an outcome in the model does not show that it does so in the world."
        ),
        Table("Claims on which a result bears.", ("no.", "claim", "kind and bearing", "what was found", "word"), lines, "lllll"),
    ]
    if others:
        told = "; ".join(f"{claim.number} ({plain(claim.claim)})" for claim in others)
        blocks.append(Text(f"Premises, and what no result bears on, are not judged: {told}. docs/claims.md says why."))
    return Section("claims", heading, tuple(blocks))


def _bears(claim: Claim) -> bool:
    """Whether a result bears on a claim: it has a word, or a number of it was moved."""
    return bool(claim.word or claim.experiments)


def _found(claim: Claim) -> str:
    """What was found, with the experiments that move most; a number that moves nothing is named too."""
    moving = sorted((each for each in claim.experiments if _moves(each)), key=_size, reverse=True)
    by_address: dict[str, list[str]] = {}
    for each in moving[:MOST]:
        by_address.setdefault(each.address, []).append(_moved(each))
    parts = [f"`{address}` takes {listed(texts)}" for address, texts in by_address.items()]
    idle = [address for address in dict.fromkeys(each.address for each in claim.experiments) if address not in _addresses(moving)]
    sentences = [claim.found if claim.found.endswith((".", "%")) else f"{claim.found}."]
    if parts:
        more = f"; {counted(len(moving) - MOST, 'smaller change')} besides" if len(moving) > MOST else ""
        sentences.append(f"From low to high, {'; '.join(parts)}{more}.")
    if idle:
        sentences.append(f"No change beyond chance comes of {listed([f'`{address}`' for address in idle])}.")
    return " ".join(sentences)


def _addresses(experiments: list[Experiment]) -> set[str]:
    return {each.address for each in experiments}


def _moves(found: Experiment) -> bool:
    return above_zero(found.change) or below_zero(found.change)


def _size(found: Experiment) -> float:
    """Change beside the level, so that outcomes of different units can be ranked."""
    return abs(found.high - found.low) / max(abs(found.low), abs(found.high), 1e-12)


def _moved(found: Experiment) -> str:
    low, high = two(found.low, found.high)
    return f"{found.outcome.replace('_', ' ')} from {low} to {high}{after(found.unit)}"


QUESTION = Question(
    part=Part,
    find=find,
    stages=lambda problem: {"claims": simulate},
    simulated={"claims": "the numbers of each claim moved from low to high: the register of claims"},
    chapter=chapter,
    tables={"claims": lambda findings: map(row, findings.claims)},
)
