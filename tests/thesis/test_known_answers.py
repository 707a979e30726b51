"""Worlds whose truth is known by construction: the method has to find it, in real runs of the engine."""

from functools import cache

import numpy as np
import pytest
from known_worlds import (
    BEIJING,
    DEED,
    DELTA,
    DELTA_ABS,
    FEARED,
    LIMITS,
    MONTHS,
    NAMES,
    THREAT,
    TRUTH,
    WANTED,
    asked,
    load,
    simulate,
)

from sim.experiments.crossings import crossings
from sim.experiments.prim import find_boxes
from sim.experiments.ranges import Range, in_box, scrambled
from sim.mechanisms.quantities import DIMENSIONS
from sim.mechanisms.quantities import LIMITS as RECORDED
from sim.runs.ensemble import run
from sim.thesis.statistics.attribution import Attribution, attribute, plan
from sim.thesis.statistics.ceiling import bunching, monotony, quantile_slope
from sim.thesis.statistics.effects import paired_effect, threat_and_action, verdict
from sim.thesis.statistics.evidence_value import likelihood_ratios
from sim.thesis.statistics.naive import naive_view
from sim.thesis.statistics.worlds import classes, shares
from sim.thesis.verdict import disagree, judge

RUNS = 16
KEYS = np.arange(RUNS)
SURE = 0.9999  # confidence of the intervals that have to hold the truth
PLAN = plan(LIMITS)
PLACES = {removed: place for place, removed in enumerate(PLAN.sets)}
SMALLEST = np.array([DELTA_ABS[dimension] for dimension in DIMENSIONS])


@cache
def outcomes(world):
    """Outcomes of every set of limits removed, shape (set, dimension, run)."""
    return simulate(load(world), PLAN.sets, KEYS)


@cache
def shared_out(world) -> Attribution:
    return attribute(PLAN, outcomes(world))


def arm(world, *removed):
    return outcomes(world)[PLACES[removed]]


def place(world):
    """The dimension that the world is about."""
    return DIMENSIONS.index(TRUTH[world].dimension)


def others(world):
    return [i for i in range(len(DIMENSIONS)) if i != place(world)]


def slack(world):
    """How far a partner may stop short of a line: the search for it has its own precision, a thousandth of the tie."""
    return 1e-3 * max(arm(world, *LIMITS)[place(world)].mean(), 1.0)


def holds_truth(found, world, truth):
    i = place(world)
    return found.absolute_low[i] - slack(world) <= truth <= found.absolute_high[i] + slack(world)


def test_every_world_has_its_truth():
    assert set(NAMES) == set(TRUTH)


@pytest.mark.parametrize("world", NAMES)
class TestEveryWorld:
    def test_the_word_for_beijings_cap(self, world):
        found = paired_effect(arm(world, *BEIJING), arm(world), level=SURE)
        words = verdict(found, DELTA, SMALLEST)
        assert words[place(world)] == TRUTH[world].word
        assert all(words[i] == "fails" for i in others(world))

    def test_effects_of_threat_and_action(self, world):
        truth = TRUTH[world]
        found = threat_and_action(arm(world), arm(world, THREAT), arm(world, DEED), arm(world, *BEIJING), level=SURE)
        by_hand = {"threat": truth.threat, "action": truth.deed, "both": truth.both}
        by_hand["interaction"] = truth.both - truth.threat - truth.deed
        for name, size in by_hand.items():
            assert holds_truth(found[name], world, size), name
            assert not found[name].absolute[others(world)].any()

    def test_what_each_limit_accounts_for(self, world):
        truth, found = TRUTH[world], shared_out(world)
        for part in ("value", "first_in", "last_in"):
            estimate, by_hand = getattr(found, part), getattr(truth, part)
            for i, limit in enumerate(LIMITS):
                error = 5 * estimate.error[i, place(world)] + slack(world) * (limit in truth.value)
                assert estimate.value[i, place(world)] == pytest.approx(by_hand.get(limit, 0.0), rel=0, abs=error), (part, limit)

    def test_limits_that_are_not_near_get_exactly_nothing(self, world):
        found = shared_out(world)
        idle = [i for i, limit in enumerate(LIMITS) if limit not in TRUTH[world].value]
        assert not found.per_run[idle].any()
        assert not found.per_run[:, others(world)].any()

    def test_values_add_up_to_the_shortfall(self, world):
        assert shared_out(world).residual <= 1e-9 * max(np.abs(outcomes(world)).max(), 1.0)


