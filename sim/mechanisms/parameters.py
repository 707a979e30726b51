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
    _share("war_persistence", "share of last month's deviation of the war's intensity that remains").fixed(
        0.7, "a lull or an offensive lasts some three months; how long exactly, no outcome hangs on"
    ),
    _amount("war_volatility", "share of full fire", "standard deviation of the monthly shock to the war's intensity").fixed(
        0.06, "assumption: with that persistence a standard deviation of a twelfth of full fire"
    ),
    Spec(
        "ceasefire_month", "month number", 1.0, 1e9, "first month of a ceasefire, counted from 1; beyond the horizon: none"
    ).fixed(999.0, "no ceasefire is scheduled"),
    _share("ceasefire_hazard", "probability per month that a ceasefire begins"),
    Spec("oil_price", "USD/barrel", 1.0, 1_000.0, "price of crude about which it fluctuates (median)"),
    _share("oil_persistence", "share of last month's log deviation of the oil price that remains").fixed(
        0.9, "prices of crude halve a deviation within about half a year; no outcome hangs on it"
    ),
    Spec("oil_volatility", "log points", 0.0, 1.0, "standard deviation of the monthly shock to the log oil price").fixed(
        0.06, "assumption: a fifth a year, as crude has had it"
    ),
    Spec("intelligence_noise", "share", 0.0, 2.0, "standard deviation of the relative error with which a tie is seen"),
    Spec("trade_growth", "share/year", -0.5, 1.0, "growth of ordinary trade on lanes with a season").fixed(0.0, "no trend"),
    _share("trade_memory", "share of last month's log deviation of ordinary trade that remains").fixed(
        0.9, "a slump or a boom in trade halves within about half a year, as in the customs of 2023-24"
    ),
    _share("closure_hazard", "probability a month that a border closes, for lanes that cross one").fixed(
        0.0, "borders stay open"
    ),
    _share("closure_share", "share of the flow that a closed border stops").fixed(
        0.6, "assumption: rail or sea carries on; four fifths were lost in the year of the epidemic (E126, E127)"
    ),
    _share("closure_persistence", "probability that a closed border is closed the month after").fixed(
        0.7, "assumption: three months on average, longer than a flood and shorter than an epidemic"
    ),
)

# What every government has: a treasury with ordinary income, and, where rules name it as the presser, a will to press.
COUNTRY = (
    _amount("treasury", MUSD, "money at the government's disposal for what is modelled here, at the start").fixed(
        1e6, "a trillion, of the order of a great power's reserves: more than it spends on what is modelled here"
    ),
    _amount("income", MUSD_MONTH, "money that reaches that treasury each month from outside the model").fixed(
        0.0, "a government that only presses spends what it has"
    ),
    _share("spending", "share of that treasury spent each month on purposes outside the model").fixed(
        0.0, "a government that only presses keeps what it does not spend on it"
    ),
    _share("passthrough", "share of what its commerce gains or loses that reaches that treasury").fixed(
        0.05, "most commerce is private"
    ),
    _amount("oil_need", BARRELS_MONTH, "oil that the economy burns a month when it has enough").fixed(
        0.0, "own needs are not modelled here"
    ),
    _amount("oil_stock", "thousand barrels", "oil in store at the start").fixed(
        300_000.0, "of the order of a great power's reserves: who passes oil on is not dry when it buys less of it"
    ),
    _amount("oil_output", BARRELS_MONTH, "oil that the country produces a month for the lanes and needs modelled here").fixed(
        0.0, "own wells serve needs that are not modelled here"
    ),
    _share("resolve", "how far it carries out the pressure that its rules call for").fixed(1.0, "it does what its rules say"),
    _amount("tolerance", "dimensionless", "level of a trigger up to which it does nothing").fixed(
        0.5, "used by rules alone that state none"
    ),
    Spec("width", "dimensionless", 1e-6, 1e6, "rise of a trigger beyond tolerance over which pressure builds up").fixed(
        0.5, "used by rules alone that state none"
    ),
)

