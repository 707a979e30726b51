"""What several stages share."""

from small import problem

from sim.thesis.sampling import punishing_rules


def test_rules_punish_where_a_patron_neither_favours_nor_only_snubs():
    assert punishing_rules(problem()) == ["grandia_oil_valve", "grandia_components"]
