"""Ordinary commerce: lanes between countries, what pressure withholds on them, and the dependence that they make."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from sim.arrays import EPSILON, Array
from sim.mechanisms.dependence import dependence
from sim.mechanisms.ledger import REST_OF_WORLD, Ledger, total
from sim.mechanisms.parameters import LANE
from sim.model.demand import Demand
from sim.model.partnership import Partnership
from sim.model.roles import Belligerent, Country, Patron
from sim.model.rule import Rule
from sim.model.welfare import munitions_value, oil_value, technology_value, troops_value
from sim.scenario.scenario import Lane as Entry
from sim.scenario.scenario import Scenario

MADE_FOR_TRADE = ("components",)  # goods that exist only between the lane's two ends: made here, used up there
STORED = ("oil", "munitions")  # goods that an exporter can run out of
UNCOUNTED = ("trade", "labour")  # goods that the ledger keeps no account of
THOUSAND = 1e-3  # from USD a barrel to million USD a thousand barrels


@dataclass(slots=True)
class Lane:
    """One ordinary flow of a good. Numbers as in sim.mechanisms.parameters.LANE, shape (R,) each.

    ``gain_importer`` and ``gain_exporter`` are the irreplaceable gains per USD: margin (1 − substitutability). ``kept`` is the
    exporter's margin, which of labour's pay is the share that its government keeps. ``felt_importer`` is the importer's gain
    per unit at the price of the start.
    ``demand`` is what would move this month without pressure; it is the volume unless the lane has a season. ``flow`` and
    ``value`` are what does move, in the good's unit and in million USD. A ``quiet`` lane has no season, no rule and a price
    that stands still: its flow is always the ordinary one.
    """

    name: str
    exporter: str
    importer: str
    good: str
    entry: Entry
    volume: Array
    price: Array
    volatility: Array
    lost_importer: Array
    lost_exporter: Array
    gain_importer: Array
    gain_exporter: Array
    felt_importer: Array
    kept: Array
    ordinary: Array
    demand: Array
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
        self.nothing = np.zeros(ledger.made["money"].shape)
        self.demand = Demand(scenario, numbers)
        self.lanes = [self._lane(name, entry, numbers) for name, entry in scenario.lanes.items()]
        self.flows: dict[str, Lane | Handover] = {lane.name: lane for lane in self.lanes}
        self.flows |= {handover.name: handover for handover in self._handovers()}
        self.patrons = {name for name, country in countries.items() if isinstance(country, Patron)}
        self.with_patrons = {name: self._with(name, self.patrons) for name in countries}
        self.with_partners = {name: self._with(name, self._partners(name)) for name in countries}
        self.moving = self.lanes
        self.moving_with = {name: [lane for lane in self.lanes if lane.with_country(name)] for name in countries}
        self.sellers: dict[tuple[str, str], list[Lane]] = {}
        for good in STORED:
            for lane in self.lanes:
                if lane.good == good and lane.exporter in countries:
                    self.sellers.setdefault((good, lane.exporter), []).append(lane)
        self.quiet_gains: dict[str, Array] = {}
        self.quiet_value: dict[str, Array] = {}

    @staticmethod
    def _lane(name: str, entry: Entry, numbers: Mapping[str, Array]) -> Lane:
        n = {spec.name: numbers[f"lanes.{name}.{spec.name}"] for spec in LANE}
        lost = 1.0 - n["substitutability"], 1.0 - n["substitutability_exporter"]
        price = n["price"] * numbers["world.oil_price"] * THOUSAND if entry.good == "oil" else n["price"]
        ordinary = n["volume"] * price
        return Lane(
            name,
            entry.exporter,
            entry.importer,
            entry.good,
            entry,
            volume=n["volume"],
            price=price,
            volatility=n["volatility"],
            lost_importer=lost[0],
            lost_exporter=lost[1],
            gain_importer=n["margin"] * lost[0],
            gain_exporter=n["margin_exporter"] * lost[1],
            felt_importer=n["margin"] * lost[0] * price,
            kept=n["margin_exporter"],
            ordinary=ordinary,
            demand=n["volume"],
            flow=n["volume"],
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
        for lane in self.moving:
            if lane.entry.season:
                lane.demand = lane.volume * self.demand.of(lane.entry, lane.volatility)
            lane.flow = self._open(lane)
        self._ration()
        for lane in self.moving:
            price = lane.price * oil_price if lane.good == "oil" else lane.price
            for rule in lane.rules:
                if rule.channel.price is not None:
                    price = price * rule.channel.price(rule)
            lane.value = lane.flow * price
            self._move(lane)
        for name, country in self.countries.items():
            self._settle(name, country)

    def sum_quiet_lanes(self) -> None:
        """Once all rules are assigned, tell quiet lanes from moving ones, and add up what the quiet ones are worth."""
        for lane in self.lanes:
            lane.quiet = lane.good in UNCOUNTED and not lane.rules and not lane.entry.season
        self.moving = [lane for lane in self.lanes if not lane.quiet]
        self.moving_with = {name: [lane for lane in self.moving if lane.with_country(name)] for name in self.countries}
        quiet = [lane for lane in self.lanes if lane.quiet]
        for name in self.countries:
            theirs = [lane for lane in quiet if lane.with_country(name)]
            self.quiet_gains[name] = self._gains(name, theirs)
            self.quiet_value[name] = self._total([lane.value for lane in theirs])

    def _total(self, rows: list[Array]) -> Array:
        return total([self.nothing, *rows])

    def _open(self, lane: Lane) -> Array:
        """What moves of the demand on a lane: each rule leaves its part, and firms comply on their own."""
        left = lane.demand
        for rule in lane.rules:
            left = left * rule.passes()
        exporter, importer = self.countries.get(lane.exporter), self.countries.get(lane.importer)
        if lane.good == "components" and isinstance(exporter, Patron) and isinstance(importer, Belligerent):
            left = left * (1.0 - exporter.compliance)
        return left

    def _ration(self) -> None:
        """Scale an exporter's flows down to what it has."""
        for (good, name), sold in self.sellers.items():
            wanted = total([lane.flow for lane in sold])
            have = self.ledger.account(good, name) + (self.countries[name].oil_output if good == "oil" else 0.0)
            if (have < wanted).any():
                share = np.minimum(np.maximum(have, 0.0) / np.maximum(wanted, EPSILON), 1.0)
                for lane in sold:
                    lane.flow = lane.flow * share

    def _move(self, lane: Lane) -> None:
        if lane.good in MADE_FOR_TRADE:
            self.ledger.make(lane.good, lane.exporter, lane.flow)
        if lane.good not in UNCOUNTED:
            self.ledger.move(lane.good, lane.exporter, lane.importer, lane.flow)

    def _settle(self, name: str, country: Country) -> None:
        """Let a treasury feel a share of what its country gained or lost; rest_of_world is the other side of it.

        Most commerce is private: only the pass-through of more or dearer exports, and of the gains from imports that did
        not come, reaches the government. Of the pay of its workers abroad the government keeps the exporter's margin.
        """
        felt, pay = self.nothing, self.nothing
        for lane in self.moving_with[name]:
            if lane.flow is lane.volume and lane.good != "oil":
                continue  # nothing stirs it
            if lane.exporter == name and lane.good == "labour":
                pay = pay + lane.kept * (lane.value - lane.ordinary)
            elif lane.exporter == name:
                felt = felt + (lane.value - lane.ordinary)
            elif lane.flow is not lane.volume:
                felt = felt + lane.felt_importer * (lane.flow - lane.volume)
        account = self.ledger.account("money", name)
        self.ledger.move("money", REST_OF_WORLD, name, np.maximum(country.passthrough * felt + pay, -account))

    # --- what it means ----------------------------------------------------------------------------------------------------

    def imported(self, good: str, country: str) -> Array:
        """What a country bought of a good this month, in the good's unit."""
        return self._total([x.flow for x in self.lanes if x.importer == country and x.good == good])

    def exported(self, good: str, country: str) -> Array:
        """What a country sold of a good this month, in the good's unit."""
        return self._total([x.flow for x in self.lanes if x.exporter == country and x.good == good])

    def components(self, country: str) -> Array:
        """Ordinary monthly inflow of components, million USD."""
        return self._total([x.volume for x in self._components(country)])

    def components_from_patrons(self, country: str) -> Array:
        """Inflow of components from patrons this month, million USD."""
        return self._total([x.flow for x in self._components(country) if x.exporter in self.patrons])

    def receive_components(self, country: str) -> Array:
        """Use up this month's inflow of components, and return its value, million USD."""
        arrived = self.imported("components", country)
        self.ledger.use("components", country, arrived)
        return arrived

    def _components(self, country: str) -> list[Lane]:
        return [lane for lane in self.lanes if lane.good == "components" and lane.importer == country]

    def imports_lost(self, country: str) -> Array:
        """Share of a country's imports of other goods that did not come, of those of the start at this time of the year."""
        theirs = [lane for lane in self.lanes if lane.importer == country and lane.good == "trade"]
        usual = self._total([lane.volume * self.demand.seasonal(lane.entry) for lane in theirs])
        return np.maximum(1.0 - self._total([lane.flow for lane in theirs]) / np.maximum(usual, EPSILON), 0.0) * (usual > 0.0)

    def gains(self, country: str) -> Array:
        """Irreplaceable gains from a country's ordinary commerce, million USD a month."""
        return self.quiet_gains[country] + self._gains(country, self.moving_with[country])

    def _gains(self, country: str, lanes: list[Lane]) -> Array:
        """Gains at the prices of the start, and what a change of price moves from importer to exporter."""
        gained = self.nothing
        for lane in lanes:
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
        moving = [x.value for x in self.moving_with[country]]
        return [self.quiet_value[country], *moving, *self._ties(country)]

    def _with(self, country: str, others: set[str]) -> list[Lane]:
        return [x for x in self.lanes if {x.exporter, x.importer} & others - {country} and x.with_country(country)]

    def _partners(self, country: str) -> set[str]:
        pairs = [(p.belligerent.name, p.supplier.name) for p in self.pairs]
        return {name for pair in pairs if country in pair for name in pair}

    def on_patron(self, country: str) -> Array:
        """Dependence of a country on the patrons (see sim.mechanisms.dependence), shape (R,)."""
        lanes = self.with_patrons[country]
        lost = [x.lost_exporter if x.exporter == country else x.lost_importer for x in lanes]
        return dependence([x.value for x in lanes], lost, self._all_value(country))

    def on_partner(self, country: str) -> Array:
        """Dependence of a country on its partners, shape (R,).

        Nobody else buys those rounds or sells that oil under embargo: the tie's own goods count as irreplaceable.
        """
        lanes, ties = self.with_partners[country], self._ties(country)
        lost = [x.lost_exporter if x.exporter == country else x.lost_importer for x in lanes] + [np.ones_like(t) for t in ties]
        return dependence([*(x.value for x in lanes), *ties], lost, self._all_value(country))

    def with_patron(self, country: str) -> Array:
        """Two-way trade of a country with the patrons, oil included and labour not, million USD a month, shape (R,)."""
        return self._total([x.value for x in self.with_patrons[country] if x.good != "labour"])
