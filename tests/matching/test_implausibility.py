"""How implausible a world is: worked examples, and what holds for any numbers."""

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sim.matching.implausibility import (
    at_rank,
    discrepancy_variance,
    ensemble_variance,
    highest_in,
    implausibility,
    left,
    pooled_variance,
)

EXAMPLES = list(csv.DictReader((Path(__file__).parents[1] / "examples" / "implausibility.csv").read_text().splitlines()))
NUMBER = st.floats(-1e6, 1e6)
POSITIVE = st.floats(1e-3, 1e6)


@pytest.mark.parametrize("row", EXAMPLES, ids=[row["case"] for row in EXAMPLES])
def test_worked_examples(row):
    mean, variance, runs, low, high, relative, floor, wanted = (float(value) for name, value in row.items() if name != "case")
    found = implausibility([[mean]], [[variance * (1 + 1 / runs)]], [low], [high], [relative], [floor])
    assert found[0, 0] == pytest.approx(wanted)


@given(NUMBER, POSITIVE, NUMBER, POSITIVE, st.floats(0, 1), POSITIVE)
def test_it_is_nought_within_the_range_alone(mean, variance, low, width, relative, floor):
    found = implausibility([[mean]], [[variance]], [low], [low + width], [relative], [floor])[0, 0]
    assert found >= 0
    assert (found == 0) == (low <= mean <= low + width)


@given(NUMBER, POSITIVE, NUMBER, POSITIVE, POSITIVE, st.floats(1, 10))
def test_doubt_and_width_never_make_a_world_less_plausible(mean, variance, low, width, floor, more):
    def of(variance, low, high, floor):
        return implausibility([[mean]], [[variance]], [low], [high], [0.0], [floor])[0, 0]

    base = of(variance, low, low + width, floor)
    assert of(variance * more, low, low + width, floor) <= base
    assert of(variance, low, low + width, floor * more) <= base
    assert of(variance, low - more, low + width + more, floor) <= base


@given(NUMBER, POSITIVE, NUMBER, POSITIVE, st.floats(0, 1), POSITIVE, st.floats(1e-3, 1e3))
def test_the_unit_plays_no_part(mean, variance, low, width, relative, floor, scale):
    one = implausibility([[mean]], [[variance]], [low], [low + width], [relative], [floor])
    ends = [low * scale], [low * scale + width * scale]
    other = implausibility([[mean * scale]], [[variance * scale**2]], *ends, [relative], [floor * scale])
    np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-6)


@given(NUMBER, POSITIVE, NUMBER, POSITIVE, POSITIVE)
def test_above_mirrors_below(mean, variance, low, width, floor):
    one = implausibility([[mean]], [[variance]], [low], [low + width], [0.1], [floor])
    other = implausibility([[-mean]], [[variance]], [-low - width], [-low], [0.1], [floor])
    assert one == other


def test_a_world_that_happens_to_vary_little_is_not_taken_for_a_certain_one():
    samples = np.array([[[1.0, 1.0, 1.0, 1.0], [0.0, 2.0, 0.0, 2.0]]])
    pooled = pooled_variance(samples)
    assert pooled == pytest.approx([2 / 3])
    found = ensemble_variance(samples, pooled)
    # three degrees of freedom of one's own beside four of the pool, and a quarter more for the error of a mean of four
    assert found[0] == pytest.approx([(4 * 2 / 3) / 7 * 1.25, (3 * 4 / 3 + 4 * 2 / 3) / 7 * 1.25])


def test_a_world_with_a_failed_run_is_no_part_of_the_pool():
    samples = np.array([[[np.nan, 1.0], [0.0, 2.0]]])
    assert pooled_variance(samples) == [2.0]
    assert np.isnan(ensemble_variance(samples, [2.0])[0, 0])


def test_the_truth_is_seldom_ruled_out_by_chance_alone():
    """A single history of a normal world lies beyond 3 of its own ensemble of eight about as often as theory says."""
    rng = np.random.default_rng(1)
    worlds = 20_000
    samples = rng.normal(size=(1, worlds, 8))
    record = rng.normal(size=worlds)
    variance = ensemble_variance(samples, pooled_variance(samples))
    beyond = np.abs(record - samples.mean(axis=-1)[0]) >= 3 * np.sqrt(variance[0])
    assert beyond.mean() < 0.01


def test_an_open_end_has_no_discrepancy_of_its_own():
    assert discrepancy_variance([np.inf, 10.0], 0.1, 0.0).tolist() == [0.0, 1.0]


GROUPS = arrays(float, st.tuples(st.integers(1, 6), st.integers(1, 8)), elements=st.floats(0, 100))


@given(GROUPS, st.integers(1, 6))
def test_the_rank_counts_from_the_highest(found, rank):
    wanted = np.sort(found, axis=0)[-rank] if rank <= len(found) else np.zeros(found.shape[1])
    assert (at_rank(found, rank) == wanted).all()


@given(GROUPS, st.integers(1, 5), st.floats(0, 100))
def test_a_lower_rank_leaves_more(found, rank, cut):
    assert (left(found, rank, cut) <= left(found, rank + 1, cut)).all()


@given(GROUPS)
def test_a_group_counts_by_its_worst_figure_and_an_empty_one_not(found):
    by_group = highest_in(found, [range(len(found)), []])
    assert (by_group[0] == found.max(axis=0)).all()
    assert (by_group[1] == 0).all()
