"""The pictures of sweeps: from any table they draw what is there, say what is not, and nothing on them is cut off."""

import numpy as np
import pandas as pd
import pytest
from figures_read import all_said, flaws, said
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import UserError
from sim.plots.columns import bins, grouped, levels, titled, unit_of
from sim.plots.sensitivity import indices, tornado
from sim.plots.style import Picture, broken
from sim.plots.sweep_maps import heat_map
from sim.plots.sweep_points import parallel_coordinates, scatter_boxes
from sim.plots.sweep_spreads import quantile_fan_by_point, ridge

LONG = "lanes.south_korea_united_states_munitions.substitutability_exporter"
UNITS = {"china.tolerance": "dimensionless", LONG: "million USD/thousand barrels²"}
PARAMETERS = ["china.tolerance", LONG]


def runs(points: int = 200, each: int = 4, seed: int = 1) -> pd.DataFrame:
    """A sweep's frame with two parameters, two levers and a failed run."""
    rng = np.random.default_rng(seed)
    point = np.repeat(np.arange(points), each)
    failed = np.arange(len(point)) == 3
    tolerance, price = rng.uniform(0.1, 1.2, points)[point], np.exp(rng.uniform(-3, 3, points))[point]
    outcome = 2_000 * tolerance + 300 * np.log(price) + 100 * rng.standard_normal(len(point))
    frame = pd.DataFrame({"point": point, "run": np.tile(np.arange(each), points), "china.tolerance": tolerance, LONG: price})
    frame["without"] = np.where(point % 2, "beijing", "")
    frame["rules.china_oil_valve"] = point % 3 == 0
    frame["munitions"] = np.where(failed, np.nan, outcome)
    frame["munitions@17"] = outcome / 3
    frame["constant"] = 5.0
    return frame.assign(error=np.where(failed, "OverflowError: too large", None))


def grid(side: int) -> pd.DataFrame:
    x, y = (each.ravel() for each in np.meshgrid(np.linspace(0.1, 1.2, side), np.geomspace(1, 100, side)))
    return pd.DataFrame({"china.tolerance": x, LONG: y, "munitions": x * np.log(y)})


def effects(measure: str = "outcome", names: int = 20) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    values = np.full(names, 50.0) if measure == "outcome" else rng.uniform(-1, 1, names) ** 3
    rows = {"parameter": [f"{LONG}_{number}" for number in range(names)], "measure": measure, "value": values}
    table = pd.DataFrame({**rows, "low": values - rng.uniform(0, 3, names), "high": values + rng.uniform(0, 3, names)})
    table.attrs["note"] = "what has to be known"
    return table


def sobol(names: int = 4) -> pd.DataFrame:
    return pd.concat([effects("first", names), effects("total", names)], ignore_index=True)


def boxes() -> pd.DataFrame:
    about = {"coverage": 0.6, "density": 0.8, "density_low": 0.7, "density_high": 0.9}
    rows = [
        {"box": 1, "parameter": "china.tolerance", "low": np.nan, "high": 0.5, **about},
        {"box": 1, "parameter": LONG, "low": 0.2, "high": np.nan, **about},
        {"box": 2, "parameter": LONG, "low": 2.0, "high": 9.0, **about, "coverage": 0.2},
    ]
    return pd.DataFrame(rows)


def quantiles(points: int = 12, months: int = 24, holders: tuple[str, ...] = ("russia_north_korea",)) -> pd.DataFrame:
    index = pd.MultiIndex.from_product([range(points), ["oil_delivered"], holders, range(1, months + 1)])
    table = index.to_frame(index=False, name=["point", "quantity", "holder", "month"])
    for place, name in enumerate(("q05", "q25", "q50", "q75", "q95")):
        table[name] = (1.0 + place) * (1 + table["point"]) + table["month"]
    return table.assign(runs=100)


TRAJECTORY = pd.DataFrame({"coverage": [1.0, 0.9, 0.5], "density": [0.2, 0.5, 0.9], "restricted": [0, 1, 2]})

