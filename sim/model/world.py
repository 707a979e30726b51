"""The world: a Mesa model whose agents are governments and whose months run through one visible list of phases.

Every attribute of an agent is an array over runs, so one World advances R runs in lockstep; a single run is R = 1.
"""

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path

import mesa
import numpy as np
from mesa.experimental.scenarios import Scenario as MesaScenario
from numpy.typing import NDArray

from sim.arrays import Array
from sim.errors import UserError
from sim.mechanisms.knockouts import Removed
from sim.mechanisms.learning import LEARNING
from sim.mechanisms.ledger import Ledger, highest, total
from sim.mechanisms.noise import Noise
from sim.mechanisms.package import Good
from sim.mechanisms.parameters import PACKAGE
from sim.mechanisms.quantities import DIMENSIONS, QUANTITIES
from sim.model.binding_limits import binding
from sim.model.commerce import Commerce
from sim.model.draws import expand_numbers
from sim.model.events import Event, Watch
from sim.model.partnership import Partnership
from sim.model.phases import PHASES
from sim.model.roles import ROLE_CLASSES, Ally, Belligerent, Country, Leader, Patron, Supplier
from sim.model.rule import Rule
from sim.scenario.scenario import Scenario

HOLDERS = {quantity.name: quantity for quantity in QUANTITIES}


class Simulated(MesaScenario):
    """What is simulated, where Mesa looks for a scenario: an attribute for each field of ours, and Mesa's seed."""

    def __bool__(self) -> bool:
        return False  # else the reset of Mesa's controls replaces the argument named scenario by an empty one of its own


def as_mesa_scenario(scenario: Scenario, seed: int) -> Simulated:
    """Give a scenario the form in which Mesa keeps one, as ``model.scenario`` and ``agent.scenario``."""
    return Simulated(rng=int(seed) % 2**32, **{field.name: getattr(scenario, field.name) for field in fields(scenario)})


