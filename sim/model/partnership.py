"""A partnership of a belligerent and a supplier: what the two bargain over, deliver, pay and come to trust."""

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.arrays import EPSILON, Array
from sim.mechanisms.bargaining import BARGAINS, Habit, remember
from sim.mechanisms.contract_curve import ContractCurve, Package, Terms, Threat, borne, display, shipments, surplus
from sim.mechanisms.delay import STAGES, through_stages
from sim.mechanisms.knockouts import Removed
from sim.mechanisms.ledger import REST_OF_WORLD, Ledger, total
from sim.mechanisms.noise import Noise
from sim.mechanisms.package import KINDS, UNLIMITED, Coefficients, Good, Stance
from sim.mechanisms.payment import Purse, settle
from sim.mechanisms.quantities import QUANTITIES
from sim.mechanisms.red_line import RedLine
from sim.model.roles import Belligerent, Supplier

UNRECORDED = ("cash_paid", "cash_received", "signed", "visible_technology")
SOLD = ("munitions", "troops")  # what the supplier delivers; all else is given by the belligerent
SHIPPED = ("munitions", "troops", "oil")  # what can be hidden: technology shows in tests and parades, and votes are public
INVISIBLE = 1e-12  # weight over reference flow below which a good does not show


class Partnership:
    """Two partners and their package. Arrays have shape (R,); those of the package (G, R).

    Parameters
    ----------
    name : str
        Its name in the scenario.
    slot : int
        Place among the partnerships, for the keyed draws.
    belligerent, supplier : Belligerent, Supplier
        The partners.
    goods : dict of (str, Good)
        The package: kind and numbers of each row.
    numbers : dict of ndarray
        Its parameters (see sim.mechanisms.parameters.PARTNERSHIP).
    removed : Removed
        Limits that are knocked out.
    """

    trust: Array
    debt: Array
    signed: Array
    troops_abroad: Array
    visible_technology: Array
    red_line: RedLine

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...

    def __init__(
        self,
        name: str,
        slot: int,
        belligerent: Belligerent,
        supplier: Supplier,
        goods: dict[str, tuple[str, Good]],
        numbers: dict[str, Array],
        ledger: Ledger,
        removed: Removed,
    ) -> None:
        self.name, self.slot, self.belligerent, self.supplier = name, slot, belligerent, supplier
        self.ledger, self.removed = ledger, removed
        self.rows = list(goods)
        self.kinds = [kind for kind, _ in goods.values()]
        self.plain = tuple(i for i, kind in enumerate(self.kinds) if kind not in SHIPPED)
        self.goods = [good for _, good in goods.values()]
        self.index = {kind: [i for i, k in enumerate(self.kinds) if k == kind] for kind in KINDS}
        for key, value in numbers.items():
            setattr(self, key, value.copy())
        # Weights of goods and openness are relative: together they make one.
        whole = total([self.openness_weight, *(good.weight for good in self.goods)])
        whole = np.maximum(whole, EPSILON)
        self.a_openness = self.openness_weight / whole
        self.a_goods = np.stack([good.weight / whole / good.reference for good in self.goods])
        nothing = np.zeros_like(self.prestige)
        self.nothing = nothing
        self.caps = np.stack([good.cap for good in self.goods])
        self.visibility = (self.a_goods > INVISIBLE) / np.maximum(self.a_goods, INVISIBLE)
        self.held = np.zeros_like(self.a_goods)
        self.delivered = np.zeros_like(self.a_goods)
        self.moved = np.zeros_like(self.a_goods)  # as delivered, but for soldiers those that left
        self.mustering = [np.zeros((STAGES, *nothing.shape)) for _ in self.goods]
        self.mustered = np.zeros_like(self.a_goods)
        self.oil_reach = self.oil_cap
        recorded = (q.name for q in QUANTITIES if q.holder == "partnership" and not q.read and q.name not in numbers)
        for state in (*recorded, *UNRECORDED):
            setattr(self, state, nothing)
        self.seen = dict.fromkeys(("visible_tie", "visible_munitions", "visible_troops", "visible_oil", "openness"), nothing)
        self.seen["visible_technology"] = nothing
        self.habit = Habit(nothing, np.full_like(nothing, np.inf))

    # --- observe ----------------------------------------------------------------------------------------------------------

    def show(self, draws: Array, error: Array) -> None:
        """Let others see last month's tie: openly what is open, shipments that are hidden by leaks, all with an error.

        Parameters
        ----------
        draws : ndarray
            Uniform numbers: the hidden part is seen in full where they fall below the leak probability.
        error : ndarray
            Relative error of what is seen, as a factor of mean one.
        """
        out = np.where(draws < self.leak, 1.0, 1.0 - self.concealment)
        seen = out * error
        weights = self.a_goods * self.moved
        shipped = shipments(self.plain, weights)
        self.visible_tie = out * shipped + (total(weights) - shipped) + self.a_openness * self.openness
        self.visible_technology = self.visible_technology + error * self.technology_transferred
        self.seen = {
            "visible_tie": self.visible_tie * error,
            "visible_munitions": seen * self.munitions_delivered,
            "visible_technology": self.visible_technology,
            "visible_troops": seen * self.troops_abroad,
            "visible_oil": seen * self.oil_delivered,
            "openness": self.openness,
        }

    def munitions_seen(self) -> Array:
        """Rounds that others see, over their reference flow."""
        rows = self.index["munitions"]
        return self.seen["visible_munitions"] / total([self.goods[i].reference for i in rows]) if rows else self.nothing

    # --- bargain ----------------------------------------------------------------------------------------------------------

    def reliability(self) -> Array:
        """Share of deals that a receiver expects to be kept."""
        return self.removed.swap("trust", 1.0 - self.break_risk * (1.0 - self.trust), 1.0)

    def default(self) -> Array:
        """Share of credit that is never paid back."""
        return self.removed.swap("trust", self.default_risk * (1.0 - self.trust), 0.0)

    def quality(self) -> Array:
        """Share of the supplier's rounds that work."""
        return self.removed.swap("quality", self.supplier.quality(), 1.0)

    def stance(
        self,
        month: int,
        at_war: Array,
        intensity: Array,
        oil_price: Array,
        elsewhere: Array,
        dependence: Array,
    ) -> Stance:
        """Where the partners stand (see sim.mechanisms.package.Stance)."""
        seller, buyer, swap = self.supplier, self.belligerent, self.removed.swap
        gap, manpower = buyer.gap(intensity, at_war, elsewhere), buyer.manpower(intensity)
        need = np.minimum(gap / np.maximum(intensity * buyer.fire, EPSILON), 1.0) * at_war
        promised = total([*self.mustered, *(stage for row in self.index["troops"] for stage in self.mustering[row])])
        return Stance(
            reliability=self.reliability(),
            gap=gap,
            quality=self.quality(),
            available=swap("supply", seller.available(), UNLIMITED),
            ready=swap("supply", seller.munitions, UNLIMITED),
            overdraw=swap("supply", np.ones_like(self.trust), 0.0),
            reluctance=swap("reluctance", 1.0 - buyer.reluctance_trust * self.trust, 0.0),
            standing=(self.trust + self.signed + need) / 3.0,
            manpower=manpower,
            abroad=self.troops_abroad + promised,
            at_home=np.maximum(seller.troops - promised, 0.0),
            unprotected=self.no_treaty_cost * (1.0 - self.signed),
            oil_price=oil_price,
            scarcity=1.0 + seller.oil_scarcity * seller.oil_shortage,
            oil_ready=np.minimum(np.where(month <= self.oil_cap_until, self.oil_cap, self.oil_reach), buyer.oil_stock),
            hedge=np.where(seller.oil_need > 0.0, seller.hedge_value * dependence / np.maximum(seller.oil_need, EPSILON), 0.0),
        )

    def table(self, stance: Stance) -> list[Coefficients]:
        """One row of coefficients per good."""
        return [KINDS[kind](good, stance, held) for kind, good, held in zip(self.kinds, self.goods, self.held, strict=True)]

    def terms(self, table: list[Coefficients], alignment: Array, threats: list[Threat]) -> Terms:
        """What the bargain is about; a point of technology costs the price of the red line besides."""
        backlash = self.removed.swap("backlash", np.minimum(self.backlash * alignment, 1.0), 0.0)
        worth = np.maximum(self.prestige + self.affinity, EPSILON)
        feared = [self.red_line.price if kind == "technology" else self.nothing for kind in self.kinds]
        return Terms(
            benefit=np.stack([row.benefit - fear for row, fear in zip(table, feared, strict=True)]),
            **{
                name: np.stack([getattr(row, name) for row in table])
                for name in ("curvature", "easing", "overdraw", "available", "strained", "cap")
            },
            weight=self.a_goods,
            visibility=self.visibility,
            kinked=tuple(self.index["munitions"]),
            plain=self.plain,
            already=self.nothing,
            prestige=worth,
            backlash=np.where(worth > EPSILON, backlash, 1.0),  # what is worth nothing is not shown
            openness_weight=self.a_openness,
            concealment_cost=self.concealment_cost,
            concealment_max=self.concealment_max,
            leak=self.leak,
            threats=threats,
        )

    def purse(self, friction: Array, share: float) -> Purse:
        """What can be paid this month; ``share`` is this partnership's part of the belligerent's limit."""
        buyer = self.belligerent
        wages = self.troop_pay * self.troops_abroad
        cash = np.maximum(np.minimum(buyer.spending_limit, buyer.treasury) * share - wages, 0.0)
        cash = self.removed.swap("payment", cash, UNLIMITED)
        limit = self.credit_limit * self.trust  # either may owe the other as much
        prepaid, owed = np.maximum(-self.debt, 0.0), np.maximum(self.debt, 0.0)
        advance = self.removed.swap("payment", np.maximum(limit + self.debt, 0.0), UNLIMITED)
        return Purse(cash, friction, prepaid, np.maximum(limit - owed, 0.0), advance, self.default())

    def agree(
        self, bargain: str, stance: Stance, terms: Terms, table: list[Coefficients], purse: Purse, outside: Array, draws: Array
    ) -> None:
        """Choose the package and settle what is paid for it. The belligerent's outside option is no deal."""
        package = BARGAINS[bargain](ContractCurve(terms), self.habit, draws, self.choice_noise, self.adjustment)
        self.stance_now, self.table_now, self.terms_now, self.package = stance, table, terms, package
        self.held_then = self.held.copy()
        points = self._sum("technology", package.quantity)
        # The red line's price is a slope; the loss itself is that of the points that are handed over.
        joint = surplus(terms, package) + self.red_line.price * points
        of_all = zip(borne(terms.threats, package.visible_tie), self.red_line.loss(points), strict=True)
        punished, feared = (tie + line for tie, line in of_all)
        self.habit = remember(self.habit, package.caution, joint - punished, self.adjustment)
        parts = self._parts(terms, table, package, feared)
        self.settlement = settle(joint - punished, *parts, outside, self.nothing, self.supplier_power, purse)
        struck = 1.0 * self.settlement.struck
        shares = (self.settlement.shrink if kind in SOLD else self.settlement.shrink_given for kind in self.kinds)
        self.agreed = np.stack([q * struck * share for q, share in zip(package.quantity, shares, strict=True)])
        self.openness = package.openness * struck
        self.concealment = package.concealment * struck
        self.caution = package.caution
        self.surplus, self.foreseen_punishment = joint * struck, punished * struck
        self.munitions_agreed = self._sum("munitions", self.agreed)

    def gain(self, i: int, row: Coefficients, q: Array) -> Array:
        """What the supplier gains by an amount of one good before payment, million USD a month."""
        gain = row.gain * q - 0.5 * row.fade * q * q
        if self.kinds[i] == "munitions":
            excess = np.maximum(q - row.available, 0.0)
            gain = gain - 0.5 * row.overdraw * excess * excess
        return gain

    def sacrifice(self, row: Coefficients, q: Array) -> Array:
        """What it costs the belligerent to hand over an amount of one good, million USD a month."""
        return (row.gain - row.benefit) * q + 0.5 * (row.curvature - row.fade) * q * q

    def _parts(self, terms: Terms, table: list[Coefficients], package: Package, feared: Array) -> tuple[Array, Array, Array]:
        """The supplier's part before payment, what its own deliveries cost it, and what hangs on the belligerent's.

        The last is how much less the supplier has beyond its share where the belligerent hands over nothing: it goes without
        their worth, and has its share of a surplus that is smaller by that worth less their cost. All in million USD a month.
        """
        q, power = package.quantity, self.supplier_power
        own = power * display(terms, package.openness, package.concealment, package.shipped)
        cost = relief = self.nothing
        for i, (kind, row) in enumerate(zip(self.kinds, table, strict=True)):
            gain = self.gain(i, row, q[i])
            own = own + gain
            if kind in SOLD:
                cost = cost - gain
            else:
                relief = relief + (1.0 - power) * gain + power * self.sacrifice(row, q[i])
        return own - feared, cost, relief

    def _sum(self, kind: str, table: Array) -> Array:
        rows = self.index[kind]
        return total([table[i] for i in rows]) if rows else self.nothing

    # --- deliver ----------------------------------------------------------------------------------------------------------

    def deliver(self, noise: Noise, month: int, interdiction: Array, snub: Array, intensity: Array, at_war: Array) -> None:
        """Move what was agreed: rounds, soldiers, technology, oil, money; then summits, a treaty, and trust."""
        kept = self._keep(noise, month)
        self._ship(noise.uniform("interdiction", self.slot, month), kept, interdiction)
        self._hand_over(kept)
        self._send_troops(kept, intensity, at_war)
        self._reach_further()
        self._pay(kept)
        self._meet(noise, month, snub)

    def _keep(self, noise: Noise, month: int) -> Array:
        """Whether the deal is kept (Fearon 1995, Leeds 2003): it breaks the more easily the less trust there is."""
        broken = noise.uniform("broken", self.slot, month) < 1.0 - self.reliability()
        self.broken = (broken & (total(self.agreed) > EPSILON)).astype(np.float64)
        return 1.0 - self.broken

    def _ship(self, draws: Array, kept: Array, interdiction: Array) -> None:
        """Ship the rounds; interdiction stops a share, of mean reach times its level."""
        seller, buyer = self.supplier, self.belligerent
        asked = self.munitions_agreed * kept
        lacking = self.removed.only("supply", np.maximum(asked - seller.munitions, 0.0))
        if lacking is not None:
            # The world without a supply limit: what the store lacks comes from outside, counted.
            self.ledger.move("munitions", REST_OF_WORLD, seller.name, lacking)
        shipped = np.minimum(asked, seller.munitions)
        seller.ship(shipped)
        self.munitions_interdicted = shipped * np.minimum(2.0 * draws * self.reach * interdiction, 1.0)
        self.munitions_delivered = shipped - self.munitions_interdicted
        self.munitions_effective = self.quality() * self.munitions_delivered
        self.ledger.lose("munitions", seller.name, self.munitions_interdicted)
        self.ledger.move("munitions", seller.name, buyer.name, self.munitions_delivered)

    def _hand_over(self, kept: Array) -> None:
        """Hand over technology (copied, never taken back), oil and votes."""
        self.delivered = self.agreed * kept
        self.moved = self.delivered.copy()
        for i in self.index["technology"]:
            self.held[i] += self.delivered[i]
        self.technology_transferred = self._sum("technology", self.delivered)
        self.technology = self._sum("technology", self.held)
        self.oil_delivered = np.minimum(self._sum("oil", self.delivered), self.belligerent.oil_stock)
        self.ledger.move("oil", self.belligerent.name, self.supplier.name, self.oil_delivered)
        self.cover_given = self._sum("cover", self.delivered)

    def _send_troops(self, kept: Array, intensity: Array, at_war: Array) -> None:
        """Muster the soldiers agreed on, send them by contingents, lose some in the war, and bring all home when it ends."""
        seller, buyer = self.supplier, self.belligerent
        self.troops_sent = self.nothing
        for i in self.index["troops"]:
            waiting, ready = through_stages(self.mustering[i], self.delivered[i], self.preparation)
            self.mustering[i] = waiting * at_war
            gathered = (self.mustered[i] + ready) * at_war
            leave = kept * (gathered >= np.maximum(self.goods[i].contingent, EPSILON))
            self.moved[i] = np.minimum(gathered * leave, seller.troops)
            self.mustered[i] = gathered * (1.0 - leave)
            self.ledger.move("troops", seller.name, buyer.name, self.moved[i])
            self.troops_sent = self.troops_sent + self.moved[i]
        abroad = self.troops_abroad + self.troops_sent
        fallen = abroad * np.minimum(self.troop_loss * intensity, 1.0)
        self.ledger.lose("troops", buyer.name, fallen)
        abroad = abroad - fallen
        home = abroad * (1.0 - at_war)
        self.ledger.move("troops", buyer.name, seller.name, home)
        self.troops_abroad = abroad - home

    def _reach_further(self) -> None:
        """Find tankers, berths and rail cars for more oil a month."""
        self.oil_reach = self.oil_reach + self.oil_ramp * np.maximum(self._sum("oil", self.caps) - self.oil_reach, 0.0)

    def _pay(self, kept: Array) -> None:
        """Pay wages, then cash for the package, and pay back old debt; a broken deal is neither paid for nor put to account."""
        seller, buyer, deal = self.supplier, self.belligerent, self.settlement
        owed = self.troop_pay * self.troops_abroad
        due = self.repayment * self.debt
        lost = self.default()
        back = np.maximum(due, 0.0) * (1.0 - lost)  # only debt is paid back in money
        cash = deal.cash * kept
        bill = owed + cash + back
        lacking = self.removed.only("payment", np.maximum(bill - buyer.treasury, 0.0))
        if lacking is not None:
            self.ledger.move("money", REST_OF_WORLD, buyer.name, lacking)
        paid = np.minimum(bill, buyer.treasury) / np.maximum(bill, EPSILON)
        friction = np.where(cash > 0.0, 1.0 - deal.received / np.maximum(deal.cash, EPSILON), 0.0)
        self.ledger.move("money", buyer.name, seller.name, bill * paid)
        self.ledger.move("money", seller.name, REST_OF_WORLD, cash * paid * friction)
        put_to_account = deal.account * kept
        self.debt = self.debt - due * lost - back * paid + put_to_account
        self.cash_paid = bill * paid
        self.cash_received = self.cash_paid - cash * paid * friction
        self.payment = owed * paid + cash * paid * (1.0 - friction) + put_to_account
        self.price = (self.payment - owed * paid) / np.maximum(self.munitions_agreed, EPSILON) * (self.munitions_agreed > EPSILON)

    def _meet(self, noise: Noise, month: int, snub: Array) -> None:
        """Sign a treaty and hold summits, at hazards that rise with openness; a snub puts them off. Then update trust."""
        on_time = 1.0 - self.put_off * snub
        # Nobody signs a treaty twice, or with a partner that has just broken its word.
        ready = self.treaty_rate * self.openness * self.trust * on_time * (1.0 - self.signed) * (1.0 - self.broken)
        self.treaty = 1.0 * (noise.event("treaty", self.slot, month, ready) < ready)
        self.signed = self.signed + self.treaty
        wished = self.visit_rate * self.openness
        meeting = np.where(self.treaty > 0.0, 1.0, wished * on_time)  # a treaty is signed at a summit
        draws = noise.event("visit", self.slot, month, meeting)
        self.visit = 1.0 * (draws < meeting)
        self.visit_put_off = (draws < wished) * (1.0 - self.visit)
        active = (total(self.agreed) > EPSILON) & (self.broken == 0.0)
        grown = self.trust + self.trust_growth * (1.0 - self.trust) * active
        grown = grown + self.trust_treaty * (1.0 - grown) * self.treaty
        self.trust = np.where(self.broken > 0.0, self.trust * (1.0 - self.trust_loss), grown)

    def share_fire(self, used: Array, fired: Array) -> None:
        """Note the share of the belligerent's fire that came from this supplier."""
        self.fire_share = np.where(fired > 0.0, used * self.munitions_delivered / np.maximum(fired, EPSILON), 0.0)
