"""The leader: its rules press, and its offers are an outside option of the supplier."""

from sim.model.roles.country import Country


class Leader(Country):
    """The head of the other side. See sim.mechanisms.parameters.LEADER for its numbers."""
