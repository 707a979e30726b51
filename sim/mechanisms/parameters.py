"""The table of parameters: for each kind of thing, which numbers a scenario gives it, in which unit, within which bounds.

Scenario validation, the expansion to arrays, the JSON Schema and the reference are all made from this table. It
holds few values: the others stand in `scenarios/`, each with its source and its plausible range.
"""

from dataclasses import dataclass, replace
from typing import Self

INFINITY = float("inf")


@dataclass(frozen=True, slots=True)
class Spec:
    """One parameter: its unit, the bounds within which it has a meaning, and that meaning.

    Bounds are what is possible, not what is plausible: the plausible range is data and stands in the scenario. Few numbers
    have a value here: those that no evidence tells apart and no outcome hangs on. A scenario may leave them out; ``why`` is
    their source then.
    """

    name: str
    unit: str
    low: float
    high: float
    meaning: str
    required: bool = True
    default: float | None = None
    why: str = ""

    def fixed(self, default: float, why: str) -> Self:
        """Give the same parameter with the value that it has where a scenario does not state it, and the reason."""
        return replace(self, default=default, why=why)


def _share(name: str, meaning: str, *, required: bool = True) -> Spec:
    return Spec(name, "share", 0.0, 1.0, meaning, required)


def _amount(name: str, unit: str, meaning: str, *, low: float = 0.0, required: bool = True) -> Spec:
    return Spec(name, unit, low, 1e9, meaning, required)


def _signed(name: str, unit: str, meaning: str) -> Spec:
    return Spec(name, unit, -1e9, 1e9, meaning)


MUSD = "million USD"
MUSD_MONTH = "million USD/month"
ROUNDS = "thousand rounds"
ROUNDS_MONTH = "thousand rounds/month"
BARRELS_MONTH = "thousand barrels/month"

WORLD = (
    _amount("war_intensity", "share of full fire", "mean intensity of the war about which it fluctuates"),
    _share("war_persistence", "share of last month's deviation of the war's intensity that remains"),
    _amount("war_volatility", "share of full fire", "standard deviation of the monthly shock to the war's intensity"),
    Spec("ceasefire_month", "month number", 1.0, 1e9, "first month of a ceasefire, counted from 1; beyond the horizon: none"),
    _share("ceasefire_hazard", "probability per month that a ceasefire begins"),
    Spec("oil_price", "USD/barrel", 1.0, 1_000.0, "price of crude about which it fluctuates (median)"),
    _share("oil_persistence", "share of last month's log deviation of the oil price that remains"),
    Spec("oil_volatility", "log points", 0.0, 1.0, "standard deviation of the monthly shock to the log oil price"),
    Spec("intelligence_noise", "share", 0.0, 2.0, "standard deviation of the relative error with which a tie is seen"),
)

# What every government has: a treasury with ordinary income, and, where rules name it as the presser, a will to press.
COUNTRY = (
    _amount("treasury", MUSD, "money at the government's disposal for what is modelled here, at the start"),
    _amount("income", MUSD_MONTH, "money that reaches that treasury each month from outside the model"),
    _share("spending", "share of that treasury spent each month on purposes outside the model"),
    _share("passthrough", "share of what its commerce gains or loses that reaches that treasury"),
    _amount("oil_need", BARRELS_MONTH, "oil that the economy burns a month when it has enough"),
    _amount("oil_stock", "thousand barrels", "oil in store at the start"),
    _amount("oil_output", BARRELS_MONTH, "oil that the country produces a month for the lanes and needs modelled here"),
    _share("resolve", "how far it carries out the pressure that its rules call for"),
    _amount("tolerance", "dimensionless", "level of a trigger up to which it does nothing"),
    Spec("width", "dimensionless", 1e-6, 1e6, "rise of a trigger beyond tolerance over which pressure builds up"),
)

# What a country has that can be pressed by others over a partnership.
PARTNER = (
    _amount("horizon", "months", "months for which a provoked punishment is expected to last"),
    _amount(
        "stake_scale",
        "dimensionless",
        "weight of the months of punishment that a month's tie provokes against that month's prize",
    ),
    _share("belief", "resolve that it believes a presser to have, at the start"),
    _amount("belief_weight", "occasions", "how many observed occasions that first belief is worth", low=1e-6),
    _share("belief_rate", "share of a surprise that is learned per occasion under adaptive learning"),
    _amount("snub_harm", MUSD_MONTH, "prestige lost a month under a full diplomatic snub"),
)

