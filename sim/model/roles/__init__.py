"""What a government decides: one module a role, behaviour written once; a scenario decides who plays it."""

from sim.model.roles.ally import Ally
from sim.model.roles.belligerent import Belligerent
from sim.model.roles.country import Country, Partner
from sim.model.roles.leader import Leader
from sim.model.roles.patron import Patron
from sim.model.roles.supplier import Supplier

ROLE_CLASSES: dict[str, type[Country]] = {
    "belligerent": Belligerent,
    "supplier": Supplier,
    "patron": Patron,
    "leader": Leader,
    "ally": Ally,
}

__all__ = ["ROLE_CLASSES", "Ally", "Belligerent", "Country", "Leader", "Partner", "Patron", "Supplier"]
