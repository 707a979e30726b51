"""Shapley and Owen values of limits, and the orders in which limits come in."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import UserError
from sim.thesis.statistics.attribution import MOST_EXACT, UNIONS, attribute, exact_plan, plan, sampled_plan

NAMES = tuple("abcdefghijklmnop")


def by_orders(limits, unions, value):
    """Owen values from their first definition: the mean contribution over all orders that keep unions together."""
    groups = [set(union) for union in unions] + [{name} for name in limits if not any(name in union for union in unions)]

    def keeps(order):
        return all(max(at) - min(at) == len(at) - 1 for at in ([order.index(name) for name in group] for group in groups))

    orders = [order for order in permutations(limits) if keeps(order)]
    values = dict.fromkeys(limits, 0.0)
    for order in orders:
        for place, name in enumerate(order):
            values[name] = values[name] + value(order[: place + 1]) - value(order[:place])
    return {name: total / len(orders) for name, total in values.items()}


def random_game(limits, shape=(4,), seed=0):
    """An outcome for every set, at random, the same each time it is asked."""
    rng = np.random.default_rng(seed)
    known = {}

    def value(removed):
        key = frozenset(removed)
        if key not in known:
            known[key] = rng.normal(0, 1_000, shape)
        return known[key]

    for mask in range(1 << len(limits)):
        value([name for i, name in enumerate(limits) if mask >> i & 1])
    return value


def least(capacities):
    """The flow is what the tightest limit in force lets through, as in a pipe; 10 where none is."""
    return lambda removed: np.array([min([10.0, *(c for name, c in capacities.items() if name not in removed)])])


def outcomes(made, value):
    """Outcome of each set of a plan, shape (set, ..., run)."""
    return np.stack([np.asarray(value(removed), dtype=float) for removed in made.sets])


def solve(limits, value, unions=()):
    made = exact_plan(limits, unions)
    return attribute(made, outcomes(made, value))


class TestExact:
    def test_the_glove_game(self):
        """One left glove, two right ones: 2/3, 1/6, 1/6 (Shapley's textbook example)."""
        found = solve(("l", "r1", "r2"), lambda s: np.array([float("l" in s and ("r1" in s or "r2" in s))]))
        np.testing.assert_allclose(found.value.value, [2 / 3, 1 / 6, 1 / 6])

    def test_two_tied_limits_hide_each_other(self):
        found = solve(("a", "b", "slack"), least({"a": 4, "b": 4, "slack": 20}))
        np.testing.assert_allclose(found.value.value, [3, 3, 0])
        np.testing.assert_allclose(found.last_in.value, [0, 0, 0])  # removed alone, none changes anything
        np.testing.assert_allclose(found.first_in.value, [6, 6, 0])  # in force alone, each does it all

    def test_a_limit_that_hides_behind_another(self):
        # b = 6 shows only once a = 4 is gone: v(∅) = 4, v(a) = 6, v(b) = 4, v(ab) = 10
        found = solve(("a", "b"), least({"a": 4, "b": 6}))
        np.testing.assert_allclose(found.value.value, [(2 + 6) / 2, (0 + 4) / 2])
        np.testing.assert_allclose(found.last_in.value, [2, 0])
        np.testing.assert_allclose(found.first_in.value, [6, 4])

    def test_one_limit_alone_is_all_of_it(self):
        found = solve(("a",), lambda s: np.array([[1.0, 2.0], [5.0, 5.0]]) * (1 + len(s)))
        np.testing.assert_allclose(found.per_run[0], found.shortfall)
        np.testing.assert_allclose(found.first_in.value, found.last_in.value)

    @pytest.mark.parametrize("unions", [(), (("a", "b"),), (("a", "b"), ("c", "d")), (("d", "b", "a"),), (("a", "b", "c", "d"),)])
    def test_values_are_those_of_their_definition_over_orders(self, unions):
        limits, value = NAMES[:5], random_game(NAMES[:5], shape=(2, 3))
        found = solve(limits, value, unions)
        for name, wanted in by_orders(limits, unions, value).items():
            np.testing.assert_allclose(found.per_run[limits.index(name)], wanted, atol=1e-9)

    def test_an_owen_value_by_hand(self):
        """Unanimity of {a, c} with union {a, b}: by the two quotient players each gets half, and b nothing."""
        found = solve(("a", "b", "c"), lambda s: np.array([float({"a", "c"} <= set(s))]), (("a", "b"),))
        np.testing.assert_allclose(found.value.value, [0.5, 0, 0.5])
        # Majority of two: the union {a, b} wins as a whole and shares 1; c gets nothing, though by Shapley it gets 1/3.
        majority = solve(("a", "b", "c"), lambda s: np.array([float(len(s) >= 2)]), (("a", "b"),))
        np.testing.assert_allclose(majority.value.value, [0.5, 0.5, 0])

    def test_unions_save_sets(self):
        assert len(exact_plan(NAMES[:11], ()).masks) == 2**11
        assert len(exact_plan(NAMES[:11], (("a", "b"), ("c", "d"))).masks) == 2**7 * (16 - 4)

    def test_the_default_unions_join_those_limits_that_are_there(self):
        made = exact_plan(("west", "beijing_action", "beijing_threat", "red_line"))
        assert made.unions == ((0,), (2, 1), (3,))
        assert UNIONS[0] == ("beijing_threat", "beijing_action")

    def test_plans_are_readable_and_begin_and_end_with_none_and_all(self):
        made = exact_plan(("a", "b"), ())
        assert made.sets == ((), ("a",), ("b",), ("a", "b"))

    @settings(max_examples=40)
    @given(st.integers(1, 6), st.integers(0, 10_000), st.data())
    def test_axioms(self, k, seed, data):
        limits = NAMES[:k]
        unions = data.draw(st.sampled_from([(), (limits[:2],), (limits[:2], limits[2:4]), (limits,)]))
        unions = tuple(union for union in unions if union)
        value = random_game(limits, shape=(2, 3), seed=seed)
        found = solve(limits, value, unions)
        # Efficiency, in every run.
        assert found.residual < 1e-9
        np.testing.assert_allclose(found.per_run.sum(axis=0), value(limits) - value(()), atol=1e-9)
        # Linearity.
        other = random_game(limits, shape=(2, 3), seed=seed + 1)
        both = solve(limits, lambda s: 2 * value(s) - other(s), unions)
        np.testing.assert_allclose(both.per_run, 2 * found.per_run - solve(limits, other, unions).per_run, atol=1e-8)
        # Naming: turned round, the limits keep their values.
        turned = solve(limits[::-1], value, unions)
        np.testing.assert_allclose(turned.per_run[::-1], found.per_run, atol=1e-8)

    @settings(max_examples=30)
    @given(st.integers(2, 6), st.integers(0, 10_000))
    def test_a_limit_that_never_matters_gets_exactly_nothing(self, k, seed):
        limits = NAMES[:k]
        inner = random_game(limits[1:], seed=seed)
        found = solve(limits, lambda s: inner([name for name in s if name != "a"]), (limits[:2],))
        assert (found.per_run[0] == 0).all()

    @settings(max_examples=30)
    @given(st.integers(2, 5), st.integers(0, 10_000))
    def test_two_limits_that_do_the_same_get_the_same(self, k, seed):
        limits = NAMES[:k]
        inner = random_game(("count", *limits[2:]), seed=seed)

        def value(s):
            doubles = sum(name in s for name in limits[:2])
            return inner([name for name in s if name not in limits[:2]]) * (1 + doubles**2)

        for unions in ((), (limits[:2],)):
            found = solve(limits, value, unions)
            np.testing.assert_allclose(found.per_run[0], found.per_run[1], atol=1e-8)

    @given(st.integers(0, 10_000))
    def test_a_union_gets_what_it_would_as_one_player(self, seed):
        """Owen's quotient game: together, a union has the Shapley value of a game among unions."""
        limits, value = NAMES[:4], random_game(NAMES[:4], seed=seed)
        owen = solve(limits, value, (("a", "b"),))
        quotient = solve(("ab", "c", "d"), lambda s: value([name for part in s for name in part]))
        np.testing.assert_allclose(owen.per_run[:2].sum(axis=0), quotient.per_run[0], atol=1e-8)

    def test_twelve_limits_are_still_exact_and_sum_within_a_billionth(self):
        limits = NAMES[:MOST_EXACT]
        rng = np.random.default_rng(0)
        capacities = rng.gamma(5, 1_000, (12, 5, 20))
        made = exact_plan(limits, (("a", "b"), ("c", "d")))

        def value(removed):
            inside = [i for i, name in enumerate(limits) if name not in removed]
            return np.minimum(capacities[inside].min(axis=0, initial=np.inf), 20_000)

        found = attribute(made, outcomes(made, value))
        assert found.per_run.shape == (12, 5, 20)
        assert found.residual < 1e-9

    def test_errors_come_from_the_runs(self):
        rng = np.random.default_rng(1)
        pull = rng.normal(5, 2, (2, 300))
        found = solve(("a", "b"), lambda s: sum((pull["ab".index(name)] for name in s), np.zeros(300)))
        np.testing.assert_allclose(found.value.error, pull.std(axis=1, ddof=1) / np.sqrt(300))
        assert found.by_order is None

    def test_a_single_run_has_values_but_no_error(self):
        found = solve(("a", "b"), least({"a": 4, "b": 6}))
        assert np.isinf(found.value.error).all()
        assert found.residual < 1e-12


class TestRefused:
    @pytest.mark.parametrize("make", [exact_plan, sampled_plan])
    def test_no_limit(self, make):
        with pytest.raises(UserError, match="at least one"):
            make(())

    @pytest.mark.parametrize("make", [exact_plan, sampled_plan])
    def test_a_limit_named_twice(self, make):
        with pytest.raises(UserError, match="twice"):
            make(("a", "b", "a"))

    def test_a_limit_in_two_unions(self):
        with pytest.raises(UserError, match="two unions"):
            exact_plan(("a", "b", "c"), (("a", "b"), ("b", "c")))

    def test_thirteen_limits_at_once(self):
        with pytest.raises(UserError, match="up to 12"):
            exact_plan(NAMES[:13])

    def test_too_few_orders(self):
        with pytest.raises(UserError, match="at least 4"):
            sampled_plan(NAMES[:13], orders=2)

    def test_outcomes_that_do_not_fit(self):
        made = exact_plan(("a", "b"), ())
        with pytest.raises(ValueError, match="4 sets"):
            attribute(made, np.zeros((3, 10)))
        with pytest.raises(ValueError, match="every run"):
            attribute(made, np.zeros(4))

    def test_an_unknown_limit(self):
        found = solve(("supply", "west"), least({"supply": 1, "west": 2}))
        with pytest.raises(UserError, match="did you mean 'supply'"):
            found.of(["suply"])


class TestSampled:
    def additive(self, k, runs=50, seed=0):
        pull = np.random.default_rng(seed).normal(3, 1, (k, runs))
        return pull, lambda s: sum((pull[NAMES.index(name)] for name in s), np.zeros(runs))

    def test_beyond_twelve_limits_orders_are_sampled(self):
        assert plan(NAMES[:12]).orders is None
        assert plan(NAMES[:13], orders=8).orders.shape == (8, 13)

    def test_where_limits_only_add_up_any_order_tells_all(self):
        pull, value = self.additive(14)
        made = sampled_plan(NAMES[:14], orders=6)
        found = attribute(made, outcomes(made, value))
        np.testing.assert_allclose(found.per_run, pull, atol=1e-9)
        np.testing.assert_allclose(found.value.error, pull.std(axis=1, ddof=1) / np.sqrt(50), rtol=1e-6)

    @settings(max_examples=20)
    @given(st.integers(1, 14), st.integers(4, 11), st.integers(0, 1_000))
    def test_values_sum_to_the_shortfall_whatever_the_sample(self, k, orders, seed):
        made = sampled_plan(NAMES[:k], (NAMES[:2],), orders=orders, seed=seed)
        rng = np.random.default_rng(seed)
        found = attribute(made, rng.normal(0, 1_000, (len(made.masks), 3, 4)))
        assert found.residual < 1e-9

    def test_orders_keep_unions_together_and_come_with_their_reverse(self):
        made = sampled_plan(NAMES[:13], (("a", "d", "k"), ("b", "c")), orders=20, seed=3)
        for order in made.orders.tolist():
            for union in ((0, 3, 10), (1, 2)):
                at = [order.index(i) for i in union]
                assert max(at) - min(at) == len(union) - 1
        assert (made.orders[1::2] == made.orders[::2, ::-1]).all()

    def test_an_odd_number_of_orders_is_rounded_up(self):
        assert len(sampled_plan(NAMES[:5], orders=7).orders) == 8

    def test_the_same_seed_makes_the_same_plan(self):
        assert sampled_plan(NAMES[:13], seed=4).masks == sampled_plan(NAMES[:13], seed=4).masks
        assert sampled_plan(NAMES[:13], seed=4).masks != sampled_plan(NAMES[:13], seed=5).masks

    @pytest.mark.parametrize("unions", [(), (("a", "b"), ("c", "d"))])
    def test_sampled_values_come_near_the_exact_ones_within_their_errors(self, unions):
        limits, value = NAMES[:7], random_game(NAMES[:7], shape=(1,))
        value_of_runs = lambda s: np.repeat(value(s), 2)  # noqa: E731  two equal runs: only orders err
        exact = attribute(made := exact_plan(limits, unions), outcomes(made, value_of_runs)).value.value
        inside = []
        for seed in range(60):
            made = sampled_plan(limits, unions, orders=60, seed=seed)
            found = attribute(made, outcomes(made, value_of_runs))
            spread = found.by_order.std(axis=0, ddof=1) / np.sqrt(30)
            inside.append(np.abs(found.value.value - exact) < 2.045 * spread)  # t(29)
        assert np.mean(inside) == pytest.approx(0.95, abs=0.04)

    def test_first_in_and_last_in_are_exact_even_when_orders_are_sampled(self):
        limits = NAMES[:13]
        capacities = dict(zip(limits, range(1, 14), strict=True))
        made = sampled_plan(limits, orders=4)
        found = attribute(made, outcomes(made, least(capacities)))
        np.testing.assert_allclose(found.last_in.value, [1, *[0] * 12])
        np.testing.assert_allclose(found.first_in.value, [10 - min(10, c) for c in capacities.values()])


class TestLead:
    def found(self, runs=200):
        """Two dimensions: in the first a and b together rule, in the second c does."""
        rng = np.random.default_rng(7)
        noise = rng.normal(0, 0.5, (4, 2, runs))
        pulls = np.array([[3.0, 0.5], [2.0, 0.5], [1.0, 6.0], [0.5, 1.0]])[..., None] + noise
        limits = ("a", "b", "c", "d")
        return pulls, solve(limits, lambda s: sum((pulls[limits.index(n)] for n in s), np.zeros((2, runs))), (("a", "b"),))

    def test_a_union_leads_where_its_interval_lies_above_its_strongest_rival(self):
        pulls, found = self.found()
        rival, ahead = found.lead(("a", "b"))
        assert rival.tolist() == ["c", "c"]
        np.testing.assert_allclose(ahead.value, (pulls[0] + pulls[1] - pulls[2]).mean(axis=-1))
        assert ahead.low[0] > 0
        assert ahead.high[1] < 0

    def test_a_rival_may_be_a_union(self):
        _, found = self.found()
        rival, ahead = found.lead(("d",))
        assert rival.tolist() == ["a+b", "c"]
        assert (ahead.high < 0).all()

    def test_values_of_several_limits_add_up_run_by_run(self):
        pulls, found = self.found()
        together = found.of(("a", "b"))
        joint = pulls[0] + pulls[1]
        np.testing.assert_allclose(together.error, joint.std(axis=-1, ddof=1) / np.sqrt(joint.shape[-1]))

    def test_sampled_values_lead_too_and_count_the_orders(self):
        limits = NAMES[:13]
        weights = np.arange(13.0)[::-1]
        made = sampled_plan(limits, (("a", "b"),), orders=12)
        value = lambda s: np.full((2, 30), sum(weights[limits.index(n)] for n in s) ** 1.5)  # noqa: E731
        rival, ahead = attribute(made, outcomes(made, value)).lead(("a", "b"))
        assert rival.tolist() == ["c", "c"]
        assert (ahead.low > 0).all()
        assert (ahead.error > 0).all()

    def test_without_dimensions_there_is_one_answer(self):
        rival, ahead = solve(("a", "b"), least({"a": 4, "b": 6})).lead(("a",))
        assert rival == "b"
        assert ahead.value == 2

    def test_without_a_rival_nobody_leads(self):
        with pytest.raises(UserError, match="no other limit"):
            solve(("a",), least({"a": 4})).lead(("a",))