BELLIGERENT = (
    *PARTNER,
    _amount("munitions", ROUNDS, "own rounds in store at the start"),
    _amount("munitions_output", ROUNDS_MONTH, "own output of rounds at the start"),
    _amount("munitions_output_growth", "thousand rounds/month per month", "monthly rise of that output until its limit"),
    _amount("munitions_output_max", ROUNDS_MONTH, "limit of own output"),
    _share("component_elasticity", "elasticity of own output to the inflow of components"),
    _amount("fire", ROUNDS_MONTH, "fire at full intensity of the war"),
    _amount("drawdown_horizon", "months", "months over which the own store is spread", low=1.0),
    _amount("rebuilding", ROUNDS_MONTH, "rounds a month bought to fill the store once the war has ended"),
    _amount("spending_limit", MUSD_MONTH, "most money that it will spend on its partners a month"),
    _share("payment_friction", "share of a money payment lost to sanctions, middlemen and delay"),
    _amount("enemy_arms_harm", MUSD_MONTH, "military loss a month if an ally of the enemy's arms it in full"),
    _share("reluctance_trust", "share of its reluctance over technology that full trust removes"),
)

SUPPLIER = (
    *PARTNER,
    _amount("munitions", ROUNDS, "rounds in store at the start, the reserve included"),
    _amount("reserve", ROUNDS, "rounds that it wants to keep for its own front when tension is nil"),
    _amount("reserve_tension", "dimensionless", "relative rise of that reserve at full tension"),
    _amount("planning_horizon", "months", "months over which rounds beyond the reserve are spread", low=1.0),
    _amount("munitions_output", ROUNDS_MONTH, "output of rounds at the start"),
    _amount("munitions_output_max", ROUNDS_MONTH, "limit of that output"),
    _share("ramp", "share of the distance between output and orders closed a month"),
    _share("quality_new", "share of newly made rounds that work"),
    _share("quality_old", "share of rounds from old stock that work"),
    _amount("troops", "person", "soldiers that it could send at the start"),
    _amount("test_rate", "tests/month", "missile tests a month without tension, new technology or pressure"),
    _amount("test_tension", "dimensionless", "relative rise of tests at full tension"),
    _amount("test_technology", "dimensionless", "relative rise of tests at a full transfer of all technology"),
    _amount("test_cover", "dimensionless", "relative rise of tests under full cover at the United Nations"),
    _share("test_restraint", "share of tests that full pressure by a patron prevents"),
    _share("tension", "tension at the start"),
    _share("tension_persistence", "share of last month's tension that remains"),
    _amount("tension_alignment", "dimensionless", "tension made a month by full alignment of the allies"),
    _amount("tension_tests", "1/test", "tension made by one test"),
    _amount("hedge_value", MUSD_MONTH, "worth a month of being free of all dependence on a patron"),
    _share("absorption", "share of received but not yet mastered technology that is mastered a month"),
    _share("instability_persistence", "share of last month's instability that remains"),
    _amount("instability_oil", "dimensionless", "instability made by a month without any oil"),
    _amount("instability_money", "dimensionless", "instability made by a month without any of its trade"),
)

PATRON = (
    _share("cover", "votes and vetoes with which it covers the supplier at the United Nations"),
    _share("cover_doubt", "share of believed resolve that full cover takes away"),
    _share("shield", "share of Western secondary pressure that it keeps off its banks and firms"),
    _signed("growth", "percent/year", "growth of its economy"),
    _share("exposure", "share of its firms that comply with secondary sanctions when its growth is nil"),
    _amount("exposure_growth", "share per percent", "fall of that share with each point of growth"),
    _share("compliance_speed", "share of the distance to full compliance covered a month"),
    _signed(
        "harm_munitions", MUSD_MONTH, "harm from munitions seen at their reference flow, all rows together (negative: welcome)"
    ),
    _signed("harm_technology", MUSD_MONTH, "harm from technology seen at its reference flow, all rows together"),
    _signed("harm_troops", MUSD_MONTH, "harm from each reference month's worth of soldiers seen abroad"),
    _signed("harm_oil", MUSD_MONTH, "harm from oil in kind seen at its reference flow"),
    _signed("harm_openness", MUSD_MONTH, "harm from a tie that is shown in full"),
    _signed("harm_alignment", MUSD_MONTH, "harm from full alignment of the allies with a leader"),
    _signed("harm_western", MUSD_MONTH, "harm from full secondary sanctions"),
    _amount("fear_defeat", MUSD_MONTH, "cost of full pressure on a belligerent that must not lose"),
    _amount("fear_collapse", MUSD_MONTH, "cost of full pressure on a supplier that must not collapse"),
    _amount("goodwill", MUSD_MONTH, "goodwill lost a month by full pressure"),
    _amount("indecision", MUSD_MONTH, "scale of the random element in its choice: the larger, the less it heeds gain", low=1e-6),
)

