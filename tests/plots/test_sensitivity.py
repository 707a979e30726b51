"""Pictures of sensitivity: bars in the order of their size, and what is left out of them."""

import numpy as np
import pandas as pd
import pytest
from figures_read import all_said, flaws, said
from plots_data import LONG, swept

from sim.errors import UserError
from sim.plots.sensitivity import indices, tornado
from sim.plots.style import Picture


def effects(measure: str = "outcome", names: int = 20) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    values = np.full(names, 50.0) if measure == "outcome" else rng.uniform(-1, 1, names) ** 3
    rows = {"parameter": [f"{LONG}_{number}" for number in range(names)], "measure": measure, "value": values}
    table = pd.DataFrame({**rows, "low": values - rng.uniform(0, 3, names), "high": values + rng.uniform(0, 3, names)})
    table.attrs["note"] = "what has to be known"
    return table


def sobol(names: int = 4) -> pd.DataFrame:
    return pd.concat([effects("first", names), effects("total", names)], ignore_index=True)


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
}


@pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES.keys())
def test_all_of_a_figure_can_be_read(draw):
    assert flaws(draw()) == []


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


@pytest.mark.parametrize(
    ("draw", "match"),
    [
        (lambda t: tornado(t, "munitions"), "no column 'parameter'"),
    ],
)
def test_a_table_of_something_else_is_refused(draw, match):
    with pytest.raises(UserError, match=match):
        draw(swept())
