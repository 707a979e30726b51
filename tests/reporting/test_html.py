"""A report as a page."""

from example import Page

from sim.reporting.document import Document, Items, Section, Text, plain
from sim.reporting.html import page
from sim.reporting.markdown import markdown


def test_a_title_with_signs_of_html_and_markdown_stays_what_it_is():
    evil = '<script>alert(1)</script> a|b *c* `d` \\ & "e"'
    document = Document("t", f"“{plain(evil)}”", (Section("s", "s", (Text(plain(evil)),)),))
    found = Page(page(document, {}))
    assert not found.tags["script"]
    assert found.words.count(evil) == 2
    assert "<script>" not in markdown(document)


def test_a_title_makes_no_link_and_no_picture_in_markdown():
    evil = "![p](http://example.org/p) [c](javascript:alert(1)) [r]: http://example.org"
    text = markdown(Document(evil, plain(evil), (Section("s", evil, (Text(plain(evil)), Items((plain(evil),)))),)))
    assert text.count("[") == 5 * 3
    assert text.count(r"\[") == text.count("[")
