"""Ordinary commerce: lanes between countries, what pressure withholds on them, and the dependence that they make."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from sim.arrays import EPSILON, Array
from sim.mechanisms.dependence import dependence
from sim.mechanisms.ledger import REST_OF_WORLD, Ledger, total
from sim.model.partnership import Partnership
from sim.model.roles import Belligerent, Country, Patron
from sim.model.rule import Rule
from sim.model.welfare import munitions_value, oil_value, technology_value, troops_value
from sim.scenario.scenario import Scenario

MADE_FOR_TRADE = ("components",)  # goods that exist only between the lane's two ends: made here, used up there
STORED = ("oil", "munitions")  # goods that an exporter can run out of


@dataclass(slots=True)
class Lane:
    """One ordinary flow of a good. Numbers as in sim.mechanisms.parameters.LANE, shape (R,) each.

    ``gain_importer`` and ``gain_exporter`` are the irreplaceable gains per USD: margin (1 − substitutability).
    ``flow`` and ``value`` are this month's, in the good's unit and in million USD. A ``quiet`` lane is one that no rule
    touches and whose price stands still: its flow is always the ordinary one.
    """

    name: str
    exporter: str
    importer: str
    good: str
    volume: Array
    price: Array
    lost_importer: Array
    lost_exporter: Array
    gain_importer: Array
    gain_exporter: Array
    ordinary: Array
    flow: Array
    value: Array
    rules: list[Rule] = field(default_factory=list)
    quiet: bool = False

    def with_country(self, name: str) -> bool:
        """Whether a country is at one of its ends."""
        return name in (self.exporter, self.importer)


# What the partners hand over, each with its value in million USD a month, and whether it goes from supplier to belligerent.
HANDED_OVER: dict[str, tuple[Callable[[Partnership], Array], bool]] = {
    "munitions": (munitions_value, True),
    "troops": (troops_value, True),
    "oil": (oil_value, False),
    "technology": (technology_value, False),
}


@dataclass(frozen=True, slots=True)
class Handover:
    """One good of a partnership on its way, as one flow beside the lanes."""

    name: str
    exporter: str
    importer: str
    good: str
    pair: Partnership

    @property
    def value(self) -> Array:
        """Value of what moved this month, million USD, shape (R,)."""
        return HANDED_OVER[self.good][0](self.pair)


class Commerce:
    """All lanes, and what they mean for those at their ends.

    Parameters
    ----------
    scenario : Scenario
        Names and ends of the lanes.
    numbers : mapping of ndarray, shape (R,)
        Expanded parameters by address.
    countries : mapping of Country
        The cast.
    pairs : list of Partnership
        The partnerships.
    ledger : Ledger
        Where goods and money move.
    """

    def __init__(
        self,
        scenario: Scenario,
        numbers: Mapping[str, Array],
        countries: Mapping[str, Country],
        pairs: list[Partnership],
        ledger: Ledger,
    ) -> None:
        self.ledger, self.countries, self.pairs = ledger, countries, pairs
        self.lanes = [self._lane(name, e.exporter, e.importer, e.good, numbers) for name, e in scenario.lanes.items()]
        self.flows: dict[str, Lane | Handover] = {lane.name: lane for lane in self.lanes}
        self.flows |= {handover.name: handover for handover in self._handovers()}
        self.patrons = {name for name, country in countries.items() if isinstance(country, Patron)}
        self.nothing = np.zeros(ledger.made["money"].shape)
        self.moving: list[Lane] = []
        self.quiet_gains: dict[str, Array] = {}
        self.quiet_value: dict[str, Array] = {}
        self.quiet_net: dict[str, Array] = {}

    @staticmethod
    def _lane(name: str, exporter: str, importer: str, good: str, numbers: Mapping[str, Array]) -> Lane:
        volume, price = numbers[f"lanes.{name}.volume"], numbers[f"lanes.{name}.price"]
        lost = 1.0 - numbers[f"lanes.{name}.substitutability"], 1.0 - numbers[f"lanes.{name}.substitutability_exporter"]
        ordinary = volume * price
        return Lane(
            name,
            exporter,
            importer,
            good,
            volume=volume,
            price=price,
            lost_importer=lost[0],
            lost_exporter=lost[1],
            gain_importer=numbers[f"lanes.{name}.margin"] * lost[0],
            gain_exporter=numbers[f"lanes.{name}.margin_exporter"] * lost[1],
            ordinary=ordinary,
            flow=volume * np.ones_like(ordinary),
            value=ordinary,
        )

    def _handovers(self) -> Iterator[Handover]:
        """Each good of each partnership as a flow."""
        for pair in self.pairs:
            for good, (_, from_supplier) in HANDED_OVER.items():
                buyer, seller = pair.belligerent.name, pair.supplier.name
                exporter, importer = (seller, buyer) if from_supplier else (buyer, seller)
                yield Handover(f"{pair.name}.{good}", exporter, importer, good, pair)

    # --- pressure on lanes ------------------------------------------------------------------------------------------------

    def assign(self, rule: Rule) -> None:
        """Give a rule the lanes that its channel narrows."""
        ends = rule.channel.ends(rule.presser.name, rule.target.name)
        for lane in self.lanes:
            if lane.good == rule.channel.good and (lane.exporter, lane.importer) in ends:
                lane.rules.append(rule)
                imports = lane.importer == rule.target.name
                rule.lanes.append((lane.ordinary, lane.gain_importer if imports else lane.gain_exporter))
        rule.weigh()

    # --- trade ------------------------------------------------------------------------------------------------------------

    def trade(self, oil_price: Array) -> None:
        """Move every lane's good one way and its value the other; then let treasuries feel what was gained or lost.

        Parameters
        ----------
        oil_price : ndarray, shape (R,)
            World price of oil over its mean.
        """
        before = {name: self.ledger.account("money", name).copy() for name in self.countries}
        for lane in self.moving:
            lane.flow = lane.volume * self._open(lane)
        for good in STORED:
            self._ration(good)
        for lane in self.moving:
            price = lane.price * oil_price if lane.good == "oil" else lane.price
            for rule in lane.rules:
                if rule.channel.price is not None:
                    price = price * rule.channel.price(rule)
            lane.value = lane.flow * price
            self._move(lane)
        for name, country in self.countries.items():
            self.ledger.move("money", REST_OF_WORLD, name, self.quiet_net[name])
            self._settle(name, country, before[name])

    def sum_quiet_lanes(self) -> None:
        """Once all rules are assigned, tell quiet lanes from moving ones, and add up what the quiet ones are worth.

        The money of quiet lanes moves in one sum for each country; with rest_of_world as the other side it comes to the same.
        """
        for lane in self.lanes:
            lane.quiet = lane.good == "trade" and not lane.rules
        self.moving = [lane for lane in self.lanes if not lane.quiet]
        for name in self.countries:
            quiet = [lane for lane in self.lanes if lane.quiet]
            self.quiet_gains[name] = self._gains(name, quiet)
            sold = total([self.nothing, *(x.value for x in quiet if x.exporter == name)])
            self.quiet_net[name] = sold - total([self.nothing, *(x.value for x in quiet if x.importer == name)])
            self.quiet_value[name] = total([self.nothing, *(x.value for x in quiet if x.with_country(name))])

    def _open(self, lane: Lane) -> Array:
        """Share of a lane's ordinary volume that moves: each rule leaves its part, and firms comply on their own."""
        left = np.ones_like(lane.flow)
        for rule in lane.rules:
            left = left * rule.passes()
        exporter, importer = self.countries.get(lane.exporter), self.countries.get(lane.importer)
        if lane.good == "components" and isinstance(exporter, Patron) and isinstance(importer, Belligerent):
            left = left * (1.0 - exporter.compliance)
        return left

    def _ration(self, good: str) -> None:
        """Scale an exporter's flows down to what it has."""
        for name, country in self.countries.items():
            sold = [lane for lane in self.lanes if lane.exporter == name and lane.good == good]
            if sold:
                wanted = total([lane.flow for lane in sold])
                have = self.ledger.account(good, name) + (country.oil_output if good == "oil" else 0.0)
                share = np.minimum(np.maximum(have, 0.0) / np.maximum(wanted, EPSILON), 1.0)
                for lane in sold:
                    lane.flow = lane.flow * share

    def _move(self, lane: Lane) -> None:
        if lane.good in MADE_FOR_TRADE:
            self.ledger.make(lane.good, lane.exporter, lane.flow)
        if lane.good != "trade":
            self.ledger.move(lane.good, lane.exporter, lane.importer, lane.flow)
        self.ledger.move("money", lane.importer, lane.exporter, lane.value)

    def _settle(self, name: str, country: Country, before: Array) -> None:
        """Let rest_of_world close a country's balance, so that its treasury feels a share of what it gained or lost.

        Most commerce is private: only the pass-through of more or dearer exports, and of the gains from imports that did
        not come, reaches the government.
        """
        felt = 0.0 * before
        for lane in self.moving:
            if lane.exporter == name:
                felt = felt + (lane.value - lane.ordinary)
            elif lane.importer == name:
                felt = felt + lane.gain_importer * (lane.flow - lane.volume) * lane.price
        after = before + np.maximum(country.passthrough * felt, -before)
        self.ledger.move("money", REST_OF_WORLD, name, after - self.ledger.account("money", name))

    # --- what it means ----------------------------------------------------------------------------------------------------

    def imported(self, good: str, country: str) -> Array:
        """What a country bought of a good this month, in the good's unit."""
        return total([self.nothing, *(x.flow for x in self.moving if x.importer == country and x.good == good)])

    def exported(self, good: str, country: str) -> Array:
        """What a country sold of a good this month, in the good's unit."""
        return total([self.nothing, *(x.flow for x in self.moving if x.exporter == country and x.good == good)])

    def components(self, country: str) -> Array:
        """Ordinary monthly inflow of components, million USD."""
        return total([self.nothing, *(x.volume for x in self._components(country))])

    def components_from_patrons(self, country: str) -> Array:
        """Inflow of components from patrons this month, million USD."""
        lanes = [x for x in self._components(country) if x.exporter in self.patrons]
        return total([self.nothing, *(x.flow for x in lanes)])

    def receive_components(self, country: str) -> Array:
        """Use up this month's inflow of components, and return its value, million USD."""
        arrived = total([self.nothing, *(x.flow for x in self._components(country))])
        self.ledger.use("components", country, arrived)
        return arrived

    def _components(self, country: str) -> list[Lane]:
        return [lane for lane in self.moving or self.lanes if lane.good == "components" and lane.importer == country]

    def imports_lost(self, country: str) -> Array:
        """Share of a country's ordinary imports of other goods that did not come."""
        theirs = [lane for lane in self.lanes if lane.importer == country and lane.good == "trade"]
        if not theirs:
            return self.nothing
        lost = 1.0 - total([x.flow for x in theirs]) / np.maximum(total([x.volume for x in theirs]), EPSILON)
        return np.maximum(lost, 0.0)

    def gains(self, country: str) -> Array:
        """Irreplaceable gains from a country's ordinary commerce, million USD a month."""
        return self.quiet_gains[country] + self._gains(country, self.moving)

    def _gains(self, country: str, lanes: list[Lane]) -> Array:
        """Gains at the prices of the start, and what a change of price moves from importer to exporter."""
        gained = self.nothing
        for lane in lanes:
            if lane.with_country(country):
                plain = lane.flow * lane.price if lane.good == "oil" else lane.value
                gained = gained + plain * (lane.gain_exporter if lane.exporter == country else lane.gain_importer)
                if lane.good == "oil":
                    windfall = lane.value - plain
                    gained = gained + windfall if lane.exporter == country else gained - windfall
        return gained

    def _ties(self, country: str) -> list[Array]:
        """Value of what a country deals in with its partners beyond ordinary commerce, million USD a month."""
        theirs = [p for p in self.pairs if country in (p.belligerent.name, p.supplier.name)]
        return [np.abs(p.cash_paid) for p in theirs] + [oil_value(p) for p in theirs]

    def _all_value(self, country: str) -> list[Array]:
        moving = [x.value for x in self.moving if x.with_country(country)]
        return [self.quiet_value[country], *moving, *self._ties(country)]

    def _with(self, country: str, others: set[str]) -> list[Lane]:
        return [x for x in self.lanes if {x.exporter, x.importer} & others - {country} and x.with_country(country)]

    def on_patron(self, country: str) -> Array:
        """Dependence of a country on the patrons (see sim.mechanisms.dependence), shape (R,)."""
        lanes = self._with(country, self.patrons)
        lost = [x.lost_exporter if x.exporter == country else x.lost_importer for x in lanes]
        return dependence([x.value for x in lanes], lost, self._all_value(country))

    def on_partner(self, country: str) -> Array:
        """Dependence of a country on its partners, shape (R,).

        Nobody else buys those rounds or sells that oil under embargo: the tie's own goods count as irreplaceable.
        """
        partners = {
            c.name for p in self.pairs for c in (p.belligerent, p.supplier) if country in (p.belligerent.name, p.supplier.name)
        }
        lanes, ties = self._with(country, partners), self._ties(country)
        lost = [x.lost_exporter if x.exporter == country else x.lost_importer for x in lanes] + [np.ones_like(t) for t in ties]
        return dependence([*(x.value for x in lanes), *ties], lost, self._all_value(country))

    def with_patron(self, country: str) -> Array:
        """Two-way trade of a country with the patrons, oil included, million USD a month, shape (R,)."""
        return total([self.nothing, *(x.value for x in self._with(country, self.patrons))])
