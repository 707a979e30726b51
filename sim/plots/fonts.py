"""Fonts for signs that the usual one lacks, such as Chinese, Japanese and Korean: any that is installed and has them."""

import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

from matplotlib.figure import Figure
from matplotlib.font_manager import FontEntry, fontManager, get_font
from matplotlib.text import Text

MISSING = re.compile(r"Glyph (\d+) .*missing from font")  # what matplotlib warns of, once for each sign and text

told: set[str] = set()  # signs that were named as missing, which is done once


def lay_out(figure: Figure, draw: Callable[[], None]) -> None:
    """Draw a figure for its layout. Texts with signs that the usual font lacks get further fonts, and it is drawn again."""
    signs = _missing(draw)
    if signs and (families := families_for(frozenset(signs))):
        for text in figure.findobj(Text):
            assert isinstance(text, Text)
            text.set_fontfamily([*text.get_fontfamily(), *families])
        signs = _missing(draw)
    if signs - told:
        shown = "".join(sorted(signs - told)[:20])
        told.update(signs)
        warnings.warn(f"no font here has the signs {shown}; install one, such as Noto Sans CJK, and draw again", stacklevel=3)


def _missing(draw: Callable[[], None]) -> set[str]:
    """Draw, and give the signs that no font of their texts has."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        draw()
    found = [(warning, MISSING.match(str(warning.message))) for warning in caught]
    for warning, match in found:
        if not match:
            warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)
    return {chr(int(match[1])) for _, match in found if match}


@contextmanager
def told_already() -> Iterator[None]:
    """Draw without a warning of signs that are missing: the layout has said so."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", MISSING.pattern)
        yield


@cache
def families_for(signs: frozenset[str]) -> tuple[str, ...]:
    """Installed families that have the signs between them: first the one that has most of them, then that of the rest."""
    families: list[str] = []
    left = set(signs)
    while left:
        best = max(fontManager.ttflist, key=lambda entry: (len(left & signs_of(entry.fname)), _plainness(entry)))
        if not left & signs_of(best.fname):
            break
        families.append(best.name)
        left -= signs_of(best.fname)
    return tuple(families)


@cache
def signs_of(path: str) -> frozenset[str]:
    """Signs that a font can draw; none if it cannot be scaled, or is made to stand in for all others with boxes."""
    try:
        font = get_font(path)
    except (OSError, RuntimeError, ValueError):
        return frozenset()
    stands_in = font.family_name.replace(" ", "").startswith("LastResort")
    return frozenset() if stands_in or not font.scalable else frozenset(map(chr, font.get_charmap()))


def _plainness(entry: FontEntry) -> tuple[bool, bool, bool]:
    """Which of two fonts that have as many signs comes first: that without serifs, upright, of the usual weight."""
    return "sans" in entry.name.lower(), entry.style == "normal", entry.weight in (400, "normal", "regular")
