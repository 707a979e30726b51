"""By what means a rule presses, or grants a favour: what each channel narrows, what it harms, and what it costs.

A channel is one row of ``CHANNELS``. Its functions take the rule at work (`sim.model.rule.Rule`) and give arrays of shape (R,).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from sim.arrays import Array
from sim.mechanisms.ledger import total
from sim.mechanisms.quantities import PARTNERS

Rule = Any  # a sim.model.rule.Rule, which stands above this module
Of = Callable[[Rule], Array]


def nothing(rule: Rule) -> Array:
    """Harm nowhere: it shows in what the target's partners and firms do."""
    return rule.nothing


def lost_trade(rule: Rule) -> Array:
    """Gains that the target loses with the whole flow of the lanes that are narrowed; a cut in price comes on top."""
    harm = rule.nothing
    for ordinary, gain in rule.lanes:
        harm = harm + ordinary * gain
        if rule.channel.price is not None:
            harm = harm + ordinary * rule.discount
    return harm


def unpaid(rule: Rule) -> Array:
    """Money that the target gets from its partners or gives them."""
    return total([rule.nothing, *(np.abs(tie.cash_paid) for tie in rule.ties)])


def unshipped(rule: Rule) -> Array:
    """Money for the shipments that can be stopped."""
    return total([rule.nothing, *(tie.reach * np.abs(tie.cash_paid) for tie in rule.ties)])


def armed_enemy(rule: Rule) -> Array:
    """Military loss of a target whose enemy is armed."""
    return rule.target.enemy_arms_harm


def lost_prestige(rule: Rule) -> Array:
    """Prestige that a snub takes from the target."""
    return rule.target.snub_harm


def worth(rule: Rule) -> Array:
    """What a favour is worth to the target: a number of the rule."""
    return rule.size


def plain_cost(rule: Rule) -> Array:
    """A cost in proportion to the level of pressure."""
    return rule.cost * rule.level


def whole(rule: Rule, level: Array) -> Array:
    """Any level takes effect."""
    return level


def above_floor(rule: Rule, level: Array) -> Array:
    """A pipeline cannot run below its minimum flow."""
    return np.minimum(level, 1.0 - rule.minimum_flow)


def reopening(rule: Rule) -> Array:
    """A pipeline that stood at its minimum costs something to bring back."""
    return plain_cost(rule) + rule.restart_due


def discounted(rule: Rule) -> Array:
    """Share of the price that a buyer leaves."""
    return 1.0 - rule.discount * rule.cut


@dataclass(frozen=True, slots=True)
class Channel:
    """One means of pressure or favour.

    Parameters
    ----------
    name : str
        Name for scenario files.
    meaning : str
        What it does.
    act : str, optional
        What a story calls it, as in "begins …", "steps up …", "eases …", "ends …". Without it, it goes by its name.
    asked : tuple of str
        How people ask for it, before the name of the target (see `sim.whatif.act`): a verb and what follows it, where `less`
        stands for every verb that narrows and `more` for every verb that widens.
    good : str, optional
        Good whose lanes it narrows (or, for a carrot, widens).
    way : {'to', 'from', 'both', ''}
        Whether those lanes run from the presser to the target, from the target, or both ways.
    hinders : {'payments', 'shipments', 'summits', 'firms', 'front', ''}
        What else it narrows: payments in money to and by the target, its shipments, its summits, what its firms dare to trade,
        what it can hold at the front.
    targets : tuple of str
        Roles on which it can be turned.
    carrot : bool
        A favour, not a punishment: it rises with the trigger, and partners do not bargain to avoid it.
    limit : str
        The limit that it belongs to unless a patron uses it; empty when that depends on the presser's role alone.
    direct : bool
        Its harm or worth shows nowhere else: neither in the gains from trade nor in the tie.
    paid : bool
        Its worth is money, from the presser's treasury to the target's.
    meets : bool
        Its level is the probability of a meeting of the two leaders this month.
    harm : callable
        Harm to the target at full effect, million USD a month; for a carrot its worth.
    carries : callable
        What of a level of pressure can take effect.
    price : callable, optional
        Share of the price that is left on the lanes that it narrows.
    cost : callable
        Cost to the presser this month, million USD.
    """

    name: str
    meaning: str
    act: str = ""
    asked: tuple[str, ...] = ()
    good: str = ""
    way: Literal["to", "from", "both", ""] = ""
    hinders: Literal["payments", "shipments", "summits", "firms", "front", ""] = ""
    targets: tuple[str, ...] = PARTNERS
    carrot: bool = False
    limit: str = ""
    direct: bool = False
    paid: bool = False
    meets: bool = False
    harm: Of = nothing
    carries: Callable[[Rule, Array], Array] = whole
    price: Of | None = None
    cost: Of = plain_cost

    def ends(self, presser: str, target: str) -> list[tuple[str, str]]:
        """Exporter and importer of the lanes that it narrows, if there are any."""
        to, back = (presser, target), (target, presser)
        return {"to": [to], "from": [back], "both": [to, back], "": []}[self.way]

    def told(self, target: str) -> str:
        """Name what it does to a target as a story would."""
        otherwise = f"its {'favour to' if self.carrot else 'pressure on'} {{target}} by {self.name.replace('_', ' ')}"
        return (self.act or otherwise).format(target=target)

    def limit_for(self, role: str) -> str:
        """The limit that it stands for in the hands of a role: the patrons' (beijing), its own, or the other side's (west)."""
        return "beijing" if role == "patron" else self.limit or "west"


