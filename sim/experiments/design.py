"""A design: which points of a box of parameters a sweep visits, and how many there may be. Checked, and never changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.arrays import Array
from sim.errors import UserError
from sim.numerals import power_of_ten
from sim.runs.chunks import MOST_RUNS

MOST_NUMBERS = 10**8  # numbers in a design, which is held in memory: 0.8 GB


@dataclass(frozen=True, eq=False)
class Design:
    """Points at which a scenario is run.

    Attributes
    ----------
    kind : str
        "factorial", "latin_hypercube", "sobol", "saltelli", "morris", "one_at_a_time" or "table".
    columns : dict of ndarray, shape (points,)
        A number for each point, by address. The arrays cannot be written to.
    about : dict
        What an analysis needs again, such as ranges, levels and seed; plain enough for JSON.

    Raises
    ------
    UserError
        If there is no column or no point, or columns differ in length or hold what is no finite number.
    """

    kind: str
    columns: dict[str, Array]
    about: dict[str, Any]

    def __post_init__(self) -> None:
        if not self.columns:
            raise UserError("the design is empty: no parameter varies; name at least one", "design")
        sound = {address: finite(address, column) for address, column in self.columns.items()}
        first, *others = sound
        for other in others:
            if len(sound[other]) != len(sound[first]):
                text = f"has {len(sound[other]):,} points, but '{first}' has {len(sound[first]):,}; give each point a number"
                raise UserError(text, f"design: {other}")
        if not len(sound[first]):
            raise UserError("the design is empty: it has no point; give at least one", "design")
        object.__setattr__(self, "columns", sound)

    @property
    def points(self) -> int:
        """Number of points."""
        return len(next(iter(self.columns.values())))


def finite(address: str, column: Any) -> Array:
    """Give a column of finite numbers as an array of its own that cannot be written to.

    Raises
    ------
    UserError
        If it is anything else.
    """
    given = np.asarray(column)
    if given.ndim != 1 or given.dtype.kind not in "iuf":
        text = f"must be one number for each point, not {given.dtype} of shape {given.shape}"
        raise UserError(text, f"design: {address}")
    numbers = given.astype(np.float64)
    wrong = np.flatnonzero(~np.isfinite(numbers))
    if wrong.size:
        text = f"point {wrong[0]} is {numbers[wrong[0]]}; every number of a design must be finite"
        raise UserError(text, f"design: {address}")
    numbers.flags.writeable = False
    return numbers


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
    return f"{number:,}" if number < MOST_RUNS else power_of_ten(number)