@pytest.mark.parametrize(
    ("world", "leads"),
    [("only_threat", True), ("only_deeds", True), ("deed_as_lesson", True)]
    + [(name, False) for name in ("nothing_binds", "only_supply", "own_reluctance", "red_line", "one_hides_behind", "backfires")],
)
def test_whether_beijing_is_the_main_limit(world, leads):
    _, ahead = shared_out(world).lead(BEIJING)
    assert (ahead.low[place(world)] > 0) == leads


def test_of_two_tied_limits_neither_leads():
    rival, ahead = shared_out("two_tied").lead(BEIJING)
    assert rival[place("two_tied")] == "supply"
    assert abs(ahead.value[place("two_tied")]) < slack("two_tied")


class TestDeedsWithBeliefsReplayed:
    """The direct effect of a deed: what it does, without what it teaches."""

    @staticmethod
    def direct(world):
        scenario = load(world)
        replayed = run(scenario.without(DEED), runs=RUNS, beliefs_of=scenario, record=[], processes=1, progress=False)
        off = replayed["outcomes"].sel(outcome=list(DIMENSIONS)).to_numpy()
        return paired_effect(off, arm(world), level=SURE)

    def test_a_deed_that_only_teaches_has_none(self):
        assert not self.direct("deed_as_lesson").absolute.any()

    @pytest.mark.parametrize("world", ["only_deeds", "backfires"])
    def test_where_nobody_learns_it_is_the_whole(self, world):
        total = paired_effect(arm(world, DEED), arm(world), level=SURE)
        np.testing.assert_array_equal(self.direct(world).absolute, total.absolute)


class TestAlongTolerance:
    """With only a threat, the tie follows Beijing's patience one for one; behind bare depots it does not look at it."""

    LEVELS = np.linspace(0.2, 2.2, 11)

    def ties(self, world):
        """Munitions and visible tie, shape (2, level, run), with Beijing and without it."""
        arms = simulate(
            load(world),
            [(), BEIJING],
            np.tile(KEYS, len(self.LEVELS)),
            outcomes=("munitions", "visible_tie"),
            values={"grandia.tolerance": np.repeat(self.LEVELS, RUNS)},
        )
        return arms.reshape(2, 2, len(self.LEVELS), RUNS)

    def test_the_curve_crosses_where_patience_exceeds_what_they_want(self):
        on, off = self.ties("only_threat")
        curve = paired_effect(off[0], on[0]).relative
        wanted = WANTED / MONTHS / 100  # as a visible tie: 100 thousand rounds a month count as one
        np.testing.assert_allclose(curve, np.maximum(1 - self.LEVELS / wanted, 0), atol=0.03)
        assert crossings(self.LEVELS, curve, DELTA) == pytest.approx([(1 - DELTA) * wanted], abs=0.05)

    def test_only_the_threat_makes_a_ceiling(self):
        below = self.LEVELS < 1.2  # where all want more than they dare
        on, off = self.ties("only_threat")
        slope = quantile_slope(self.LEVELS[below], on[1][below]).slope
        assert slope.value == pytest.approx((MONTHS - 1) / MONTHS, abs=0.01)  # nothing is seen in the first month
        assert monotony(on[1], tolerated=1e-3).share.value == 1
        seen = MONTHS / (MONTHS - 1)
        crowd = bunching(on[1][below] * seen, off[1][below] * seen, self.LEVELS[below])
        assert (crowd.excess.low > 0.5).all()

    def test_bare_depots_make_none(self):
        on, _ = self.ties("one_hides_behind")  # the depots end at a tie of 0.2, where the levels begin
        assert quantile_slope(self.LEVELS, on[1]).slope.value == pytest.approx(0, abs=1e-12)