LEADER = (
    _amount("offer", MUSD_MONTH, "worth a month of what it offers a supplier outside the partnership"),
    _amount("threat_harm", MUSD_MONTH, "harm a month from one unit of threat to its allies"),
)

ALLY = (
    _share("alignment", "alignment with the leader at the start"),
    _share("alignment_persistence", "share of last month's alignment that remains"),
    _amount("alignment_response", "dimensionless", "alignment made by one unit of threat"),
    _amount("threat_base", "dimensionless", "threat felt whatever the partners do"),
    _amount("threat_tests", "1/test", "threat felt from one test"),
    _amount("threat_technology", "dimensionless", "threat felt from a full transfer of all technology"),
    _amount("threat_tie", "dimensionless", "threat felt from one unit of visible tie"),
    _amount("threat_harm", MUSD_MONTH, "harm a month from one unit of threat"),
    _amount("munitions", ROUNDS, "rounds in store at the start"),
    _amount("munitions_output", ROUNDS_MONTH, "output of rounds"),
)

RULE = (
    _share("strength", "share of the channel that full pressure closes, or of the carrot that is given"),
    _share("resolve", "resolve for this rule alone, instead of the presser's", required=False),
    _amount("tolerance", "{trigger}", "tolerance for this rule alone, instead of the presser's", required=False),
    Spec("width", "{trigger}", 1e-6, 1e9, "width for this rule alone, instead of the presser's", False),
    Spec("lag", "months", 1.0, 1e3, "mean age of what the presser knows of the trigger").fixed(1.0, "it knows at once"),
    _share("rate_up", "share of the distance to higher pressure covered a month"),
    _share("rate_down", "share of the distance to lower pressure covered a month"),
    _share("leakage", "share of what is withheld that finds another way at the start").fixed(0.0, "nothing leaks"),
    _share("leakage_max", "share that finds another way in the end").fixed(0.0, "nothing leaks"),
    _share("leakage_growth", "share of the distance to that end covered a month of full pressure").fixed(0.0, "nothing leaks"),
    _amount("cost", MUSD_MONTH, "cost to the presser a month of full pressure"),
    _amount("size", MUSD_MONTH, "worth of a favour at full level where it opens no lane", required=False),
    _share("minimum_flow", "share of an oil lane below which it cannot be throttled", required=False),
    _amount("restart_cost", MUSD, "cost to the presser of reopening an oil lane from its minimum", required=False),
    _share("discount", "share of the price that a buyer presses off oil at full level", required=False),
)

LANE = (
    _amount("volume", "{good}/month", "ordinary flow"),
    _amount("price", "million USD/{good}", "price of a unit at the start; that of oil moves with the world price"),
    Spec("margin", "share", 0.0, 100.0, "gain of the importer per USD of trade"),
    Spec("margin_exporter", "share", 0.0, 100.0, "gain of the exporter per USD of trade"),
    _share("substitutability", "share of a lost flow that the importer replaces elsewhere"),
    _share("substitutability_exporter", "share of a lost flow that the exporter sells elsewhere"),
)

