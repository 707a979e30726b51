"""Titles in every tongue: a font that is there is used, and what none has is said once."""

import warnings
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from matplotlib.font_manager import fontManager
from matplotlib.text import Text

from sim.plots import fonts
from sim.plots.style import Picture, picture


@pytest.fixture(autouse=True)
def _nothing_told(monkeypatch):
    monkeypatch.setattr(fonts, "told", set())
    monkeypatch.setattr(fontManager, "ttflist", list(fontManager.ttflist))
    fonts.families_for.cache_clear()
    yield
    fonts.families_for.cache_clear()
    fontManager._findfont_cached.cache_clear()


def install(folder: Path, signs: str) -> None:
    """Make a font in which each of these signs is a triangle, as if it were installed."""
    names = [".notdef", *(f"uni{ord(sign):04X}" for sign in signs)]
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({ord(sign): name for sign, name in zip(signs, names[1:], strict=True)})
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    pen.lineTo((900, 0))
    pen.lineTo((450, 900))
    pen.closePath()
    builder.setupGlyf(dict.fromkeys(names, pen.glyph()))
    builder.setupHorizontalMetrics(dict.fromkeys(names, (1000, 0)))
    builder.setupHorizontalHeader(ascent=900, descent=-100)
    builder.setupNameTable({"familyName": "Triangles Sans", "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    builder.save(folder / "triangles.ttf")
    fontManager.addfont(folder / "triangles.ttf")


def titled(title: str) -> Picture:
    figure = picture(3, 2)
    axes = figure.subplots()
    axes.set_title(title)
    axes.set_yticks([0, 1], [title, "x"])
    return figure


# Signs of a private area, which no installed font has.
def test_a_font_that_is_there_is_used_for_titles_and_ticks(tmp_path):
    boxes = titled("\ue901\ue902")
    with pytest.warns(UserWarning, match="no font"):
        before = boxes.to_bytes("png")
    fonts.families_for.cache_clear()
    install(tmp_path, "\ue901\ue902")
    figure = titled("\ue901\ue902")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert figure.to_bytes("png") != before
        assert b"Triangles Sans" in figure.to_bytes("svg")


def test_what_no_font_has_is_said_once():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in range(2):
            figure = titled("\ue903 and \ue904")
            figure.to_bytes("png")
            figure.to_bytes("svg")
    (said,) = [str(warning.message) for warning in caught]
    assert said.startswith("no font here has the signs \ue903\ue904; install one")


def test_other_warnings_are_passed_on():
    with pytest.warns(RuntimeWarning, match="mine"):
        fonts.lay_out(titled("x"), lambda: warnings.warn("mine", RuntimeWarning, stacklevel=1))


def test_a_figure_that_needs_no_other_font_keeps_that_of_its_style():
    figure = titled("Città, Đà Nẵng, Москва")
    figure.to_bytes("png")
    assert all(text.get_fontfamily() == ["sans-serif"] for text in figure.findobj(Text))
