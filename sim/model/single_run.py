"""One run in the form that Mesa's tutorials teach: governments and variables that are plain numbers, and a DataCollector.

It advances a `World` of one run and shows its numbers; nothing is simulated here.
"""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import mesa
import numpy as np

from sim.arrays import Array
from sim.errors import UserError, suggest
from sim.mechanisms.quantities import ALL_ROLES, QUANTITIES
from sim.model.roles import Country as Arrays
from sim.model.state import as_mesa_scenario
from sim.model.world import World
from sim.scenario.scenario import Scenario, Variants

MOST_SEED = 2**62
NAN = float("nan")


class Shown:
    """Simulated numbers as attributes that can be read and not set.

    Attributes
    ----------
    shown : mapping
        Name of each to a function that gives its present value, shape (1,).
    """

    shown: Mapping[str, Callable[[], Array]] = {}

    def __getattr__(self, name: str) -> float:
        if name not in self.shown:
            raise AttributeError(f"'{type(self).__name__}' has no attribute '{name}'", name=name, obj=self)
        return float(self.shown[name]().item())

    def __setattr__(self, name: str, value: object) -> None:
        if name in self.shown:
            remedy = "give the scenario or one of its numbers instead, such as SingleRun(china__resolve=0.5)"
            raise UserError(f"follows from the run and cannot be set; {remedy}", name)
        super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self.shown})


class Country(Shown, mesa.Agent):
    """A government of a single run.

    Its attributes are the quantities that are recorded of its role, such as ``treasury`` or ``belief``, and by their names
    its own numbers, such as ``resolve``: a float each.
    """

    def __init__(self, model: "SingleRun", country: Arrays) -> None:
        super().__init__(model)
        self.name, self.label, self.role = country.name, country.label, country.role
        own = {name: partial(getattr, country, name) for name, value in vars(country).items() if isinstance(value, np.ndarray)}
        self.shown = own | {
            quantity.name: partial(model.now, quantity.name, model.world.holders(quantity.name).index(self.name))
            for quantity in QUANTITIES
            if quantity.holder == "country" and self.role in quantity.roles
        }

    def __repr__(self) -> str:
        money = f"treasury {self.treasury:,.0f}, welfare {self.welfare:,.0f} million USD"
        return f"<Country {self.name}: {self.role}, {money}>"

    def step(self) -> None:
        """Refuse to act alone: in each phase of a month all governments act on the same state."""
        raise UserError("a government cannot step alone; call step() of the model, which lets all act together", self.name)


