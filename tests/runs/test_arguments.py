"""Arguments: what is of the right kind comes back plain, and all else is refused with its place."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import UserError
from sim.runs.arguments import MOST, folder_path, name_list, whole_number


@given(st.integers(), st.integers(0, 10), st.integers(10, MOST))
def test_a_whole_number_lies_within_its_ends_or_is_refused(number, low, high):
    if low <= number <= high:
        assert whole_number(number, "runs", low, high) == number
    else:
        with pytest.raises(UserError, match=f"^runs: must be a whole number from {low} "):
            whole_number(number, "runs", low, high)


def test_a_whole_number_of_numpy_comes_back_plain():
    for given_number in (np.int64(7), np.array(7)):
        assert type(whole_number(given_number, "runs", 1)) is int


@pytest.mark.parametrize("wrong", [True, 2.0, "2", None, np.array([1, 2]), np.True_, [2]])
def test_what_is_no_whole_number_is_refused(wrong):
    with pytest.raises(UserError, match="runs: must be a whole number from 0 on, not "):
        whole_number(wrong, "runs", 0)


def test_names_come_from_any_list_of_texts_but_not_from_one_text():
    assert name_list(("a", "b"), "record", "quantities") == name_list(iter("ab"), "record", "quantities") == ["a", "b"]
    for wrong in ("ab", 5, [5], None):
        with pytest.raises(UserError, match="record: needs a list of quantities, not "):
            name_list(wrong, "record", "quantities")


def test_a_folder_need_not_be_there_but_must_be_a_path(tmp_path):
    assert folder_path(str(tmp_path / "new"), "out") == tmp_path / "new"
    for wrong in (5, None, "a\0b"):
        with pytest.raises(UserError, match="out: must be the path of a folder"):
            folder_path(wrong, "out")
