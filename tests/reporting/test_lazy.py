"""Things by name, each made when it is asked for."""

import pytest

from sim.reporting.lazy import ByName


def test_a_value_is_made_when_it_is_asked_for_and_only_once():
    made = []
    found = ByName("figure", {"first": lambda: made.append("first") or 1, "second": lambda: made.append("second") or 2})
    assert list(found) == ["first", "second"]
    assert len(found) == 2
    assert "first" in found
    assert repr(found) == "figures: first, second"
    assert made == []
    assert [found["second"], found["second"]] == [2, 2]
    assert made == ["second"]
    assert dict(found) == {"first": 1, "second": 2}


def test_a_wrong_name_is_told_with_the_nearest():
    found = ByName("table", {"verdicts": dict})
    with pytest.raises(KeyError, match="there is no table 'verdict'; did you mean 'verdicts'"):
        found["verdict"]
    assert "verdict" not in found
    assert found.get("verdict") is None
