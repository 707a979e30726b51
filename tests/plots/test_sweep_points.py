"""Points of a sweep, as lines and in boxes: each stands where its numbers say."""

import numpy as np
import pandas as pd
import pytest
from figures_read import all_said, flaws, said
from hypothesis import given, settings
from hypothesis import strategies as st
from plots_data import LONG, PARAMETERS, UNITS, swept

from sim.errors import UserError
from sim.plots.sweep_points import parallel_coordinates, scatter_boxes


def boxes() -> pd.DataFrame:
    about = {"coverage": 0.6, "density": 0.8, "density_low": 0.7, "density_high": 0.9}
    rows = [
        {"box": 1, "parameter": "china.goodwill", "low": np.nan, "high": 0.5, **about},
        {"box": 1, "parameter": LONG, "low": 0.2, "high": np.nan, **about},
        {"box": 2, "parameter": LONG, "low": 2.0, "high": 9.0, **about, "coverage": 0.2},
    ]
    return pd.DataFrame(rows)


def third_box() -> pd.DataFrame:
    row = {"box": 3, "parameter": "constant", "low": 4.0, "high": 6.0, "coverage": 0.1, "density": np.nan}
    return pd.DataFrame([{**row, "density_low": np.nan, "density_high": np.nan}])


TRAJECTORY = pd.DataFrame({"coverage": [1.0, 0.9, 0.5], "density": [0.2, 0.5, 0.9], "restricted": [0, 1, 2]})

FIGURES = {
    "parallel": lambda: parallel_coordinates(swept(), [*PARAMETERS, "without"], "munitions", units=UNITS, log=[LONG]),
    "parallel picked": lambda: parallel_coordinates(
        swept(), [LONG, "rules.china_oil_valve"], "munitions", at_least=2_000
    ),
    "parallel of none picked": lambda: parallel_coordinates(swept(), PARAMETERS, "munitions", at_most=-1e9),
    "parallel of one": lambda: parallel_coordinates(swept(1, 1), PARAMETERS, "munitions"),
    "parallel of a constant": lambda: parallel_coordinates(swept(), ["constant", LONG], "constant"),
    "parallel of many": lambda: parallel_coordinates(
        swept().assign(**{f"{LONG}_{number}": 1.0 for number in range(20)}),
        [f"{LONG}_{n}" for n in range(20)],
        "munitions",
    ),
    "boxes": lambda: scatter_boxes(
        swept(), "munitions", boxes(), at_most=1_000, trajectory=TRAJECTORY, units=UNITS, log=[LONG]
    ),
    "box of one side": lambda: scatter_boxes(swept(), "munitions", boxes()[:1], at_least=1_000),
    "box over one point": lambda: scatter_boxes(swept(1, 1), "munitions", boxes(), at_least=0.0),
    "box beside three": lambda: scatter_boxes(swept(), "munitions", pd.concat([boxes(), third_box()]), at_least=1_000),
}  # fmt: skip


@pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES.keys())
def test_all_of_a_figure_can_be_read(draw):
    assert flaws(draw()) == []


def test_the_same_table_gives_the_same_bytes():
    assert FIGURES["boxes"]().to_bytes("svg") == FIGURES["boxes"]().to_bytes("svg")


def test_lines_are_points_and_their_ranges_are_written():
    figure = parallel_coordinates(swept(50), PARAMETERS, "munitions", at_least=2_000)
    assert sum(len(lines.get_segments()) for lines in figure.axes[0].collections) == 50
    picked = (swept(50).groupby("point")["munitions"].mean() >= 2_000).sum()
    assert f"at least 2,000 thousand rounds: {picked} points" in said(figure)
    assert f"{swept(50)['china.goodwill'].max():.3g}" in said(figure)


def test_a_box_is_drawn_where_it_is_and_open_sides_reach_the_edge():
    axes = scatter_boxes(swept(), "munitions", boxes()[:2], at_most=1_000).axes[0]
    (box,) = axes.patches
    name = axes.get_xlabel().splitlines()[0]
    (left, bottom), right, top = box.get_xy(), box.get_x() + box.get_width(), box.get_y() + box.get_height()
    edges = (right, bottom) if name == "china.goodwill" else (top, left)
    assert edges == pytest.approx((0.5, 0.2))
    assert top == pytest.approx(axes.get_ylim()[1]) or right == pytest.approx(axes.get_xlim()[1])


def test_boxes_off_the_axes_are_named():
    figure = scatter_boxes(swept(), "munitions", pd.concat([boxes(), third_box()]), at_least=1_000)
    assert "Not restricted here, hence below only: box 3" in all_said(figure)


@pytest.mark.parametrize(
    ("draw", "match"),
    [
        (lambda t: parallel_coordinates(t, [], "munitions"), "at least one parameter"),
        (lambda t: parallel_coordinates(t[3:4], PARAMETERS, "munitions"), "no point has a value"),
        (lambda t: scatter_boxes(t, "munitions", boxes()), "say what is sought"),
        (lambda t: scatter_boxes(t, "munitions", pd.DataFrame(), at_least=1.0), "no box"),
    ],
)
def test_what_cannot_be_drawn_is_refused(draw, match):
    with pytest.raises(UserError, match=match):
        draw(swept())


@settings(max_examples=3)
@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.floats(-1e9, 1e9)), min_size=1, max_size=25))
def test_any_table_is_drawn(rows):
    parallel_coordinates(pd.DataFrame(rows, columns=["a", "b", "oil"]), ["a", "b"], "oil", log=["b"]).draw_without_rendering()
