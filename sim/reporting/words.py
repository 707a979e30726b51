"""Numbers, intervals and verdicts in plain words: what every chapter of the report is written with."""

from collections.abc import Iterable, Mapping, Sequence
from math import floor, log10

from sim.numerals import UNKNOWN, number
from sim.reporting.records import Interval

NAMES = {
    "beijing_threat": "Beijing's threat",
    "beijing_action": "Beijing's deeds",
    "beijing": "Beijing",
    "west": "the West",
    "backlash": "the allies' backlash",
    "supply": "North Korean supply",
    "payment": "means of payment",
    "quality": "quality of shells",
    "trust": "lack of trust",
    "reluctance": "Russia's own reluctance",
    "red_line": "Seoul's red line",
    "interdiction": "interdiction",
}
ROUNDING = 1e-12  # numbers below it are errors of rounding
TO = "\u00a0to\u00a0"  # keeps the brackets of an interval on one line


def name(key: str) -> str:
    """A limit, or a union of limits joined with +, in words; any other key with its underscores gone."""
    if key == "beijing_threat+beijing_action":
        return "Beijing, threat and deeds together"
    return " and ".join(NAMES.get(part, part.replace("_", " ")) for part in key.split("+"))


def interval(found: Interval | None, scale: float = 1.0, unit: str = "", least: float = 0.0) -> str:
    """An estimate and, in brackets, its interval, rounded to what the interval leaves sure: 12.3 (12.1 to 12.5).

    Where neither end nor the estimate reaches the least size worth telling, it is a plain 0.
    """
    if found is None or found.estimate is None:
        return UNKNOWN
    if all(end is not None and abs(end) < least for end in (found.estimate, found.low, found.high)):
        return "0"
    value = _clean(found.estimate * scale)
    low, high = (None if end is None else _clean(end * scale) for end in (found.low, found.high))
    digits = _digits(value, low, high)
    if unit == "%" and digits is not None and abs(value) >= 1:
        digits = min(digits, 1)  # a tenth of a percent is as fine as anybody reads
    tail = unit if unit == "%" else after(unit)
    if low is None and high is None:
        return f"{number(value, digits)}{tail} (no bounds)"
    below = "no lower bound" if low is None else number(low, digits)
    above = "no upper bound" if high is None else number(high, digits) + (unit if unit == "%" else "")
    return f"{number(value, digits)}{tail} ({below}{TO}{above})"


def _clean(value: float) -> float:
    return 0.0 if abs(value) < ROUNDING else value


def after(unit: str) -> str:
    """A unit as it follows a number; a share and what has no dimension have none."""
    return f" {unit}" if unit not in ("", "share", "dimensionless") else ""


def two(first: float, second: float) -> tuple[str, str]:
    """Two numbers, told finely enough that their difference shows."""
    apart = abs(first - second)
    digits = max(1 - floor(log10(apart)), 2 - floor(log10(max(abs(first), abs(second))))) if apart else None
    return number(first, digits), number(second, digits)


def percent(found: Interval | None) -> str:
    """A share and its interval as percentages."""
    return interval(found, 100, "%")


def ratio(found: Interval | None) -> str:
    """A ratio and its interval, each to two figures, as such an interval is as wide below as above only on a log scale."""
    if found is None or (found.estimate is None and not found.low):
        return UNKNOWN
    if found.estimate is None:
        return f"over {_two_figures(found.low or 0.0)}"
    above = "no upper bound" if found.high is None else _two_figures(found.high)
    return f"{_two_figures(found.estimate)} ({_two_figures(found.low or 0.0)}{TO}{above})"


def lower(found: Interval | None, *, less: str = "lower", more: str = "higher", scale: float = 100, unit: str = "%") -> str:
    """An effect of Beijing in words that carry its sign: 12% (10 to 14%) lower, or higher where it is below zero."""
    if found is None or found.estimate is None:
        return f"{UNKNOWN} how much {less}"
    if found.estimate >= 0:
        return f"{interval(found, scale, unit)} {less}"
    low, high = (None if end is None else -end for end in (found.high, found.low))
    turned = found.model_copy(update={"estimate": -found.estimate, "low": low, "high": high})
    return f"{interval(turned, scale, unit)} {more}"


def above_zero(found: Interval | None) -> bool:
    """Whether the whole interval lies above zero."""
    return found is not None and found.low is not None and found.low > 0


def below_zero(found: Interval | None) -> bool:
    """Whether the whole interval lies under zero."""
    return found is not None and found.high is not None and found.high < 0


def capital(text: str) -> str:
    """A text that begins with a capital, as a sentence does."""
    return text[:1].upper() + text[1:]


def listed(parts: Sequence[str], last: str = "and") -> str:
    """Join as in a sentence: a, b and c."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def counted(count: int, one: str, more: str = "") -> str:
    """A count with its noun: 1 world, 4,096 worlds."""
    return f"{count:,} {one if count == 1 else more or one + 's'}"


def by_word(words: Mapping[str, str], order: Iterable[str]) -> dict[str, list[str]]:
    """Keys of a mapping to words, gathered by word, in the order of the keys given."""
    gathered: dict[str, list[str]] = {}
    for key in order:
        if key in words:
            gathered.setdefault(words[key], []).append(key)
    return gathered


def _two_figures(value: float) -> str:
    return number(value, 1 - floor(log10(value)) if value > 0 else 0)


def _digits(value: float, low: float | None, high: float | None) -> int | None:
    """Digits after the point that that show one or two figures of the half-width; None where there is no width to go by."""
    ends = [end for end in (low, value, high) if end is not None]
    half = (max(ends) - min(ends)) / 2 if len(ends) > 1 else 0.0
    largest = max(map(abs, ends), default=0.0)
    if half <= max(1e-6 * largest, 1e-300):  # below that, numbers lose their figures
        return None
    return -floor(log10(half / 3.55))