FIGURES = {
    "tornado": lambda: tornado(effects(), "munitions"),
    "tornado of one": lambda: tornado(effects(names=1), "munitions"),
    "tornado of the unknown": lambda: tornado(effects().assign(low=np.nan, high=np.nan), "munitions@17"),
    "tornado of nothing moved": lambda: tornado(effects().assign(low=50.0, high=50.0), "munitions"),
    "tornado one-sided": lambda: tornado(effects().assign(high=lambda t: t["low"] - 1), "munitions"),
    "morris": lambda: tornado(effects("mu_star").assign(value=lambda t: t["value"].abs()), "munitions"),
    "rank regression": lambda: tornado(effects("rank_regression"), LONG, "some unit"),
    "no centre": lambda: tornado(effects().assign(value=np.nan), "munitions"),
    "indices": lambda: indices(sobol(), "munitions"),
    "indices of many": lambda: indices(sobol(40), "munitions"),
    "indices beyond one": lambda: indices(sobol().assign(value=3.0, low=-9.0, high=np.inf), "munitions"),
    "indices unknown": lambda: indices(sobol().assign(value=np.nan, low=np.nan, high=np.nan), "munitions"),
    "heat map": lambda: heat_map(runs(), *PARAMETERS, "munitions", units=UNITS, log=[LONG], threshold=1_500),
    "heat map of levers": lambda: heat_map(runs(), "without", "rules.china_oil_valve", "munitions"),
    "heat map by a lever": lambda: heat_map(runs(), "without", LONG, "munitions", log=[LONG], threshold=1_500),
    "heat map of a small grid": lambda: heat_map(grid(5), *PARAMETERS, "munitions", threshold=2.0),
    "heat map of a large grid": lambda: heat_map(grid(30), *PARAMETERS, "munitions", threshold=2.0, log=[LONG]),
    "heat map of one point": lambda: heat_map(runs(1, 1), *PARAMETERS, "munitions", threshold=0.0),
    "heat map of two points": lambda: heat_map(runs(2, 1), *PARAMETERS, "munitions", threshold=0.0),
    "heat map of a constant": lambda: heat_map(runs(), *PARAMETERS, "constant", threshold=5.0),
    "heat map with a hole": lambda: heat_map(grid(6).drop(index=[0, 7, 8]), *PARAMETERS, "munitions"),
    "ridge": lambda: ridge(runs(), LONG, "munitions@17", units=UNITS),
    "ridge of levers": lambda: ridge(runs(), "without", "munitions"),
    "ridge of one": lambda: ridge(runs(1, 1), LONG, "munitions"),
    "ridge of a constant": lambda: ridge(runs(), "china.tolerance", "constant"),
    "ridge of many bins": lambda: ridge(runs(), LONG, "munitions", bins=30),
    "fans": lambda: quantile_fan_by_point(quantiles(5), "oil_delivered"),
    "fans with dates": lambda: quantile_fan_by_point(
        quantiles(3), "oil_delivered", points=[2, 0], start="2023-08", labels={0: f"{LONG} = 3.2", 2: "base"}
    ),
    "fans of two": lambda: quantile_fan_by_point(quantiles(2, 2, ("russia_iran", "russia_north_korea")), "oil_delivered"),
    "fan of one month": lambda: quantile_fan_by_point(quantiles(1, 1), "oil_delivered", columns=3),
    "parallel": lambda: parallel_coordinates(runs(), [*PARAMETERS, "without"], "munitions", units=UNITS, log=[LONG]),
    "parallel picked": lambda: parallel_coordinates(runs(), [LONG, "rules.china_oil_valve"], "munitions", at_least=2_000),
    "parallel of none picked": lambda: parallel_coordinates(runs(), PARAMETERS, "munitions", at_most=-1e9),
    "parallel of one": lambda: parallel_coordinates(runs(1, 1), PARAMETERS, "munitions"),
    "parallel of a constant": lambda: parallel_coordinates(runs(), ["constant", LONG], "constant"),
    "parallel of many": lambda: parallel_coordinates(
        runs().assign(**{f"{LONG}_{number}": 1.0 for number in range(20)}), [f"{LONG}_{n}" for n in range(20)], "munitions"
    ),
    "boxes": lambda: scatter_boxes(
        runs(), "munitions", boxes(), at_most=1_000, trajectory=TRAJECTORY, units=UNITS, log=[LONG]
    ),
    "box of one side": lambda: scatter_boxes(runs(), "munitions", boxes()[:1], at_least=1_000),
    "box over one point": lambda: scatter_boxes(runs(1, 1), "munitions", boxes(), at_least=0.0),
    "box beside three": lambda: scatter_boxes(runs(), "munitions", pd.concat([boxes(), third_box()]), at_least=1_000),
}  # fmt: skip