# What a country has that can be pressed by others over a partnership.
PARTNER = (
    _amount("horizon", "months", "months for which a provoked punishment is expected to last").fixed(
        6.0, "assumption; stake_scale, which it multiplies, holds the doubt about it"
    ),
    _amount(
        "stake_scale",
        "dimensionless",
        "weight of the months of punishment that a month's tie provokes against that month's prize",
    ),
    _share("belief", "resolve that it believes a presser to have, at the start"),
    _amount("belief_weight", "occasions", "how many observed occasions that first belief is worth", low=1e-6).fixed(
        6.0, "assumption: half a year of deeds outweighs what was thought before"
    ),
    _share("belief_rate", "share of a surprise that is learned per occasion under adaptive learning").fixed(
        0.1, "assumption: as fast as the first belief wears off under Bayesian learning"
    ),
    _amount("snub_harm", MUSD_MONTH, "prestige lost a month under a full diplomatic snub").fixed(
        10.0, "assumption: a sixth of what an open tie is worth in prestige"
    ),
)

BELLIGERENT = (
    *PARTNER,
    _amount("munitions", ROUNDS, "own rounds in store at the start"),
    _amount("munitions_output", ROUNDS_MONTH, "own output of rounds at the start"),
    _amount("munitions_output_growth", "thousand rounds/month per month", "monthly rise of that output until its limit").fixed(
        7.0, "E099, E100: from 2.0 to 3.0 million rounds a year within a year"
    ),
    _amount("munitions_output_max", ROUNDS_MONTH, "limit of own output"),
    _share("component_elasticity", "elasticity of own output to the inflow of components"),
    _amount("fire", ROUNDS_MONTH, "fire at full intensity of the war"),
    _amount("drawdown_horizon", "months", "months over which the own store is spread", low=1.0).fixed(
        48.0, "assumption: planned to last four more years, much of it in poor condition (E102)"
    ),
    _amount(
        "rebuilding", ROUNDS_MONTH, "rounds a month that it wants for its store once the war has ended, own output included"
    ).fixed(300.0, "assumption: depots are filled at the pace of the output of 2024 (E100)"),
    _amount("manpower_gap", "person", "soldiers that it lacks at full intensity of the war while nobody invades it").fixed(
        0.0, "it fills its ranks at home"
    ),
    _amount("incursion", "person", "further soldiers that it lacks on the day of an incursion into its own land").fixed(
        0.0, "an incursion takes nothing from its front"
    ),
    Spec(
        "incursion_month", "month number", 0.0, 1e9, "month of a known incursion, counted from 1; others come by chance after it"
    ).fixed(0.0, "none is known beforehand"),
    _share("incursion_hazard", "probability per month of a further incursion").fixed(
        0.03, "one on the scale of Kursk in the 34 months of war to December 2024"
    ),
    _share("incursion_persistence", "share of that need that is left a month later").fixed(
        0.87, "some two fifths of the ground at Kursk was won back within four months, widely reported in November 2024"
    ),
    _amount("spending_limit", MUSD_MONTH, "most money that it will spend on its partners a month"),
    _share("payment_friction", "share of a money payment lost to sanctions, middlemen and delay").fixed(
        0.1, "E239: payments stalled in 2024; the share is an assumption"
    ),
    _amount("enemy_arms_harm", MUSD_MONTH, "military loss a month if an ally of the enemy's arms it in full").fixed(
        250.0, "assumption: as much as its own monthly purchases of rounds"
    ),
    _amount(
        "enemy_arms_need", "dimensionless", "relative rise of its need for rounds and soldiers if the enemy is armed in full"
    ).fixed(0.25, "assumption: E091 gives the enemy a fifth of its own fire, which an ally's arsenal could double"),
    _share("reluctance_trust", "share of its reluctance over technology that full trust removes").fixed(0.3, "assumption"),
)

