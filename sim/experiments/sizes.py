"""How large a sweep may be, and the arithmetic that is shown where it is larger."""

from collections.abc import Sequence
from math import log10

from sim.errors import UserError
from sim.runs.chunks import MOST_RUNS

MOST_NUMBERS = 10**8  # numbers in a design, which is held in memory: 0.8 GB


def check_points(points: int, columns: int, kind: str, arithmetic: str) -> None:
    """Refuse a design that means too many runs or takes too much memory, before any is taken.

    Parameters
    ----------
    points, columns : int
        Points and parameters.
    kind : str
        Of the design.
    arithmetic : str
        How the number of points comes about.

    Raises
    ------
    UserError
    """
    shown = f"{written(points)} points" if arithmetic == written(points) else f"{arithmetic} = {written(points)} points"
    remedy = "take fewer points or levels, or let fewer parameters vary"
    if points > MOST_RUNS:
        raise UserError(f"{shown}; a sweep has at most {written(MOST_RUNS)} runs; {remedy}", f"design: {kind}")
    if points * columns > MOST_NUMBERS:
        text = f"{shown} of {columns:,} parameters are {written(points * columns)} numbers"
        raise UserError(f"{text}; a design has at most {written(MOST_NUMBERS)} (0.8 GB); {remedy}", f"design: {kind}")


def product(counts: Sequence[int]) -> str:
    """Write a product out, up to six factors of it."""
    return " × ".join(f"{count:,}" for count in counts[:6]) + (" × …" if len(counts) > 6 else "")


def written(number: int) -> str:
    """Write a number out, or as a power of ten where it is beyond what a sweep can have."""
    if number < MOST_RUNS:
        return f"{number:,}"
    power = int(log10(number) + 1e-12)
    leading = 10 ** (log10(number) - power)
    return f"10^{power}" if number == 10**power else f"{leading:.2g} × 10^{power}"
