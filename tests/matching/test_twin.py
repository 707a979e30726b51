"""Twin experiments: the record is made by the model itself, so the truth is known and must not be ruled out."""

import numpy as np
import pytest
from small_match import calm_trade, declaration

import sim
from sim.experiments.samplers import latin_hypercube
from sim.inference.predictions import Predictions
from sim.matching.declaration import Declaration
from sim.matching.implausibility import ensemble_variance, highest_in, implausibility, left, pooled_variance
from sim.matching.setting import Setting, bring_together
from sim.matching.wave import judged, simulate

TRUTHS, RUNS, WORLDS = 400, 8, 800  # forty truths would let chance decide between 37 and 39
BASE = calm_trade()


def exact_model(shipped: Declaration) -> Declaration:
    """The model makes the record, so little is declared beside chance."""
    small = {"relative": 0.02, "floor": 0.0, "reason": "the model made the figures itself"}
    floors = {"PRK_missile_events_quarter": 0.2, "Kim_Putin_summit": 0.1, "RUS_PRK_treaty": 0.2, "CHN_to_RUS_exports_yoy": 0.1}
    groups = {
        name: {
            "says": group.says,
            "series": {
                each: {**small, "floor": floors.get(each, 0.0), "counters": known.counters}
                for each, known in group.series.items()
            },
        }
        for name, group in shipped.groups.items()
    }
    budget = {"twin": {"worlds": WORLDS, "runs": RUNS, "waves": 1}}
    return Declaration.from_dict({**shipped.model_dump(exclude={"explanations"}), "groups": groups, "budgets": budget})


@pytest.fixture(scope="module")
def setting() -> Setting:
    made = exact_model(declaration())
    return bring_together(BASE, made, made.budgets["twin"], "2024-06", vintage="2025")


def runs_of(setting: Setting, columns: dict[str, np.ndarray], runs: int, seed: int) -> np.ndarray:
    """Predictions of some worlds, shape (target, world, run)."""
    predict = Predictions(setting.targets)
    worlds = len(next(iter(columns.values())))
    values = {address: np.repeat(column, runs) for address, column in columns.items()}
    data = sim.run(
        setting.base, worlds * runs, months=setting.months, seed=seed, values=values, record=predict.needs, progress=False
    )
    return predict(data).reshape(len(setting.targets), worlds, runs)


def not_ruled_out(setting: Setting, mean: np.ndarray, variance: np.ndarray, record: np.ndarray) -> np.ndarray:
    found = implausibility(mean, variance, record, record, *setting.discrepancies(setting.targets))
    by_group = highest_in(found, list(setting.groups.values()))
    return left(by_group, setting.declaration.rank, setting.declaration.cut)


def test_the_truth_is_left_and_most_else_is_not(setting):
    truths = latin_hypercube(setting.box, TRUTHS, seed=7).columns
    histories = runs_of(setting, truths, 1, seed=1001)[:, :, 0]
    own = runs_of(setting, truths, RUNS, seed=1002)
    edges = np.tile([0.0, 1.0], (len(setting.box), 1))
    wave = judged(setting, 1, edges, simulate(setting, 1, edges, None, progress=False))
    variance = ensemble_variance(own, wave.pooled)
    kept, share = [], []
    for truth in range(TRUTHS):
        mean, spread = own.mean(axis=-1)[:, [truth]], variance[:, [truth]]
        kept.append(not_ruled_out(setting, mean, spread, histories[:, truth])[0])
        if truth < 40:
            share.append(not_ruled_out(setting, wave.mean, wave.variance, histories[:, truth]).mean())
    assert np.mean(kept) >= 0.95
    assert np.mean(share) < 0.25


@pytest.mark.parametrize("exact", [False, True])
def test_the_truth_is_left_over_the_whole_box_and_all_figures(exact):
    """As shipped: all sides, 8 groups of 61 figures. Were the highest implausibility to count, it would be lost too often."""
    shipped = Declaration.load("matching")
    asked = exact_model(shipped) if exact else shipped
    whole = bring_together(sim.Scenario.load("base"), asked, next(iter(asked.budgets.values())), "2024-12")
    truths = latin_hypercube(whole.box, TRUTHS, seed=7).columns
    histories = runs_of(whole, truths, 1, seed=1001)[:, :, 0]
    own = runs_of(whole, truths, RUNS, seed=1002)
    mean, variance = own.mean(axis=-1), ensemble_variance(own, pooled_variance(own))
    discrepancies = whole.discrepancies(whole.targets)
    found = np.stack(
        [
            implausibility(mean[:, [place]], variance[:, [place]], record, record, *discrepancies)[:, 0]
            for place, record in enumerate(histories.T)
        ],
        axis=1,
    )
    by_group = highest_in(found, list(whole.groups.values()))
    assert left(by_group, whole.declaration.rank, whole.declaration.cut).mean() >= (0.9 if exact else 0.95)
    assert left(by_group, 1, whole.declaration.cut).mean() < 0.95
    share = np.mean([not_ruled_out(whole, mean, variance, record).mean() for record in histories.T[:40]])
    assert share < (0.3 if exact else 0.85)


def test_most_of_a_wrong_box_is_ruled_out(setting):
    """The truth lies high on every side; of a box that holds the lower halves alone hardly anything is left."""
    high = {side.address: np.array([value]) for side, value in zip(setting.box, corner(setting, 0.85), strict=True)}
    history = runs_of(setting, high, 1, seed=1003)[:, 0, 0]
    edges = np.tile([0.0, 0.5], (len(setting.box), 1))
    wave = judged(setting, 1, edges, simulate(setting, 1, edges, None, progress=False))
    assert not_ruled_out(setting, wave.mean, wave.variance, history).mean() < 0.05
    own = runs_of(setting, high, RUNS, seed=1004)
    assert not_ruled_out(setting, own.mean(axis=-1), ensemble_variance(own, pooled_variance(own)), history).all()


def corner(setting: Setting, share: float) -> np.ndarray:
    """Numbers at one share of the way along every side."""
    from sim.experiments.ranges import in_box

    return in_box(np.full(len(setting.box), share), setting.box)
