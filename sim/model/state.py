"""Where the world stands: its governments, ties, rules and lanes, and what can be asked of them. Arrays have shape (R,)."""

from collections.abc import Mapping
from dataclasses import fields
from functools import cached_property
from pathlib import Path

import mesa
import numpy as np
from mesa.experimental.scenarios import Scenario as MesaScenario
from numpy.typing import NDArray

from sim.arrays import EPSILON, Array
from sim.errors import UserError
from sim.mechanisms.knockouts import Removed
from sim.mechanisms.learning import LEARNING
from sim.mechanisms.ledger import Ledger, highest, total
from sim.mechanisms.motives import Sight
from sim.mechanisms.noise import Noise, Past
from sim.mechanisms.package import Good
from sim.mechanisms.parameters import PACKAGE
from sim.model.binding_limits import binding_limit
from sim.model.commerce import Commerce
from sim.model.draws import expand_numbers, past_of
from sim.model.partnership import Partnership
from sim.model.roles import ROLE_CLASSES, Ally, Belligerent, Country, Leader, Partner, Patron, Supplier
from sim.model.rule import Rule
from sim.scenario.scenario import Scenario


class Simulated(MesaScenario):
    """What is simulated, where Mesa looks for a scenario: an attribute for each field of ours, and Mesa's seed."""

    def __bool__(self) -> bool:
        return False  # else the reset of Mesa's controls replaces the argument named scenario by an empty one of its own


def as_mesa_scenario(scenario: Scenario, seed: int) -> Simulated:
    """Give a scenario the form in which Mesa keeps one, as ``model.scenario`` and ``agent.scenario``."""
    return Simulated(rng=int(seed) % 2**32, **{field.name: getattr(scenario, field.name) for field in fields(scenario)})


def between(presser: Country, partner: Country) -> int:
    """Slot of a presser and a partner for the keyed draws: their places among those of their roles, never their names."""
    return (presser.slot << 21) + (int(partner.role == "supplier") << 20) + partner.slot