SUPPLIER = (
    *PARTNER,
    _amount("munitions", ROUNDS, "rounds in store at the start, the reserve included"),
    _amount("reserve", ROUNDS, "rounds that it wants to keep for its own front when tension is nil"),
    _amount("reserve_tension", "dimensionless", "relative rise of that reserve at full tension").fixed(0.5, "assumption"),
    _amount("planning_horizon", "months", "months over which rounds beyond the reserve are spread", low=1.0).fixed(
        3.0,
        "assumption: who is paid for each round now, and not once the war has ended, spreads nothing beyond a season's loading",
    ),
    _amount("munitions_output", ROUNDS_MONTH, "output of rounds at the start"),
    _amount("munitions_output_max", ROUNDS_MONTH, "limit of that output"),
    _share("ramp", "share of the distance between output and orders closed a month").fixed(
        0.08, "assumption: further shifts and lines within a year"
    ),
    _share("quality_new", "share of newly made rounds that work").fixed(
        0.85, "assumption: made under inspection by the buyer, below the 0.95 and more of a first-rate plant"
    ),
    _share("quality_old", "share of rounds from old stock that work, as long as that stock is full"),
    _share("quality_fade", "share of that quality lost by the time all old stock has gone").fixed(
        0.0, "one depot is like the other"
    ),
    _amount("troops", "person", "soldiers that it could send at the start").fixed(
        40000.0, "assumption: a fifth of some 200,000 in its special forces"
    ),
    _amount("test_rate", "tests/month", "missile tests a month without tension, new technology or pressure"),
    _amount("test_tension", "dimensionless", "relative rise of tests at full tension").fixed(1.0, "assumption"),
    _amount("test_technology", "dimensionless", "relative rise of tests at a full transfer of all technology").fixed(
        0.5, "assumption"
    ),
    _amount("test_cover", "dimensionless", "relative rise of tests under full cover at the United Nations").fixed(
        0.2, "assumption"
    ),
    _share("test_restraint", "share of tests that full pressure by a patron prevents").fixed(0.4, "assumption"),
    _share("test_abroad", "share of tests that are left out while all its output and soldiers are abroad").fixed(
        0.1, "assumption: 36 missile events in 2022, 23 and 20 in the years of shells and soldiers abroad (E283-E285)"
    ),
    Spec("test_scatter", "log points", 0.0, 3.0, "standard deviation of the monthly log number of tests beyond chance").fixed(
        0.25, "monthly counts of June 2023 to December 2024 (E284, E285): a variance of 1.8 on a mean of 1.6"
    ),
    _share("tension", "tension at the start").fixed(0.4, "assumption: the level at which it stays by itself"),
    _share("tension_persistence", "share of last month's tension that remains").fixed(0.8, "assumption"),
    _amount("tension_alignment", "dimensionless", "tension made a month by full alignment of the allies").fixed(
        0.1, "assumption"
    ),
    _amount("tension_tests", "1/test", "tension made by one test").fixed(0.015, "assumption"),
    _amount("hedge_value", MUSD_MONTH, "worth a month of being free of all dependence on a patron"),
    _amount("oil_scarcity", "dimensionless", "relative rise of the worth of oil to it in a month without any").fixed(
        5.0, "a short-run elasticity of the demand for oil of some -0.2, a common finding"
    ),
    _share("absorption", "share of received but not yet mastered technology that is mastered a month").fixed(
        0.08, "assumption: a year to master what is received"
    ),
    _share("instability_persistence", "share of last month's instability that remains").fixed(0.8, "assumption"),
    _amount("instability_oil", "dimensionless", "instability made by a month without any oil").fixed(0.2, "assumption"),
    _amount("instability_money", "dimensionless", "instability made by a month without any of its trade").fixed(
        0.2, "assumption"
    ),
)

UNIT = "displeasure"  # see sim.mechanisms.motives

