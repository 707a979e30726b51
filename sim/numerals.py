"""How numbers are written for people, on every face: in the terminal, in reports, on figures and on the page."""

from math import floor, isfinite, log10

UNKNOWN = "not known"
SMALL, LARGE = 1e-6, 1e12  # beyond these a number is written with a power of ten
LEAST = 0.0001  # the smallest share that is told by its size, 0.01%


def number(value: float | None, digits: int | None = None, *, figures: int = 3) -> str:
    """A number with thousands separated; so many significant figures, unless the digits after the point are given."""
    if value is None or value != value:
        return UNKNOWN
    if not isfinite(value):
        return "infinite" if value > 0 else "minus infinite"
    if digits is None and value and not SMALL <= abs(value) < LARGE:
        return power_of_ten(value, figures)
    shown = digits if digits is not None else figures - 1 - floor(log10(abs(value))) if value else 0
    text = f"{round(value, shown):,.{max(shown, 0)}f}"
    if digits is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace("-", "−") if text.strip("-0.,") else text.replace("-", "")


def tick(value: float) -> str:
    """A number on an axis, with all the figures that it needs: it is round already, but for the last bits."""
    return number(value, figures=10)


def in_column(value: float | None) -> str:
    """A number among others of its column: as many digits after the point for all of about a size."""
    if isinstance(value, int):  # a count
        return number(value, 0)
    size = abs(value or 0.0)
    return number(value, 0 if size >= 1_000 else 1 if size >= 10 else 2)


def power_of_ten(value: float, figures: int = 2) -> str:
    """A number beyond all others, also a whole one that is beyond a float, as a multiple of a power of ten."""
    power = floor(log10(abs(value)) + 1e-12)
    leading = round(10 ** (log10(abs(value)) - power), figures - 1)
    power, leading = (power + 1, 1.0) if leading == 10 else (power, leading)
    factor = "" if leading == 1 else f"{number(leading, figures=figures)} × "
    return f"{'−' if value < 0 else ''}{factor}10^{str(power).replace('-', '−')}"


def share(value: float | None, *, figures: int | None = None) -> str:
    """A share as a percentage: whole, but with two figures where it is small and a decimal where it is close to all.

    With ``figures`` it is written with so many, as on an axis.
    """
    if value is None or value != value:
        return UNKNOWN
    if figures is not None:
        return f"{number(100 * value, figures=figures)}%"
    if 0 < abs(value) < LEAST:
        return "under 0.01%" if value > 0 else "over −0.01%"
    small, almost = abs(value) < 0.0995, 0.99 < abs(value) < 1
    digits = max(1 - floor(log10(abs(100 * value))), 0) if small and value else 1 if almost else 0
    text = number(100 * value, digits)
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text}%"
