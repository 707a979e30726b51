"""The pictures of a match: those that its findings allow, from real runs."""

from dataclasses import replace

import pytest
from small_match import declaration

import sim
from sim.errors import UserError
from sim.matching.figures import draw_match, figures


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    out = tmp_path_factory.mktemp("match") / "out"
    return sim.match("base", declaration(cut=2.0, rank=1), until="2024-06", worlds=300, out=out, progress=False)


@pytest.mark.slow
def test_a_match_is_drawn_into_its_directory(made):
    names = [path.name for path in draw_match(made, runs=20)]
    assert names[:4] == ["waves.png", "record.png", "ranges.png", "profiles.png"]
    assert names[-1] == "scores.png"
    assert all((made.directory / "figures" / name).stat().st_size > 5_000 for name in names)


def test_a_match_without_a_directory_has_no_place_for_pictures(made):
    homeless = type(made)(made.found, made.scenario, made.worlds, made.implausibility, made.setting, None)
    with pytest.raises(UserError, match="give out="):
        draw_match(homeless)


def test_figures_are_there_by_name_where_something_was_found(made):
    assert list(made.figures) == list(figures(made))
    assert {"waves", "record", "ranges", "profiles", "scores"} <= set(made.figures)
    assert made.figures["ranges"] is made.figures["ranges"]
    assert made.figures["scores"].axes
    unscored = replace(made, found=made.found.model_copy(update={"score": None, "pairs": [], "profiles": []}))
    assert list(unscored.figures) == ["waves", "record", "ranges"]
