"""The whole answer in at most 60 words: how likely for each good, how large, since when, and what to watch."""

from collections.abc import Sequence
from itertools import pairwise

from sim.inference.answer import Answer, Believed, Month
from sim.numerals import share
from sim.reporting.document import plain
from sim.reporting.words import capital, listed
from sim.thesis.estimates import long_date

WORDS = 60
LIKELY, OPEN = 2 / 3, 1 / 3
HALF, TENTH, ALL = 0.5, 0.1, 100
SURE = 2.0  # errors of the computation within which a change is none
NOTABLE = 0.005  # an effect below half a percent is as good as none
GOODS = {"munitions": "shells", "openness": "open dealings", "troops": "soldiers"}  # outcomes that a reader would call otherwise


def in_short(answer: Answer, at: Sequence[Believed]) -> str:
    """The whole answer in at most 60 words."""
    first = max(at, key=lambda row: row.posterior)
    said = " ".join([*_how_likely(at, smallest(answer)), *_how_large(first), _since_when(answer, first)])
    watch = (
        f"Watch next: {plain(event.says)} (then {chance(event.if_seen)}, else {chance(event.if_not)})."
        for event in answer.watch
        if event.outcome == first.outcome
    )
    return " ".join([said, *[line for line in watch if len(f"{said} {line}".split()) <= WORDS][:1]])


def _how_likely(at: Sequence[Believed], least: str) -> list[str]:
    """Every good, gathered by how likely it is that Beijing holds it down."""
    ways = (
        ("probably", [row for row in at if row.posterior >= LIKELY], "and"),
        ("perhaps", [row for row in at if OPEN <= row.posterior < LIKELY], "and"),
        ("probably not", [row for row in at if row.posterior < OPEN], "or"),
    )
    parts = [f"{way} {listed(_with_chances(rows), last)}" for way, rows, last in ways if rows]
    asked = f"By {long_date(at[0].date)}, what is over {least} lower because of Beijing?"
    return [_in_a_word([len(rows) for _, rows, _ in ways]), asked, f"{capital('; '.join(parts))}."]


def _in_a_word(counts: Sequence[int]) -> str:
    """What counts of likely, open and unlikely goods come to."""
    likely, _, unlikely = counts
    most = sum(counts) / 2
    for count, whole, part in ((likely, "Probably yes.", "Mostly yes."), (unlikely, "Probably not.", "Mostly no.")):
        if count > most:
            return whole if count == sum(counts) else part
    return "It depends on the good."


def smallest(answer: Answer) -> str:
    """The smallest effect that counts, in words."""
    return "a tenth" if answer.about.delta == TENTH else share(answer.about.delta)


def chance(probability: float) -> str:
    """A probability in whole percent, as finely as it is known."""
    whole = round(100 * probability)
    return f"{whole}%" if 0 < whole < ALL else "under 1%" if whole == 0 else "over 99%"


def _with_chances(rows: Sequence[Believed]) -> list[str]:
    return [f"{good(row.outcome)} ({chance(row.posterior)})" for row in sorted(rows, key=lambda row: -row.posterior)]


def _how_large(row: Believed) -> list[str]:
    if row.effect is None:
        return []
    if abs(row.effect) < NOTABLE:
        return [f"On average Beijing leaves {good(row.outcome)} as they are."]
    return [f"On average Beijing {'lowers' if row.effect > 0 else 'raises'} {good(row.outcome)} by {chance(abs(row.effect))}."]


def how_large(effect: float) -> str:
    """The size of an effect in words that carry its sign, for a table."""
    if abs(effect) < NOTABLE:
        return "as much"
    return f"{chance(abs(effect))} {'less' if effect > 0 else 'more'}"


def good(outcome: str) -> str:
    """An outcome as a reader would call it."""
    return GOODS.get(outcome, outcome.replace("_", " "))


def _since_when(answer: Answer, first: Believed) -> str:
    """Since when the likeliest of all has been on this side of an even chance, months left aside whose error reaches over it."""
    side = first.posterior > HALF
    line = [month for month in answer.months or () if (month.outcome, month.date) == (first.outcome, first.date)]
    turned = [later.until for earlier, later in pairwise(line) if _is_beyond(earlier, side)]
    if line:
        since = turned[-1] if turned else line[0].until
        return f"The odds have {'been' if side else 'not been'} above even since {long_date(since)}."
    earliest = min((row for row in answer.headline if row.outcome == first.outcome), key=lambda row: row.date)
    return f"For {long_date(earliest.date)} it is {chance(earliest.posterior)}."


def _is_beyond(month: Month, side: bool) -> bool:
    """Whether a month's chance is on the other side of an even one, beyond its error."""
    return (month.posterior > HALF) != side and abs(month.posterior - HALF) > SURE * month.error
