"""What a government decides: one module a role, behaviour written once; a scenario decides who plays it."""

from sim.roles.ally import Ally
from sim.roles.belligerent import Belligerent
from sim.roles.country import Country
from sim.roles.leader import Leader
from sim.roles.patron import Patron
from sim.roles.supplier import Supplier

ROLE_CLASSES: dict[str, type[Country]] = {
    "belligerent": Belligerent,
    "supplier": Supplier,
    "patron": Patron,
    "leader": Leader,
    "ally": Ally,
}

__all__ = ["ROLE_CLASSES", "Ally", "Belligerent", "Country", "Leader", "Patron", "Supplier"]
