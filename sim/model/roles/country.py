"""What all governments share: a treasury, an economy that burns oil, and what others believe and do to them."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import mesa
import numpy as np

from sim.arrays import EPSILON, Array
from sim.mechanisms.ledger import REST_OF_WORLD, Ledger, total

# Which attribute is an account of the ledger, and of which good.
ACCOUNTS = {"treasury": "money", "oil_stock": "oil", "munitions": "munitions", "troops": "troops"}


class Country(mesa.Agent):
    """A government. Every attribute that a parameter or a quantity names is an array over runs, shape (R,).

    Parameters
    ----------
    model : mesa.Model
        The world.
    name, label, role : str
        Address, display name and role.
    slot : int
        Place among the countries of its role: draws are keyed by it, so names never matter.
    numbers : dict of ndarray, shape (R,)
        Its parameters (see sim.mechanisms.parameters.ROLES). Where a state has a parameter's name, that is its first value.
    ledger : Ledger
        Holds its accounts; treasury, oil_stock, munitions and troops are views into them.
    """

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...

    def __init__(
        self, model: mesa.Model, name: str, label: str, role: str, slot: int, numbers: dict[str, Array], ledger: Ledger
    ) -> None:
        super().__init__(model)
        self.name, self.label, self.role, self.slot = name, label, role, slot
        self.ledger = ledger
        for key, value in numbers.items():
            if key in ACCOUNTS:
                ledger.make(ACCOUNTS[key], name, value)
                setattr(self, key, ledger.account(ACCOUNTS[key], name))
            else:
                setattr(self, key, value.copy())
        nothing = np.zeros_like(numbers["treasury"])
        self.oil_shortage = nothing
        self.welfare = nothing
        self.other_harm = nothing  # harm that does not show in lower gains from trade
        self.pressing_cost = nothing

    def balance_budget(self) -> None:
        """Take in ordinary income and spend a share of the treasury outside the model."""
        self.ledger.move("money", REST_OF_WORLD, self.name, self.income)
        self.ledger.move("money", self.name, REST_OF_WORLD, self.spending * self.treasury)

    def burn_oil(self, exported: Array, imported: Array) -> None:
        """Produce what is sold and burned, within capacity, and burn what is needed, within the store.

        Parameters
        ----------
        exported, imported : ndarray, shape (R,)
            Oil sold and given away, and oil bought and received this month, thousand barrels.
        """
        self.ledger.make("oil", self.name, np.minimum(self.oil_output, np.maximum(self.oil_need + exported - imported, 0.0)))
        burned = np.minimum(self.oil_need, self.oil_stock)
        self.ledger.use("oil", self.name, burned)
        self.oil_shortage = 1.0 - np.where(self.oil_need > 0.0, burned / np.maximum(self.oil_need, EPSILON), 1.0)


class Partner(Country):
    """A country in a partnership: it forms beliefs about the resolve of those who press it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.first_belief, self.first_weight = self.belief, self.belief_weight
        self.meeting = np.zeros_like(self.belief)
        self.pressers: dict[str, Country] = {}
        self.beliefs: dict[str, tuple[Array, Array]] = {}

    def face(self, pressers: Iterable[Country]) -> None:
        """Start with the first belief about each country whose rules aim at this one."""
        self.pressers = {country.name: country for country in pressers}
        self.beliefs = {name: (self.first_belief.copy(), self.first_weight.copy()) for name in self.pressers}

    def believed(self, presser: str) -> Array:
        """Resolve that it believes a presser to have, shape (R,)."""
        return self.beliefs[presser][0]

    def belief_in_patrons(self) -> Array:
        """Mean resolve that it believes the patrons to have, shape (R,)."""
        beliefs = [self.believed(name) for name, country in self.pressers.items() if country.role == "patron"]
        return total(beliefs) / len(beliefs) if beliefs else np.zeros_like(self.first_belief)
