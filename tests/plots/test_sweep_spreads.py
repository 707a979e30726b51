"""Ridges and fans by point: what spreads is drawn, and what is not shown is counted."""

import pandas as pd
import pytest
from figures_read import flaws, said
from hypothesis import given, settings
from hypothesis import strategies as st
from plots_data import LONG, UNITS, swept

from sim.errors import UserError
from sim.plots.sweep_spreads import quantile_fan_by_point, ridge


def quantiles(points: int = 12, months: int = 24, holders: tuple[str, ...] = ("russia_north_korea",)) -> pd.DataFrame:
    index = pd.MultiIndex.from_product([range(points), ["oil_delivered"], holders, range(1, months + 1)])
    table = index.to_frame(index=False, name=["point", "quantity", "holder", "month"])
    for place, name in enumerate(("q05", "q25", "q50", "q75", "q95")):
        table[name] = (1.0 + place) * (1 + table["point"]) + table["month"]
    return table.assign(runs=100)


FIGURES = {
    "ridge": lambda: ridge(swept(), LONG, "munitions@17", units=UNITS),
    "ridge of levers": lambda: ridge(swept(), "without", "munitions"),
    "ridge of one": lambda: ridge(swept(1, 1), LONG, "munitions"),
    "ridge of a constant": lambda: ridge(swept(), "china.goodwill", "constant"),
    "ridge of many bins": lambda: ridge(swept(), LONG, "munitions", bins=30),
    "fans": lambda: quantile_fan_by_point(quantiles(5), "oil_delivered"),
    "fans with dates": lambda: quantile_fan_by_point(
        quantiles(3), "oil_delivered", points=[2, 0], start="2023-08", labels={0: f"{LONG} = 3.2", 2: "base"}
    ),
    "fans of two": lambda: quantile_fan_by_point(quantiles(2, 2, ("russia_iran", "russia_north_korea")), "oil_delivered"),
    "fan of one month": lambda: quantile_fan_by_point(quantiles(1, 1), "oil_delivered", columns=3),
}


@pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES.keys())
def test_all_of_a_figure_can_be_read(draw):
    assert flaws(draw()) == []


def test_ridges_are_labelled_by_their_bins_the_highest_on_top():
    figure = ridge(swept(), "china.goodwill", "munitions", bins=4)
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert len(labels) == 4
    assert float(labels[0].split()[0]) > float(labels[-1].split()[0])


def test_fans_of_nine_points_are_chosen_evenly_and_the_rest_counted():
    figure = quantile_fan_by_point(quantiles(100, 3), "oil_delivered")
    assert sum(axes.axison for axes in figure.axes) == 9
    assert {"Point 0", "Point 99"} <= set(said(figure))
    assert "9 of 100 points" in said(figure)
    with pytest.raises(UserError, match="no quantiles of point 7"):
        quantile_fan_by_point(quantiles(3), "oil_delivered", points=[7])
    with pytest.raises(UserError, match="did you mean 'oil_delivered'"):
        quantile_fan_by_point(quantiles(3), "oil_deliverd")


@pytest.mark.parametrize(
    ("draw", "match"),
    [
        (lambda t: ridge(t[3:4], LONG, "munitions"), "no row has a value"),
    ],
)
def test_what_has_no_value_is_refused(draw, match):
    with pytest.raises(UserError, match=match):
        draw(swept())


@settings(max_examples=3)
@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.floats(-1e9, 1e9)), min_size=1, max_size=25))
def test_any_table_is_drawn(rows):
    ridge(pd.DataFrame(rows, columns=["a", "b", "oil"]), "a", "oil").draw_without_rendering()
