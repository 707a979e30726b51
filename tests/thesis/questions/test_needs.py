"""Who needs whom."""

import numpy as np
from small import problem, quiet, toy

from sim.experiments.arms import ensemble
from sim.thesis.questions import needs

PROBLEM = problem()


def test_to_cut_a_tie_takes_all_that_passes_between_two_countries():
    cuts = dict(needs.ties(toy()))
    assert set(cuts) == {("marland", "ostia"), ("marland", "grandia"), ("ostia", "grandia")}
    assert cuts["marland", "grandia"] == {"lanes.marland_grandia_oil.volume": 0.0, "lanes.grandia_marland_components.volume": 0.0}
    assert "marland_ostia.shells.cap" in cuts["marland", "ostia"]
    cut = toy().set(cuts["marland", "ostia"])
    found = ensemble(cut, (4,), keys=np.arange(4), at=(24,), outcomes=("munitions", "openness", "oil"), seed=2).outcomes
    assert (found == 0).all()


def test_welfare_is_told_for_each_country_and_tie():
    made = needs.simulate(PROBLEM, quiet)["welfare"]
    assert made.shape == (3, 4, 12)
    russia, no_cut, partner = 0, 0, 1
    assert (made[russia, no_cut] > made[russia, partner]).all(), "who fights loses without shells"


def test_needs_are_ranked_for_each_country():
    found = needs.find(PROBLEM, {"needs": needs.simulate(PROBLEM, quiet)}, None).needs
    ranks = {country: sorted(need.rank for need in found if need.country == country) for country in toy().countries}
    assert ranks == {"marland": [1, 2], "ostia": [1, 2], "grandia": [1, 2]}