PATRON = (
    _share("cover", "votes and vetoes with which it covers the supplier at the United Nations").fixed(
        0.7, "E278: the joint veto of May 2022; the share is an assumption"
    ),
    _share("shield", "share of Western secondary pressure that it keeps off its banks and firms").fixed(
        0.1, "assumption: it protests, and its banks look to Washington all the same"
    ),
    _share("exposure", "share of its firms that comply with secondary sanctions that are carried out in full"),
    _share("compliance_speed", "share of the distance to full compliance covered a month").fixed(
        0.4, "E233, E234: dual-use goods halved within four months of December 2023"
    ),
    _amount("concern", UNIT, "displeasure over a visible tie of one"),
    _amount("welcome", UNIT, "pleasure in rounds for the belligerent, seen at their reference flow"),
    _amount("concern_alignment", UNIT, "displeasure over full alignment of the allies with a leader"),
    _amount("concern_western", UNIT, "displeasure over full secondary sanctions, which the tie brings on it"),
    _amount("fear_defeat", UNIT, "restraint where the belligerent can meet none of its need for fire"),
    _amount("fear_collapse", UNIT, "restraint toward a supplier for each unit of its strain"),
    _amount("goodwill", UNIT, "restraint toward each partner, whatever happens"),
    _amount("trade_forgone", UNIT, "further restraint toward a belligerent while its trade with the patron is what it was"),
    _amount("rivalry", UNIT, "restraint toward a supplier that would come to depend on its partners instead for all its trade"),
    Spec("outlook", UNIT, -100.0, 100.0, "politics outside the model that incline it to the partners").fixed(
        0.0, "nothing but the shocks of outside politics; a scenario may give it a path"
    ),
    _share("stance_rate", "share of the distance to the stance that it aims at covered a month"),
    Spec("stance_noise", "stance", 0.0, 2.0, "standard deviation of the monthly shock of outside politics to its stance"),
    Spec("bluff", "share", 0.0, 10.0, "displeasure that its snubs show beyond what it feels").fixed(0.0, "none is known"),
    _amount("displeasure_worth", "million USD/month per stance", "what full displeasure counts for in its welfare").fixed(
        100.0, "a scale for welfare alone: no decision hangs on it"
    ),
)

LEADER = (
    _amount("offer", MUSD_MONTH, "worth a month of what it offers a supplier outside the partnership"),
    _amount("threat_harm", MUSD_MONTH, "harm a month from one unit of threat to its allies").fixed(
        150.0, "a scale for welfare alone: no decision hangs on it"
    ),
)

ALLY = (
    _share("alignment", "alignment with the leader at the start"),
    _share("alignment_persistence", "share of last month's alignment that remains").fixed(
        0.9, "assumption: without new threats it halves within half a year"
    ),
    _amount("alignment_response", "dimensionless", "alignment made by one unit of threat").fixed(
        0.1, "with that persistence alignment comes to rest at the threat that is felt"
    ),
    _amount("threat_base", "dimensionless", "threat felt whatever the partners do").fixed(
        0.4, "assumption: with it alone alignment would slowly sink"
    ),
    _amount("threat_tests", "1/test", "threat felt from one test").fixed(
        0.06, "assumption: the usual pace of tests makes a tenth of a unit"
    ),
    _amount("threat_technology", "dimensionless", "threat felt from a full transfer of all technology").fixed(
        0.25, "assumption: as much as four tests more a month"
    ),
    _amount("threat_tie", "dimensionless", "threat felt from one unit of visible tie").fixed(
        0.2, "assumption: as much as three tests more a month"
    ),
    _amount("threat_harm", MUSD_MONTH, "harm a month from one unit of threat").fixed(
        100.0, "a scale for welfare alone: no decision hangs on it"
    ),
    _amount("munitions", ROUNDS, "rounds in store at the start").fixed(0.0, "it exports none"),
    _amount("munitions_output", ROUNDS_MONTH, "output of rounds").fixed(0.0, "it exports none"),
)