class State(mesa.Model):
    """The governments of a scenario and all between them, over R runs. Parameters as in `sim.World`, which moves it on."""

    def __init__(
        self,
        scenario: Scenario | str | Path,
        runs: int = 1,
        seed: int = 0,
        first: int = 0,
        keys: NDArray[np.int64] | None = None,
        values: Mapping[str, float | Array] | None = None,
        knockouts: Mapping[str, NDArray[np.bool_]] | None = None,
        past: Past | None = None,
    ) -> None:
        scenario = Scenario.load(scenario)
        super().__init__(scenario=as_mesa_scenario(scenario, seed))
        self.setting, self.runs, self.month = scenario, runs, 0
        self.keys = np.arange(first, first + runs, dtype=np.int64) if keys is None else np.asarray(keys, dtype=np.int64)
        if self.keys.shape != (runs,) or (runs and self.keys.min() < 0):
            raise UserError(f"needs {runs} keys, one per run, whole numbers from 0 on", "keys")
        self.noise = Noise(seed, self.keys)
        self.noise.past = past or past_of(scenario, self.noise)
        self.numbers = expand_numbers(scenario, self.noise, runs, values or {})
        self.removed = Removed(scenario.knockouts, knockouts or {}, runs)
        self.learn = LEARNING[scenario.variants.learning]
        self.nothing = np.zeros(runs)
        self.ledger = Ledger(tuple(scenario.countries), runs)
        self._create_countries()
        self._paths = {self._owner(address): scenario.path(address) for address in scenario.paths}
        self._create_partnerships()
        self._create_rules()
        self.commerce = Commerce(scenario, self.numbers, self.countries, list(self.partnerships.values()), self.ledger)
        self._prepare()

    # --- set-up -----------------------------------------------------------------------------------------------------------

    @cached_property
    def _scopes(self) -> dict[str, dict[str, Array]]:
        """The numbers under each address, by their last name."""
        scopes: dict[str, dict[str, Array]] = {}
        for address, number in self.numbers.items():
            owner, _, name = address.rpartition(".")
            scopes.setdefault(owner, {})[name] = number
        return scopes

    def _create_countries(self) -> None:
        self.countries: dict[str, Country] = {}
        slots: dict[str, int] = {}
        for name, entry in self.setting.countries.items():
            slot = slots.get(entry.role, 0)
            slots[entry.role] = slot + 1
            kind = ROLE_CLASSES[entry.role]
            self.countries[name] = kind(self, name, entry.name, entry.role, slot, self._scopes[name], self.ledger)
        self.belligerents = [c for c in self.countries.values() if isinstance(c, Belligerent)]
        self.suppliers = [c for c in self.countries.values() if isinstance(c, Supplier)]
        self.patrons = [c for c in self.countries.values() if isinstance(c, Patron)]
        self.leaders = [c for c in self.countries.values() if isinstance(c, Leader)]
        self.allies = [c for c in self.countries.values() if isinstance(c, Ally)]
        self.partners: list[Partner] = [*self.belligerents, *self.suppliers]

    def _owner(self, address: str) -> tuple[Country, str]:
        """The government that has a number, and the number's name."""
        owner, _, name = address.partition(".")
        return self.countries[owner], name

    def _create_partnerships(self) -> None:
        self.partnerships: dict[str, Partnership] = {}
        for slot, (name, entry) in enumerate(self.setting.partnerships.items()):
            goods = {
                row: (item.kind, Good(**{spec.name: self.numbers[f"{name}.{row}.{spec.name}"] for spec in PACKAGE}))
                for row, item in entry.package.items()
            }
            belligerent, supplier = self.countries[entry.belligerent], self.countries[entry.supplier]
            assert isinstance(belligerent, Belligerent) and isinstance(supplier, Supplier)
            self.partnerships[name] = Partnership(
                name, slot, belligerent, supplier, goods, self._scopes[name], self.ledger, self.removed
            )

    def _create_rules(self) -> None:
        self.rules: dict[str, Rule] = {}
        for name, entry in self.setting.rules.items():
            presser, target = self.countries[entry.presser], self.countries[entry.target]
            ties = [pair for pair in self.partnerships.values() if target in (pair.belligerent, pair.supplier)]
            self.rules[name] = Rule(name, entry, presser, target, ties, self._scopes[f"rules.{name}"], self.removed)
        for partner in self.partners:
            partner.face([*self.patrons, *(rule.presser for rule in self.rules.values() if rule.target is partner)])
        self.belief_slots = [(p.name, q) for p in self.partners for q in p.beliefs]

    def _prepare(self) -> None:
        world = self._scopes["world"]
        self.war_mean, self.war_persistence, self.war_volatility = (
            world[k] for k in ("war_intensity", "war_persistence", "war_volatility")
        )
        self.ceasefire_month, self.ceasefire_hazard = world["ceasefire_month"], world["ceasefire_hazard"]
        self.oil_mean, self.oil_persistence, self.oil_volatility = (
            world[k] for k in ("oil_price", "oil_persistence", "oil_volatility")
        )
        self.intelligence_noise = world["intelligence_noise"]
        self.war_intensity, self.oil_price = self.war_mean.copy(), self.oil_mean.copy()
        self.war_deviation = self.oil_deviation = self.nothing
        self.at_war = np.ones(self.runs)
        for rule in self.rules.values():
            self.commerce.assign(rule)
        self.commerce.sum_quiet_lanes()
        for country in (*self.suppliers, *self.allies):
            country.prepare()
        for patron in self.patrons:
            patron.prepare(self.partners, self.removed)
        for belligerent in self.belligerents:
            belligerent.prepare(self.commerce.components(belligerent.name))
        self.first_dependence = {partner.name: self.commerce.on_patron(partner.name) for partner in self.partners}
        self.first_turned = {partner.name: self.commerce.on_partner(partner.name) for partner in self.partners}
        self.first_trade = {partner.name: self.commerce.with_patron(partner.name) for partner in self.partners}

    def follow_paths(self) -> None:
        """Give each government the numbers that the scenario's paths say for this month."""
        for (country, name), numbers in self._paths.items():
            setattr(country, name, np.full(self.runs, numbers[min(self.month, len(numbers)) - 1]))

    # --- what can be asked of it ------------------------------------------------------------------------------------------

    def alignment(self) -> Array:
        """Mean alignment of the allies."""
        return total([a.alignment for a in self.allies]) / len(self.allies) if self.allies else self.nothing

    def lost_dependence(self, partner: Partner) -> Array:
        """Fall of a partner's dependence on the patrons since the start."""
        return np.maximum(self.first_dependence[partner.name] - self.commerce.on_patron(partner.name), 0.0)

    def sight(self, patron: Patron, partner: Partner) -> Sight:
        """What a patron sees of a partner and its ties at the start of a month."""
        ties = [pair for pair in self.partnerships.values() if partner in (pair.belligerent, pair.supplier)]
        nothing, name = self.nothing, partner.name
        turned = self.commerce.on_partner(name) - self.first_turned[name]
        return Sight(
            tie=highest([pair.seen["visible_tie"] for pair in ties], nothing),
            munitions=highest([pair.munitions_seen() for pair in ties], nothing),
            alignment=self.alignment(),
            western=self.hindrance("firms", (patron,)),
            shortfall=highest([pair.belligerent.fire_shortage for pair in ties], nothing),
            instability=highest([pair.supplier.instability for pair in ties], nothing),
            turned=np.maximum(turned, 0.0),
            trade=self.commerce.with_patron(name) / np.maximum(self.first_trade[name], EPSILON),
        )

    def hindrance(self, what: str, targets: tuple[Country, ...]) -> Array:
        """Effect of all rules that hinder the payments, shipments, summits or firms of any of some countries.

        One less the product of what each leaves open.
        """
        left: Array | None = None
        for rule in self.rules.values():
            if rule.channel.hinders == what and any(rule.target is target for target in targets):
                left = rule.passes() if left is None else left * rule.passes()
        return self.nothing if left is None else 1.0 - left

    def beijing_level(self, target: Country) -> Array:
        """Highest level of a patron's punishing rule against a country."""
        ours = [r for r in self.rules.values() if r.target is target and r.limit == "beijing" and not r.channel.carrot]
        return highest([rule.level for rule in ours], self.nothing)

    def stance(self, partner: Partner) -> Array:
        """Mean stance of the patrons toward a partner."""
        return self._of_patrons([patron.stance.get(partner.name, self.nothing) for patron in self.patrons])

    def tolerance(self, partner: Partner) -> Array:
        """Mean visible tie that the patrons bear of a partner before their aim turns cold."""
        return self._of_patrons([patron.tolerated[partner.name] for patron in self.patrons])

    def _of_patrons(self, arrays: list[Array]) -> Array:
        return total(arrays) / len(arrays) if arrays else self.nothing

    def harm(self, target: Country, *, by_patron: bool) -> Array:
        """Harm to a country this month by rules of the patrons, or of the others, million USD."""
        ours = [r for r in self.rules.values() if r.target is target and (r.limit == "beijing") == by_patron]
        return total([self.nothing, *(rule.harm() for rule in ours)])

    def binding_limit(self, pair: Partnership, dimension: str) -> Array:
        """Code of the limit that bound one dimension of a package this month (index in quantities.LIMITS)."""
        stopped = [r.cut for r in self.rules.values() if r.limit == "interdiction" and pair in r.ties]
        return binding_limit(pair, dimension, highest(stopped, self.nothing))
