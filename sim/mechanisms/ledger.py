"""One ledger moves everything: what leaves one account arrives at another, is used up (counted) or is lost (counted)."""

from collections.abc import Iterable

import numpy as np

from sim.arrays import Array
from sim.mechanisms.quantities import CONSERVED

REST_OF_WORLD = "rest_of_world"


def total(rows: Iterable[Array]) -> Array:
    """Sum arrays by a left fold, so that the bits do not depend on the number of runs (``sum(axis=0)`` does)."""
    iterator = iter(rows)
    first, second = next(iterator), next(iterator, None)
    if second is None:
        return first.copy()
    result = first + second
    for row in iterator:
        result += row
    return result


def summed(table: Array) -> Array:
    """Sum a table over its rows with the bits of ``total``, in one call: of several runs NumPy adds row by row."""
    return total(table) if table.shape[-1] == 1 and len(table) else table.sum(axis=0)


def highest(arrays: Iterable[Array], least: Array) -> Array:
    """Take the largest of some arrays, run by run, and ``least`` where there is none larger."""
    result = least
    for array in arrays:
        result = np.maximum(result, array)
    return result


class Ledger:
    """Accounts of the conserved goods, for each country and the rest of the world.

    Parameters
    ----------
    holders : tuple of str
        Countries with an account. ``rest_of_world`` is added: it closes every balance and may run below zero.
    runs : int
        Number of runs R.

    Attributes
    ----------
    made, used, lost : dict of ndarray, shape (R,)
        What has come into and gone out of the world so far.
    """

    def __init__(self, holders: tuple[str, ...], runs: int) -> None:
        self.index = {name: row for row, name in enumerate((*holders, REST_OF_WORLD))}
        self._accounts = {(good, name): np.zeros(runs) for good in CONSERVED for name in self.index}
        self.made = {good: np.zeros(runs) for good in CONSERVED}
        self.used = {good: np.zeros(runs) for good in CONSERVED}
        self.lost = {good: np.zeros(runs) for good in CONSERVED}

    @property
    def stock(self) -> dict[str, Array]:
        """What each has of each good now, in the good's unit, shape (holders + 1, R): copies of the accounts."""
        return {good: np.stack([self._accounts[good, name] for name in self.index]) for good in CONSERVED}

    def account(self, good: str, holder: str) -> Array:
        """The holder's account of a good, shape (R,), which later moves change in place."""
        return self._accounts[good, holder]

    def move(self, good: str, giver: str, taker: str, amount: Array) -> None:
        """Move an amount, shape (R,), from one account to another."""
        self._add(good, taker, amount)
        self._take(good, giver, amount)

    def make(self, good: str, holder: str, amount: Array) -> None:
        """Add what the holder makes."""
        self._add(good, holder, amount)
        self.made[good] += amount

    def use(self, good: str, holder: str, amount: Array) -> None:
        """Take away what the holder uses up."""
        self._take(good, holder, amount)
        self.used[good] += amount

    def lose(self, good: str, holder: str, amount: Array) -> None:
        """Take away what the holder loses."""
        self._take(good, holder, amount)
        self.lost[good] += amount

    def _add(self, good: str, holder: str, amount: Array) -> None:
        account = self._accounts[good, holder]
        np.add(account, amount, out=account)

    def _take(self, good: str, holder: str, amount: Array) -> None:
        account = self._accounts[good, holder]
        np.subtract(account, amount, out=account)

    def imbalance(self, good: str) -> Array:
        """What the accounts hold beyond made less used less lost, relative to all that ever stood in them, shape (R,)."""
        stock = self.stock[good]
        held = total(stock)
        gross = total(np.abs(stock)) + self.made[good] + self.used[good] + self.lost[good]
        return np.abs(held - self.made[good] + self.used[good] + self.lost[good]) / np.maximum(gross, 1.0)
