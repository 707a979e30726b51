"""Do the 95 % intervals hold the truth in 95 of 100 replications? Each replication is a small study of its own draws.

All studies of a test are one ensemble. Where the truth cannot be worked out by hand, it is that of a large run on other draws.
"""

import numpy as np
import pytest
from known_worlds import BEIJING, DEED, DELTA, DELTA_ABS, MONTHS, PATH, THREAT, TRUTH, WANTED, load, on_dimension, simulate

from sim.experiments.ranges import Range, in_box, scrambled
from sim.scenario.scenario import Scenario
from sim.thesis.statistics.attribution import attribute, plan, sampled_plan
from sim.thesis.statistics.effects import paired_effect, threat_and_action
from sim.thesis.statistics.worlds import classes, shares

REPLICATIONS, RUNS = 200, 60
MONTE_CARLO = 3 * np.sqrt(0.95 * 0.05 / REPLICATIONS)  # 4.6 points: three standard errors of a share of 200
ELSEWHERE = 10**6  # first of the replicates that no study shares

pytestmark = pytest.mark.slow


def is_nominal(low, high, truth):
    """Whether 95 % of the intervals, within Monte-Carlo error, hold the truth. Replications are on the last axis."""
    truth = np.asarray(truth)[..., None]
    np.testing.assert_allclose(((low <= truth) & (truth <= high)).mean(axis=-1), 0.95, atol=MONTE_CARLO)


def studies(arms):
    """Split outcomes, shape (..., replicate), into replications of runs, shape (..., replication, run)."""
    return arms.reshape(*arms.shape[:-1], REPLICATIONS, -1)


def test_the_cap_in_the_base_world():
    # Some wars end early, and those runs have a long tail: 60 of them are too few for Student's t, 500 are not.
    base, runs, arms = Scenario.load("base"), 500, [(), BEIJING]
    on, off = simulate(base, arms, ELSEWHERE + np.arange(40_000), months=36)
    absolute = (off - on).mean(axis=-1)
    relative = absolute / off.mean(axis=-1)
    on, off = studies(simulate(base, arms, np.arange(REPLICATIONS * runs), months=36))
    found = paired_effect(off, on)
    is_nominal(found.absolute_low, found.absolute_high, absolute)
    is_nominal(found.relative_low, found.relative_high, relative)


@pytest.mark.parametrize(
    ("world", "without"),
    [("only_threat", WANTED), ("only_deeds", WANTED), ("own_reluctance", PATH[-1]), ("backfires", WANTED / 2)],
)
def test_an_effect_worked_out_by_hand(world, without):
    (limit, truth), *_ = TRUTH[world].value.items()
    on, off = studies(on_dimension(world, simulate(load(world), [(), (limit,)], np.arange(REPLICATIONS * RUNS))))
    found = paired_effect(off, on)
    is_nominal(found.absolute_low, found.absolute_high, truth)
    is_nominal(found.relative_low, found.relative_high, truth / without)


def test_threat_deed_and_what_they_do_together():
    world, truth = "deed_as_lesson", TRUTH["deed_as_lesson"]
    arms = [(), (THREAT,), (DEED,), BEIJING]
    found = threat_and_action(*studies(on_dimension(world, simulate(load(world), arms, np.arange(REPLICATIONS * RUNS)))))
    by_hand = {"threat": truth.threat, "action": truth.deed, "both": truth.both}
    by_hand["interaction"] = truth.both - truth.threat - truth.deed
    for name, size in by_hand.items():
        is_nominal(found[name].absolute_low, found[name].absolute_high, size)


def test_values_of_limits_that_hide_each_other():
    world, made = "one_hides_behind", plan((*BEIJING, "supply"))
    found = attribute(made, studies(on_dimension(world, simulate(load(world), made.sets, np.arange(REPLICATIONS * RUNS)))))
    for limit, truth in TRUTH[world].value.items():
        i = made.limits.index(limit)
        is_nominal(found.value.low[i], found.value.high[i], truth)


def test_values_from_sampled_orders():
    # Each study draws its own runs from one pool and its own orders; the truth is the exact value over the pool.
    limits, pool = (*BEIJING, "backlash", "trust", "reluctance", "red_line"), 500
    exact = plan(limits)
    outcomes = simulate(Scenario.load("base"), exact.sets, np.arange(pool), outcomes=("technology", "openness"), months=36)
    truth = attribute(exact, outcomes).value.value
    rng, low, high = np.random.default_rng(0), [], []
    for seed in range(REPLICATIONS):
        made = sampled_plan(limits, orders=64, seed=seed)
        drawn = outcomes[:, :, rng.integers(pool, size=3 * RUNS)]  # a deed is rare in the base, so few runs have long tails
        value = attribute(made, drawn[[exact.masks.index(mask) for mask in made.masks]]).value
        low.append(value.low)
        high.append(value.high)
    is_nominal(np.stack(low, axis=-1), np.stack(high, axis=-1), truth)


def test_the_share_of_worlds():
    # Patience is spread evenly from 0.1 to 2.1, the fire from half to one and a half times the usual. The cap takes δ or more
    # where patience ends under 1 − δ of what they want, which goes with the fire: on average over it where it does at its mean.
    scramblings, worlds, runs = 16, 16, 2
    box = [Range("grandia.tolerance", 0.1, 2.1), Range("marland.fire", 100.0, 300.0)]
    truth = ((1 - DELTA) * WANTED / MONTHS / 100 - 0.1) / 2
    points = np.stack([in_box(scrambled(len(box), worlds, scramblings, seed), box) for seed in range(REPLICATIONS)])
    values = {side.address: np.repeat(points[..., i].ravel(), runs) for i, side in enumerate(box)}
    keys = np.arange(REPLICATIONS * scramblings * worlds * runs)
    on, off = on_dimension("only_threat", simulate(load("only_threat"), [(), BEIJING], keys, values=values))
    shape = (REPLICATIONS, scramblings, worlds, runs)
    words = classes(off.reshape(shape), on.reshape(shape), DELTA, DELTA_ABS["munitions"])
    found = shares(words.swapaxes(0, 1))
    is_nominal(found["holds"].low, found["holds"].high, truth)
    is_nominal(found["fails"].low, found["fails"].high, 1 - truth)
