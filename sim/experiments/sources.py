"""What a user's own function does, as a hash: its source and what it takes from around it."""

import hashlib
import inspect
from collections.abc import Callable, Iterator
from types import CodeType
from typing import Any

import numpy as np


def source_hash(*functions: Callable[..., Any]) -> str:
    """SHA-256 of the source of functions and of the plain values, arrays and functions that they use.

    It tells a changed response from what it was before. Of other objects only the type counts.
    """
    digest = hashlib.sha256()
    for text in _told(functions, set()):
        digest.update(text.encode() + b"\0")
    return digest.hexdigest()


def _told(values: Any, seen: set[int]) -> Iterator[str]:
    """Tell of values in turn, of each function once."""
    for value in values:
        if inspect.isfunction(value):
            if id(value) not in seen:
                seen.add(id(value))
                yield from _function(value, seen)
        elif isinstance(value, np.ndarray):
            yield f"{value.dtype} {value.shape} {hashlib.sha256(value.tobytes()).hexdigest()}"
        elif isinstance(value, bool | int | float | complex | str | bytes | None):
            yield repr(value)
        elif isinstance(value, list | tuple):
            yield from _told(value, seen)
        elif isinstance(value, dict):
            yield from _told([*value, *value.values()], seen)
        else:
            yield getattr(value, "__qualname__", getattr(value, "__name__", type(value).__qualname__))


def _function(function: Any, seen: set[int]) -> Iterator[str]:
    codes = list(_codes(function.__code__))
    try:
        yield inspect.getsource(function)
    except (OSError, TypeError):
        for code in codes:
            yield code.co_code.hex()
            yield repr([code.co_names, [each for each in code.co_consts if not isinstance(each, CodeType)]])
    around = function.__globals__
    taken = {name: around[name] for code in codes for name in code.co_names if name in around}
    for name, value in sorted({**taken, **inspect.getclosurevars(function).nonlocals}.items()):
        yield name
        yield from _told([value], seen)
    yield from _told([function.__defaults__ or (), function.__kwdefaults__ or {}], seen)


def _codes(code: CodeType) -> Iterator[CodeType]:
    """Give the code of a function, and of the functions within it, which use names of their own."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)
