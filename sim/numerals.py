"""How numbers are written for people, on every face: in the terminal, in reports, on figures and on the page."""

from math import floor, isfinite, log10

UNKNOWN = "not known"


def number(value: float | None, digits: int | None = None) -> str:
    """A number with thousands separated; three significant figures unless the digits after the point are given."""
    if value is None or value != value:
        return UNKNOWN
    if not isfinite(value):
        return "infinite" if value > 0 else "minus infinite"
    shown = digits if digits is not None else 2 - floor(log10(abs(value))) if value else 0
    text = f"{round(value, shown):,.{max(shown, 0)}f}"
    if digits is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace("-", "−") if text.strip("-0.,") else text.replace("-", "")


def share(value: float | None) -> str:
    """A share as a percentage: whole, but with two figures where it is small and a decimal where it is close to all."""
    if value is None or value != value:
        return UNKNOWN
    small, almost = 0 < abs(value) < 0.0995, 0.99 < abs(value) < 1
    digits = max(1 - floor(log10(abs(100 * value))), 0) if small else 1 if almost else 0
    text = number(100 * value, min(digits, 4))
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text}%"
