"""What to watch for: what an event that is seen tells of the question, and what tells nothing."""

import numpy as np
import pytest
from small_inference import TINY, declaration, row, table

import sim
from sim.errors import UserError
from sim.inference import watching
from sim.inference.watching import information, tells

OIL = {"says": "oil", "series": "RUS_PRK_refined_oil", "within": 3, "above": 20.0}


def test_a_sure_sign_tells_all_there_is_and_an_idle_one_nothing():
    happens = np.tile([1.0, 1.0, 0.0, 0.0], 400)
    told = tells(happens, happens, np.ones(1600), 1600.0)
    assert told["if_seen"] == pytest.approx(1.0)
    assert told["if_not"] == pytest.approx(0.0)
    assert told["nats"] == pytest.approx(np.log(2.0))
    idle = np.tile([1.0, 0.0, 1.0, 0.0], 400)
    assert tells(idle, happens, np.ones(1600), 1600.0) is None
    assert tells(np.zeros(1600), happens, np.ones(1600), 1600.0) is None


def test_what_few_draws_seem_to_tell_is_not_told():
    seen, happens = np.tile([1.0, 0.0, 1.0, 0.0], 20), np.tile([1.0, 0.0, 0.0, 0.0], 20)
    assert tells(seen, happens, np.ones(80), 80.0) is not None
    assert tells(seen, happens, np.ones(80), 4.0) is None


def test_an_error_grows_where_islands_disagree():
    rng = np.random.default_rng(1)
    seen, weights = (rng.random(1600) < 0.5).astype(float), np.ones(1600)
    alike = (rng.random(1600) < 0.2 + 0.5 * seen).astype(float)
    uneven = np.where(np.arange(1600) < 800, seen, (rng.random(1600) < 0.4).astype(float))
    assert tells(seen, alike, weights, 1600.0)["error"] < tells(seen, uneven, weights, 1600.0)["error"]


def test_information_is_nil_where_one_is_independent_of_the_other():
    assert information(np.outer([0.2, 0.8], [0.5, 0.5])) == pytest.approx(0.0)
    assert information(np.diag([0.25, 0.75])) == pytest.approx(-0.25 * np.log(0.25) - 0.75 * np.log(0.75))


def test_events_are_told_from_reports_within_the_months_that_are_watched(tmp_path, monkeypatch):
    monkeypatch.setattr(watching, "TELLING", 0.0)  # of so few particles nothing could be told
    watch = {
        "oil": OIL,
        "more": OIL | {"above": 5.0},
        "late": OIL | {"within": 12},
        "summit": OIL | {"series": "Kim_Putin_summit"},
    }
    declared = declaration(watch=watch | {"summit": {**watch["summit"], "above": 0.5}})
    record = table(tmp_path / "one.csv", [row("O1", "RUS_PRK_refined_oil", "2023-09-01", "2023-09-30", "barrels/month", 20_000)])
    found = sim.infer("base", declared, until="2023-12", evidence=record, budget=TINY, processes=1)
    targets = {target.observation.id: target for target in watching.watch_targets(found.setting)}
    assert targets["oil"].weights[5:].tolist() == pytest.approx([1 / 3] * 3)
    assert targets["summit"].weights[5:].tolist() == [1.0] * 3
    told = found.watch
    assert {"oil", "more"} & set(told["event"])
    assert set(told["by"]) <= {"2024-03", "2024-12"}
    assert told["nats"].is_monotonic_decreasing
    assert found.answer().watch[0].nats == told["nats"].iloc[0]


@pytest.mark.parametrize(
    ("watch", "named"),
    [
        (OIL | {"series": "RUS_PRK_refined_oill"}, "RUS_PRK_refined_oil"),
        ({"says": "oil", "series": "RUS_PRK_refined_oil", "within": 3}, "above or below"),
        (OIL | {"over": 6}, "more months than are watched"),
    ],
)
def test_an_event_that_makes_no_sense_is_refused(watch, named):
    with pytest.raises(UserError, match=named):
        declaration(watch={"odd": watch})
