"""Arguments of the kinds that sweeps take in many places: names, whole numbers and folders, or a `UserError`."""

from collections.abc import Iterable
from os import PathLike
from pathlib import Path
from typing import Any

from sim.errors import UserError


def names(given: Any, place: str, wanted: str) -> list[str]:
    """Give names as a list."""
    if isinstance(given, Iterable) and not isinstance(given, str):
        found = list(given)
        if all(isinstance(each, str) for each in found):
            return found
    raise UserError(f"needs a list of {wanted}, not {given!r}", place)


def whole(given: Any, place: str, low: int) -> int:
    """Give a whole number from ``low`` on."""
    if isinstance(given, bool) or not hasattr(given, "__index__") or not low <= int(given) < 2**62:
        raise UserError(f"must be a whole number from {low} on, not {given!r}", place)
    return int(given)


def folder(given: Any, place: str) -> Path:
    """Give the path of a folder, there or not."""
    if not isinstance(given, str | PathLike) or "\0" in str(given):
        raise UserError(f"must be the path of a folder, not {given!r}", place)
    return Path(given)
