"""Columns of a sweep's table: every row has a group, and every column a title."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.plots.columns import bins, grouped, levels, titled, unit_of


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


def test_columns_have_titles_and_units():
    assert titled("munitions@17") == "Effective rounds delivered by month 17"
    assert unit_of("munitions@17") == "thousand rounds"
    assert (titled("china.goodwill"), unit_of("china.goodwill")) == ("china.goodwill", "")
