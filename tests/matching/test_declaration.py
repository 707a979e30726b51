"""The declaration of history matching: what is wrong in it is named before anything is run."""

from fnmatch import fnmatch

import pytest
from small_match import SIDES, declaration, tree

import sim
from sim.errors import UserError
from sim.evidence import observations
from sim.matching.declaration import Declaration
from sim.matching.setting import bring_together, discrepancies_of

BASE = sim.Scenario.load("base")


def setting(made: Declaration, until: str = "2024-12", **options):
    return bring_together(BASE, made, made.budgets["quick"], until, **options)


def test_the_shipped_declaration_goes_with_base_and_is_no_scenario():
    shipped = Declaration.load("matching")
    made = setting(shipped)
    ranges = [address for address, number in BASE.parameters.items() if number.low < number.high]
    assert {each.address for each in made.box} == {
        a for a in ranges if not any(fnmatch(a, out) for out in made.declaration.ranges.exclude)
    }
    assert "matching" not in sim.scenario_names()
    assert {target.series.name for target in made.targets} == set(discrepancies_of(shipped))


def test_it_varies_what_the_thesis_test_varies():
    from sim.thesis.declaration import Declaration as Thesis

    assert Declaration.load("matching").ranges == Thesis.load("thesis").ranges


def test_each_discrepancy_and_each_row_left_out_has_a_reason():
    for each in discrepancies_of(Declaration.load("matching")).values():
        assert len(each.reason) > 10
        assert each.relative > 0 or each.floor > 0


def test_a_path_and_a_declaration_are_taken_too(tmp_path, root):
    text = (root / "scenarios" / "matching.toml").read_text(encoding="utf-8")
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    mine = Declaration.load(tmp_path / "mine.toml")
    assert mine.name == "mine"
    assert mine.hash == Declaration.load("matching").hash
    assert Declaration.load(mine) is mine
    with pytest.raises(UserError, match="give 'matching' or the path"):
        Declaration.load("nothing")


SERIES = {"relative": 0.1, "floor": 0.0, "reason": "a reason that is long enough"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"cutt": 3.0}, "did you mean 'cut'"),
        ({"cut": 0}, "cut: "),
        ({"rank": 9}, "there are 8 groups"),
        ({"shrinking": 1.0}, "less than 1"),
        ({"budgets": {"quick": {"runs": 1}}}, "greater than or equal to 2"),
        ({"groups": {"shells": {"series": {"PRK_RUS_shell_cum": SERIES}}}}, "did you mean 'PRK_RUS_shells_cum'"),
        ({"groups": {"shells": {"series": {"CHN_FDI": SERIES}}}}, "the model has no outcome for it"),
        ({"groups": {"oil": {"series": {"PRK_RUS_shells_cum": SERIES}}}}, "a series counts once"),
        ({"groups": {"oil": {"series": {"RUS_PRK_refined_oil": {"reason": " "}}}}}, "not empty"),
        ({"groups": {"oil": {"series": {"RUS_PRK_refined_oil": {"relative": -0.1}}}}}, "greater than or equal to 0"),
        ({"groups": {"shells": {"series": {"PRK_RUS_shells_cum": {"counters": [["E013", "E013"]]}}}}}, "names 'E013' twice"),
        ({"ranges": {"changes": {"china.resolve": {"low": 0.6, "high": 0.2}}}}, "upside down"),
        ({"explanations": {"outcome": "munition"}}, "did you mean 'munitions'"),
        ({"explanations": {"limits": {"stock": {"without": ["suply"]}}}}, "did you mean 'supply'"),
        ({"explanations": {"limits": {"stock": {"without": []}}}}, "names no limit"),
    ],
)
def test_a_declaration_that_makes_no_sense_is_refused(changes, message):
    with pytest.raises(UserError, match=message):
        declaration(**changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"ranges": {"include": ["china.resolv"]}}, r"did you mean 'china\.resolve'"),
        ({"ranges": {"include": ["world.ceasefire_month"]}}, "nothing varies"),
        ({"left_out": {"E1411": "a typo"}}, "left_out.E1411: there is no such row or series; did you mean 'E141'"),
        (
            {"groups": {"shells": {"series": {"PRK_RUS_shells_cum": {"counters": [["E0133"]]}}}}},
            "shells_cum.counters: there is no row 'E0133'",
        ),
        ({"groups": {"shells": {"series": {"PRK_RUS_shells_cum": {"counters": [["E002"]]}}}}}, "PRK_RUS_containers_cum"),
        ({"explanations": {"limits": {"stock": {"addresses": ["north_korea.munition"]}}}}, r"north_korea\.munitions"),
    ],
)
def test_a_declaration_that_does_not_go_with_scenario_and_record_is_refused(changes, message):
    with pytest.raises(UserError, match=message):
        setting(declaration(**changes))


def test_a_series_without_a_group_is_asked_for():
    content = tree()
    del content["groups"]["tests"]
    with pytest.raises(UserError, match="says nothing of the series 'PRK_missile_events_quarter' of E288"):
        setting(Declaration.from_dict(content))


def test_a_row_or_a_series_can_be_left_out_with_a_reason():
    made = setting(declaration(left_out={"E138": "floods", "PRK_missile_events_quarter": "chance"}))
    assert {row.id: reason for row, reason in made.left_out if reason in ("floods", "chance")} == {
        "E138": "floods", **dict.fromkeys(["E288", "E289", "E290", "E291", "E292"], "chance"),
    }  # fmt: skip
    assert "tests" not in made.groups


def test_only_what_was_known_and_had_happened_is_fitted():
    made = setting(declaration(), "2024-06", vintage="2024-06")
    assert made.months == 11
    ids = {target.observation.id for target in made.targets}
    assert {"E313", "E314", "E136", "E018"} <= ids
    assert not ids & {"E137", "E290"}  # published in July
    assert not ids & {"E138", "E019", "E193"}  # of later months
    later = setting(declaration(), "2024-06", vintage="2026")
    assert {"E137", "E290", "E328"} <= {target.observation.id for target in later.targets}
    # seven months of which six are over are no figure of the six
    assert {row.id: reason for row, reason in later.left_out}["E161"] == "ends after the last month"


def test_the_vintage_is_the_month_after_by_default():
    assert setting(declaration(), "2024-12").vintage == "2025-01"


@pytest.mark.parametrize(
    ("until", "vintage", "message"),
    [
        ("2023-07", None, "outside the scenario, which runs from 2023-08 to 2028-07"),
        ("2028-08", None, "outside the scenario"),
        ("2024-13", None, "is no month"),
        ("2024", None, "is no month"),
        ("2024-12", "soon", "^vintage: 'soon' is no date"),
        ("2024-12", "9" * 30, "is no date"),
        ("2023-08", "2023-08", "no figure that was known by 2023-08"),
        ("2023-08", "2023-09", "^matching: rank is 2, but the figures to 2023-08 belong to 1 group only"),
    ],
)
def test_dates_that_make_no_sense_are_refused(until, vintage, message):
    with pytest.raises(UserError, match=message):
        setting(declaration(), until, vintage=vintage)


def test_the_sides_are_those_that_are_included():
    assert set(setting(declaration()).addresses) == set(SIDES)


def test_the_record_is_whole_or_of_a_vintage():
    made = setting(declaration(), "2024-12", vintage="2025-01")
    assert {row.id for row in made.record} < {row.id for row in observations()}
    assert len(made.targets) + len(made.left_out) == len(made.record)
