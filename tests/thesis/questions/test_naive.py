"""The naive observer."""

from small import declared, problem, quiet, toy

from sim.thesis.problem import bring_together
from sim.thesis.questions import naive

PROBLEM = problem()


def test_histories_show_what_a_patron_does():
    made = naive.simulate(PROBLEM, quiet)
    assert made["tie"].shape == made["punishment"].shape == (24, 16)
    without = bring_together(toy().without_rule(*toy().rules), declared(), "quick")
    assert (naive.simulate(without, quiet)["punishment"] == 0).all()
