"""A patron with motives: it woos, bluffs and follows outside politics. What its numbers move: tests/test_every_number.py."""

from engine import BASE, history, path

from sim.scenario.scenario import Scenario


def test_a_patron_woos_a_supplier_that_turns_away():
    jealous, other = (BASE.set("china.rivalry", rivalry) for rivalry in (2.0, 0.0))
    warmth = [path(BASE, history(s, 24, runs=50, seed=2), "stance", "north_korea")[12:].mean() for s in (jealous, other)]
    assert warmth[0] > warmth[1]


def test_a_path_of_outside_politics_moves_the_stance_from_its_month_on():
    tree = BASE.to_dict()
    tree["paths"] = {"china.outlook": {"2023-08": 0.0, "2024-07": 0.0, "2024-08": -1.0, "2028-07": -1.0}}
    plain, colder = (path(BASE, history(s, 18, runs=20), "stance", "north_korea") for s in (BASE, Scenario.from_dict(tree)))
    assert (plain[:12] == colder[:12]).all()
    assert (colder[13:] < plain[13:]).all()


def test_a_bluff_makes_a_patron_look_more_resolved_than_it_is():
    cold = BASE.set({"china.concern": 3.0, "china.goodwill": 0.05})
    plain, bluffing = (path(BASE, history(s, 24, runs=50), "belief", "north_korea") for s in (cold, cold.set("china.bluff", 1.0)))
    assert bluffing[-1].mean() > plain[-1].mean()
