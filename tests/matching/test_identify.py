"""What is told of parameters: only what is beyond chance."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.matching.identify import BINS, distances, informed, p_values, profile, spread_ratio, strongest, trade_offs


@given(st.integers(0, 1_000), st.integers(2, 200))
def test_the_distance_is_that_of_the_textbook(seed, worlds):
    unit = np.random.default_rng(seed).random((worlds, 3))
    wanted = [stats.kstest(unit[:, side], "uniform") for side in range(3)]
    assert distances(unit) == pytest.approx([each.statistic for each in wanted])
    assert p_values(distances(unit), worlds) == pytest.approx([each.pvalue for each in wanted], abs=1e-9)


def test_even_worlds_tell_nothing():
    rng = np.random.default_rng(1)
    told = [informed(rng.random((60, 20))).any() for _ in range(100)]
    assert np.mean(told) < 0.13  # by intent one in twenty
    assert spread_ratio(rng.random((4_000, 3))) == pytest.approx([1, 1, 1], abs=0.05)


def test_half_a_range_is_told_and_named_first():
    rng = np.random.default_rng(1)
    unit = rng.random((300, 4))
    unit[:, 2] *= 0.5
    unit[:, 1] *= 0.8
    assert informed(unit).tolist() == [False, True, True, False]
    assert strongest(unit, "abcd", 5) == ["c", "b"]
    assert strongest(unit, "abcd", 1) == ["c"]
    assert spread_ratio(unit)[2] == pytest.approx(0.5, abs=0.05)


def test_no_world_tells_nothing():
    assert not informed(np.empty((0, 3))).any()
    assert strongest(np.empty((0, 3)), "abc", 5) == []


def test_a_profile_has_the_best_world_of_each_slice():
    unit = np.array([0.05, 0.07, 0.55, 1.0])
    lowest, share = profile(unit, [4.0, 2.0, 1.0, 5.0], [False, True, True, False])
    assert len(lowest) == BINS
    assert [lowest[0], lowest[5], lowest[9]] == [2.0, 1.0, 5.0]
    assert [share[0], share[5], share[9]] == [0.5, 1.0, 0.0]
    assert np.isnan(lowest[1])
    assert np.isnan(share[1])


def test_what_makes_up_for_another_is_found():
    rng = np.random.default_rng(1)
    unit = rng.random((2_000, 5))
    kept = unit[np.abs(unit[:, 1] + unit[:, 3] - 1) < 0.2]
    (first, second, correlation), *others = trade_offs(kept, 10)
    assert (first, second) == (1, 3)
    assert correlation < -0.7
    assert others == []


def test_even_worlds_have_no_pairs():
    rng = np.random.default_rng(1)
    found = [bool(trade_offs(rng.random((100, 20)), 5)) for _ in range(100)]
    assert np.mean(found) < 0.15
    assert trade_offs(rng.random((3, 20)), 5) == []
