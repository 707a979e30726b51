"""The ledger: what leaves one account arrives at another, is used up or is lost, and all of it is counted."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.mechanisms.ledger import REST_OF_WORLD, Ledger, summed, total
from sim.mechanisms.quantities import CONSERVED

HOLDERS = ("reds", "greens")
accounts = st.sampled_from((*HOLDERS, REST_OF_WORLD))
amounts = st.lists(st.floats(0.0, 1e6), min_size=2, max_size=2).map(np.array)
entries = st.lists(st.tuples(st.sampled_from(["move", "make", "use", "lose"]), accounts, accounts, amounts), max_size=30)


@given(entries)
def test_every_good_balances_after_any_entries(entries):
    ledger = Ledger(HOLDERS, 2)
    for verb, one, other, amount in entries:
        if verb == "move":
            ledger.move("oil", one, other, amount)
        else:
            getattr(ledger, verb)("oil", one, amount)
    rounding = 1e-12 * (1.0 + sum(amount.max() for *_, amount in entries))
    assert (ledger.imbalance("oil") < rounding).all()


def test_entries_are_counted_by_what_became_of_them():
    ledger = Ledger(HOLDERS, 1)
    ledger.make("munitions", "reds", np.array([10.0]))
    ledger.move("munitions", "reds", "greens", np.array([4.0]))
    ledger.use("munitions", "greens", np.array([3.0]))
    ledger.lose("munitions", "reds", np.array([1.0]))
    assert [ledger.account("munitions", holder).item() for holder in HOLDERS] == [5.0, 1.0]
    assert [ledger.made["munitions"], ledger.used["munitions"], ledger.lost["munitions"]] == [10.0, 3.0, 1.0]


def test_only_the_rest_of_the_world_is_added_to_the_holders():
    ledger = Ledger(HOLDERS, 3)
    assert set(ledger.index) == {*HOLDERS, REST_OF_WORLD}
    assert set(ledger.stock) == set(CONSERVED)
    ledger.move("money", REST_OF_WORLD, "reds", np.array([1.0, 2.0, 3.0]))
    assert ledger.account("money", REST_OF_WORLD).tolist() == [-1.0, -2.0, -3.0]


def test_an_account_is_a_view_that_later_entries_change():
    ledger = Ledger(HOLDERS, 1)
    held = ledger.account("oil", "reds")
    ledger.make("oil", "reds", np.array([7.0]))
    assert held.item() == 7.0


def test_what_goes_missing_is_noticed():
    ledger = Ledger(HOLDERS, 1)
    ledger.make("oil", "reds", np.array([100.0]))
    ledger.account("oil", "reds")[:] -= 1.0
    assert ledger.imbalance("oil").item() == pytest.approx(1.0 / 199.0)


@given(st.integers(1, 20), st.sampled_from([1, 2, 6]), st.integers(0, 10**6))
def test_a_total_has_the_same_bits_for_one_run_as_for_many(rows, runs, seed):
    table = np.random.default_rng(seed).normal(size=(rows, runs)) * 10.0 ** np.random.default_rng(seed + 1).integers(
        -8, 8, (rows, 1)
    )
    together = total(table)
    assert together.tolist() == [total(table[:, r : r + 1])[0] for r in range(runs)]
    np.testing.assert_allclose(together, table.sum(axis=0), rtol=1e-9, atol=1e-9 * np.abs(table).max())


def test_a_total_leaves_what_it_adds_up_alone():
    rows = [np.array([1.0]), np.array([2.0])]
    assert total(rows).item() == 3.0
    assert rows[0].item() == 1.0


@pytest.mark.parametrize("shape", [(1,), (2,), (7,), (300,), (16, 1), (16, 2), (16, 300)])
@pytest.mark.parametrize("rows", [1, 2, 8, 9, 40])
def test_a_table_is_summed_with_the_bits_of_a_left_fold_however_many_runs(rows, shape):
    table = np.exp(5.0 * np.random.default_rng(rows).normal(size=(rows, *shape)))
    assert summed(table).tobytes() == total(table).tobytes()
