"""The patron: what the tie costs it, whether it acts, and how far its firms bow to others."""

from dataclasses import dataclass

import numpy as np

from sim.arrays import Array
from sim.model.roles.country import Country


@dataclass(slots=True)
class Sighting:
    """What can be seen of a tie, over its reference flows, shape (R,) each."""

    munitions: Array
    technology: Array
    troops: Array
    oil: Array
    openness: Array


class Patron(Country):
    """A country on which others depend. See sim.mechanisms.parameters.PATRON for its numbers."""

    def prepare(self) -> None:
        """Set up its state."""
        self.compliance = np.zeros_like(self.cover)
        self.harm_felt = np.zeros_like(self.cover)

    def feel(self, sightings: list[Sighting], alignment: Array, sanctioned: Array) -> None:
        """Weigh the harm that the ties do to it, million USD a month.

        h = Σ_d α_d visible_d + α_openness s + α_alignment n + α_western L, with L the level of secondary sanctions.
        """
        harm = self.harm_alignment * alignment + self.harm_western * sanctioned
        for seen in sightings:
            harm = harm + self.harm_munitions * seen.munitions + self.harm_technology * seen.technology
            harm = harm + self.harm_troops * seen.troops + self.harm_oil * seen.oil + self.harm_openness * seen.openness
        self.harm_felt = harm

    def willingness(self, target_role: str, instability: Array, cost: Array) -> Array:
        """Probability that acting pays: quantal response to harm less cost (McKelvey and Palfrey 1995).

        Parameters
        ----------
        target_role : str
            Role of the target: a belligerent must not lose, a supplier must not collapse.
        instability : ndarray, shape (R,)
            Strain of the supplier.
        cost : ndarray, shape (R,)
            Cost of the rule itself at full pressure, million USD a month.
        """
        fear = self.fear_collapse * (1.0 + instability) if target_role == "supplier" else self.fear_defeat
        against = fear + self.goodwill + cost
        odds = np.minimum(np.maximum((self.harm_felt - against) / self.indecision, -50.0), 50.0)
        return 1.0 / (1.0 + np.exp(-odds))

    def comply(self, pressure: Array) -> None:
        """Let banks and firms follow secondary sanctions by themselves; the government only shields some of them.

        Parameters
        ----------
        pressure : ndarray, shape (R,)
            Level of secondary sanctions that is not evaded.
        """
        exposed = np.minimum(np.maximum(self.exposure - self.exposure_growth * self.growth, 0.0), 1.0)
        aim = pressure * exposed * (1.0 - self.shield)
        self.compliance = self.compliance + self.compliance_speed * (aim - self.compliance)
