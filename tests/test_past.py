"""A past that is given: shocks by month, events that came to pass, and runs that go on from them."""

import numpy as np
import pytest
from engine import BASE

from sim.errors import UserError
from sim.mechanisms.noise import Past
from sim.model.world import World
from sim.runs.ensemble import run
from sim.scenario.tables import History

RUNS, MONTHS = 4_000, 4
VISIT, TREATY = ("visit", 0), ("treaty", 0)
PAIR = "russia_north_korea"
OFTEN = BASE.set({f"{PAIR}.visit_rate": 0.5, f"{PAIR}.treaty_rate": 0.9, f"{PAIR}.trust": 0.6})


def advanced(months=MONTHS, scenario=OFTEN, **options):
    world = World(scenario, seed=3, **options)
    visits, rounds = [], []
    for _ in range(months):
        world.step()
        visits.append(world.read("visit")[0])
        rounds.append(world.read("munitions_delivered")[0])
    return world, np.array(visits), np.array(rounds)


def past(keys=None, **options):
    keys = np.arange(RUNS) if keys is None else keys
    return Past(3, np.tile(np.asarray(keys, dtype=np.int64), (MONTHS, 1)), **options)


def test_runs_made_to_follow_events_and_weighed_agree_with_those_that_did_so_by_themselves():
    """Visits in the second month alone, and a treaty in no month."""
    free, visits, rounds = advanced(runs=10 * RUNS)
    chosen = (visits == [[0], [1], [0], [0]]).all(axis=0) & (free.partnerships[PAIR].signed == 0.0)
    told = past(happened={VISIT: frozenset({2}), TREATY: frozenset()})
    forced, follow, follow_rounds = advanced(runs=RUNS, past=told)
    assert (follow == [[0], [1], [0], [0]]).all()
    assert (forced.partnerships[PAIR].signed == 0.0).all()
    weights = np.exp(forced.noise.log_chance)
    share, error = chosen.mean(), chosen.std() / np.sqrt(chosen.size)
    assert weights.mean() == pytest.approx(share, abs=4 * np.hypot(error, weights.std() / np.sqrt(RUNS)))
    for month in range(MONTHS):
        selected = rounds[month, chosen]
        mean = np.average(follow_rounds[month], weights=weights)
        spread = np.hypot(selected.std() / np.sqrt(selected.size), follow_rounds[month].std() / np.sqrt(RUNS))
        assert mean == pytest.approx(selected.mean(), abs=4 * spread)


def test_a_past_that_says_nothing_of_events_is_the_plain_run():
    _, visits, rounds = advanced(runs=50)
    _, same_visits, same_rounds = advanced(runs=50, past=past(np.arange(50)))
    assert (visits == same_visits).all()
    assert rounds.tobytes() == same_rounds.tobytes()


def test_a_run_keeps_the_months_whose_keys_it_keeps():
    keys = np.tile(np.arange(30, dtype=np.int64), (MONTHS, 1))
    keys[2:] += 1_000
    _, _, rounds = advanced(runs=30)
    _, _, moved = advanced(runs=30, past=Past(3, keys))
    assert rounds[:2].tobytes() == moved[:2].tobytes()
    assert (rounds[2:] != moved[2:]).any()


def test_the_same_run_is_met_in_other_company():
    told = past(happened={VISIT: frozenset({2})})
    whole, _, rounds = advanced(runs=RUNS, past=told)
    alone, _, one = advanced(runs=1, past=told.part(slice(17, 18)))
    assert rounds[:, 17].tobytes() == one[:, 0].tobytes()
    assert whole.noise.log_chance[17] == alone.noise.log_chance[0]


def test_what_cannot_have_come_to_pass_weighs_nothing():
    never = OFTEN.set(f"{PAIR}.visit_rate", 0.0)
    world, visits, _ = advanced(scenario=never, runs=5, past=past(range(5), happened={VISIT: frozenset({2})}))
    assert (world.noise.log_chance == -np.inf).all()
    assert not visits.any()


def given_draws(world):
    found = {site: [] for site in (VISIT, TREATY)}
    for (site, slot, month), numbers in sorted(world.noise.conditioned.items(), key=lambda each: each[0][2]):
        assert len(found[site, slot]) == month - 1
        found[site, slot].append(numbers)
    return {site: np.array(rows) for site, rows in found.items()}


def test_another_world_meets_the_same_shocks_under_which_the_events_came_to_pass():
    told = past(range(40), happened={VISIT: frozenset({2}), TREATY: frozenset()})
    world, visits, rounds = advanced(runs=40, past=told)
    known = past(range(40), draws=given_draws(world))
    _, again, rounds_again = advanced(runs=40, past=known)
    assert (visits == again).all()
    assert rounds.tobytes() == rounds_again.tobytes()
    _, without, _ = advanced(scenario=OFTEN.set(f"{PAIR}.visit_rate", 0.0), runs=40, past=known)
    assert not without.any()  # the shock is the same, and what comes of it is not


def test_runs_of_a_scenario_go_on_from_its_history():
    told = past(range(40), happened={VISIT: frozenset({2}), TREATY: frozenset()})
    world, visits, rounds = advanced(runs=40, past=told)
    draws = given_draws(world)
    history = History(
        seed=3,
        keys=told.keys.tolist(),
        draws={f"{PAIR}.visit": draws[VISIT].tolist(), f"{PAIR}.treaty": draws[TREATY].tolist()},
    )
    scenario = OFTEN.with_worlds({"china.resolve": [0.5] * 40}, history=history)
    assert scenario.history == history
    assert type(scenario).from_dict(scenario.to_dict()).hash == scenario.hash
    found = run(scenario, 200, months=MONTHS + 2, seed=9, record=["visit", "munitions_delivered"], progress=False)
    place = (World(scenario, runs=200, seed=9).noise.uniform("worlds", 0, 0) * 40).astype(int)
    assert (found["visit"].values[:MONTHS, 0] == visits[:, place]).all()
    flows = found["munitions_delivered"].values[:, 0]
    assert flows[:MONTHS].tobytes() == rounds[:, place].tobytes()
    twins = np.flatnonzero(place == np.bincount(place).argmax())
    assert np.unique(flows[MONTHS, twins]).size > 1  # after it, each run has shocks of its own
    assert scenario.with_worlds({"china.resolve": [0.5]}).history is None


@pytest.mark.parametrize(
    ("tables", "named"),
    [
        ({"keys": [[1]]}, "history.keys"),
        ({"keys": [[1, 2]], "draws": {"nobody.visit": [[0.1, 0.2]]}}, "nobody.visit"),
        ({"keys": [[1, 2]], "draws": {f"{PAIR}.visit": [[0.1, 2.0]]}}, f"{PAIR}.visit"),
        ({"keys": [[1, 2]], "draws": {f"{PAIR}.visit": [[0.1]]}}, f"{PAIR}.visit"),
    ],
)
def test_a_history_that_does_not_fit_is_named(tables, named):
    tree = BASE.with_worlds({"china.resolve": [0.5, 0.6]}).to_dict() | {"history": {"seed": 1, **tables}}
    with pytest.raises(UserError, match=named):
        type(BASE).from_dict(tree)
