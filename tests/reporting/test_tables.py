"""What is told of paired runs."""

import numpy as np

from sim.reporting.tables import apart


def test_a_run_is_lower_or_higher_only_beyond_rounding():
    before = np.array([1e6, 1e6, 1e6, 1e6, 0.0])
    after = before + np.array([1e-6, -1e-6, -1.0, 1.0, 0.0])
    assert apart(before, after) == (0.2, 0.2)
