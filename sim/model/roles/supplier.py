"""The supplier: what it can spare, how good it is, and how it lives with its neighbours and its patron."""

import numpy as np

from sim.arrays import EPSILON, Array
from sim.model.roles.country import Partner


class Supplier(Partner):
    """A country with munitions to sell. See sim.mechanisms.parameters.SUPPLIER for its numbers."""

    munitions_output: Array
    tension: Array

    def prepare(self) -> None:
        """Set up its state."""
        nothing = np.zeros_like(self.reserve)
        self.made = self.munitions_output
        self.orders = nothing
        self.old_stock, self.full_stock = self.munitions.copy(), np.maximum(self.munitions, EPSILON)
        self.fresh_stock = nothing
        self.instability = nothing
        self.tests = nothing
        self.technology_mastered = nothing
        self.cover_received = nothing

    def available(self) -> Array:
        """Rounds a month that it can spare: output, and what it holds beyond its reserve, spread over its horizon.

        Who is paid for every round now and may not be once the war has ended has no cause to hold back for long: the horizon
        is short, and the store runs down to the reserve.
        """
        reserve = self.reserve * (1.0 + self.reserve_tension * self.tension)
        return np.maximum(self.munitions_output + (self.munitions - reserve) / self.planning_horizon, 0.0)

    def quality(self) -> Array:
        """Share of its rounds that work: the larger its orders against its output, the more come from old stock.

        The best of that stock goes first, because the buyer pays for rounds that work; so it gets worse as it is drawn down.
        """
        fresh = np.minimum(self.munitions_output / np.maximum(self.orders, EPSILON), 1.0)
        old = self.quality_old * (1.0 - self.quality_fade * (1.0 - self.old_stock / self.full_stock))
        return old + (self.quality_new - old) * fresh

    def ship(self, rounds: Array) -> None:
        """Note rounds that left: what was made last goes first, the rest comes from old stock, thousand."""
        fresh = np.minimum(rounds, self.fresh_stock)
        self.fresh_stock = self.fresh_stock - fresh
        self.old_stock = np.maximum(self.old_stock - (rounds - fresh), 0.0)

    def produce(self) -> None:
        """Make rounds; output moves up toward orders, to its limit."""
        aim = np.minimum(np.maximum(self.orders, self.munitions_output), self.munitions_output_max)
        self.munitions_output = self.munitions_output + self.ramp * np.maximum(aim - self.munitions_output, 0.0)
        self.made = self.munitions_output
        self.fresh_stock = self.fresh_stock + self.made
        self.ledger.make("munitions", self.name, self.made)

    def test_mean(self, pressure: Array, troops_abroad: Array) -> Array:
        """Mean number of missile tests this month.

        Parameters
        ----------
        pressure : ndarray, shape (R,)
            Highest level of a patron's rule against it.
        troops_abroad : ndarray, shape (R,)
            Its soldiers abroad. With the rounds ordered from it, over its output, they say how far it is busy elsewhere.
        """
        rounds = self.orders / np.maximum(self.munitions_output_max, EPSILON)
        soldiers = troops_abroad / np.maximum(self.troops + troops_abroad, EPSILON)
        busy = 0.5 * np.minimum(rounds, 1.0) + 0.5 * soldiers
        eagerness = (
            1.0
            + self.test_tension * self.tension
            + self.test_technology * self.technology_mastered / 100.0
            + self.test_cover * self.cover_received
        )
        return self.test_rate * eagerness * (1.0 - self.test_restraint * pressure) * (1.0 - self.test_abroad * busy)

    def test_burst(self, normal: Array) -> Array:
        """Factor of mean one that scatters the month's mean beyond chance; ``normal`` is a standard normal number."""
        return np.exp(self.test_scatter * normal - 0.5 * self.test_scatter**2)

    def live(self, alignment: Array, technology: Array, imports_lost: Array) -> None:
        """Carry tension, mastery of technology and instability into the next month.

        Parameters
        ----------
        alignment : ndarray, shape (R,)
            Mean alignment of the allies.
        technology : ndarray, shape (R,)
            Points received so far.
        imports_lost : ndarray, shape (R,)
            Share of its ordinary trade that did not come.
        """
        made = self.tension_alignment * alignment + self.tension_tests * self.tests
        self.tension = np.minimum(self.tension_persistence * self.tension + made, 1.0)
        self.technology_mastered = self.technology_mastered + self.absorption * (technology - self.technology_mastered)
        strain = self.instability_oil * self.oil_shortage + self.instability_money * imports_lost
        self.instability = self.instability_persistence * self.instability + strain