class SingleRun(Shown, mesa.Model):
    """One run of a scenario as an ordinary Mesa model, for ``mesa.batch_run``, ``SolaraViz`` and code that knows Mesa.

    `World` advances many runs at once, and its agents have arrays. This is the same model with R = 1 and plain numbers:
    it gives, bit for bit, what `sim.run` gives for one run of the same seed. For thousands of runs use `sim.run`, which is
    a thousand times as fast a run.

    Parameters
    ----------
    scenario : Scenario, str or Path
        A scenario, the name of a shipped one, or the path of a TOML file.
    months : int, optional
        Months to run; the scenario's own by default.
    seed : int, optional
        Seed of all draws. By default a fresh one, which the attribute ``seed`` gives.
    **parameters
        Numbers of the scenario by address, with two underscores for each dot: ``china__resolve=0.5``. Also
        ``variants__bargaining`` and ``variants__learning``.

    Attributes
    ----------
    agents : AgentSet of Country
        The governments, whose attributes are floats.
    datacollector : mesa.DataCollector
        Filled at the end of each month with all that `sim.run` records by default. Any other may take its place.
    running : bool
        Whether months are left.
    month, months : int
        Months gone, and months in all.
    label : str
        Name of the scenario, together with what is knocked out. In the tables of a batch it stands in the column ``scenario``.
    world : World
        The world of one run behind it.

    Raises
    ------
    UserError
        If an argument makes no sense, if a step would go beyond the last month, or if an agent is to be removed.

    Notes
    -----
    Variables of the world, partnerships, rules and lanes are attributes, too, by holder and quantity:
    ``oil_price``, ``russia_north_korea__munitions_delivered``, ``china_oil_valve__pressure``.

    Examples
    --------
    >>> model = SingleRun(months=12, seed=7, china__resolve=0.9)
    >>> model.run_model()
    >>> model.month, model.running
    (12, False)
    """

    def __init__(
        self, scenario: Scenario | str | Path = "base", months: int | None = None, seed: int | None = None, **parameters: Any
    ) -> None:
        given = parameters if months is None else {"months": months, **parameters}
        setting = _changed(Scenario.load(scenario), given)
        seed = _seed(seed)
        super().__init__(scenario=as_mesa_scenario(setting, seed))
        self.label, self.seed, self.months = setting.label, seed, setting.months
        self.world = World(setting, seed=seed)
        everywhere = [(q, row, holder) for q in QUANTITIES for row, holder in enumerate(self.world.holders(q.name))]
        self.shown = {_variable(holder, q.name): partial(self.now, q.name, row) for q, row, holder in everywhere}
        for country in self.world.countries.values():
            Country(self, country)
        ours = ["seed", "month", *(_variable(h, q.name) for q, _, h in everywhere if q.default and q.holder != "country")]
        theirs = {q.name: q.roles for q in QUANTITIES if q.default and q.holder == "country"}
        self.datacollector = mesa.DataCollector(
            model_reporters={"scenario": "label"} | {name: name for name in ours},
            agent_reporters={
                name: partial(_reported, name=name, roles=roles)
                for name, roles in ({"name": ALL_ROLES, "role": ALL_ROLES} | theirs).items()
            },
        )

    def __repr__(self) -> str:
        return f"<SingleRun {self.label}: month {self.month} of {self.months}, seed {self.seed}>"

    @property
    def month(self) -> int:
        """Months gone."""
        return self.world.month

    def now(self, quantity: str, row: int) -> Array:
        """Present value of a quantity of one of its holders, shape (1,). Which limit binds is not known before a month."""
        if not self.month and quantity.startswith("limit_"):
            return np.array([NAN])
        return self.world.read(quantity)[row]

    def step(self) -> None:
        """Advance by one month and collect."""
        self.world.step()
        self.running = self.month < self.months
        self.datacollector.collect(self)

    def _advance_time(self, until: float) -> None:
        """Refuse to go beyond the last month before Mesa moves its clock: ``step``, ``run_for``, ``run_until`` come by here."""
        if until > self.months:
            remedy = "give months= for a longer one, or make a new one"
            raise UserError(f"the run ends with month {self.months}; {remedy}", "SingleRun")
        super()._advance_time(until)

    def deregister_agent(self, agent: mesa.Agent) -> None:
        """Refuse to lose a government; what else was added may go."""
        if isinstance(agent, Country):
            remedy = "write a scenario without it, or knock out what it does with Scenario.without"
            raise UserError(f"governments are the cast of the scenario, and none can be removed; {remedy}", agent.name)
        super().deregister_agent(agent)


def _variable(holder: str, quantity: str) -> str:
    """Name a variable: an address with two underscores for its dot, so that it can be an attribute."""
    return quantity if holder == "world" else f"{holder}__{quantity}"


def _reported(agent: mesa.Agent, name: str, roles: tuple[str, ...]) -> float | str:
    """Report an attribute of the governments whose role has it. Mesa's own reporters by name would forbid to pickle the model."""
    found: float | str = getattr(agent, name) if isinstance(agent, Country) and agent.role in roles else NAN
    return found


def _changed(scenario: Scenario, given: Mapping[str, Any]) -> Scenario:
    """Change what was given by keyword. A number that is given holds even where the scenario would draw it."""
    words = {"months", *(f"variants.{name}" for name in Variants.model_fields)}
    changes: dict[str, Any] = {}
    for name, value in given.items():
        address = name.replace("__", ".")
        if address in scenario.parameters:
            changes[address] = {"value": value, "drawn": False}
        elif address in words:
            changes[address] = value
        else:
            known = (known.replace(".", "__") for known in (*scenario.parameters, *words, "scenario", "seed"))
            remedy = "give seed=, a whole number" if name == "rng" else suggest(name, known)
            raise UserError(f"there is no such keyword; {remedy}", f"SingleRun: {name}")
    return scenario.set(changes) if changes else scenario


def _seed(given: object) -> int:
    """Give a seed as a number, also from the text of a field on a page, or a fresh one."""
    if given is None:
        return int(np.random.default_rng().integers(2**32))
    if not str(given).isdecimal() or int(str(given)) >= MOST_SEED:
        raise UserError(f"must be a whole number from 0 on, not {given!r}", "SingleRun: seed")
    return int(str(given))