EDGE = (1 - DELTA) * WANTED / MONTHS / 100
BOX = (Range("grandia.tolerance", 0.1, 2.1), Range("marland_ostia.prestige", 25, 75), Range("ostia.test_rate", 0.5, 1.5))
SCRAMBLINGS, WORLDS, PAIRS = 16, 16, 2


@pytest.fixture(scope="module")
def sampled():
    """Worlds with only a threat, the word for each, and the runs with Beijing, shape (outcome, world, run)."""
    points = in_box(scrambled(len(BOX), WORLDS, SCRAMBLINGS), BOX).reshape(-1, len(BOX))
    arms = simulate(
        load("only_threat"),
        [(), BEIJING],
        np.arange(len(points) * PAIRS),
        outcomes=("munitions", "tests"),
        values={side.address: np.repeat(points[:, i], PAIRS) for i, side in enumerate(BOX)},
    ).reshape(2, 2, len(points), PAIRS)
    words = classes(arms[1, 0], arms[0, 0], DELTA, DELTA_ABS["munitions"])
    return points, words, arms[0]


class TestOverWorlds:
    """With only a threat the cap holds, or fails, as patience ends short of 1 − δ of what they want: at a tie of 1.32."""

    def test_the_share_in_which_it_holds(self, sampled):
        _, words, _ = sampled
        found = shares(words.reshape(SCRAMBLINGS, WORLDS))
        assert found["holds"].value == pytest.approx((EDGE - 0.1) / 2, abs=0.02)
        assert found["undecided"].value == found["reversed"].value == 0

    def test_where_it_fails(self, sampled):
        points, words, _ = sampled
        box, *more = find_boxes(points, words == "fails", density=0.99)
        assert not more
        assert box.restricted == (0,)
        assert box.low[0] == pytest.approx(EDGE, abs=0.06)
        assert box.high[0] == np.inf
        assert box.density.value > 0.95
        assert box.coverage.value > 0.9

    def test_what_to_watch_for(self, sampled):
        _, words, (munitions, tests) = sampled
        found = likelihood_ratios([munitions > EDGE * 100 * MONTHS, tests > np.median(tests)], words == "holds")
        assert list(found.test) == ["doubly decisive against", "straw in the wind"]
        assert found.bits[0] > 0.8
        assert found.bits[1] < 0.05


def test_which_of_two_assumptions_two_scholars_disagree_about():
    # The second gives Grandia twice the patience and the war half the fire. Each alone takes some of the cap, both take all.
    first = load("only_threat")
    found = disagree(first, first.set({"grandia.tolerance": 1.0, "marland.fire": 100.0}), asked(), progress=False)
    whole, less_patient, less_fire = WANTED - FEARED, WANTED - 2 * FEARED, WANTED / 2 - FEARED
    by_hand = {
        "grandia.tolerance": (less_patient - whole - less_fire) / 2,
        "marland.fire": (less_fire - whole - less_patient) / 2,
    }
    assert {each.name for each in found.differences} == set(by_hand)
    for each in found.differences:
        assert each.value["munitions"].estimate == pytest.approx(by_hand[each.name], rel=0.03)
    assert found.gap["munitions"].estimate == pytest.approx(-whole, rel=0.03)


