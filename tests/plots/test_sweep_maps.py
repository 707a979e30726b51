"""Heat maps: cells, thresholds and levels are those of the table, and nothing on them is cut off."""

import numpy as np
import pandas as pd
import pytest
from figures_read import all_said, flaws, said
from hypothesis import given, settings
from hypothesis import strategies as st
from plots_data import LONG, PARAMETERS, UNITS, swept

from sim.errors import UserError
from sim.plots.sweep_maps import heat_map


def grid(side: int) -> pd.DataFrame:
    x, y = (each.ravel() for each in np.meshgrid(np.linspace(0.1, 1.2, side), np.geomspace(1, 100, side)))
    return pd.DataFrame({"china.goodwill": x, LONG: y, "munitions": x * np.log(y)})


FIGURES = {
    "heat map": lambda: heat_map(swept(), *PARAMETERS, "munitions", units=UNITS, log=[LONG], threshold=1_500),
    "heat map of levers": lambda: heat_map(swept(), "without", "rules.china_oil_valve", "munitions"),
    "heat map by a lever": lambda: heat_map(swept(), "without", LONG, "munitions", log=[LONG], threshold=1_500),
    "heat map of a small grid": lambda: heat_map(grid(5), *PARAMETERS, "munitions", threshold=2.0),
    "heat map of a large grid": lambda: heat_map(grid(30), *PARAMETERS, "munitions", threshold=2.0, log=[LONG]),
    "heat map of one point": lambda: heat_map(swept(1, 1), *PARAMETERS, "munitions", threshold=0.0),
    "heat map of two points": lambda: heat_map(swept(2, 1), *PARAMETERS, "munitions", threshold=0.0),
    "heat map of a constant": lambda: heat_map(swept(), *PARAMETERS, "constant", threshold=5.0),
    "heat map with a hole": lambda: heat_map(grid(6).drop(index=[0, 7, 8]), *PARAMETERS, "munitions"),
}


@pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES.keys())
def test_all_of_a_figure_can_be_read(draw):
    assert flaws(draw()) == []


def test_the_same_table_gives_the_same_bytes():
    assert FIGURES["heat map"]().to_bytes("svg") == FIGURES["heat map"]().to_bytes("svg")


def test_cells_hold_the_mean_of_their_runs_and_failed_runs_do_not_count():
    table = pd.DataFrame({"x": [1, 1, 2, 2], "y": [1, 1, 1, 1], "oil": [3.0, 5.0, 7.0, np.nan]})
    figure = heat_map(table, "x", "y", "oil")
    assert figure.axes[0].collections[0].get_array().ravel().tolist() == [4.0, 7.0]
    assert "Left out, as they failed or have no value: 1 of 4 rows" in all_said(figure)


def test_scattered_points_are_binned_by_quantiles_and_empty_bins_are_hatched():
    table = swept(700, 1)
    cells = heat_map(table, *PARAMETERS, "munitions").axes[0].collections[0].get_array()
    assert cells.shape == (9, 9)
    empty = heat_map(table[(table["china.goodwill"] > 0.6) | (table[LONG] > 1)], *PARAMETERS, "munitions")
    assert "no runs" in said(empty)


def test_a_grid_keeps_its_levels_and_a_lever_its_names():
    figure = heat_map(grid(4), *PARAMETERS, "munitions")
    assert [label.get_text() for label in figure.axes[0].get_xticklabels()] == ["0.1", "0.467", "0.833", "1.2"]
    figure = heat_map(swept(), "without", "rules.china_oil_valve", "munitions")
    assert [label.get_text() for label in figure.axes[0].get_xticklabels()] == ["none", "beijing"]


def test_a_threshold_is_a_line_where_the_outcome_passes_it():
    assert "2 thousand rounds" in said(heat_map(grid(5), *PARAMETERS, "munitions", threshold=2.0))
    assert "99 thousand rounds" not in said(heat_map(grid(5), *PARAMETERS, "munitions", threshold=99.0))


@pytest.mark.parametrize(
    ("draw", "match"),
    [
        (lambda t: heat_map(t, "china.godwill", LONG, "munitions"), "did you mean 'china.goodwill'"),
        (lambda t: heat_map(t, LONG, LONG, "munitions"), "two different inputs"),
        (lambda t: heat_map(t, *PARAMETERS, "without"), "holds text"),
        (lambda t: heat_map(t[3:4], *PARAMETERS, "munitions"), "no row has a value"),
        (lambda t: heat_map(t[:0], *PARAMETERS, "munitions"), "no rows"),
    ],
)
def test_what_cannot_be_drawn_is_refused(draw, match):
    with pytest.raises(UserError, match=match):
        draw(swept())


@settings(max_examples=3)
@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.floats(-1e9, 1e9)), min_size=1, max_size=25))
def test_any_table_is_drawn(rows):
    heat_map(pd.DataFrame(rows, columns=["a", "b", "oil"]), "a", "b", "oil", log=["a"]).draw_without_rendering()
