"""The picture of numbers before and after the record."""

import numpy as np
import pandas as pd
import pytest
from figures_read import cut_off, said

from sim.errors import UserError
from sim.plots.posterior_numbers import numbers_before_after, places


def numbers(count=4, **changes):
    rows = []
    for place in range(count):
        row = {"address": f"russia.number_{place}", "unit": "person", "family": "lognormal", "told": 0.1 * place, "chance": 0.05}
        row |= {"prior_q05": 1.0, "prior_q50": 10.0, "prior_q95": 100.0}
        rows.append(row | {"posterior_q05": 2.0, "posterior_q50": 20.0, "posterior_q95": 50.0} | changes)
    return pd.DataFrame(rows)


@pytest.mark.parametrize(
    "table",
    [
        numbers(1),
        numbers(20),
        numbers(3, prior_q05=5.0, prior_q50=5.0, prior_q95=5.0),
        numbers(3, posterior_q05=1e-300, posterior_q95=1e12),
        numbers(2, family="normal", prior_q05=-5.0, posterior_q05=-1e9, unit="million USD/thousand barrels"),
    ],
)
def test_nothing_on_it_is_cut_off(table):
    assert not cut_off(numbers_before_after(table))


def test_the_most_told_of_stands_on_top_and_what_is_not_shown_is_said():
    figure = numbers_before_after(numbers(6), most=2)
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert labels == ["russia.number_5", "russia.number_4"]
    text = " ".join(each if isinstance(each, str) else each.get_text() for each in said(figure))
    assert "4 further numbers" in text
    assert "10 (1 to 100) → 20 (2 to 50) person" in text


def test_places_are_in_logs_where_it_is_believed_in_logs():
    before, after = places(numbers(1).iloc[0].to_dict())
    assert before == pytest.approx([0.0, 0.5, 1.0])
    assert after == pytest.approx(np.log([2.0, 20.0, 50.0]) / np.log(100.0))
    before, _ = places(numbers(1, family="normal", prior_q50=50.5).iloc[0].to_dict())
    assert before == pytest.approx([0.0, 0.5, 1.0])


def test_a_column_that_is_missing_is_named():
    with pytest.raises(UserError, match="posterior_q95"):
        numbers_before_after(numbers().drop(columns="posterior_q95"))
