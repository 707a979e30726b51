"""Payment: the price splits the surplus, within what can be paid. Numbers: tests/examples/payment.toml."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.mechanisms.payment import Purse, Settlement, settle

money = st.floats(0.0, 1_000.0)
share = st.floats(0.0, 0.95)
terms = st.tuples(st.floats(-200.0, 1_000.0), st.floats(-500.0, 500.0), money, money, money, share)
purses = st.builds(dict, cash=money, friction=share, prepaid=money, credit=money, advance=money, default=share)


def deal(numbers: tuple[float, ...], purse: dict[str, float]) -> Settlement:
    joint, own, cost, relief, outside, power = (np.array([n]) for n in numbers)
    return settle(joint, own, cost, relief, outside, np.zeros(1), power, Purse(**{k: np.array([v]) for k, v in purse.items()}))


def gets(numbers: tuple[float, ...], purse: dict[str, float]) -> float:
    """What the supplier ends with: its own part, money, and what it holds of the change of the account."""
    done = deal(numbers, purse)
    return numbers[1] + done.received.item() + done.account.item() * (1.0 - purse["default"])


@given(terms, purses)
def test_nothing_is_paid_that_cannot_be_paid(numbers, purse):
    done = deal(numbers, purse)
    assert 0.0 <= done.cash.item() <= purse["cash"] * (1.0 + 1e-12)
    assert done.received.item() == pytest.approx(done.cash.item() * (1.0 - purse["friction"]), abs=1e-9)
    assert done.account.item() <= (purse["prepaid"] + purse["credit"]) * (1.0 + 1e-9)
    assert done.account.item() >= -purse["advance"] * (1.0 + 1e-9)
    for part in (done.shrink.item(), done.shrink_given.item()):
        assert 0.0 <= part <= 1.0


@given(terms, purses)
def test_no_money_is_paid_to_who_hands_over_more_than_its_share(numbers, purse):
    done = deal(numbers, purse)
    assert done.account.item() >= 0.0 or done.cash.item() == 0.0


@given(terms, purses)
def test_where_everything_can_be_paid_each_gets_its_share(numbers, purse):
    joint, _, _, _, outside, power = numbers
    rich = purse | {"cash": 1e6, "advance": 1e6}
    done = deal(numbers, rich)
    if done.struck.item():
        assert gets(numbers, rich) == pytest.approx(outside + power * (joint - outside), abs=1e-6)
        assert done.shrink.item() == done.shrink_given.item() == 1.0


@given(terms, purses)
def test_what_cannot_be_put_to_account_is_withheld(numbers, purse):
    """After it the supplier has its share again, wherever as much hangs on the belligerent's deliveries."""
    joint, _, _, relief, outside, power = numbers
    done = deal(numbers, purse)
    beyond = gets(numbers, purse) - (outside + power * (joint - outside))
    if done.struck.item() and done.shrink_given.item() < 1.0:
        assert done.account.item() == pytest.approx(-purse["advance"], rel=1e-9, abs=1e-9)
        assert (1.0 - done.shrink_given.item()) * relief == pytest.approx(min(beyond, relief), rel=1e-6, abs=1e-6)


@given(terms, purses, money)
def test_a_better_offer_elsewhere_never_lowers_what_is_paid_while_the_deal_stands(numbers, purse, more):
    courted = (*numbers[:4], numbers[4] + more, numbers[5])
    if deal(numbers, purse).struck.item() and deal(courted, purse).struck.item():
        assert gets(courted, purse) >= gets(numbers, purse) - 1e-6


@given(terms, purses)
def test_what_was_prepaid_comes_before_cash_and_cash_before_credit(numbers, purse):
    done = deal(numbers, purse)
    by_account = done.account.item()
    if done.cash.item() > 1e-6:
        assert by_account >= purse["prepaid"] - 1e-6
    if by_account > purse["prepaid"] + 1e-6:
        assert done.cash.item() == pytest.approx(purse["cash"])


@given(terms, purses)
def test_a_quantity_shrinks_only_when_cost_cannot_be_covered(numbers, purse):
    own, claim = numbers[1], 1.0 - purse["default"]
    payable = purse["cash"] * (1.0 - purse["friction"]) + (purse["prepaid"] + purse["credit"]) * claim
    assert (deal(numbers, purse).shrink.item() < 1.0) <= (-own > payable - 1e-9)
