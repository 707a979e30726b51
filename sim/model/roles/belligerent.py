"""The belligerent: how much ammunition it lacks, and what it fires."""

import numpy as np

from sim.arrays import EPSILON, Array
from sim.model.roles.country import Partner


class Belligerent(Partner):
    """A country at war. See sim.mechanisms.parameters.BELLIGERENT for its numbers."""

    munitions_output: Array

    def prepare(self, ordinary_components: Array) -> None:
        """Set up its state; ``ordinary_components`` is the undisturbed monthly inflow, million USD."""
        self.ordinary_components = ordinary_components
        self.components_received = self.components_from_patrons = ordinary_components.copy()
        self.full_store = self.munitions.copy()
        self.made = self.munitions_output.copy()
        self.drawn = self.munitions / self.drawdown_horizon
        self.fire_now = np.zeros_like(self.fire)
        self.fire_shortage = np.zeros_like(self.fire)
        self.ground_lost = np.zeros_like(self.fire)
        self.invaded = np.zeros_like(self.fire)
        self.burden = np.ones_like(self.fire)

    def meet_incursion(self, draws: Array, month: int, at_war: Array) -> None:
        """Let an incursion begin, on its known date or by chance after it, and fade as the ground is won back."""
        begins = np.where(month > self.incursion_month, draws < self.incursion_hazard, month == self.incursion_month)
        self.invaded = at_war * np.maximum(self.incursion_persistence * self.invaded, begins)

    def plan(self, armed: Array) -> None:
        """Set aside what it will take from its own store this month; ``armed`` is how far its enemy is armed by others."""
        self.drawn = self.munitions / self.drawdown_horizon
        self.burden = 1.0 + self.enemy_arms_need * armed

    def manpower(self, intensity: Array) -> Array:
        """Soldiers that it lacks at the front: more the hotter the war, while it is invaded, and where its enemy is armed."""
        return self.burden * (intensity * self.manpower_gap + self.incursion * self.invaded)

    def gap(self, intensity: Array, at_war: Array, elsewhere: Array) -> Array:
        """Effective rounds a month that it lacks.

        G = max(w F − own output − drawdown − other suppliers, 0) during the war, more where its enemy is armed. After it, what
        own output falls short of in filling its store until that is as full as at the start.
        """
        needed = self.burden * intensity * self.fire - self.drawn
        rebuilding = self.rebuilding * (self.munitions < self.full_store)
        return np.maximum(np.where(at_war > 0.0, needed, rebuilding) - self.made - elsewhere, 0.0)

    def produce(self) -> None:
        """Make rounds: capacity grows to its limit, and output falls short of it where components are missing.

        output = capacity · (components received / ordinary inflow)^elasticity; a world without such goods needs none.
        """
        grown = np.minimum(self.munitions_output + self.munitions_output_growth, self.munitions_output_max)
        self.munitions_output = np.maximum(self.munitions_output, grown)
        ordinary = self.ordinary_components
        supplied = np.where(ordinary > 0.0, np.minimum(self.components_received / np.maximum(ordinary, EPSILON), 1.0), 1.0)
        self.made = self.munitions_output * supplied**self.component_elasticity
        self.ledger.make("munitions", self.name, self.made)

    def fight(self, intensity: Array, delivered: Array, effective: Array) -> Array:
        """Fire what the war asks for, the partners' rounds first. Returns the share of their rounds that was fired.

        Parameters
        ----------
        intensity : ndarray, shape (R,)
            Intensity of the war.
        delivered, effective : ndarray, shape (R,)
            Rounds that arrived this month, and those of them that work, thousand.
        """
        wanted = self.burden * intensity * self.fire
        used = np.where(effective > wanted, wanted / np.maximum(effective, EPSILON), 1.0)
        foreign = used * effective
        own = np.minimum(np.maximum(wanted - foreign, 0.0), self.made + self.drawn)
        self.fire_now = np.minimum(own + used * delivered, self.munitions)
        self.ledger.use("munitions", self.name, self.fire_now)
        missing = np.maximum(wanted - foreign - own, 0.0)
        self.fire_shortage = np.where(wanted > 0.0, missing / np.maximum(wanted, EPSILON), 0.0)
        self.ground_lost = self.ground_lost + self.fire_shortage
        return used