class World(mesa.Model):
    """Six governments, or any cast that a scenario names, over R runs that advance together.

    Each attribute of an agent is an array with one element per run, because shares of runs take thousands of them, and among
    thousands a run costs a thousandth of what it costs alone. `SingleRun` shows a world of one run by plain numbers, as
    Mesa's own tools need them.

    Parameters
    ----------
    scenario : Scenario, str or Path
        Cast, lanes, rules, variants, numbers and knock-outs: a scenario, the name of a shipped one, or the path of a TOML file.
    runs : int
        Number of runs R.
    seed : int
        Seed of the keyed draws.
    first : int
        Replicate key of the first run.
    keys : ndarray of int64, shape (R,), optional
        Replicate key of each run, instead of ``first`` to ``first + R - 1``.
    values : mapping, optional
        Numbers that replace the scenario's: address to a float or an array of shape (R,).
    knockouts : mapping of ndarray of bool, shape (R,), optional
        Knock-outs in some of the runs, besides the scenario's own in all.

    Raises
    ------
    UserError
        If ``values`` names an unknown parameter.

    Examples
    --------
    >>> world = World("base")
    >>> world.step()
    >>> world.month
    1
    """

    def __init__(
        self,
        scenario: Scenario | str | Path,
        runs: int = 1,
        seed: int = 0,
        first: int = 0,
        keys: NDArray[np.int64] | None = None,
        values: Mapping[str, float | Array] | None = None,
        knockouts: Mapping[str, NDArray[np.bool_]] | None = None,
    ) -> None:
        scenario = Scenario.load(scenario)
        super().__init__(scenario=as_mesa_scenario(scenario, seed))
        self.setting, self.runs, self.month = scenario, runs, 0
        self.keys = np.arange(first, first + runs, dtype=np.int64) if keys is None else np.asarray(keys, dtype=np.int64)
        if self.keys.shape != (runs,) or (runs and self.keys.min() < 0):
            raise UserError(f"needs {runs} keys, one per run, whole numbers from 0 on", "keys")
        self.noise = Noise(seed, self.keys)
        self.numbers = expand_numbers(scenario, self.noise, runs, values or {})
        self.removed = Removed(scenario.knockouts, knockouts or {}, runs)
        self.learn = LEARNING[scenario.variants.learning]
        self.nothing = np.zeros(runs)
        self.ledger = Ledger(tuple(scenario.countries), runs)
        self._create_countries()
        self._create_partnerships()
        self._create_rules()
        self.commerce = Commerce(scenario, self.numbers, self.countries, self.ledger)
        self._prepare()

    # --- set-up -----------------------------------------------------------------------------------------------------------

    def _scope(self, prefix: str) -> dict[str, Array]:
        """The numbers under one address, by their last name."""
        start = prefix + "."
        return {k[len(start) :]: v for k, v in self.numbers.items() if k.startswith(start) and "." not in k[len(start) :]}

    def _create_countries(self) -> None:
        self.countries: dict[str, Country] = {}
        slots: dict[str, int] = {}
        for name, entry in self.setting.countries.items():
            slot = slots.get(entry.role, 0)
            slots[entry.role] = slot + 1
            kind = ROLE_CLASSES[entry.role]
            self.countries[name] = kind(self, name, entry.name, entry.role, slot, self._scope(name), self.ledger)
        self.belligerents = [c for c in self.countries.values() if isinstance(c, Belligerent)]
        self.suppliers = [c for c in self.countries.values() if isinstance(c, Supplier)]
        self.patrons = [c for c in self.countries.values() if isinstance(c, Patron)]
        self.leaders = [c for c in self.countries.values() if isinstance(c, Leader)]
        self.allies = [c for c in self.countries.values() if isinstance(c, Ally)]

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
                name, slot, belligerent, supplier, goods, self._scope(name), self.ledger, self.removed
            )

    def _create_rules(self) -> None:
        self.rules: dict[str, Rule] = {}
        for name, entry in self.setting.rules.items():
            presser, target = self.countries[entry.presser], self.countries[entry.target]
            self.rules[name] = Rule(
                name,
                presser,
                target,
                entry.channel,
                entry.trigger,
                entry.response,
                entry.from_month,
                entry.until_month,
                self._scope(f"rules.{name}"),
                self.removed,
            )
        for partner in (*self.belligerents, *self.suppliers):
            pressers = [r.presser.name for r in self.rules.values() if r.target is partner]
            partner.face(list(dict.fromkeys([*(patron.name for patron in self.patrons), *pressers])))
        self.belief_slots = [(p.name, q) for p in (*self.belligerents, *self.suppliers) for q in p.beliefs]

    def _prepare(self) -> None:
        world = self._scope("world")
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
        self.commerce.hush(list(self.partnerships.values()))
        for country in (*self.suppliers, *self.patrons, *self.allies):
            country.prepare()
        for belligerent in self.belligerents:
            belligerent.prepare(self.commerce.components(belligerent.name))
        self.first_dependence = {c.name: self.commerce.on_patron(c.name) for c in (*self.belligerents, *self.suppliers)}
        self.watch = Watch(self) if self.runs == 1 else None

    # --- the month --------------------------------------------------------------------------------------------------------

    def step(self) -> None:
        """Advance all runs by one month through the phases, in their one fixed order."""
        self.month += 1
        for phase in PHASES:
            phase(self)
        if self.watch is not None:
            self.watch.look(self)

    def alignment(self) -> Array:
        """Mean alignment of the allies, shape (R,)."""
        return total([a.alignment for a in self.allies]) / len(self.allies) if self.allies else self.nothing

    def level(self, channel: str, targets: tuple[Country, ...]) -> Array:
        """Effect of all rules of one channel on any of some countries: one less the product of what each leaves open."""
        left: Array | None = None
        for rule in self.rules.values():
            if rule.channel.name == channel and any(rule.target is t for t in targets):
                open_ = 1.0 - rule.cut
                left = open_ if left is None else left * open_
        return self.nothing if left is None else 1.0 - left

    def beijing_level(self, target: Country) -> Array:
        """Highest level of a patron's punishing rule against a country."""
        level = self.nothing
        for rule in self.rules.values():
            if rule.target is target and rule.limit == "beijing" and not rule.channel.carrot:
                level = np.maximum(level, rule.level)
        return level

    def trigger(self, rule: Rule) -> Array:
        """What a rule looks at, shape (R,): of its target where that has it, else of the strongest tie or of all."""
        name, target = rule.trigger, rule.target
        pairs = [p for p in self.partnerships.values() if target in (p.belligerent, p.supplier)]
        if name in ("war_intensity", "oil_price"):
            return np.asarray(getattr(self, name))
        if name == "alignment":
            return target.alignment if isinstance(target, Ally) else self.alignment()
        suppliers = [target] if isinstance(target, Supplier) else self.suppliers
        if name in ("tests", "tension", "instability"):
            return highest([getattr(s, name) for s in suppliers], self.nothing)
        if name == "lost_dependence":
            partners = [target] if target.name in self.first_dependence else suppliers
            fallen = [np.maximum(self.first_dependence[p.name] - self.commerce.on_patron(p.name), 0.0) for p in partners]
            return highest(fallen, self.nothing)
        return highest([p.seen[name] for p in (pairs or self.partnerships.values())], self.nothing)

    # --- reading ----------------------------------------------------------------------------------------------------------

    def holders(self, name: str) -> tuple[str, ...]:
        """Names of those who have a quantity."""
        quantity = HOLDERS[name]
        match quantity.holder:
            case "world":
                return ("world",)
            case "country":
                return tuple(c.name for c in self.countries.values() if c.role in quantity.roles)
            case "partnership":
                return tuple(self.partnerships)
            case "rule":
                return tuple(self.rules)
            case _:
                return self.commerce.names

    def read(self, name: str) -> Array:
        """Present value of a quantity, shape (holders, R)."""
        quantity = HOLDERS[name]
        match quantity.holder:
            case "world":
                return np.asarray(getattr(self, name))[np.newaxis]
            case "country":
                return _stack([self._of_country(self.countries[c], name) for c in self.holders(name)], self.runs)
            case "partnership":
                return _stack([self._of_partnership(p, name) for p in self.partnerships.values()], self.runs)
            case "rule":
                return _stack([rule.level for rule in self.rules.values()], self.runs)
            case _:
                return self.commerce.flows

    def _of_country(self, country: Country, name: str) -> Array:
        match name:
            case "munitions":
                return self.ledger.account("munitions", country.name)
            case "fire":
                return np.asarray(country.fire_now)
            case "munitions_output" if isinstance(country, Belligerent):
                return np.asarray(country.made)
            case "belief":
                patrons = [b[0] for q, b in country.beliefs.items() if self.countries[q].role == "patron"]
                return total(patrons) / len(patrons) if patrons else self.nothing
            case "dependence_on_patron" | "dependence_on_partner" | "trade_with_patron":
                measure = getattr(self.commerce, name.removeprefix("dependence_").removeprefix("trade_"))
                return np.asarray(measure(country.name))
            case "harm_from_patron" | "harm_from_west":
                ours = [r for r in self.rules.values() if r.target is country]
                from_patron = name == "harm_from_patron"
                return total([self.nothing, *(r.harm() for r in ours if (r.limit == "beijing") == from_patron)])
            case _:
                return np.asarray(getattr(country, name))

    def _of_partnership(self, pair: Partnership, name: str) -> Array:
        if name.startswith("limit_"):
            dimension = name.removeprefix("limit_")
            assert dimension in DIMENSIONS
            partners = (pair.belligerent, pair.supplier)
            stopped = [r.cut for r in self.rules.values() if r.limit == "interdiction" and r.target in partners]
            return binding(pair, dimension, highest(stopped, self.nothing))
        return np.asarray(getattr(pair, name))

    def limit_of_rule(self, name: str) -> str:
        """The limit that a rule stands for, favours and snubs apart: `beijing`, `beijing_favour` or `beijing_snub`."""
        rule = self.rules[name]
        if rule.channel.carrot:
            return f"{rule.limit}_favour"
        return f"{rule.limit}_snub" if rule.channel.name == "diplomatic" else rule.limit

    def believed(self) -> Array:
        """All beliefs, in the order of ``belief_slots``, shape (B, R)."""
        return _stack([self.countries[p].beliefs[q][0] for p, q in self.belief_slots], self.runs)

    def believe(self, beliefs: Array) -> None:
        """Replace all beliefs by those of another world, as ``believed`` gives them, shape (B, R).

        Called before each step, this replays the beliefs of a paired world: what is left of an act of the patron is then its
        direct effect.
        """
        for (partner, presser), belief in zip(self.belief_slots, beliefs, strict=True):
            holder = self.countries[partner]
            holder.beliefs[presser] = (belief, holder.beliefs[presser][1])

    def events(self) -> list[Event]:
        """Dated events of the last month, for a single run.

        Raises
        ------
        UserError
            If the world has more than one run.
        """
        if self.watch is None:
            raise UserError("events are told of a single run; build the world with runs=1", "World.events")
        return self.watch.events


def _stack(arrays: list[Array], runs: int) -> Array:
    return np.stack(arrays) if arrays else np.zeros((0, runs))
