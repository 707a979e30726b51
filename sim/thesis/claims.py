"""The article's claims and what was found of each, from the other parts of a judgement.

`claims.csv` lists the claims, with the numbers of a scenario that carry each and the outcomes in which it shows. A premise is
what the article takes as given: it is shown and never scored. A claim has a word only where a result bears on it directly.
"""

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.reporting.words import by_word, interval, listed, lower, name, number, share
from sim.thesis.judgement import Claim, Experiment, JudgedDimension, Judgement
from sim.thesis.judgement_base import Attribution, Word
from sim.thesis.statistics.words import any_of, part_of
from sim.thesis.terms import in_bounds, word_of


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
    text = Path(__file__).with_name("claims.csv").read_text("utf-8")
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


def judged(judgement: Judgement, experiments: Mapping[int, Sequence[Experiment]]) -> list[Claim]:
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


def _judged(entry: Entry, judgement: Judgement, experiments: list[Experiment]) -> Claim:
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


def _threat(judgement: Judgement) -> Finding:
    """Deals trimmed before any act: what removing the threat alone adds."""
    date, words = judgement.about.headline, dict[str, str]()
    for dimension in judgement.about.dimensions:
        channels = judgement.channels.get(dimension.name, {}).get(date)
        verdict = judgement.verdicts.get(dimension.name, {}).get(date)
        if channels is not None and verdict is not None:
            added = in_bounds(channels.threat.absolute, dimension.delta_abs, -dimension.delta_abs)
            words[dimension.name] = word_of(part_of(verdict.word, added))
    if not words:
        return Finding("Not computed.")
    text = f"With the foreseen punishment gone and deeds kept, what is added is judged thus: {_by_word(words)}."
    return Finding(text, word_of(any_of(*words.values())))


def _cap(judgement: Judgement) -> Finding:
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


def _delay(judgement: Judgement) -> Finding:
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


def _technology(judgement: Judgement) -> Finding:
    """Whether Beijing holds technology down."""
    verdict = judgement.verdicts.get("technology", {}).get(judgement.about.headline)
    if verdict is None:
        return Finding("Not computed.")
    return Finding(f"Technology handed over is {lower(verdict.relative)} with Beijing than without.", verdict.word)


def _punished(judgement: Judgement) -> Finding:
    """How often punishment is seen."""
    punishment = judgement.punishment.get(judgement.about.headline)
    if punishment is None:
        return Finding("Not computed.")
    return Finding(
        f"Some punishment is seen in {share(punishment.share_punished.estimate)} of runs, for {interval(punishment.months)} "
        "months on average. Its rarity is no sign of a weak cap."
    )


def _limit(limit: str, dimension: str) -> Callable[[Judgement], Finding]:
    """How much of the shortfall of a dimension one limit accounts for."""

    def find(judgement: Judgement) -> Finding:
        attribution = judgement.attribution.get("complete", {}).get(dimension, {}).get(judgement.about.headline)
        judged = next((each for each in judgement.about.dimensions if each.name == dimension), None)
        found = next((each for each in attribution.limits if each.limit == limit), None) if attribution else None
        if attribution is None or judged is None or found is None:
            return Finding("Not computed.")
        part = "" if found.share is None else f", {share(found.share)} of the shortfall"
        label = name(limit)[:1].upper() + name(limit)[1:]
        text = (
            f"{label} accounts for {interval(found.value, unit=judged.unit, least=judged.delta_abs / 1000)} of "
            f"{dimension}{part}; "
        )
        return Finding(
            text + f"Beijing's two limits together for {_beijing(attribution, judged)}.",
            in_bounds(found.value, judged.delta_abs, -judged.delta_abs),
        )

    return find


def _needs(*countries: str) -> Callable[[Judgement], Finding]:
    """What countries lose with each of their ties cut."""

    def find(judgement: Judgement) -> Finding:
        texts = []
        for country in countries:
            needs = sorted((need for need in judgement.needs if need.country == country), key=lambda need: need.rank)
            if needs:
                losses = [f"{number(need.per_month)} without {name(need.partner).title()}" for need in needs[:3]]
                texts.append(f"{name(country).title()} loses {listed(losses)}")
        return Finding(f"In million USD a month: {'; '.join(texts)}." if texts else "Not computed.")

    return find


def _beijing(attribution: Attribution, dimension: JudgedDimension) -> str:
    return interval(attribution.unions.get("beijing_threat+beijing_action"), unit=dimension.unit)


def _by_word(words: Mapping[str, str]) -> str:
    return "; ".join(f"{word} for {listed(dimensions)}" for word, dimensions in by_word(words, words).items())


FINDINGS: dict[int, Callable[[Judgement], Finding]] = {
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
