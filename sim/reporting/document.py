"""What a report is made of, whether it is read as a page or as Markdown: sections of text, tables and figures.

Text uses three marks of Markdown and no more: ``**strong**``, ``*stressed*`` and `` `code` ``. What a user wrote, such as
the title of a scenario, goes through `plain` first, so that none of its signs is taken for a mark.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.plots.style import Picture

BEHIND = "Technical report"  # heading of what follows a front
MARK = re.compile(r"\\(?P<sign>.)|\*\*(?P<strong>.+?)\*\*|\*(?P<stressed>[^*]+?)\*|`(?P<code>[^`]+)`", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph. A `lead` is set larger: what to read if nothing else is read. A `note` is set apart as a caution."""

    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Items:
    """A list of sentences."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Badge:
    """One of the four words of a verdict, or another short judgement, in a cell that is coloured by it."""

    word: str
    detail: str = ""


Cell = str | Badge


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its caption. `align` has an l or r for each column."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    align: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture with its caption, and with words for who cannot see it. It is drawn only when it is shown."""

    name: str
    draw: Callable[[], "Picture"]
    caption: str
    alt: str


@dataclass(frozen=True, slots=True)
class Code:
    """Lines to type."""

    lines: tuple[str, ...]


Block = Text | Items | Table | Figure | Code


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report under its own heading; `key` is its address within the page."""

    key: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report. With a front, the sections are what stands behind it: the technical report."""

    title: str
    subtitle: str
    sections: tuple[Section, ...]
    front: tuple[Section, ...] = ()
    """What is read first and alone: two printed pages. The other sections follow it, closed at first on a page."""

    @property
    def figures(self) -> tuple[Figure, ...]:
        """All figures, in the order in which they come."""
        sections = (*self.front, *self.sections)
        return tuple(block for section in sections for block in section.blocks if isinstance(block, Figure))


def bare(text: str) -> str:
    """Take the marks off a text."""
    return MARK.sub(lambda found: bare(found["strong"] or found["stressed"] or "") or found["code"] or found["sign"], text)


def plain(text: str) -> str:
    """Keep the signs of a user's text from being read as marks, and put it on one line."""
    return re.sub(r"([\\*`])", r"\\\1", " ".join(text.split()))
