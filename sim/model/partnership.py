"""A partnership of a belligerent and a supplier: what the two bargain over, deliver, pay and come to trust."""

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.arrays import EPSILON, Array
from sim.mechanisms.bargaining import BARGAINS, ContractCurve, Habit, Package, Terms, Threat, display, foreseen, remember, surplus
from sim.mechanisms.knockouts import Removed
from sim.mechanisms.ledger import REST_OF_WORLD, Ledger, total
from sim.mechanisms.noise import Noise
from sim.mechanisms.package import KINDS, UNLIMITED, Coefficients, Good, Stance
from sim.mechanisms.payment import Purse, settle
from sim.mechanisms.quantities import QUANTITIES
from sim.model.roles import Belligerent, Supplier
from sim.model.roles.patron import Sighting

UNRECORDED = ("cash_paid", "cash_received", "signed", "visible_technology", "technology_seen")
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
    red_lines_now: dict[str, Array]

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
        self.visibility = (self.a_goods > INVISIBLE) / np.maximum(self.a_goods, INVISIBLE)
        self.held = np.zeros_like(self.a_goods)
        self.delivered = np.zeros_like(self.a_goods)
        recorded = (q.name for q in QUANTITIES if q.holder == "partnership" and not q.read and q.name not in numbers)
        for state in (*recorded, *UNRECORDED):
            setattr(self, state, nothing)
        self.seen = dict.fromkeys(("visible_tie", "visible_munitions", "visible_troops", "visible_oil", "openness"), nothing)
        self.seen["visible_technology"] = nothing
        self.habit = Habit(nothing, np.full_like(nothing, np.inf))

    # --- observe ----------------------------------------------------------------------------------------------------------

    def show(self, draws: Array, error: Array) -> None:
        """Let others see last month's tie: openly what is open, by leaks what is hidden, all with an error.

        Parameters
        ----------
        draws : ndarray
            Uniform numbers: the hidden part is seen in full where they fall below the leak probability.
        error : ndarray
            Relative error of what is seen, as a factor of mean one.
        """
        out = np.where(draws < self.leak, 1.0, 1.0 - self.concealment)
        seen = out * error
        material = out * total(self.a_goods * self.delivered)
        self.visible_tie = material + self.a_openness * self.openness
        self.visible_technology = self.visible_technology + out * self.technology_transferred
        self.seen = {
            "visible_tie": self.visible_tie * error,
            "visible_munitions": seen * self.munitions_delivered,
            "visible_technology": self.visible_technology,
            "visible_troops": seen * self.troops_abroad,
            "visible_oil": seen * self.oil_delivered,
            "openness": self.openness,
        }
        self.technology_seen = seen * self.technology_transferred

    def sighting(self) -> Sighting:
        """What a patron sees of each good, over its reference flow."""
        return Sighting(
            munitions=self._over_reference("munitions", self.seen["visible_munitions"]),
            technology=self._over_reference("technology", self.technology_seen),
            troops=self._over_reference("troops", self.seen["visible_troops"]),
            oil=self._over_reference("oil", self.seen["visible_oil"]),
            openness=self.openness,
        )

    def _over_reference(self, kind: str, flow: Array) -> Array:
        rows = self.index[kind]
        return flow / total([self.goods[i].reference for i in rows]) if rows else self.nothing

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
        red_line: Array,
    ) -> Stance:
        """Where the partners stand (see sim.mechanisms.package.Stance)."""
        seller, buyer, swap = self.supplier, self.belligerent, self.removed.swap
        cap = np.where(month <= self.oil_cap_until, self.oil_cap, UNLIMITED)
        return Stance(
            reliability=self.reliability(),
            gap=buyer.gap(intensity, at_war, elsewhere),
            quality=self.quality(),
            available=swap("supply", seller.available(), UNLIMITED),
            ready=swap("supply", seller.munitions, UNLIMITED),
            overdraw=swap("supply", np.ones_like(self.trust), 0.0),
            reluctance=swap("reluctance", 1.0 - buyer.reluctance_trust * self.trust, 0.0),
            red_line=red_line,
            intensity=intensity,
            abroad=self.troops_abroad,
            at_home=seller.troops,
            unprotected=self.no_treaty_cost * (1.0 - self.signed),
            oil_price=oil_price,
            oil_ready=np.minimum(cap, buyer.oil_stock),
            hedge=np.where(seller.oil_need > 0.0, seller.hedge_value * dependence / np.maximum(seller.oil_need, EPSILON), 0.0),
        )

    def table(self, stance: Stance) -> list[Coefficients]:
        """One row of coefficients per good."""
        return [KINDS[kind](good, stance, held) for kind, good, held in zip(self.kinds, self.goods, self.held, strict=True)]

    def terms(self, table: list[Coefficients], alignment: Array, threats: list[Threat]) -> Terms:
        """What the bargain is about."""
        backlash = self.removed.swap("backlash", np.minimum(self.backlash * alignment, 1.0), 0.0)
        return Terms(
            **{
                name: np.stack([getattr(row, name) for row in table])
                for name in ("benefit", "curvature", "easing", "overdraw", "available", "strained", "cap")
            },
            weight=self.a_goods,
            visibility=self.visibility,
            kinked=tuple(self.index["munitions"]),
            prestige=np.maximum(self.prestige + self.affinity, EPSILON),
            backlash=backlash,
            openness_weight=self.a_openness,
            concealment_cost=self.concealment_cost,
            concealment_max=self.concealment_max,
            leak=self.leak,
            threats=threats,
        )

    def purse(self, friction: Array, share: float) -> Purse:
        """What can be paid this month; ``share`` is this partnership's part of the belligerent's limit."""
        buyer, seller = self.belligerent, self.supplier
        wages = self.troop_pay * self.troops_abroad
        cash = np.maximum(np.minimum(buyer.spending_limit, buyer.treasury) * share - wages, 0.0)
        cash = self.removed.swap("payment", cash, UNLIMITED)
        credit = np.maximum(self.credit_limit * self.trust - self.debt, 0.0)
        return Purse(cash, friction, credit, self.default(), np.maximum(seller.treasury, 0.0))

    def agree(
        self, bargain: str, stance: Stance, terms: Terms, table: list[Coefficients], purse: Purse, outside: Array, draws: Array
    ) -> None:
        """Choose the package and settle what is paid for it. The belligerent's outside option is no deal."""
        package = BARGAINS[bargain](ContractCurve(terms), self.habit, draws, self.choice_noise, self.adjustment)
        self.stance_now, self.table_now, self.terms_now, self.package = stance, table, terms, package
        self.held_then = self.held.copy()
        joint = surplus(terms, package)
        punished = foreseen(terms.threats, package.visible_tie)
        self.habit = remember(self.habit, package.caution, joint - punished, self.adjustment)
        own, cost = self._supplier_part(terms, table, package)
        self.settlement = settle(joint - punished, own, cost, outside, self.nothing, self.supplier_power, purse)
        struck, shrink = 1.0 * self.settlement.struck, self.settlement.shrink
        self.agreed = package.quantity * struck
        for kind in ("munitions", "troops"):
            for i in self.index[kind]:
                self.agreed[i] *= shrink
        self.openness = package.openness * struck
        self.concealment = package.concealment * struck
        self.caution = package.caution
        self.surplus, self.foreseen_punishment = joint * struck, punished * struck
        self.munitions_agreed = self._sum("munitions", self.agreed)

    def _supplier_part(self, terms: Terms, table: list[Coefficients], package: Package) -> tuple[Array, Array]:
        """What the supplier gains before payment, and what its own deliveries cost it, million USD a month."""
        q = package.quantity
        goods, strain = [], self.nothing
        for i, (kind, row) in enumerate(zip(self.kinds, table, strict=True)):
            gain = row.gain * q[i]
            if kind == "technology":
                gain = gain - 0.5 * row.fade * q[i] * q[i]
            elif kind == "munitions":
                excess = np.maximum(q[i] - row.available, 0.0)
                strain = strain + 0.5 * row.overdraw * excess * excess
            goods.append(gain)
        sold = self.index["munitions"] + self.index["troops"]
        cost = strain - total([goods[i] for i in sold]) if sold else strain
        show = display(terms, package.openness, package.concealment, package.material)
        feared = [threat.on_supplier * threat.excess(package.visible_tie) for threat in terms.threats]
        own = total(goods) - strain + self.supplier_power * show
        return (own - total(feared) if feared else own), cost

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
        self._pay(kept)
        self._meet(noise, month, snub)

    def _keep(self, noise: Noise, month: int) -> Array:
        """Whether the deal is kept (Fearon 1995, Leeds 2003): it breaks the more easily the less trust there is."""
        broken = noise.uniform("broken", self.slot, month) < 1.0 - self.reliability()
        self.broken = (broken & (self.munitions_agreed > EPSILON)).astype(np.float64)
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
        self.munitions_interdicted = shipped * np.minimum(2.0 * draws * self.reach * interdiction, 1.0)
        self.munitions_delivered = shipped - self.munitions_interdicted
        self.munitions_effective = self.quality() * self.munitions_delivered
        self.ledger.lose("munitions", seller.name, self.munitions_interdicted)
        self.ledger.move("munitions", seller.name, buyer.name, self.munitions_delivered)

    def _hand_over(self, kept: Array) -> None:
        """Hand over technology (copied, never taken back), oil and votes."""
        self.delivered = self.agreed * kept
        for i in self.index["technology"]:
            self.held[i] += self.delivered[i]
        self.technology_transferred = self._sum("technology", self.delivered)
        self.technology = self._sum("technology", self.held)
        self.oil_delivered = np.minimum(self._sum("oil", self.delivered), self.belligerent.oil_stock)
        self.ledger.move("oil", self.belligerent.name, self.supplier.name, self.oil_delivered)
        self.cover_given = self._sum("cover", self.delivered)

    def _send_troops(self, kept: Array, intensity: Array, at_war: Array) -> None:
        """Send soldiers, lose some in the war, and bring all home when it ends."""
        seller, buyer = self.supplier, self.belligerent
        self.troops_sent = np.minimum(self._sum("troops", self.agreed) * kept, seller.troops)
        self.ledger.move("troops", seller.name, buyer.name, self.troops_sent)
        abroad = self.troops_abroad + self.troops_sent
        fallen = abroad * np.minimum(self.troop_loss * intensity, 1.0)
        self.ledger.lose("troops", buyer.name, fallen)
        abroad = abroad - fallen
        home = abroad * (1.0 - at_war)
        self.ledger.move("troops", buyer.name, seller.name, home)
        self.troops_abroad = abroad - home

    def _pay(self, kept: Array) -> None:
        """Pay wages, then cash and credit for the package, and pay back old debt; a broken deal is not paid for."""
        seller, buyer, deal = self.supplier, self.belligerent, self.settlement
        owed = self.troop_pay * self.troops_abroad
        due = self.repayment * self.debt
        lost = self.default()
        cash = deal.cash * kept
        bill = owed + cash + due * (1.0 - lost)
        lacking = self.removed.only("payment", np.maximum(bill - buyer.treasury, 0.0))
        if lacking is not None:
            self.ledger.move("money", REST_OF_WORLD, buyer.name, lacking)
        paid = np.minimum(bill, buyer.treasury) / np.maximum(bill, EPSILON)
        friction = np.where(cash > 0.0, 1.0 - deal.received / np.maximum(deal.cash, EPSILON), 0.0)
        self.ledger.move("money", buyer.name, seller.name, bill * paid)
        self.ledger.move("money", seller.name, REST_OF_WORLD, cash * paid * friction)
        refund = np.minimum(deal.refund * kept, seller.treasury)
        self.ledger.move("money", seller.name, buyer.name, refund)
        self.debt = self.debt - due * (lost + (1.0 - lost) * paid) + deal.credit * kept
        self.cash_paid = bill * paid - refund
        self.cash_received = self.cash_paid - cash * paid * friction
        self.payment = owed * paid + cash * paid * (1.0 - friction) + deal.credit * kept - refund
        self.price = (self.payment - owed * paid) / np.maximum(self.munitions_agreed, EPSILON) * (self.munitions_agreed > EPSILON)

    def _meet(self, noise: Noise, month: int, snub: Array) -> None:
        """Hold summits and sign a treaty, at hazards that rise with openness; a snub puts them off. Then update trust."""
        on_time = 1.0 - self.put_off * snub
        draws, wished = noise.uniform("visit", self.slot, month), self.visit_rate * self.openness
        self.visit = 1.0 * (draws < wished * on_time)
        self.visit_put_off = 1.0 * (draws < wished) - self.visit
        ready = self.treaty_rate * self.openness * self.trust * on_time
        self.treaty = (noise.uniform("treaty", self.slot, month) < ready) * (1.0 - self.signed)
        self.signed = self.signed + self.treaty
        active = (self.munitions_agreed > EPSILON) & (self.broken == 0.0)
        grown = self.trust + self.trust_growth * (1.0 - self.trust) * active
        grown = grown + self.trust_treaty * (1.0 - grown) * self.treaty
        self.trust = np.where(self.broken > 0.0, self.trust * (1.0 - self.trust_loss), grown)

    def share_fire(self, used: Array, fired: Array) -> None:
        """Note the share of the belligerent's fire that came from this supplier."""
        self.fire_share = np.where(fired > 0.0, used * self.munitions_delivered / np.maximum(fired, EPSILON), 0.0)
