"""Plain words for numbers, rules and limits, as the pages of the browser show them."""

from typing import TYPE_CHECKING

from sim.mechanisms.channels import CHANNELS
from sim.mechanisms.knockouts import KNOCKOUTS
from sim.mechanisms.parameters import Spec
from sim.mechanisms.pressure import RESPONSES
from sim.numerals import number, share
from sim.plots.style import readable
from sim.reporting.words import capital

if TYPE_CHECKING:
    from sim.scenario.scenario import Rule, Scenario

# Title and meaning of a limit that can be taken out, without a word of the model's own.
LIMITS = {
    "beijing_threat": ("The fear of Beijing", "Moscow and Pyongyang do not reckon with a Chinese punishment, even if one comes."),
    "beijing_action": ("Beijing's acts", "China threatens, but neither punishes nor rewards the two for their tie."),
    "beijing": ("Beijing altogether", "China does not care about the tie: no threat and no act; ordinary trade goes on."),
    "west": ("Western sanctions", "The United States and its allies neither sanction nor snub anybody."),
    "backlash": ("The reaction of US allies", "Showing the tie in public costs nothing with Japan and South Korea."),
    "supply": ("North Korea's stocks", "North Korea can part with as many shells as are asked for."),
    "payment": ("Russia's purse", "Russia can pay whatever the deal asks for."),
    "quality": ("Bad shells", "Every North Korean shell works."),
    "trust": ("Distrust", "No deal is ever broken, and debts are always paid."),
    "reluctance": ("Moscow's guarded secrets", "Russia loses nothing by giving its technology away."),
    "red_line": ("Seoul's red line", "South Korea never arms Ukraine, and nobody fears that it might."),
    "interdiction": ("Ships stopped", "No shipment is stopped on its way."),
}

LABELS = {
    "absorption": "Technology mastered a month",
    "affinity": "Shared wish against the West",
    "alignment": "Alignment with Washington",
    "backlash": "Worth of openness lost to allies' reaction",
    "belief": "Believed resolve of Beijing",
    "break_risk": "Risk that a deal breaks",
    "ceasefire_hazard": "Chance of a ceasefire each month",
    "concealment_cost": "Cost of hiding the tie",
    "concern": "Displeasure over the tie",
    "concern_alignment": "Displeasure over an Asian NATO",
    "concern_western": "Displeasure over Western pressure",
    "cost": "Cost",
    "cover": "Cover for Pyongyang at the United Nations",
    "discount": "Discount pressed off the price",
    "fear_collapse": "Fear of Pyongyang's collapse",
    "fear_defeat": "Fear of Moscow's defeat",
    "fire": "Shells fired a month",
    "goodwill": "Goodwill",
    "hedge_value": "Worth of depending on nobody",
    "horizon": "Months of punishment expected",
    "incursion": "Soldiers missing on the day of an incursion",
    "intelligence_noise": "Error with which the tie is seen",
    "lag": "Delay of what is known",
    "leak": "Chance that a hidden flow is seen",
    "leakage": "Leakage at the start",
    "leakage_growth": "Growth of leakage",
    "leakage_max": "Leakage in the end",
    "manpower_gap": "Soldiers missing at the front",
    "minimum_flow": "Least flow of the pipeline",
    "misperception": "Believed patience, over the true one",
    "munitions": "Shells in store",
    "munitions_output_max": "Highest output of shells",
    "offer": "What Washington could offer Pyongyang",
    "oil_price": "Price of oil",
    "openness_weight": "Weight of openness in the visible tie",
    "prestige": "Prestige of an open tie",
    "put_off": "Summits put off by a full snub",
    "quality_old": "Old shells that work",
    "rate_down": "Speed of easing",
    "rate_up": "Speed of rising",
    "reserve": "Shells kept for the own front",
    "resolve": "Resolve",
    "restart_cost": "Cost of reopening the pipeline",
    "rivalry": "Fear of losing Pyongyang to Moscow",
    "shield": "Chinese firms kept from sanctions",
    "size": "Size of the favour",
    "spending_limit": "Most money spent on partners",
    "stake_scale": "Weight of feared punishment",
    "stance_rate": "Speed at which the stance moves",
    "strength": "Strength",
    "supplier_power": "Pyongyang's share of the gain",
    "test_rate": "Missile tests a month",
    "tolerance": "Tolerance",
    "trade_forgone": "Worth of trade with Russia",
    "treaty_rate": "Chance of a treaty, each month",
    "troops": "Soldiers to spare",
    "trust": "Trust at the start",
    "value": "Worth to the receiver",
    "volatility": "Swings from month to month",
    "volume": "Ordinary flow",
    "war_intensity": "Intensity of the war",
    "welcome": "Welcome for shells that hold the front",
    "width": "From first to full pressure",
}