RULE = (
    _share("strength", "share of the channel that full pressure closes, or of the carrot that is given"),
    _share("resolve", "resolve for this rule alone, instead of the presser's", required=False),
    _amount("tolerance", "{trigger}", "tolerance for this rule alone, instead of the presser's", required=False),
    Spec("width", "{trigger}", 1e-6, 1e9, "width for this rule alone, instead of the presser's", False),
    Spec("lag", "months", 1.0, 1e3, "mean age of what the presser knows of the trigger").fixed(1.0, "it knows at once"),
    _share("rate_up", "share of the distance to higher pressure covered a month").fixed(1.0, "a rule of the stance follows it"),
    _share("rate_down", "share of the distance to lower pressure covered a month").fixed(1.0, "a rule of the stance follows it"),
    _share("leakage", "share of what is withheld that finds another way at the start").fixed(0.0, "nothing leaks"),
    _share("leakage_max", "share that finds another way in the end").fixed(0.0, "nothing leaks"),
    _share("leakage_growth", "share of the distance to that end covered a month of full pressure").fixed(
        0.04, "sanctions leak the more the longer they last (Early 2015)"
    ),
    _amount("cost", MUSD_MONTH, "cost to the presser a month of full pressure").fixed(
        0.0, "nothing but the trade that both lose; no decision hangs on it"
    ),
    _amount("size", MUSD_MONTH, "worth of a favour at full level where it opens no lane", required=False),
    _share("minimum_flow", "share of an oil lane below which it cannot be throttled", required=False),
    _amount("restart_cost", MUSD, "cost to the presser of reopening an oil lane from its minimum", required=False),
    _share("discount", "share of the price that a buyer presses off oil at full level", required=False),
)

LANE = (
    _amount("volume", "{good}/month", "ordinary flow"),
    _amount("price", "{price}", "price of a unit; that of oil as a share of the world price, which it moves with").fixed(
        1.0, "counted at its value; oil at the world price"
    ),
    Spec("margin", "share", 0.0, 100.0, "gain of the importer per USD of trade that nobody else supplies").fixed(
        0.5, "half the value is the surplus under a straight demand curve of elasticity one"
    ),
    Spec("margin_exporter", "share", 0.0, 100.0, "gain of the exporter per USD of trade that nobody else buys").fixed(
        0.5, "half the value is the surplus under a straight supply curve of elasticity one"
    ),
    _share("substitutability", "share of a lost flow that the importer replaces elsewhere").fixed(
        0.6, "assumption: most goods have other sellers"
    ),
    _share("substitutability_exporter", "share of a lost flow that the exporter sells elsewhere").fixed(
        0.6, "assumption: most goods have other buyers"
    ),
    Spec("volatility", "log points", 0.0, 1.0, "standard deviation of the monthly shock to a lane with a season").fixed(
        0.04, "trade of China and Russia in the customs of 2023-24, season and trend taken out"
    ),
)

