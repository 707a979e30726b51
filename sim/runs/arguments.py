"""Arguments of the kinds that runs and sweeps take in many places: whole numbers, names and folders, or a `UserError`."""

from collections.abc import Iterable
from operator import index
from os import PathLike
from pathlib import Path
from typing import Any

from sim.errors import UserError
from sim.paths import user_path

MOST = 2**62 - 1  # that a draw can be keyed by


def whole_number(given: Any, place: str, low: int, high: int = MOST) -> int:
    """Give a whole number from ``low`` to ``high``."""
    try:
        number = index(given)
    except TypeError:  # not even one that is written as a float
        number = low - 1
    if isinstance(given, bool) or not low <= number <= high:
        end = "on" if high == MOST else f"to {high:,}"
        raise UserError(f"must be a whole number from {low} {end}, not {given!r}", place)
    return number


def name_list(given: Any, place: str, wanted: str) -> list[str]:
    """Give names as a list; ``wanted`` says of what."""
    if isinstance(given, Iterable) and not isinstance(given, str):
        names = list(given)
        if all(isinstance(name, str) for name in names):
            return names
    raise UserError(f"needs a list of {wanted}, not {given!r}", place)


def folder_path(given: Any, place: str) -> Path:
    """Give the path of a folder, there or not."""
    if not isinstance(given, str | PathLike) or "\0" in str(given):
        raise UserError(f"must be the path of a folder, not {given!r}", place)
    return user_path(given)