PARTNERSHIP = (
    _amount(
        "misperception", "dimensionless", "tolerance that the partners believe a presser to have, over the true one", low=1e-6
    ),
    _amount("prestige", MUSD_MONTH, "worth a month of a tie that is shown in full"),
    _amount(
        "affinity", MUSD_MONTH, "joint benefit a month of an open tie beyond its goods: the shared wish for a multipolar order"
    ),
    _share("backlash", "share of that worth lost to the reaction of the other side's allies at full alignment"),
    _amount("openness_weight", "dimensionless", "weight of openness in the visible tie, against the weights of the goods"),
    _amount("concealment_cost", MUSD_MONTH, "cost a month of full concealment of a tie at reference flows", low=1e-6),
    _share("concealment_max", "largest share of the material tie that can be hidden"),
    _share("leak", "probability a month that a concealed flow is seen"),
    _share("supplier_power", "share of the joint surplus that goes to the supplier"),
    _share("trust", "trust at the start"),
    _share("trust_growth", "share of the distance to full trust covered by a month of kept deals"),
    _share("trust_loss", "share of trust lost when a deal is broken"),
    _share("trust_treaty", "share of the distance to full trust covered by a treaty"),
    _share("break_risk", "probability a month that a deal is broken when trust is nil"),
    _share("default_risk", "share of credit that is never paid when trust is nil"),
    _amount("credit_limit", MUSD, "debt that the supplier grants at full trust"),
    _share("repayment", "share of the debt paid back a month"),
    _share("visit_rate", "probability a month of a summit when the tie is shown in full"),
    _share("treaty_rate", "probability a month of a treaty when the tie is shown in full and trust is full"),
    _share("put_off", "share of summits that a full diplomatic snub puts off a month"),
    _share("reach", "share of the shipments that full interdiction can stop"),
    _share("troop_loss", "share of the soldiers abroad that are lost a month at full intensity of the war"),
    _amount("troop_pay", "million USD/person/month", "pay of a soldier abroad"),
    _amount("no_treaty_cost", "million USD/person", "further cost to the supplier of a soldier sent while no treaty covers it"),
    _amount("oil_cap", BARRELS_MONTH, "cap of the United Nations on refined oil"),
    Spec("oil_cap_until", "month number", 0.0, 1e9, "last month, counted from 1, in which that cap is respected"),
    _share("adjustment", "share of its caution that the heuristic bargain changes after a surprise"),
    _amount("choice_noise", MUSD_MONTH, "scale of error in the quantal (logit) bargain", low=1e-6),
)

# One row of the package that two partners bargain over.
PACKAGE = (
    _signed("value", "million USD/{good}", "worth of the first unit to the receiver"),
    _amount("cost", "million USD/{good}", "cost of the first unit to the giver; for technology the giver's reluctance"),
    _amount("curvature", "million USD/{good}²", "rise of cost with each further unit a month", low=1e-12),
    _amount("cap", "{good}/month", "most that can move a month"),
    _amount("weight", "dimensionless", "weight of the good in the visible tie, against the other weights"),
    _amount("reference", "{good}/month", "flow at which the good shows with its full weight", low=1e-6),
)

# The goods, and the unit of each: `{good}` and `{trigger}` in the units above stand for one of these.
GOODS = {
    "munitions": "thousand rounds",
    "oil": "thousand barrels",
    "money": "million USD",
    "components": "million USD",
    "trade": "million USD",
    "troops": "person",
    "technology": "point",
    "cover": "vote",
}

# What a rule may react to, and its unit. Those marked with a star in the reference belong to the tie itself.
TRIGGERS = {
    "visible_tie": "dimensionless",
    "visible_munitions": "thousand rounds/month",
    "visible_technology": "point",
    "visible_troops": "person",
    "visible_oil": "thousand barrels/month",
    "openness": "share",
    "tests": "tests/month",
    "alignment": "share",
    "tension": "share",
    "war_intensity": "share of full fire",
    "oil_price": "USD/barrel",
    "lost_dependence": "share",
    "instability": "dimensionless",
}

# Parameters by scope: what the address `china.resolve`, `rules.oil_valve.strength` … may name.
ROLES = {
    "belligerent": COUNTRY + BELLIGERENT,
    "supplier": COUNTRY + SUPPLIER,
    "patron": COUNTRY + PATRON,
    "leader": COUNTRY + LEADER,
    "ally": COUNTRY + ALLY,
}
SCOPES: dict[str, tuple[Spec, ...]] = {
    "world": WORLD,
    **ROLES,
    "rule": RULE,
    "lane": LANE,
    "partnership": PARTNERSHIP,
    "package": PACKAGE,
}
