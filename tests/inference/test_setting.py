"""A declaration brought together with a scenario and a record: what is read, and how, and what is left out."""

import numpy as np
import pytest
from small_inference import KINDS, WATCHED, blank_rows, declaration, row, table

from sim.errors import UserError
from sim.inference.declaration import Declaration
from sim.inference.setting import beliefs, bring_together
from sim.scenario.scenario import Scenario

BASE = Scenario.load("base")


def setting(path=None, until="2023-12", declared=None, **options):
    declared = declared or declaration()
    return bring_together(BASE, declared, declared.budgets["quick"], until, evidence=path, **options)


@pytest.fixture(scope="module")
def shipped():
    declared = Declaration.load("inference")
    return bring_together(BASE, declared, declared.budgets["quick"])


def test_every_row_of_a_series_that_is_read_is_in_one_reading(shipped):
    rows = [place for reading in shipped.readings for place in reading.rows]
    assert sorted(rows) == list(range(len(shipped.targets)))
    said = np.ones((len(shipped.targets), 3))
    for reading in shipped.readings:
        assert np.isfinite(reading.log_likelihood(said)).all()


def test_events_are_those_of_the_record(shipped):
    assert shipped.happened == {
        "russia_north_korea.visit": (2, 11, 26),
        "russia_north_korea.treaty": (11,),
        "world.ceasefire": (),
    }


def test_the_first_soldiers_are_those_of_the_earliest_row(shipped):
    first = next(reading for reading in shipped.readings if reading.name == "first_soldiers")
    assert first.seen == 15.0  # October 2024


def test_what_was_not_known_yet_is_not_read():
    early = setting(until="2024-05", declared=Declaration.load("inference"))
    assert {each.observation.id for each in early.targets}.isdisjoint({"E068", "E137", "E005"})
    assert early.happened["russia_north_korea.treaty"] == ()
    first = next(reading for reading in early.readings if reading.name == "first_soldiers")
    assert first.seen is None


def test_a_better_run_is_more_probable_by_each_reading(shipped):
    """What lies nearer to the middle of the record is likelier, reading by reading."""
    middle = np.array([np.mean([x for x in (each.low, each.high) if np.isfinite(x)]) for each in shipped.targets])
    for reading in shipped.readings:
        near, far = middle.copy(), middle.copy()
        far[reading.rows] = np.where(middle[reading.rows] < 0, middle[reading.rows] - 60.0, 6.0 * middle[reading.rows] + 40.0)
        scores = reading.log_likelihood(np.stack([near, far], axis=1))
        assert scores[0] > scores[1], reading.name


def test_containers_are_converted_by_what_they_all_share(shipped):
    munitions = next(reading for reading in shipped.readings if reading.name == "munitions")
    ids = [shipped.targets[place].observation.id for place in munitions.rows]
    place = ids.index("E003")  # 6,700 containers
    assert munitions.model.loads[place] == 1.0
    assert munitions.model.low[place] == munitions.model.high[place] == pytest.approx(np.log(6.7 * 365))
    assert munitions.model.loads[ids.index("E013")] == 0.0
    assert munitions.model.counter[place] == munitions.model.counter[ids.index("E009")]
    assert munitions.model.counter[place] != munitions.model.counter[ids.index("E004")]


def test_a_report_that_leaves_out_is_a_bound(shipped):
    oil = next(reading for reading in shipped.readings if reading.name == "oil")
    place = [shipped.targets[each].observation.id for each in oil.rows].index("E111")
    assert np.isinf(oil.model.high[place])


def test_a_table_of_ones_own_tells_of_the_events_that_it_has_rows_of(tmp_path):
    silent = setting(table(tmp_path / "silent.csv", blank_rows()))
    assert silent.happened == {}
    watched = setting(table(tmp_path / "watched.csv", [*blank_rows(), *WATCHED]))
    assert watched.happened == {"russia_north_korea.visit": (), "russia_north_korea.treaty": ()}


def test_unknown_series_and_units_are_named_and_left_out(tmp_path):
    rows = [
        *blank_rows(),
        row("X1", "PRK_RUS_shels_cum", "2023-08-01", "2023-10-31", "shells", 5.0),
        row("X2", "RUS_PRK_refined_oil", "2023-09-01", "2023-09-30", "gallons", 5.0),
    ]
    with pytest.warns(UserWarning, match=r"X1.*PRK_RUS_shells_cum.*X2"):
        found = setting(table(tmp_path / "record.csv", rows))
    assert {each.observation.id for each in found.targets} == {id for id, *_ in KINDS}
    assert {each.id for each, _ in found.left_out} == {"X1", "X2"}


def test_no_row_at_all_is_a_record_that_tells_nothing(tmp_path):
    found = setting(table(tmp_path / "empty.csv", []))
    assert found.targets == ()
    assert found.parts == ("events",)


def test_a_bound_of_a_process_is_left_out_with_a_reason(tmp_path):
    rows = blank_rows()
    rows.append(rows[4] | {"id": "T3", "central": "", "low": 100.0})
    found = setting(table(tmp_path / "bound.csv", rows))
    assert [(each.id, reason) for each, reason in found.left_out] == [("T3", "is open at an end, which a process does not read")]


def test_pinned_numbers_do_not_vary():
    assert "china.concern" not in setting(pinned=("china.concern",)).addresses


def test_each_driver_has_beliefs_of_its_own():
    found = beliefs(setting())
    assert {"motives_narrow", "halved: china.concern", "doubled: russia.fire"} <= set(found)
    assert set(found["halved: china.concern"]) == {"china.concern"}
    assert "half_likelihood" not in found  # it differs in no number


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"priors": {"x": {"family": "normal", "addresses": ["china.resolv"], "reason": "none"}}}, r"china\.resolve"),
        ({"priors": {"x": {"family": "normal", "addresses": ["russia.fire"], "reason": "none"}}}, "belief already"),
        ({"priors": {"x": {"family": "log", "addresses": ["world.trade_growth"], "reason": "none"}}}, "no log"),
    ],
)
def test_beliefs_that_make_no_sense_are_named(changes, named):
    wide = changes | {"ranges": {"include": ["*"], "exclude": []}}
    with pytest.raises(UserError, match=named):
        setting(declared=declaration(**wide))


def test_hard_edges_cannot_be_widened_by_weights():
    wide = {"alternatives": {"x": {"says": "wide", "addresses": ["north_korea.test_rate"], "scale": 2.0}}}
    with pytest.raises(UserError, match="hard edges"):
        beliefs(setting(declared=declaration(**wide)))


@pytest.mark.parametrize("until", ["2023-07", "2031-01", "soon"])
def test_a_month_outside_the_scenario_is_refused(until):
    with pytest.raises(UserError, match="until"):
        setting(until=until)