CHANNELS = {
    channel.name: channel
    for channel in (
        Channel(
            "oil",
            "throttle the oil sent to the target, down to a minimum flow",
            act="its squeeze on oil to {target}",
            asked=("less oil to",),
            good="oil",
            way="to",
            harm=lost_trade,
            carries=above_floor,
            cost=reopening,
        ),
        Channel(
            "trade",
            "hold back ordinary trade both ways",
            act="its squeeze on trade with {target}",
            asked=("less trade with",),
            good="trade",
            way="both",
            harm=lost_trade,
        ),
        Channel(
            "components",
            "hold back dual-use goods",
            act="its squeeze on dual-use goods to {target}",
            asked=("less components to", "less dual-use goods to"),
            good="components",
            way="to",
            harm=lost_trade,
        ),
        Channel(
            "oil_purchases",
            "buy less of the target's oil and press its price",
            act="its cut in purchases of oil from {target}",
            asked=("less purchases of oil from", "less oil from"),
            good="oil",
            way="from",
            harm=lost_trade,
            price=discounted,
        ),
        Channel(
            "labour",
            "send the target's workers home, or refuse them visas",
            act="its expulsion of workers from {target}",
            asked=("send home workers from", "less workers from"),
            good="labour",
            way="from",
            harm=lost_trade,
        ),
        Channel(
            "labour_visas",
            "let in more of the target's workers than the ordinary",
            act="its visas for workers from {target}",
            asked=("open to workers from", "more workers from"),
            good="labour",
            way="from",
            carrot=True,
            harm=lost_trade,
        ),
        Channel(
            "payments",
            "make payments to and by the target slower and dearer",
            act="its sanctions on payments to and by {target}",
            asked=("sanction payments of", "sanction", "less payments of", "less payments to"),
            hinders="payments",
            harm=unpaid,
        ),
        Channel(
            "secondary_sanctions",
            "threaten the target's banks and firms, which then comply by themselves",
            act="its secondary sanctions on {target}",
            asked=("sanction", "sanction the firms of", "sanction the banks of"),
            hinders="firms",
            targets=("patron",),
        ),
        Channel(
            "interdiction",
            "stop shipments to or from the target",
            act="its interdiction of shipments to and from {target}",
            asked=("intercept shipments of", "less shipments of", "less shipments from", "less shipments to"),
            hinders="shipments",
            limit="interdiction",
            harm=unshipped,
        ),
        Channel(
            "arms_to_enemy",
            "arm the enemy of the target",
            act="its deliveries of arms to the enemy of {target}",
            asked=("arm the enemy of",),
            hinders="front",
            targets=("belligerent",),
            limit="red_line",
            direct=True,
            harm=armed_enemy,
        ),
        Channel(
            "diplomatic",
            "snub the target, and ask for its summits to be put off",
            act="its diplomatic snub of {target}",
            asked=("snub",),
            hinders="summits",
            direct=True,
            harm=lost_prestige,
        ),
        Channel(
            "security_guarantee",
            "guarantee the target's security",
            act="its guarantee of the security of {target}",
            asked=("guarantee the security of", "guarantee"),
            carrot=True,
            direct=True,
            harm=worth,
        ),
        Channel(
            "market_access",
            "open the market to the target",
            act="its market opening to {target}",
            asked=("open its market to", "open trade with", "more trade with"),
            good="trade",
            way="both",
            carrot=True,
            harm=lost_trade,
        ),
        Channel(
            "oil_aid",
            "send the target oil beyond the ordinary",
            act="its aid in oil to {target}",
            asked=("more oil to",),
            good="oil",
            way="to",
            carrot=True,
            harm=lost_trade,
        ),
        Channel(
            "meetings",
            "receive the target's leader: a meeting a month at full level",
            act="its invitations to {target}",
            asked=("receive", "meet"),
            carrot=True,
            direct=True,
            meets=True,
            harm=worth,
        ),
        Channel(
            "aid",
            "give the target money",
            act="its aid to {target}",
            asked=("aid", "pay", "give money to"),
            carrot=True,
            direct=True,
            paid=True,
            harm=worth,
        ),
    )
}
