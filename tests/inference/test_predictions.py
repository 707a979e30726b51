"""What comes in batches is partly in by a day within a month."""

from datetime import date

import numpy as np
import pytest
from scipy import stats
from small_inference import row, table

from sim import Scenario, run
from sim.evidence import observations
from sim.evidence.series import targets
from sim.inference.predictions import DAYS, Predictions, courses

KEYS = 4_000


@pytest.mark.parametrize("batches", [1.0, 3.0, 40.0])
@pytest.mark.parametrize("day", [5, 18, 25])
def test_the_share_of_batches_that_is_in_by_a_day_is_a_beta(batches, day):
    shares = courses(1, KEYS, batches)[:, day]
    part = day / DAYS
    assert stats.kstest(shares, stats.beta(batches * part, batches * (1 - part)).cdf).pvalue > 0.001


def test_no_batch_goes_back_and_all_are_in_at_the_end():
    found = courses(1, KEYS, 3.0)
    assert (np.diff(found, axis=1) >= 0).all()
    np.testing.assert_array_equal(found[:, 0], 0.0)
    np.testing.assert_allclose(found[:, -1], 1.0)


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """Give three rows of soldiers, within a month, later in it and at its end, and runs of the base."""
    ends = ("2024-10-10", "2024-10-25", "2024-10-31")
    rows = [row(f"R{end[-2:]}", "PRK_RUS_troops", "2024-10-08", end, "soldiers (cum.)", 1_000) for end in ends]
    path = table(tmp_path_factory.mktemp("rows") / "rows.csv", rows)
    months = [date(2023 + (7 + m) // 12, (7 + m) % 12 + 1, 1) for m in range(15)]
    found = targets(observations(path), months)
    needs = sorted({name for each in found for name in each.series.needs})
    return found, run(Scenario.load("base"), 200, months=15, record=needs, progress=False)


def test_rows_of_one_month_share_its_course(asked):
    found, runs = asked
    keys = np.random.default_rng(2).integers(0, KEYS, (15, 200))
    early, late, end = Predictions(found, {"PRK_RUS_troops": 3.0}, 1, KEYS)(runs, keys)
    first, second, whole = Predictions(found, {}, 1, KEYS)(runs, keys)
    np.testing.assert_array_equal(end, whole)  # by the end of a month all of it is in
    assert (early <= late).all()
    assert (late <= end + 1e-9).all()
    sent = end > 0
    assert sent.any()
    assert np.abs(early - first)[sent].max() > 0.3 * (second - first)[sent].max()  # those are half a month apart
    assert np.abs((late - second)[sent].mean()) < 0.1 * end[sent].mean()  # evenly on average


def test_another_key_is_another_course_and_the_same_key_the_same(asked):
    found, runs = asked
    predict = Predictions(found, {"PRK_RUS_troops": 3.0}, 1, KEYS)
    same, other = (np.full((15, 200), key) for key in (5, 6))
    np.testing.assert_array_equal(predict(runs, same), predict(runs, same))
    assert (predict(runs, same) != predict(runs, other)).any()
