"""The gallery shows every figure there is, as the program draws it, and no page is heavy to load."""

import importlib
import inspect
import pkgutil
import sys
from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image

import sim.plots
from sim.plots.style import Picture
from sim.thesis.judgement import Judgement

MOST_BYTES = 130_000  # of a picture
MOST_TOGETHER = 3_000_000


@pytest.fixture(scope="module")
def gallery(root):
    sys.path.insert(0, str(root / "docs"))
    yield importlib.import_module("make_gallery")
    sys.path.remove(str(root / "docs"))


@pytest.fixture(scope="module")
def shown(gallery) -> list[dict[str, str]]:
    return [figure for section in gallery.LIST for figure in section["figures"]]


def drawing() -> dict[str, Callable[..., object]]:
    """Every public function of sim.plots that gives a picture of something, by the name under which it is imported."""
    found = {}
    for module in pkgutil.iter_modules(sim.plots.__path__, "sim.plots."):
        for name, function in inspect.getmembers(importlib.import_module(module.name), inspect.isfunction):
            given = inspect.signature(function).return_annotation
            mine = function.__module__ == module.name and module.name != "sim.plots.style"
            if mine and not name.startswith("_") and Picture in (given, *getattr(given, "__args__", ())):
                home = "sim.plots" if name in sim.plots.__all__ else module.name
                found[f"{home}.{name}"] = function
    return found


@pytest.fixture(scope="module")
def judgement(root) -> Judgement:
    """A saved judgement that has every figure of a report."""
    return Judgement.model_validate_json((root / "tests" / "thesis" / "example_judgement.json").read_text("utf-8"))


def test_every_function_that_draws_is_in_the_gallery(shown):
    assert {figure["function"] for figure in shown if "file" not in figure} == drawing().keys()
    assert len({figure["name"] for figure in shown}) == len(shown)


def test_every_figure_of_the_thesis_report_is_in_the_gallery(shown, judgement):
    names = {figure["name"] for figure in shown if figure["name"].startswith("thesis_")}
    assert names == {f"thesis_{name}" for name in judgement.figures}


def test_the_page_is_as_the_program_writes_it(gallery, root):
    assert (root / "docs" / "gallery.md").read_text("utf-8") == gallery.page()


def test_every_picture_is_there_and_small(shown, root):
    folder = root / "docs" / "figures" / "gallery"
    sizes = {path.stem: path.stat().st_size for path in folder.iterdir()}
    assert sizes.keys() == {figure["name"] for figure in shown if "file" not in figure}
    assert all((root / "docs" / figure["file"]).is_file() for figure in shown if "file" in figure)
    assert max(sizes.values()) < MOST_BYTES
    assert sum(sizes.values()) < MOST_TOGETHER


def test_few_colours_keep_the_size_of_a_picture(gallery):
    figure = sim.plots.trade_network([sim.plots.Flow("russia", "north_korea", "oil", 90.0)])
    small, whole = gallery.small(figure), figure.to_bytes("png")
    assert len(small) < len(whole)
    assert Image.open(BytesIO(small)).size == Image.open(BytesIO(whole)).size


@pytest.mark.slow
def test_the_gallery_can_be_made_again(gallery, shown, judgement, tmp_path):
    written = gallery.main(tmp_path, gallery.Sizes(runs=20, points=120, base_points=16, months=12), judgement)
    assert written.read_text("utf-8") == gallery.page()
    drawn = {path.stem for path in (tmp_path / "figures" / "gallery").iterdir()}
    made = {figure["name"] for figure in shown if "file" not in figure}
    assert drawn == made
