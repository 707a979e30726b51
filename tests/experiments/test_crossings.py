"""Where a curve crosses a level, in a plain curve and along an input of a sweep."""

from pathlib import Path

import numpy as np
import pytest

import sim
from sim.experiments.crossings import crossing, crossings

TOY = Path(__file__).resolve().parents[1] / "toy" / "toy.toml"


class TestCrossings:
    def test_a_falling_curve_crosses_once(self):
        assert crossings([0.0, 1.0, 2.0], [0.5, 0.2, 0.0], 0.1) == (1.5,)

    def test_a_curve_may_cross_often_or_never(self):
        assert crossings([0, 1, 2, 3], [0.0, 0.2, 0.0, 0.2], 0.1) == pytest.approx((0.5, 1.5, 2.5))
        assert crossings([0, 1, 2], [0.5, 0.4, 0.3], 0.1) == ()
        assert crossings([1.0], [0.5], 0.1) == ()
        assert crossings([], [], 0.1) == ()

    def test_levels_without_a_relative_effect_are_left_out(self):
        assert crossings([0.0, 1.0, 2.0], [0.3, np.nan, 0.1], 0.2) == pytest.approx((1.0,))

    def test_an_effect_of_exactly_delta_counts_as_under_it(self):
        assert crossings([0.0, 1.0], [0.1, 0.1], 0.1) == ()
        assert crossings([0.0, 1.0], [0.2, 0.1], 0.1) == (1.0,)


@pytest.fixture(scope="module")
def swept():
    return sim.sweep(
        TOY,
        {"grandia.resolve": (0.1, 0.9), "grandia.tolerance": (0.2, 1.2)},
        design="factorial",
        levels={"grandia.resolve": 3, "grandia.tolerance": 2},
        runs=4,
        months=6,
        progress=False,
    )


def test_a_crossing_lies_between_the_points_of_either_side(swept):
    means = swept.means("munitions", by=["grandia.tolerance", "grandia.resolve"])
    line = means[means["grandia.tolerance"] == 0.2]
    level = float(line["mean"].iloc[:2].mean())
    found = crossing(swept, "munitions", level, along="grandia.resolve")
    row = found[found["grandia.tolerance"] == 0.2]
    assert row["grandia.resolve"].iloc[0] == pytest.approx(0.3)


def test_a_level_that_is_never_reached_has_no_row(swept):
    found = sim.crossing(swept, "munitions", 1e9, along="grandia.resolve")
    assert list(found.columns) == ["grandia.tolerance", "grandia.resolve"]
    assert found.empty


def test_what_cannot_be_followed_is_refused(swept):
    with pytest.raises(sim.UserError, match="say along which input"):
        crossing(swept, "munitions", 1.0)
    with pytest.raises(sim.UserError, match="'resolve' is no input with several numbers"):
        crossing(swept, "munitions", 1.0, along="resolve")
    with pytest.raises(sim.UserError, match="needs a sweep"):
        crossing(3, "munitions", 1.0)
    scattered = sim.sweep(
        TOY, {"grandia.resolve": (0.1, 0.9), "grandia.tolerance": (0.2, 1.2)}, points=4, runs=1, months=2, progress=False
    )
    with pytest.raises(sim.UserError, match="under a factorial design"):
        crossing(scattered, "munitions", 1.0, along="grandia.resolve")
