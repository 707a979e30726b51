"""Words of the page that are explained on it, since an installed copy has no documents: in the words of the glossary."""

import re
from functools import cache
from html import escape

from sim.paths import glossary_file

ROW = re.compile(r"^\| \*\*(.+?)\*\* \| (.+?) \|$", re.MULTILINE)
TERM = re.compile(r"\[([^\]]+)\]\(([A-Za-z -]+)\)")  # [as the page says it](the word of the glossary)
EMPHASIS = re.compile(r"\*(.+?)\*")


@cache
def glossary() -> dict[str, str]:
    """Give the meaning of each word of ``docs/glossary.md``, without emphasis."""
    return {word: EMPHASIS.sub(r"\1", means) for word, means in ROW.findall(glossary_file().read_text("utf-8"))}


def explained(passage: str) -> str:
    """Give a passage as HTML in which each ``[term](word)`` is a button that shows what the word means."""
    return TERM.sub(lambda found: _button(found[1], found[2]), escape(passage, quote=False))


def meanings_html() -> str:
    """Give what the buttons of `explained` show, once for the page."""
    return "".join(
        f'<div popover id="{_address(word)}" class="cap-meaning"><strong>{escape(word)}</strong> {escape(means)}</div>'
        for word, means in glossary().items()
    )


def _button(says: str, word: str) -> str:
    means = escape(glossary()[word])
    return f'<button type="button" class="cap-term" popovertarget="{_address(word)}" title="{means}">{says}</button>'


def _address(word: str) -> str:
    return "cap-word-" + word.replace(" ", "-")