# What a number means, where the table of parameters says it in the model's own terms.
MEANINGS = {
    "backlash": "How much of the worth of an open tie the reaction of the other side's allies takes away.",
    "belief": "How resolute it takes Beijing to be, at the start.",
    "cover": "How far China protects North Korea by votes and vetoes at the United Nations.",
    "horizon": "For how many months it expects a punishment to last.",
    "lag": "How old, on average, what it knows is.",
    "leakage": "Share of what is held back that finds another way, at first.",
    "leakage_growth": "How fast that share grows towards its end, a month of full pressure.",
    "leakage_max": "Share of what is held back that finds another way, in the end.",
    "misperception": "At 1 the partners judge Beijing's patience rightly; above, they think it more patient than it is.",
    "put_off": "Share of the summits of a month that do not take place if Beijing snubs a partner in full.",
    "rate_down": "Share of the way to lower pressure that it goes each month.",
    "rate_up": "Share of the way to higher pressure that it goes each month.",
    "resolve": "How far it carries out what its rules call for: at 0% never, at 100% in full.",
    "shield": "Share of the Western pressure on Chinese banks and firms that Beijing keeps off them.",
    "stake_scale": "How heavily it weighs the punishment that it fears against the prize of the month.",
    "strength": "How much of the flow full pressure takes away; of a favour, how much is given.",
    "supplier_power": "Share of the joint gain that goes to North Korea.",
    "tolerance": "How much it puts up with before it does anything. Without a unit it is the visible tie, which in the base "
    "scenario is about 0.7 at the end of 2023 and 0.6 in mid-2024.",
    "width": "How much more it takes, beyond that, until the pressure is full.",
}

# What a rule answers to, after "It answers to …".
TRIGGERS = {
    "visible_tie": "how much is seen of the tie between the partners",
    "visible_munitions": "the shells seen on their way",
    "visible_technology": "the technology seen so far",
    "visible_troops": "the soldiers seen abroad",
    "visible_oil": "the oil seen on its way",
    "openness": "how publicly the tie is shown",
    "tests": "missile tests",
    "alignment": "how closely the allies stand with their leader",
    "tension": "tension at the supplier's border",
    "war_intensity": "the war",
    "oil_price": "the price of oil",
    "lost_dependence": "the dependence on the presser that is lost",
    "displeasure": "its own displeasure with the tie",
    "favour": "its own goodwill toward the target",
    "instability": "strain within the supplier's state",
}


def limit_words(name: str) -> tuple[str, str]:
    """Give title and meaning of a limit that can be taken out."""
    return LIMITS.get(name, (readable(name), KNOCKOUTS[name]))


def label(name: str) -> str:
    """Give the label of a parameter by its last name."""
    return LABELS.get(name, readable(name))


def meaning(spec: Spec) -> str:
    """Say in a sentence what a parameter means."""
    return MEANINGS.get(spec.name, f"{capital(spec.meaning)}.")


def rule_title(rule: "Rule", scenario: "Scenario") -> str:
    """Name a rule as a reader would: who, and what to whom."""
    presser, target = scenario.countries[rule.presser].name, scenario.countries[rule.target].name
    return f"{presser}: {CHANNELS[rule.channel].told(target).removeprefix('its ')}"


def rule_note(rule: "Rule") -> str:
    """Say what a rule does and what it answers to."""
    does = CHANNELS[rule.channel].meaning
    answers = (
        f"It answers to {TRIGGERS.get(rule.trigger, readable(rule.trigger).lower())}."
        if RESPONSES[rule.response].contingent
        else "It presses whatever the target does."
    )
    return f"{capital(does)}. {answers}"


def title(scenario: "Scenario", address: str) -> str:
    """Say whose number it is, and which: China: resolve."""
    *owner, name = address.split(".")
    said = label(name)
    if owner[0] == "rules":
        return f"{rule_title(scenario.rules[owner[1]], scenario)}: {said[:1].lower()}{said[1:]}"
    if owner[0] in scenario.countries:
        return f"{scenario.countries[owner[0]].name}: {said[:1].lower()}{said[1:]}"
    of = f" ({owner[-1]})" if len(owner) > 1 or owner[0] not in ("world", *scenario.partnerships) else ""
    return readable(said + of)


def amount(value: float, unit: str) -> str:
    """Write a number with its unit as people do: shares as percent, thousands written out, three figures."""
    if unit == "share" or unit.startswith("share of "):
        return f"{share(value, figures=3)}{unit.removeprefix('share')}"
    if unit.startswith("thousand "):
        value, unit = 1000 * value, unit.removeprefix("thousand ")
    if unit == "dimensionless":
        return number(value)
    unit = {"person": "persons", "point": "points", "months": "month" if value == 1 else "months"}.get(unit, unit)
    return f"{number(value)} {unit.replace('/month', ' a month').replace('/', ' per ')}"
