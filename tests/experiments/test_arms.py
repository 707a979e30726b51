"""Arms, worlds and replicates in one flat ensemble give what each gives alone."""

import numpy as np
import pytest
from small import toy

from sim import run
from sim.experiments.arms import arms, ensemble

NAMES = ("munitions", "openness")
COMMON = {"at": (6, 12), "outcomes": NAMES, "seed": 5}


def alone(scenario, keys, **values) -> np.ndarray:
    """Outcomes of plain runs, shape (at, outcome, run)."""
    data = run(scenario, len(keys), months=12, seed=5, keys=keys, values=values, record=[], at=(6, 12))
    return data["outcomes_at"].sel(outcome=list(NAMES)).transpose("at", "outcome", "run").values


def test_an_arm_of_an_ensemble_is_the_scenario_without_these_limits_bit_for_bit():
    keys = np.arange(3, 8)
    removed = ((), ("beijing",), ("supply", "beijing_threat"))
    found = ensemble(toy(), (3, 5), keys=keys, knockouts=arms(*removed, axes=1), **COMMON).outcomes
    assert found.shape == (2, 2, 3, 5)
    for arm, names in enumerate(removed):
        assert np.array_equal(found[:, :, arm], alone(toy().without(*names), keys))


def test_values_and_keys_go_where_their_axes_say():
    levels = np.array([0.2, 0.9])
    found = ensemble(toy(), (2, 3), keys=np.arange(3), values={"grandia.tolerance": levels[:, None]}, **COMMON).outcomes
    for place, level in enumerate(levels):
        assert np.array_equal(found[:, :, place], alone(toy(), np.arange(3), **{"grandia.tolerance": level}))


@pytest.mark.parametrize("batch", [1, 4, 7])
def test_the_size_of_a_batch_changes_nothing(monkeypatch, batch: int):
    told: list[int] = []
    whole = ensemble(toy(), (2, 3), keys=np.arange(3), record=["visible_tie", "war_intensity"], **COMMON)
    monkeypatch.setattr("sim.experiments.arms.BATCH", batch)
    parts = ensemble(toy(), (2, 3), keys=np.arange(3), record=["visible_tie", "war_intensity"], tick=told.append, **COMMON)
    assert np.array_equal(whole.outcomes, parts.outcomes)
    assert all(np.array_equal(whole.paths[name], parts.paths[name]) for name in whole.paths)
    assert sum(told) == 6
    assert max(told) <= batch


def test_paths_come_with_their_holders():
    found = ensemble(toy(), (2,), keys=np.arange(2), record=["welfare", "visible_tie", "war_intensity"], **COMMON)
    assert found.paths["welfare"].shape == (12, 3, 2)
    assert set(found.holders["welfare"]) == {"marland", "ostia", "grandia"}
    assert found.holders["visible_tie"] == ("marland_ostia",)
    assert found.holders["war_intensity"] == ("world",)


def test_arms_are_masks_along_the_first_axis():
    made = arms((), ("west",), ("west", "supply"), axes=2)
    assert {name: mask.shape for name, mask in made.items()} == {"west": (3, 1, 1), "supply": (3, 1, 1)}
    assert made["west"].ravel().tolist() == [False, True, True]
    assert made["supply"].ravel().tolist() == [False, False, True]


def test_without_beijing_its_tolerance_plays_no_part():
    """So one arm without it serves all levels of tolerance."""
    without = toy().without("beijing")
    assert np.array_equal(
        alone(without, np.arange(20), **{"grandia.tolerance": 0.1}), alone(without, np.arange(20), **{"grandia.tolerance": 1.0})
    )
