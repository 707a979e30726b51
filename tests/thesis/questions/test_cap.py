"""The cap in the base world."""

import numpy as np
from small import problem, quiet

from sim.thesis.questions import cap

PROBLEM = problem()


def test_the_four_arms_meet_the_same_shocks_and_differ_by_what_is_out():
    made = cap.simulate(PROBLEM, quiet)
    full, off, no_threat, no_action = np.moveaxis(made["arms"], 2, 0)
    assert made["arms"].shape == (2, 5, 4, 40)
    assert made["direct"].shape == (2, 5, 40)
    months = 2
    assert (full[:, months] > 0).any()
    assert (off[:, months] == 0).all()
    assert (no_action[:, months] == 0).all()
    assert (no_threat[:, months] >= full[:, months]).mean() > 0.5, "without the threat they provoke more"
