"""Words that the page explains: those of the glossary, in its words."""

import re
from html import escape
from pathlib import Path

import pytest

from sim.dashboard.words import TERM, explained, glossary, meanings_html

ROOT = Path(__file__).resolve().parents[2]
USED = {
    (path.name, word)
    for path in (ROOT / "sim" / "dashboard").glob("*.py")
    if path.name != "words.py"
    for _, word in TERM.findall(re.sub(r'"\n\s+f?"', "", path.read_text("utf-8")))
}


def test_the_page_explains_words_in_all_its_parts():
    assert {name for name, _ in USED} == {"page.py", "markup.py", "controls.py"}
    assert len(USED) >= 12


@pytest.mark.parametrize(("name", "word"), sorted(USED))
def test_every_word_that_is_explained_stands_in_the_glossary(name, word):
    assert word in glossary(), f"{name} explains a word that docs/glossary.md does not have"
    address = re.search(r'popovertarget="([^"]+)"', explained(f"[this]({word})"))[1]
    assert meanings_html().count(f'id="{address}"') == 1


def test_the_whole_glossary_is_read():
    rows = [line for line in (ROOT / "docs" / "glossary.md").read_text("utf-8").splitlines() if line.startswith("| **")]
    assert len(glossary()) == len(rows) > 30
    for word, means in glossary().items():
        assert f"<strong>{escape(word)}</strong> {escape(means)}</div>" in meanings_html()


def test_what_is_no_term_is_left_as_it_is_and_escaped():
    assert explained("a < b & [c] (d)") == "a &lt; b &amp; [c] (d)"
    assert explained("both [worlds](world) meet").startswith('both <button type="button" class="cap-term"')
    with pytest.raises(KeyError):
        explained("[this](nothing of the kind)")
