"""The limits that can be knocked out of a world, each by name: one thing changes, and the shocks stay the same."""

# What each knock-out removes. Where it supplies goods or money, rest_of_world is the counted source.
KNOCKOUTS = {
    "beijing_threat": "the patrons' punishment is not foreseen; beliefs are still updated",
    "beijing_action": "every contingent act of a patron, stick or carrot, is nil",
    "beijing": "the patrons are indifferent: neither threat nor action, ordinary trade unchanged",
    "west": "leaders and allies press nobody, so nobody complies with their sanctions",
    "backlash": "openness costs nothing with the other side's allies",
    "supply": "the supplier can part with any quantity at its plain cost; what it lacks comes from rest_of_world",
    "payment": "whatever the deal asks for is paid; what the belligerent lacks comes from rest_of_world",
    "quality": "every round works",
    "trust": "deals are never broken and credit is always paid back",
    "reluctance": "the belligerent gives technology away at no loss",
    "red_line": "no ally arms the belligerent's enemy, and nobody fears it",
    "interdiction": "no shipment is stopped",
}
UNIONS = {"beijing": ("beijing_action", "beijing_threat")}


def expand(names: tuple[str, ...]) -> frozenset[str]:
    """Replace unions by their parts, so that the engine asks for elementary knock-outs only."""
    return frozenset(part for name in names for part in UNIONS.get(name, (name,)))
