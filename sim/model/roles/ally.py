"""The ally: it moves toward the leader when it feels threatened."""

import numpy as np

from sim.arrays import Array
from sim.model.roles.country import Country


class Ally(Country):
    """A country that the leader protects. See sim.mechanisms.parameters.ALLY for its numbers."""

    alignment: Array

    def prepare(self) -> None:
        """Set up its state."""
        self.threat = np.zeros_like(self.alignment)

    def align(self, tests: Array, technology: Array, visible_tie: Array) -> None:
        """Move alignment: n ← ρ n + η · threat, in [0, 1].

        Parameters
        ----------
        tests : ndarray, shape (R,)
            Tests of all suppliers this month.
        technology : ndarray, shape (R,)
            Points that the suppliers have mastered, over 100.
        visible_tie : ndarray, shape (R,)
            Strongest visible tie.
        """
        self.threat = (
            self.threat_base + self.threat_tests * tests + self.threat_technology * technology + self.threat_tie * visible_tie
        )
        moved = self.alignment_persistence * self.alignment + self.alignment_response * self.threat
        self.alignment = np.minimum(np.maximum(moved, 0.0), 1.0)

    def produce(self) -> None:
        """Make rounds for its lanes."""
        self.ledger.make("munitions", self.name, self.munitions_output)
