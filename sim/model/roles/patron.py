"""The patron: what it minds in a tie, what restrains it, its stance toward each partner, and how far its firms bow to others."""

import numpy as np

from sim.arrays import Array
from sim.mechanisms.knockouts import Removed
from sim.mechanisms.motives import LEAST_CONCERN, Motives, Sight, aim, tolerance, width
from sim.model.roles.country import Country, Partner

# Which number of a patron is which motive, and which motives answer to the tie.
NUMBER_OF = {
    "concern": "concern",
    "welcome": "welcome",
    "rivalry": "rivalry",
    "alignment": "concern_alignment",
    "western": "concern_western",
    "defeat": "fear_defeat",
    "collapse": "fear_collapse",
    "goodwill": "goodwill",
    "forgone": "trade_forgone",
}
OF_THE_TIE = ("concern", "welcome", "rivalry")


class Patron(Country):
    """A country on which others depend. See sim.mechanisms.parameters.PATRON for its numbers.

    Attributes
    ----------
    stance : dict of ndarray, shape (R,)
        Toward each partner, by name: −1 is cold, 1 is warm.
    tolerated, width_seen : dict of ndarray, shape (R,)
        Visible tie at which its aim crosses nil this month, and the rise of the tie that turns it cold, for each partner.
    minds : ndarray of bool, shape (R,)
        Whether its stance answers to the tie at all.
    harm_felt : ndarray, shape (R,)
        Displeasure over all partners, million USD a month.
    """

    def prepare(self, partners: list[Partner], removed: Removed) -> None:
        """Set up its state. An indifferent patron's stance does not answer to the tie; all else that moves it stays."""
        nothing = np.zeros_like(self.cover)
        self.compliance = self.harm_felt = nothing
        named = {motive: getattr(self, number) for motive, number in NUMBER_OF.items()}
        # What partners fear is what it minds; what it does answers to the tie only where its action is not taken out.
        self.known = Motives(**named)
        self.motives = Motives(
            **{**named, **{motive: removed.swap("beijing_action", named[motive], 0.0) for motive in OF_THE_TIE}}
        )
        self.minds = self.known.concern >= LEAST_CONCERN
        self.stance: dict[str, Array] = {}
        self.tolerated = {partner.name: nothing for partner in partners}
        self.width_seen = {partner.name: width(self.known) for partner in partners}

    def feel(self, partner: Partner, sight: Sight, shock: Array) -> None:
        """Move its stance toward a partner: S ← S + rate (S* − S) + σ ε, in [−1, 1]; at first S is its aim S*.

        Parameters
        ----------
        partner : Partner
            Toward whom.
        sight : Sight
            What it sees.
        shock : ndarray, shape (R,)
            Standard normal shock of outside politics, ε.
        """
        name = partner.name
        self.tolerated[name] = tolerance(self.known, sight, self.outlook, partner.role)
        wanted = aim(self.motives, sight, self.outlook, partner.role)
        before = self.stance.get(name, wanted)
        moved = before + self.stance_rate * (wanted - before) + self.stance_noise * shock
        self.stance[name] = np.minimum(np.maximum(moved, -1.0), 1.0)

    def displeasure(self, partner: str) -> Array:
        """How cold it is toward a partner, 0 to 1."""
        return np.maximum(-self.stance[partner], 0.0)

    def favour(self, partner: str) -> Array:
        """How warm it is toward a partner, 0 to 1."""
        return np.maximum(self.stance[partner], 0.0)

    def comply(self, pressure: Array) -> None:
        """Let banks and firms follow secondary sanctions by themselves; the government only shields some of them.

        Parameters
        ----------
        pressure : ndarray, shape (R,)
            Level of secondary sanctions that is not evaded.
        """
        reached = pressure * self.exposure * (1.0 - self.shield)
        self.compliance = self.compliance + self.compliance_speed * (reached - self.compliance)