def test_the_naive_observer_takes_the_fearless_for_the_rule():
    # Half believe and stop short, so that they are never punished. The others take all they want, and are, from the second
    # month on; it touches nothing. So the more punishment is seen, the larger is the tie, though the threat holds it down.
    numbers = {"grandia.resolve": 1.0, "marland.belief": np.tile([0.0, 1.0], RUNS // 2), "world.intelligence_noise": 0.0}
    values = {address: np.broadcast_to(number, (RUNS,)) for address, number in numbers.items()}
    seen = ("munitions", "beijing_months")
    (tie, punished), (off, _) = simulate(load("only_threat"), [(), BEIJING], KEYS, outcomes=seen, values=values)
    found = naive_view(tie, punished, off)
    assert found.slope.value == pytest.approx((WANTED - FEARED) / (MONTHS - 1), rel=0.05)
    assert found.cap.high < 0 < found.truth.low
    assert found.punished.value == 0.5


def test_a_threat_that_works_is_never_seen_to_be_carried_out():
    punished = run(load("only_threat"), runs=RUNS, record=[], processes=1, progress=False)["outcomes"]
    assert not punished.sel(outcome="beijing_months").any()
    assert punished.sel(outcome="munitions").mean() == pytest.approx(FEARED, rel=1e-3)


@pytest.mark.parametrize(
    ("world", "limits"),
    [
        ("nothing_binds", {"demand"}),
        ("only_supply", {"supply"}),
        ("one_hides_behind", {"supply"}),
        ("only_threat", {"beijing"}),
        ("deed_as_lesson", {"beijing"}),
        ("red_line", {"demand", "red_line"}),  # the line only when they come to it
        ("own_reluctance", {"demand", "reluctance"}),
    ],
)
def test_the_limits_recorded_as_binding_are_those_that_bind(world, limits):
    quantity = f"limit_{TRUTH[world].dimension}"
    recorded = run(load(world), runs=RUNS, record=[quantity], processes=1, progress=False)[quantity]
    assert {RECORDED[int(code)] for code in np.unique(recorded)} == limits


class TestJudge:
    """The whole thesis test says of these worlds what its parts say."""

    @staticmethod
    def judged(world):
        found = judge(load(world), asked(), progress=False)
        return found, found.about.headline, {each.name: each.words for each in found.hypotheses}

    def test_only_the_threat(self):
        found, date, hypotheses = self.judged("only_threat")
        truth = TRUTH["only_threat"].threat
        assert {name: found.verdicts[name][date].word for name in DIMENSIONS} == dict.fromkeys(DIMENSIONS, "fails") | {
            "munitions": "holds"
        }
        assert found.verdicts["munitions"][date].absolute.estimate == pytest.approx(truth, rel=0.02)
        channels = found.channels["munitions"][date]
        assert channels.leading == "threat"
        assert channels.action.absolute.estimate == channels.action_direct.absolute.estimate == 0
        assert found.punishment[date].months.estimate == 0
        for test in ("cap", "most_worlds", "threat", "main_limit"):
            assert hypotheses[test]["munitions"] == "holds"
        first, *rest = found.attribution["complete"]["munitions"][date].limits
        assert first.limit == THREAT
        assert first.value.estimate == pytest.approx(truth, rel=0.05)
        assert all(each.value.estimate == 0 for each in rest)
        assert found.tolerance.curves["munitions"][date].crossings == pytest.approx([EDGE], abs=0.05)
        assert found.ceiling.slope.estimate == pytest.approx(1, abs=0.02)
        assert found.worlds[0].shares["munitions"][date].holds.estimate == pytest.approx((EDGE - 0.1) / 2, abs=0.02)
        assert list(found.fails["munitions"].boxes[0].edges) == ["grandia.tolerance"]
        assert found.diagnosis["munitions"].events[0].test == "doubly decisive against"

    def test_only_supply(self):
        found, date, hypotheses = self.judged("only_supply")
        assert {found.verdicts[name][date].word for name in DIMENSIONS} == {"fails"}
        assert {found.channels[name][date].leading for name in DIMENSIONS} == {"neither"}
        for test in ("cap", "most_worlds", "main_limit"):
            assert hypotheses[test]["munitions"] == "fails"
        assert hypotheses["threat"]["munitions"] == "not applicable"
        shared = found.attribution["complete"]["munitions"][date]
        assert shared.limits[0].limit == shared.rival == "supply"
        assert shared.limits[0].value.estimate == pytest.approx(TRUTH["only_supply"].value["supply"], rel=0.05)
        assert shared.ahead.high < 0
        assert found.fails["munitions"].share.estimate == 1
        assert not found.fails["munitions"].boxes