def third_box() -> pd.DataFrame:
    row = {"box": 3, "parameter": "constant", "low": 4.0, "high": 6.0, "coverage": 0.1, "density": np.nan}
    return pd.DataFrame([{**row, "density_low": np.nan, "density_high": np.nan}])


@pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES.keys())
def test_all_of_a_figure_can_be_read(draw):
    assert flaws(draw()) == []


@pytest.mark.parametrize("name", ["heat map", "boxes"])
def test_the_same_table_gives_the_same_bytes(name):
    assert FIGURES[name]().to_bytes("svg") == FIGURES[name]().to_bytes("svg")


def bars(figure: Picture) -> list[float]:
    """Widths of the bars from the top down."""
    patches = sorted(figure.axes[0].patches, key=lambda bar: bar.get_y())
    return [bar.get_width() for bar in patches]


def test_a_tornado_is_sorted_by_how_far_apart_the_ends_lie():
    table = pd.DataFrame({"parameter": ["small", "large", "unknown"], "measure": "outcome", "value": 5.0})
    table = table.assign(low=[4.0, 9.0, np.nan], high=[6.0, 1.0, np.nan])
    figure = tornado(table, "munitions")
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["large", "small", "unknown"]
    assert bars(figure) == [4.0, -4.0, -1.0, 1.0]
    assert "not known" in said(figure)
    assert "Effective rounds delivered\n(thousand rounds)" in said(figure)


def test_bars_that_are_not_shown_are_counted():
    assert "Not shown: 5 further parameters, which move it less" in all_said(tornado(effects(names=20), "munitions"))
    assert "What has to be known" in all_said(tornado(effects(), "munitions"))


def test_sensitivity_by_a_lever_has_to_be_chosen_from():
    with pytest.raises(UserError, match="one combination of levers"):
        tornado(pd.concat([effects(), effects()]), "munitions")
    with pytest.raises(UserError, match="a measure of outcome, mu_star"):
        tornado(effects("first"), "munitions")
    with pytest.raises(UserError, match="'first' and 'total'"):
        indices(effects(), "munitions")


def test_cells_hold_the_mean_of_their_runs_and_failed_runs_do_not_count():
    table = pd.DataFrame({"x": [1, 1, 2, 2], "y": [1, 1, 1, 1], "oil": [3.0, 5.0, 7.0, np.nan]})
    figure = heat_map(table, "x", "y", "oil")
    assert figure.axes[0].collections[0].get_array().ravel().tolist() == [4.0, 7.0]
    assert "Left out, as they failed or have no value: 1 of 4 rows" in all_said(figure)


def test_scattered_points_are_binned_by_quantiles_and_empty_bins_are_hatched():
    table = runs(700, 1)
    cells = heat_map(table, *PARAMETERS, "munitions").axes[0].collections[0].get_array()
    assert cells.shape == (9, 9)
    empty = heat_map(table[(table["china.tolerance"] > 0.6) | (table[LONG] > 1)], *PARAMETERS, "munitions")
    assert "no runs" in said(empty)


def test_a_grid_keeps_its_levels_and_a_lever_its_names():
    figure = heat_map(grid(4), *PARAMETERS, "munitions")
    assert [label.get_text() for label in figure.axes[0].get_xticklabels()] == ["0.1", "0.467", "0.833", "1.2"]
    figure = heat_map(runs(), "without", "rules.china_oil_valve", "munitions")
    assert [label.get_text() for label in figure.axes[0].get_xticklabels()] == ["none", "beijing"]


def test_a_threshold_is_a_line_where_the_outcome_passes_it():
    assert "2 thousand rounds" in said(heat_map(grid(5), *PARAMETERS, "munitions", threshold=2.0))
    assert "99 thousand rounds" not in said(heat_map(grid(5), *PARAMETERS, "munitions", threshold=99.0))


def test_ridges_are_labelled_by_their_bins_the_highest_on_top():
    figure = ridge(runs(), "china.tolerance", "munitions", bins=4)
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