PARTNERSHIP = (
    _amount(
        "misperception", "dimensionless", "tolerance that the partners believe a presser to have, over the true one", low=1e-6
    ).fixed(1.0, "assumption: they see it as it is"),
    _amount("prestige", MUSD_MONTH, "worth a month of a tie that is shown in full"),
    _amount(
        "affinity", MUSD_MONTH, "joint benefit a month of an open tie beyond its goods: the shared wish for a multipolar order"
    ).fixed(20.0, "assumption; only its sum with prestige matters, whose range holds the doubt"),
    _share("backlash", "share of that worth lost to the reaction of the other side's allies at full alignment"),
    _amount("openness_weight", "dimensionless", "weight of openness in the visible tie, against the weights of the goods"),
    _amount("concealment_cost", MUSD_MONTH, "cost a month of full concealment of a tie at reference flows", low=1e-6).fixed(
        250.0, "assumption: of the order of what is paid a month"
    ),
    _share("concealment_max", "largest share of the material tie that can be hidden").fixed(
        0.8, "assumption: the trains and tankers that are never photographed"
    ),
    _share("leak", "probability a month that a concealed flow is seen"),
    _share("supplier_power", "share of the joint surplus that goes to the supplier"),
    _share("trust", "trust at the start"),
    _share("trust_growth", "share of the distance to full trust covered by a month of kept deals").fixed(
        0.02, "assumption: three years of kept deals halve distrust"
    ),
    _share("trust_loss", "share of trust lost when a deal is broken").fixed(0.3, "assumption: a year and a half of kept deals"),
    _share("trust_treaty", "share of the distance to full trust covered by a treaty").fixed(
        0.25, "assumption: as much as fourteen months of kept deals"
    ),
    _share("break_risk", "probability a month that a deal is broken when trust is nil"),
    _share("default_risk", "share of credit that is never paid when trust is nil").fixed(
        0.4, "assumption: Russia wrote off nine tenths of a Soviet debt of 11 billion USD in 2012, on which little had been paid"
    ),
    _amount("credit_limit", MUSD, "debt that the supplier grants at full trust").fixed(
        600.0, "assumption: two months of deliveries"
    ),
    _share("repayment", "share of the debt paid back a month").fixed(0.08, "assumption: within a year"),
    _share("visit_rate", "probability a month of a summit when the tie is shown in full").fixed(
        0.16, "E313, E314: summits in September 2023 and June 2024"
    ),
    _share("treaty_rate", "probability a month of a treaty when the tie is shown in full and trust is full"),
    _share("put_off", "share of summits that a full diplomatic snub puts off a month").fixed(
        0.6, "E352: Beijing asked that the visit be put off; the share is an assumption"
    ),
    _share("reach", "share of the shipments that full interdiction can stop").fixed(
        0.05, "assumption: rail and territorial waters are out of reach"
    ),
    _share("troop_loss", "share of the soldiers abroad that are lost a month at full intensity of the war").fixed(
        0.05,
        "assumption: E070 and reports to December 2024 of a thousand dead and wounded of 11,000 in the first weeks",
    ),
    _amount("troop_pay", "million USD/person/month", "pay of a soldier abroad").fixed(0.002, "E075: 2,000 USD a month"),
    _amount(
        "no_treaty_cost", "million USD/person", "further cost to the supplier of a soldier sent while no treaty covers it"
    ).fixed(0.15, "assumption: several times what a volunteer is paid to sign on, since nobody has promised to stand by it"),
    _amount("preparation", "months", "mean time from the agreement on soldiers to their readiness").fixed(
        3.0, "assumption: a season to draw them together, move them across a continent and teach them new arms"
    ),
    _amount("oil_cap", BARRELS_MONTH, "cap of the United Nations on refined oil").fixed(
        22.0, "500 thousand barrels a year, less Chinese deliveries of E119"
    ),
    Spec("oil_cap_until", "month number", 0.0, 1e9, "last month, counted from 1, in which that cap is respected"),
    _share("oil_ramp", "share of the distance from that cap to all that could be delivered that is closed a month").fixed(
        0.15, "assumption: tankers, berths and rail cars are found within half a year"
    ),
    _share("adjustment", "share of its caution that the heuristic bargain changes after a surprise").fixed(0.3, "assumption"),
    _amount("choice_noise", MUSD_MONTH, "scale of error in the quantal (logit) bargain", low=1e-6).fixed(10.0, "assumption"),
)

# One row of the package that two partners bargain over.
PACKAGE = (
    _signed("value", "million USD/{good}", "worth of the first unit to the receiver"),
    _amount("cost", "million USD/{good}", "cost of the first unit to the giver; for technology the giver's reluctance"),
    _amount("curvature", "million USD/{good}²", "rise of cost with each further unit a month", low=1e-12),
    _amount("cap", "{good}/month", "most that can move a month"),
    _amount("weight", "dimensionless", "weight of the good in the visible tie, against the other weights"),
    _amount("reference", "{good}/month", "flow at which the good shows with its full weight", low=1e-6),
    _amount("contingent", "{good}", "least that is sent at once; what is agreed gathers until then").fixed(
        0.0, "it moves as it is agreed on"
    ),
    _share("opens", "standing of the partners at which this rung of technology opens").fixed(0.0, "it is open from the start"),
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
    "labour": "person",
}

# In what the price of a good on a lane is counted, `{price}` in the units above.
PRICES = {good: "share of the world price" if good == "oil" else f"million USD/{unit}" for good, unit in GOODS.items()}

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
    "displeasure": "stance",
    "favour": "stance",
}
STANCE_TRIGGERS = ("displeasure", "favour")  # how cold, and how warm, a patron is toward the target: its motives say when

# Numbers of a government that a scenario may let follow a path over the months: each is read anew every month.
PATHS = ("resolve", "outlook", "offer", "shield", "spending_limit")

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
