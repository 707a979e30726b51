"""Payment: the price splits the surplus, within what can be paid. Numbers: tests/examples/payment.toml."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.mechanisms.payment import Purse, settle

money = st.floats(0.0, 1_000.0)
share = st.floats(0.0, 0.95)
terms = st.tuples(st.floats(-200.0, 1_000.0), st.floats(-500.0, 500.0), money, money, share)
purses = st.tuples(money, share, money, share, money)


def deal(numbers, purse):
    joint, own, cost, outside, power = (np.array([n]) for n in numbers)
    return settle(joint, own, cost, outside, np.zeros(1), power, Purse(*(np.array([n]) for n in purse)))


@given(terms, purses)
def test_nothing_is_paid_that_cannot_be_paid(numbers, purse):
    cash, friction, credit, _, supplier_cash = purse
    done = deal(numbers, purse)
    assert 0.0 <= done.cash.item() <= cash * (1.0 + 1e-12)
    assert 0.0 <= done.credit.item() <= credit * (1.0 + 1e-12)
    assert 0.0 <= done.refund.item() <= supplier_cash
    assert done.received.item() == pytest.approx(done.cash.item() * (1.0 - friction), abs=1e-9)
    assert 0.0 <= done.shrink.item() <= 1.0


@given(terms, purses)
def test_a_transfer_goes_one_way(numbers, purse):
    done = deal(numbers, purse)
    assert done.refund.item() == 0.0 or done.cash.item() + done.credit.item() == 0.0


@given(terms, purses)
def test_where_everything_can_be_paid_each_gets_its_share(numbers, purse):
    joint, own, _, outside, power = numbers
    done = deal(numbers, (1e6, *purse[1:4], 1e6))
    if done.struck.item():
        gets = own + done.received.item() + done.credit.item() * (1.0 - purse[3]) - done.refund.item()
        assert gets == pytest.approx(outside + power * (joint - outside), abs=1e-6)
        assert done.shrink.item() == 1.0


@given(terms, purses, money)
def test_a_better_offer_elsewhere_never_lowers_what_is_paid_while_the_deal_stands(numbers, purse, more):
    joint, own, cost, outside, power = numbers
    plain, courted = deal(numbers, purse), deal((joint, own, cost, outside + more, power), purse)
    if plain.struck.item() and courted.struck.item():
        assert courted.received.item() + courted.credit.item() >= plain.received.item() + plain.credit.item() - 1e-9


@given(terms, purses)
def test_cash_comes_before_credit(numbers, purse):
    cash = purse[0]
    done = deal(numbers, purse)
    if done.credit.item() > 1e-6:
        assert done.cash.item() == pytest.approx(cash)


@given(terms, purses)
def test_a_quantity_shrinks_only_when_cost_cannot_be_covered(numbers, purse):
    _, own, _, _, _ = numbers
    cash, friction, credit, default, _ = purse
    payable = cash * (1.0 - friction) + credit * (1.0 - default)
    assert (deal(numbers, purse).shrink.item() < 1.0) <= (-own > payable)
