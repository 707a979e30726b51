"""The effect along tolerance."""

from small import problem, quiet

from sim.thesis.questions import tolerance

PROBLEM = problem()


def test_the_curve_has_an_arm_for_each_level_and_one_without_beijing():
    made = tolerance.simulate(PROBLEM, quiet)
    assert made["on"].shape == (2, 2, 9, 16)
    assert made["off"].shape == (2, 2, 16)
    assert made["seen"].shape == (1, 9, 16)
    assert made["tie_on"][-1].mean() > made["tie_on"][0].mean()
