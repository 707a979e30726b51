"""The declaration of inference: what is refused, with its key and the remedy."""

import pytest
from small_inference import declaration, tree

from sim.errors import UserError
from sim.inference.declaration import Declaration

SERIES = {"sd": 0.1, "floor": 1.0, "reason": "none"}


def test_the_shipped_declaration_is_sound():
    assert Declaration.load("inference").budgets.keys() == {"quick", "standard", "full"}


def test_the_hash_says_all_that_is_declared():
    assert declaration().hash == declaration().hash
    assert declaration(counters={"sd": 0.3}).hash != declaration().hash


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"amounts": {"oil": {"series": {"RUS_PRK_refined_oill": SERIES}}}}, "RUS_PRK_refined_oil"),
        ({"amounts": {"oil": {"series": {"CHN_GDP_growth": SERIES}}}}, "no outcome"),
        ({"amounts": {"oil": {"series": {"PRK_RUS_shells_cum": SERIES}}}}, "counts once"),
        ({"amounts": {"oil": {"series": {"RUS_PRK_refined_oil": {"factor": "barrels"}}}}}, "no declared factor"),
        ({"processes": {"trade_russia": {"series": {"RUS_CHN_trade_year": {"shares": "nothing"}}}}}, "no series of the process"),
        ({"events": {"summits": {"event": "russia_north_korea.parade"}}}, "ceasefire, visit, treaty"),
        ({"counters": {"rows": {"kyiv": ["E014", "E014"]}}}, "twice"),
        ({"alternatives": {"x": {"says": "nothing"}}}, "changes nothing"),
        ({"alternatives": {"x": {"says": "nobody", "scale": 2.0}}}, "addresses"),
        ({"questions": {"knockout": "bejing"}}, "beijing"),
        ({"questions": {"outcomes": {"soldiers": "trops"}}}, "troops"),
        ({"budgets": {"quick": {"particles": 1}}}, "particles"),
        ({"counters": {"sd": -0.1}}, "counters"),
        ({"priors": {"scales": {"family": "gamma"}}}, "family"),
        ({"nonsense": 1}, "nonsense"),
    ],
)
def test_what_makes_no_sense_is_named(changes, named):
    with pytest.raises(UserError, match=named):
        Declaration.from_dict(tree(**changes))
