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
        self.instability = nothing
        self.tests = nothing
        self.technology_mastered = nothing
        self.cover_received = nothing

    def available(self) -> Array:
        """Rounds a month that it can spare: output, and what it holds beyond its reserve, spread over its horizon."""
        reserve = self.reserve * (1.0 + self.reserve_tension * self.tension)
        return np.maximum(self.munitions_output + (self.munitions - reserve) / self.planning_horizon, 0.0)

    def quality(self) -> Array:
        """Share of its rounds that work: the larger its orders against its output, the more come from old stock."""
        fresh = np.minimum(self.munitions_output / np.maximum(self.orders, EPSILON), 1.0)
        return self.quality_old + (self.quality_new - self.quality_old) * fresh

    def produce(self) -> None:
        """Make rounds; output moves up toward orders, to its limit."""
        aim = np.minimum(np.maximum(self.orders, self.munitions_output), self.munitions_output_max)
        self.munitions_output = self.munitions_output + self.ramp * np.maximum(aim - self.munitions_output, 0.0)
        self.made = self.munitions_output
        self.ledger.make("munitions", self.name, self.made)

    def test_mean(self, pressure: Array) -> Array:
        """Mean number of missile tests this month; ``pressure`` is the highest level of a patron's rule against it."""
        eagerness = (
            1.0
            + self.test_tension * self.tension
            + self.test_technology * self.technology_mastered / 100.0
            + self.test_cover * self.cover_received
        )
        return self.test_rate * eagerness * (1.0 - self.test_restraint * pressure)

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
