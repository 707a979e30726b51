"""The delay of the first visit."""

import numpy as np
import pytest
from small import problem

from sim.thesis.questions import delay

PROBLEM = problem()
MONTH = len(PROBLEM.dimensions) + 2


def done(later: float) -> dict[str, dict[str, np.ndarray]]:
    """Runs whose first visit comes some months later with Beijing than without it."""
    arms = np.zeros((len(PROBLEM.dates), MONTH + 1, 4, 40))
    arms[:, MONTH, 1] = np.linspace(3, 9, 40)
    arms[:, MONTH, 0] = arms[:, MONTH, 1] + later
    return {"effect": {"arms": arms}}


@pytest.mark.parametrize(("later", "word"), [(2.0, "holds"), (0.05, "fails"), (0.0, "fails"), (-2.0, "reversed")])
def test_a_delay_has_to_be_as_long_as_was_declared_to_matter(later: float, word: str):
    found = delay.find(PROBLEM, done(later), None).delay[PROBLEM.headline]
    assert found.delay.estimate == pytest.approx(later)
    assert found.on.estimate - found.off.estimate == pytest.approx(later)
    assert delay.words(PROBLEM, done(later), None) == {"first visit": word}


def test_time_is_cut_at_the_date():
    found = delay.find(PROBLEM, done(100.0), None).delay
    for date, month in PROBLEM.dates.items():
        assert found[date].on.estimate == month
        assert found[date].happened_on.estimate == 0