def test_lines_are_points_and_their_ranges_are_written():
    figure = parallel_coordinates(runs(50), PARAMETERS, "munitions", at_least=2_000)
    assert sum(len(lines.get_segments()) for lines in figure.axes[0].collections) == 50
    picked = (runs(50).groupby("point")["munitions"].mean() >= 2_000).sum()
    assert f"at least 2,000 thousand rounds: {picked} points" in said(figure)
    assert f"{runs(50)['china.tolerance'].max():.3g}" in said(figure)


def test_a_box_is_drawn_where_it_is_and_open_sides_reach_the_edge():
    axes = scatter_boxes(runs(), "munitions", boxes()[:2], at_most=1_000).axes[0]
    (box,) = axes.patches
    name = axes.get_xlabel().splitlines()[0]
    (left, bottom), right, top = box.get_xy(), box.get_x() + box.get_width(), box.get_y() + box.get_height()
    edges = (right, bottom) if name == "china.tolerance" else (top, left)
    assert edges == pytest.approx((0.5, 0.2))
    assert top == pytest.approx(axes.get_ylim()[1]) or right == pytest.approx(axes.get_xlim()[1])


def test_boxes_off_the_axes_are_named():
    figure = scatter_boxes(runs(), "munitions", pd.concat([boxes(), third_box()]), at_least=1_000)
    assert "Not restricted here, hence below only: box 3" in all_said(figure)


@pytest.mark.parametrize(
    ("draw", "match"),
    [
        (lambda t: heat_map(t, "china.tolerence", LONG, "munitions"), "did you mean 'china.tolerance'"),
        (lambda t: heat_map(t, LONG, LONG, "munitions"), "two different inputs"),
        (lambda t: heat_map(t, *PARAMETERS, "without"), "holds text"),
        (lambda t: heat_map(t[3:4], *PARAMETERS, "munitions"), "no row has a value"),
        (lambda t: heat_map(t[:0], *PARAMETERS, "munitions"), "no rows"),
        (lambda t: ridge(t[3:4], LONG, "munitions"), "no row has a value"),
        (lambda t: parallel_coordinates(t, [], "munitions"), "at least one parameter"),
        (lambda t: parallel_coordinates(t[3:4], PARAMETERS, "munitions"), "no point has a value"),
        (lambda t: scatter_boxes(t, "munitions", boxes()), "say what is sought"),
        (lambda t: scatter_boxes(t, "munitions", pd.DataFrame(), at_least=1.0), "no box"),
        (lambda t: tornado(t, "munitions"), "no column 'parameter'"),
    ],
)
def test_what_cannot_be_drawn_is_refused(draw, match):
    with pytest.raises(UserError, match=match):
        draw(runs())


@given(st.lists(st.floats(-1e12, 1e12), min_size=1, max_size=60), st.integers(1, 12))
def test_every_row_has_a_group(values, count):
    groups = bins(values, count)
    assert groups.codes.min() >= 0
    assert groups.codes.max() < len(groups.labels) <= max(count, 2)
    assert len(set(groups.labels)) == len(groups.labels)


@given(st.lists(st.one_of(st.none(), st.text(max_size=5), st.booleans()), min_size=1, max_size=20))
def test_names_are_levels(values):
    groups = grouped(np.array(values, dtype=object), 8)
    assert len(groups.labels) == len({str(value) for value in values})
    assert len(levels(np.array(values, dtype=object)).codes) == len(values)


@given(st.text(max_size=120), st.integers(3, 40))
def test_broken_names_lose_nothing(text, width):
    lines = broken(text, width).split("\n")
    assert "".join("".join(lines).split()) == "".join(text.split())


@settings(max_examples=5)
@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.floats(-1e9, 1e9)), min_size=1, max_size=25))
def test_any_table_is_drawn(rows):
    table = pd.DataFrame(rows, columns=["a", "b", "oil"])
    for figure in (heat_map(table, "a", "b", "oil", log=["a"]), parallel_coordinates(table, ["a", "b"], "oil", log=["b"])):
        figure.draw_without_rendering()
    ridge(table, "a", "oil").draw_without_rendering()


def test_columns_have_titles_and_units():
    assert titled("munitions@17") == "Effective rounds delivered by month 17"
    assert unit_of("munitions@17") == "thousand rounds"
    assert (titled("china.tolerance"), unit_of("china.tolerance")) == ("china.tolerance", "")
