"""One table of the quantities that a simulation records, and one of the outcomes that are made from them.

Recording, the units in a Dataset, the ledger's balance checks, the reference and the figures' labels are made from
these tables. A further quantity or outcome is one row.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from sim.arrays import Array

Holder = Literal["world", "country", "partnership", "rule", "lane"]
How = Literal["sum", "mean", "last", "max", "first", "count"]

ALL_ROLES = ("belligerent", "supplier", "patron", "leader", "ally")
PARTNERS = ("belligerent", "supplier")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A recorded monthly series: who has it, its unit, its meaning, and which roles have it where countries do.

    ``read`` takes the world and the holder (`sim.model`: the world itself, a country, partnership, rule or flow) and gives the
    present value, shape (R,). Without it, the value is the holder's attribute of the quantity's name.
    """

    name: str
    unit: str
    holder: Holder
    meaning: str
    roles: tuple[str, ...] = ALL_ROLES
    default: bool = True
    read: Callable[[Any, Any], Array] | None = None

    def of(self, world: Any, holder: Any) -> Array:
        """Present value for one holder, shape (R,)."""
        return self.read(world, holder) if self.read else getattr(holder, self.name)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A number per run, made from one recorded quantity over all months to a date and summed or averaged over holders.

    ``how`` says what is made of the months (``first`` is the number of the first month above zero, one more than the
    horizon when there is none; ``count`` is the number of months above ``above``). ``across`` says what is made of
    several holders; ``among`` keeps only holders of one kind (a role for countries, the limit of a rule for rules).
    """

    name: str
    quantity: str
    how: How
    unit: str
    meaning: str
    across: Literal["sum", "mean", "max"] = "sum"
    among: str = ""
    above: float = 0.0


# The goods that the ledger conserves: made, moved, used up or lost, and nothing else.
CONSERVED = ("munitions", "oil", "money", "components", "troops")

# What Beijing may cap, each judged apart, and the limits that may bind instead.
DIMENSIONS = ("munitions", "technology", "troops", "oil", "openness")
LIMITS = (
    "none",
    "demand",
    "supply",
    "payment",
    "quality",
    "trust",
    "reluctance",
    "red_line",
    "interdiction",
    "backlash",
    "west",
    "beijing",
)


def _limit(dimension: str) -> Quantity:
    """Which limit bound one dimension of a package."""
    return Quantity(
        f"limit_{dimension}",
        "code",
        "partnership",
        f"which limit bound {dimension}: index in quantities.LIMITS",
        read=lambda world, pair: world.binding_limit(pair, dimension),
    )


QUANTITIES = (
    Quantity("war_intensity", "share of full fire", "world", "intensity of the war, zero during a ceasefire"),
    Quantity("oil_price", "USD/barrel", "world", "world price of crude"),
    # the partnership
    Quantity("munitions_agreed", "thousand rounds/month", "partnership", "rounds agreed on, duds included"),
    Quantity("munitions_delivered", "thousand rounds/month", "partnership", "rounds that arrived, duds included"),
    Quantity("munitions_effective", "thousand rounds/month", "partnership", "rounds that arrived and work"),
    Quantity("munitions_interdicted", "thousand rounds/month", "partnership", "rounds stopped on the way"),
    Quantity("fire_share", "share", "partnership", "share of the belligerent's fire that are the supplier's rounds"),
    Quantity("technology_transferred", "points/month", "partnership", "technology handed over, all rungs"),
    Quantity("technology", "points", "partnership", "technology handed over so far, of 100"),
    Quantity("troops_sent", "persons/month", "partnership", "soldiers sent"),
    Quantity("troops_abroad", "persons", "partnership", "soldiers abroad"),
    Quantity("oil_delivered", "thousand barrels/month", "partnership", "oil handed over in kind"),
    Quantity("cover_given", "votes/month", "partnership", "votes and vetoes given"),
    Quantity("openness", "share", "partnership", "how publicly the tie is shown"),
    Quantity("concealment", "share", "partnership", "share of the material tie that is hidden"),
    Quantity(
        "visible_tie", "dimensionless", "partnership", "what was seen this month of last month's tie, one at reference flows"
    ),
    Quantity("caution", "million USD/month", "partnership", "price of a unit of visible tie at which the package was chosen"),
    Quantity(
        "payment",
        "million USD/month",
        "partnership",
        "money paid to the supplier and what is put to its account; negative: it got more in kind than its share",
    ),
    Quantity("price", "million USD/thousand rounds", "partnership", "money paid for a thousand agreed rounds"),
    Quantity(
        "debt", "million USD", "partnership", "what the belligerent owes the supplier; negative: what it has handed over ahead"
    ),
    Quantity("trust", "share", "partnership", "trust between the partners"),
    Quantity(
        "surplus",
        "million USD/month",
        "partnership",
        "joint surplus of the package bargained for, foreseen punishment not subtracted",
    ),
    Quantity(
        "foreseen_punishment", "million USD/month", "partnership", "expected harm from all foreseen rules at the chosen package"
    ),
    Quantity("visit", "visits/month", "partnership", "summits held"),
    Quantity("treaty", "treaties/month", "partnership", "treaties signed"),
    Quantity("broken", "deals/month", "partnership", "deals broken"),
    *(_limit(dimension) for dimension in DIMENSIONS),
    # countries
    Quantity("treasury", "million USD", "country", "money at the government's disposal"),
    Quantity(
        "munitions",
        "thousand rounds",
        "country",
        "rounds in store",
        ("belligerent", "supplier", "leader", "ally"),
        read=lambda world, country: world.ledger.account("munitions", country.name),  # a leader starts with none
    ),
    Quantity(
        "munitions_output", "thousand rounds/month", "country", "rounds made", PARTNERS, read=lambda world, country: country.made
    ),
    Quantity("oil_stock", "thousand barrels", "country", "oil in store", default=False),
    Quantity("oil_shortage", "share", "country", "share of the need for oil that was not met"),
    Quantity(
        "fire", "thousand rounds/month", "country", "rounds fired", ("belligerent",), read=lambda world, country: country.fire_now
    ),
    Quantity("fire_shortage", "share", "country", "share of the wanted effective fire that was not met", ("belligerent",)),
    Quantity("ground_lost", "months of full shortage", "country", "months of missing fire so far", ("belligerent",)),
    Quantity("components_received", "million USD/month", "country", "dual-use goods that arrived", ("belligerent",)),
    Quantity(
        "components_from_patrons", "million USD/month", "country", "dual-use goods that arrived from patrons", ("belligerent",)
    ),
    Quantity(
        "foreign_workers",
        "persons",
        "country",
        "workers from abroad",
        ("belligerent", "patron"),
        read=lambda world, country: world.commerce.imported("labour", country.name),
    ),
    Quantity("instability", "dimensionless", "country", "strain from want of oil and trade", ("supplier",)),
    Quantity("tension", "share", "country", "tension at its border", ("supplier",)),
    Quantity("tests", "tests/month", "country", "missile tests", ("supplier",)),
    Quantity("technology_mastered", "points", "country", "received technology that is mastered", ("supplier",)),
    Quantity("alignment", "share", "country", "alignment with the leader", ("ally",)),
    Quantity("compliance", "share", "country", "share of firms and banks that comply with foreign sanctions", ("patron",)),
    Quantity(
        "belief",
        "share",
        "country",
        "resolve that it believes the patrons to have",
        PARTNERS,
        read=lambda world, country: country.belief_in_patrons(),
    ),
    Quantity(
        "stance",
        "stance",
        "country",
        "stance of the patrons toward it, −1 (cold) to 1 (warm)",
        PARTNERS,
        read=lambda world, country: world.stance(country),
    ),
    Quantity(
        "tolerance",
        "dimensionless",
        "country",
        "visible tie at which the patrons' aim turns cold, given what they mind and fear this month",
        PARTNERS,
        read=lambda world, country: world.tolerance(country),
    ),
    Quantity("meeting", "meetings/month", "country", "meetings of its leader with a patron's", PARTNERS),
    Quantity(
        "dependence_on_patron",
        "share",
        "country",
        "dependence on the patrons",
        PARTNERS,
        read=lambda world, country: world.commerce.on_patron(country.name),
    ),
    Quantity(
        "dependence_on_partner",
        "share",
        "country",
        "dependence on its partners",
        PARTNERS,
        read=lambda world, country: world.commerce.on_partner(country.name),
    ),
    Quantity(
        "trade_with_patron",
        "million USD/month",
        "country",
        "two-way trade with the patrons, oil included and labour not",
        PARTNERS,
        read=lambda world, country: world.commerce.with_patron(country.name),
    ),
    Quantity(
        "harm_from_patron",
        "million USD/month",
        "country",
        "loss from the patrons' pressure",
        PARTNERS,
        read=lambda world, country: world.harm(country, by_patron=True),
    ),
    Quantity(
        "harm_from_west",
        "million USD/month",
        "country",
        "loss from the leaders' and allies' pressure",
        PARTNERS,
        read=lambda world, country: world.harm(country, by_patron=False),
    ),
    Quantity("welfare", "million USD/month", "country", "welfare by the formula of its role"),
    # rules
    Quantity("pressure", "share", "rule", "level of pressure", read=lambda world, rule: rule.level),
    # lanes, and what the partners hand over
    Quantity("lane_flow", "million USD/month", "lane", "value of what moved", default=False, read=lambda world, flow: flow.value),
)
QUANTITY = {quantity.name: quantity for quantity in QUANTITIES}

OUTCOMES = (
    Outcome("munitions", "munitions_effective", "sum", "thousand rounds", "effective rounds delivered"),
    Outcome("munitions_raw", "munitions_delivered", "sum", "thousand rounds", "rounds delivered, duds included"),
    Outcome("munitions_interdicted", "munitions_interdicted", "sum", "thousand rounds", "rounds stopped on the way"),
    Outcome("technology", "technology", "last", "points", "technology handed over"),
    Outcome("troops", "troops_sent", "sum", "persons", "soldiers sent"),
    Outcome("oil", "oil_delivered", "sum", "thousand barrels", "oil handed over in kind"),
    Outcome("openness", "openness", "mean", "share", "mean openness of the tie", across="mean"),
    Outcome("concealment", "concealment", "mean", "share", "mean concealment of the material tie", across="mean"),
    Outcome("visible_tie", "visible_tie", "mean", "dimensionless", "mean visible tie", across="mean"),
    Outcome("payment", "payment", "sum", "million USD", "money paid to suppliers"),
    Outcome("debt", "debt", "last", "million USD", "debt of the belligerents at the end; negative: they have given ahead"),
    Outcome("trust", "trust", "last", "share", "trust at the end", across="mean"),
    Outcome("fire_share", "fire_share", "mean", "share", "mean share of fire that are the suppliers' rounds"),
    Outcome("visits", "visit", "sum", "visits", "summits held"),
    Outcome("first_visit", "visit", "first", "month number", "month of the first summit"),
    Outcome("treaty", "treaty", "first", "month number", "month of the treaty"),
    Outcome("deals_broken", "broken", "sum", "deals", "deals broken"),
    Outcome("tests", "tests", "sum", "tests", "missile tests"),
    Outcome("alignment", "alignment", "last", "share", "alignment of the allies at the end", across="mean"),
    Outcome("instability", "instability", "max", "dimensionless", "worst strain of a supplier", across="max"),
    Outcome("ground_lost", "ground_lost", "last", "months of full shortage", "months of missing fire", among="belligerent"),
    Outcome("workers", "foreign_workers", "mean", "persons", "mean number of workers abroad"),
    Outcome("compliance", "compliance", "last", "share", "compliance of the patron's firms at the end", across="mean"),
    Outcome(
        "belief_belligerent",
        "belief",
        "last",
        "share",
        "resolve believed by belligerents at the end",
        across="mean",
        among="belligerent",
    ),
    Outcome(
        "belief_supplier", "belief", "last", "share", "resolve believed by suppliers at the end", across="mean", among="supplier"
    ),
    Outcome(
        "beijing_pressure",
        "pressure",
        "mean",
        "share",
        "mean level of the patrons' punishing rules",
        across="mean",
        among="beijing",
    ),
    Outcome(
        "beijing_months",
        "pressure",
        "count",
        "months",
        "months in which a patron's punishment was above 0.05",
        across="max",
        among="beijing",
        above=0.05,
    ),
    Outcome(
        "beijing_snubs",
        "pressure",
        "count",
        "months",
        "months in which a patron's snub was above 0.05",
        across="max",
        among="beijing_snub",
        above=0.05,
    ),
    Outcome("stance_supplier", "stance", "mean", "stance", "mean stance toward suppliers", across="mean", among="supplier"),
    Outcome(
        "stance_belligerent",
        "stance",
        "mean",
        "stance",
        "mean stance toward belligerents",
        across="mean",
        among="belligerent",
    ),
    Outcome(
        "tolerance_supplier",
        "tolerance",
        "mean",
        "dimensionless",
        "mean visible tie that the patrons bear of suppliers",
        across="mean",
        among="supplier",
    ),
    Outcome("meetings", "meeting", "sum", "meetings", "meetings of suppliers with a patron", among="supplier"),
    Outcome(
        "dependence_supplier",
        "dependence_on_patron",
        "last",
        "share",
        "dependence of suppliers on the patrons at the end",
        across="mean",
        among="supplier",
    ),
    Outcome(
        "dependence_belligerent",
        "dependence_on_patron",
        "last",
        "share",
        "dependence of belligerents on the patrons at the end",
        across="mean",
        among="belligerent",
    ),
    *(
        Outcome(f"welfare_{role}", "welfare", "sum", "million USD", f"welfare of all countries in the role of {role}", among=role)
        for role in ALL_ROLES
    ),
)
