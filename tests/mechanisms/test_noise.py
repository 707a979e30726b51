"""Keyed draws: the number of a run hangs on seed, site, slot, month and key, and on nothing else."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sim.mechanisms.noise import GAP, MOST_EVENTS, SITES, Noise

MANY = np.arange(20_000)
keys = st.lists(st.integers(0, 5_000), min_size=1, max_size=40)
places = st.tuples(st.sampled_from(sorted(SITES)), st.integers(0, 5), st.integers(1, 60))


@settings(max_examples=60)
@given(keys, places, st.integers(0, 2**64 - 1))
def test_a_run_draws_the_same_whatever_stands_beside_it(keys, place, seed):
    together = Noise(seed, np.array(keys, dtype=np.int64)).uniform(*place)
    alone = [Noise(seed, np.array([key], dtype=np.int64)).uniform(*place)[0] for key in keys]
    assert together.tolist() == alone


@given(st.integers(0, 10_000), st.integers(1, 20), st.integers(1, 20))
def test_chunks_join_without_a_seam(first, left, right):
    whole = Noise(3, np.arange(first, first + left + right)).normal("war", 0, 7)
    parts = [
        Noise(3, np.arange(a, b)).normal("war", 0, 7) for a, b in ((first, first + left), (first + left, first + left + right))
    ]
    assert whole.tolist() == np.concatenate(parts).tolist()


def test_keys_far_apart_draw_as_they_do_alone():
    far = np.array([0, 10**12, GAP + 1, 3 * GAP, 1, 10**12], dtype=np.int64)
    alone = [Noise(1, far[i : i + 1]).uniform("war", 0, 1)[0] for i in range(far.size)]
    assert Noise(1, far).uniform("war", 0, 1).tolist() == alone


@pytest.mark.parametrize("other", [("war", 0, 2), ("war", 1, 1), ("leak", 0, 1)])
def test_sites_slots_and_months_have_streams_of_their_own(other):
    noise = Noise(1, MANY)
    here, there = noise.uniform("war", 0, 1), noise.uniform(*other)
    assert abs(np.corrcoef(here, there)[0, 1]) < 0.03
    assert not np.array_equal(here, there)


def test_another_seed_draws_other_numbers():
    assert abs(np.corrcoef(Noise(1, MANY).uniform("war", 0, 1), Noise(2, MANY).uniform("war", 0, 1))[0, 1]) < 0.03


def test_numbers_have_the_shape_that_they_claim():
    noise = Noise(5, MANY)
    assert stats.kstest(noise.uniform("leak", 0, 1), "uniform").pvalue > 0.001
    assert stats.kstest(noise.normal("war", 0, 1), "norm").pvalue > 0.001


@pytest.mark.parametrize("rate", [0.0, 0.3, 1.1, 4.0])
def test_counts_are_poisson(rate):
    counts = Noise(5, MANY).poisson("tests", 0, 1, np.full(MANY.size, rate))
    seen = np.bincount(counts.astype(int), minlength=MOST_EVENTS + 1) / MANY.size
    expected = stats.poisson.pmf(np.arange(MOST_EVENTS + 1), rate)
    np.testing.assert_allclose(seen, expected, atol=4.0 * np.sqrt(0.25 / MANY.size))


def test_a_higher_rate_never_gives_fewer_events():
    noise, rates = Noise(5, MANY[:2_000]), np.linspace(0.0, 6.0, 13)
    counts = np.stack([noise.poisson("tests", 0, 1, np.full(2_000, rate)) for rate in rates])
    assert (np.diff(counts, axis=0) >= 0.0).all()
    assert counts.max() <= MOST_EVENTS


def test_each_site_has_a_number_of_its_own():
    assert len(set(SITES.values())) == len(SITES)
