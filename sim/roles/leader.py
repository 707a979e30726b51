"""The leader: its rules press, and its offers are an outside option of the supplier."""

from sim.roles.country import Country


class Leader(Country):
    """The head of the other side. See sim.parameters.LEADER for its numbers."""
