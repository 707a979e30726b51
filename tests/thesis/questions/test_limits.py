"""What each limit accounts for."""

import numpy as np
import pytest
from small import BUDGET, judged, limits, problem, quiet, toy

from sim.experiments.arms import ensemble
from sim.thesis.questions import limits as limits_
from sim.thesis.sampling import common_of

PROBLEM = problem()


def test_sets_of_limits_run_from_none_to_all():
    made = limits_.removed(PROBLEM, quiet)["values"]
    plan = limits_.attribution_plan(PROBLEM, PROBLEM.declaration.attribution.limits)
    assert made.shape == (len(plan.masks), 2, 2, 12)
    assert plan.sets[0] == ()
    assert len(plan.sets[-1]) == 4


def test_relaxed_limits_start_at_the_tight_end():
    made = limits_.relaxed(PROBLEM, quiet)["values"]
    tight = toy().set({address: value for ends in PROBLEM.relaxed.values() for address, value in ends[0].items()})
    alone = ensemble(tight, (12,), keys=np.arange(12), **common_of(PROBLEM, PROBLEM.outcomes)).outcomes
    assert np.allclose(made[0], alone, rtol=1e-12)


def test_values_of_limits_sum_to_the_shortfall():
    names, values = PROBLEM.declaration.attribution.limits, limits_.removed(PROBLEM, quiet)["values"]
    for dates in limits_.share_out(PROBLEM, names, values).values():
        for found in dates.values():
            assert sum(limit.value.estimate for limit in found.limits) == pytest.approx(found.shortfall.estimate, abs=1e-9)
            assert found.residual < 1e-9
            assert found.exact


@pytest.mark.parametrize(
    ("shortfall", "parts", "split"),
    [
        (10.0, [7.0, 3.0], True),
        (10.0, [18.0, -8.0], True),
        (10.0, [105.0, -95.0], False),
        (0.9, [0.9], False),
        (-3.0, [-3.0], False),
    ],
)
def test_only_a_shortfall_that_counts_and_is_no_rest_of_large_parts_is_split(shortfall, parts, split):
    assert limits_.can_be_split(shortfall, np.array(parts), 1.0) is split


@pytest.mark.slow
def test_one_limit_alone_has_no_rival_and_more_than_twelve_are_sampled():
    many = {f"limit_{place}": {"up": [address]} for place, address in enumerate(list(toy().parameters)[:13])}
    budget = {**BUDGET, "attribution_runs": 2}
    found = judged(**limits(limits=["beijing"], unions=[], relaxation=many), budgets={"quick": budget})
    for dates in found.attribution["complete"].values():
        for each in dates.values():
            assert (each.rival, each.ahead) == (None, None)
            assert each.limits[0].value.estimate == pytest.approx(each.shortfall.estimate)
    for dates in found.attribution["relaxed"].values():
        for each in dates.values():
            assert len(each.limits) == 13
            assert not each.exact
            assert each.residual < 1e-9
