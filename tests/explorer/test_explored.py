"""The grid behind the page, and the page as a file."""

import base64
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import sim
from sim import Scenario, UserError
from sim.explorer.grid import LEVELS, points_of
from sim.explorer.page import MOST, packed
from sim.thesis.statistics.words import WORDS

NUMBERS = ("china.concern", "north_korea.stake_scale")


@pytest.fixture(scope="module")
def found():
    return sim.explore("base", NUMBERS, runs=6, months=20, seed=3, progress=False)


def test_the_grid_holds_what_a_sweep_of_the_same_points_finds(found):
    swept = sim.sweep(
        "base",
        list(NUMBERS),
        {"without": ["", "beijing"]},
        design="factorial",
        levels={slider.address: slider.values for slider in found.sliders},
        runs=6,
        months=20,
        seed=3,
        at=[17],
        progress=False,
    )
    for place, each in enumerate(found.declaration.dimensions.values()):
        column = f"{each.outcome}@17"
        of_point = swept.frame([*NUMBERS, "without", column]).groupby([*NUMBERS, "without"])[column]
        quantiles = np.stack([of_point.quantile(level).unstack("without")[["", "beijing"]] for level in LEVELS], axis=-1)
        assert np.allclose(found.grid.fans[:, place, :, found.grid.months.index(17)], quantiles, rtol=1e-12)
        means = of_point.mean().unstack("without")
        assert np.allclose(found.grid.effects[:, 0, place, 0], means["beijing"] - means[""], atol=1e-9)


def test_points_run_with_the_last_slider_fastest(found):
    points = points_of(found.sliders)
    assert list(points) == list(NUMBERS)
    assert points[NUMBERS[1]][:5].tolist() == list(found.sliders[1].values)
    assert found.grid.fans.shape == (25, 5, 2, 20, len(LEVELS))
    assert found.grid.dates == (17, 20)


def test_verdicts_follow_from_the_effects(found):
    grid, judged = found.grid, list(found.declaration.dimensions.values())
    low, high = grid.effects[..., 1], grid.effects[..., 2]
    floor = np.array([each.delta_abs for each in judged])
    words = np.array(WORDS)[grid.words]
    assert (low[words == "holds"] > np.broadcast_to(floor, low.shape)[words == "holds"]).all()
    assert (words[(high <= floor) & (high >= -floor)] == "fails").all()
    assert {"holds", "fails"} <= set(words.ravel())


@given(arrays.arrays(float, (3, 2, 2, 4, 5), elements=st.floats(0, 1e6)))
def test_packed_quantiles_come_back_to_within_a_part_of_their_range(fans):
    text, low, high = packed(fans)
    parts = np.frombuffer(base64.b64decode(text), "<u2").reshape(fans.shape) / MOST
    low, high = (np.array(each).reshape(1, 2, 1, 1, 1) for each in (low, high))
    wide = np.where(high > low, high - low, 1.0)
    assert (np.abs(low + wide * parts - fans) <= 0.51 * wide / MOST + 1e-9).all()


def test_the_page_asks_for_nothing_and_cannot_be_written_into(found):
    evil = "</script><img src=x onerror=alert(1)>{{DATA}}"
    page = sim.explore(Scenario.load("base").set("title", evil), NUMBERS, runs=2, months=2, progress=False).html
    assert "<img" not in page
    assert page.count("</script>") == 2
    assert "http://" not in page.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in page
    data = page.split('id="data">')[1].split("</script>")[0]
    assert json.loads(data)["title"] == evil


def test_a_page_is_written_whole_and_none_is_lost(found, tmp_path):
    (tmp_path / ".page.html.0123abcd.part").write_text("of a process that was killed")
    found.write(tmp_path / "page.html")
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]
    with pytest.raises(UserError, match="exists already"):
        found.write(tmp_path / "page.html")
    assert found.write(tmp_path / "none" / "page.html").is_file()


@pytest.mark.parametrize(("wrong", "place"), [({"runs": 1}, "runs"), ({"seed": -1}, "seed"), ({"months": 0}, "months")])
def test_arguments_that_make_no_sense_are_refused(wrong, place):
    with pytest.raises(UserError, match=place):
        sim.explore("base", NUMBERS, progress=False, **wrong)
