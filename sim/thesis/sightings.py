"""Figures of the record in plain words: what was seen, a sentence for each series, and no more than the figure says."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sim.evidence.series import SERIES
from sim.inference.answer import Move, Seen
from sim.numerals import number, share
from sim.reporting.document import plain

THOUSAND = "thousand "
TINY = 1e-12
NAMED = 2  # things that are named of a month
BEGINS, BEARS, OTHER = range(3)  # ranks of a figure: something begins, it is of the good that moved, or neither
COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@dataclass(frozen=True, slots=True)
class Sighting:
    """How the figures of a series are told.

    ``says`` has a place for the amount, or none where only the date is known. ``begun`` tells that it was seen for the first
    time. ``bears`` names the outcome that it is a figure of.
    """

    says: str
    begun: str = ""
    bears: str = ""


# A row for each series that a month of the record can bring.
SIGHTINGS = {
    "PRK_RUS_shells_cum": Sighting("{amount} shells were reported as delivered so far", bears="munitions"),
    "PRK_RUS_containers_cum": Sighting("the containers shipped so far made {amount} shells, by estimates", bears="munitions"),
    "PRK_RUS_shells_flow": Sighting("{amount} shells a month were reported as delivered", bears="munitions"),
    "PRK_share_of_RUS_shell_use": Sighting("{amount} of Russia's fire was reported as North Korean", bears="munitions"),
    "PRK_RUS_troops": Sighting(
        "{amount} North Korean soldiers were reported so far",
        "the first North Korean soldiers were seen in Russia",
        "soldiers",
    ),
    "RUS_PRK_refined_oil": Sighting("refined oil from Russia came to {amount} barrels a month, by reports", bears="oil"),
    "PRK_CHN_trade_month": Sighting("China and North Korea traded for {amount} million dollars in the month"),
    "PRK_CHN_trade_cum": Sighting("China and North Korea had traded for {amount} million dollars a month so far that year"),
    "PRK_CHN_trade_year": Sighting("China and North Korea traded for {amount} million dollars a month over the year"),
    "CHN_to_PRK_exports_month": Sighting("China sold North Korea goods for {amount} million dollars in the month"),
    "RUS_CHN_trade_year": Sighting("China and Russia traded for {amount} million dollars a month over the year"),
    "RUS_CHN_trade_period": Sighting("China and Russia traded for {amount} million dollars a month"),
    "CHN_to_RUS_exports_yoy": Sighting("China's sales to Russia were {amount} a year before"),
    "CHN_RUS_dualuse": Sighting("dual-use goods for Russia came to {amount} million dollars a month"),
    "PRK_RUS_workers": Sighting("{amount} North Korean workers were reported in Russia"),
    "PRK_missile_events_quarter": Sighting("missile tests of the quarter were counted: {amount}"),
    "Kim_Putin_summit": Sighting("Putin and Kim met", bears="openness"),
    "CHN_stance_index_quarter": Sighting("Beijing's words about Pyongyang were scored {amount}"),
    "RUS_PRK_treaty": Sighting("Moscow and Pyongyang signed a treaty", bears="openness"),
}
BY_TITLE = {series.title: name for name, series in SERIES.items()}


def on_record(row: Seen) -> str:
    """What a figure leaves open: 10,000–12,000, or at least 3,000."""
    low, high = (None if end is None else amount(end, row.unit) for end in (row.low, row.high))
    if low is None or high is None:
        return f"at least {low}" if high is None else f"at most {high}"
    return between(low, high)


def between(low: str, high: str) -> str:
    """Two texts as one range: 2–25%."""
    return low if low == high else f"{low.removesuffix('%')}–{high}"


def amount(value: float, unit: str) -> str:
    """A number as people write it: 1,500,000 rounds and not 1,500 thousand, 50% and not 0.5."""
    if unit == "share":
        return share(value)
    return number(1000 * value if unit.startswith(THOUSAND) else value)


def away(row: Seen, low: float, high: float) -> float:
    """How far a figure lies from a range of the model, beside the width of that; below zero within it."""
    width = max(high - low, TINY)
    below = low - (row.high if row.high is not None else low)
    above = (row.low if row.low is not None else high) - high
    return max(below, above) / width


def seen(move: Move, record: Iterable[Seen]) -> str:
    """What a month added to the record, in a sentence: its events first, then what is a figure of the good that moved.

    Parameters
    ----------
    move : Move
        Names the rows that the month added, and their series.
    record : iterable of Seen
        Figures of the record. A row that is none of them is an event that happened in that month.
    """
    rows = [row for row in record if row.id in move.ids and row.series in SIGHTINGS]
    named = {BY_TITLE.get(title, "") for title in move.says.split(", ")} - {row.series for row in rows}
    events = [sighting.says for name, sighting in SIGHTINGS.items() if name in named and "{" not in sighting.says]
    ranked = sorted(_latest(rows), key=lambda row: _rank(row, move.outcome))
    weighty = [row for row in ranked if _rank(row, move.outcome)[0] < OTHER]
    told = [*events, *map(_said, weighty)][:NAMED] or [_said(row) for row in ranked[:1]]
    if not told:
        return f"{plain(move.says)}."
    return f"{', and '.join(told)}.{_others(len(move.ids) - len(told))}"


def _others(count: int) -> str:
    if count <= 0:
        return ""
    text = COUNTS[count] if count < len(COUNTS) else f"{count:,}"
    return f" {text.capitalize()} other {'figure' if count == 1 else 'figures'} came in."


def _latest(rows: Sequence[Seen]) -> list[Seen]:
    """The latest figure of each series, and of each that begins."""
    return list({(row.series, row.kind): row for row in sorted(rows, key=lambda row: row.date)}.values())


def _rank(row: Seen, outcome: str) -> tuple[int, float]:
    """What begins comes first, then what is a figure of the good, then what surprises most."""
    sighting = SIGHTINGS[row.series]
    surprise = away(row, row.prior_q05, row.prior_q95)
    return (BEGINS if row.kind == "first" else BEARS if sighting.bears == outcome else OTHER), -surprise


def _said(row: Seen) -> str:
    sighting = SIGHTINGS[row.series]
    if row.kind == "first" and sighting.begun:
        return sighting.begun
    if row.unit == "percent":
        return sighting.says.format(amount=_against(row))
    return sighting.says.format(amount=on_record(row))


def _against(row: Seen) -> str:
    """A change in percent, by its way: 10.4% below."""
    ends = [end for end in (row.low, row.high) if end is not None]
    if min(ends) < 0 < max(ends):
        return f"between {_way(ends[0])} and {_way(ends[1])}"
    if len(ends) == 1:  # a bound of a fall is the other way round than that of a rise
        least = (row.high is None) == (ends[0] >= 0)
        return f"{'at least' if least else 'at most'} {_way(ends[0])}"
    sizes = sorted(abs(end) for end in ends)
    return between(*(f"{number(size)}%" for size in sizes)) + f" {'above' if max(ends) > 0 else 'below'}"


def _way(change: float) -> str:
    return f"{number(abs(change))}% {'above' if change >= 0 else 'below'}"
