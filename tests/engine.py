"""Help for the tests of the engine: worlds, everything that can be read of them, and random numbers to vary them by."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from sim.mechanisms.parameters import TRIGGERS
from sim.mechanisms.quantities import CONSERVED, QUANTITIES
from sim.model.world import World
from sim.scenario.scenario import Parameter, Scenario

HERE = Path(__file__).parent
BASE = Scenario.load("base")
TOY = Scenario.load(HERE / "toy" / "toy.toml")

History = dict[str, np.ndarray]


def look(world: World) -> History:
    """All that can be read of a world now: each quantity, and the accounts of the ledger; shape (holders, R) each."""
    seen = {quantity.name: world.read(quantity.name).copy() for quantity in QUANTITIES}
    return seen | {f"stock of {good}": world.ledger.stock[good].copy() for good in CONSERVED}


def history(scenario: Scenario, months: int, check: Callable[[World], None] = lambda world: None, **options: Any) -> History:
    """Run a world for some months, check it after each, and keep all that can be read of it, shape (months, holders, R) each."""
    world = World(scenario, **options)
    seen = []
    for _ in range(months):
        world.step()
        check(world)
        seen.append(look(world))
    return {name: np.stack([month[name] for month in seen]) for name in seen[0]}


def path(scenario: Scenario, seen: History, quantity: str, holder: str) -> np.ndarray:
    """One holder's path of a quantity, shape (months, R)."""
    return seen[quantity][:, World(scenario).holders(quantity).index(holder)]


def same_bits(one: Mapping[str, np.ndarray], other: Mapping[str, np.ndarray]) -> None:
    """Assert that two histories are the same bit by bit."""
    assert one.keys() == other.keys()
    for name, values in one.items():
        assert values.tobytes() == np.ascontiguousarray(other[name]).tobytes(), name


def same_numbers(
    one: Mapping[str, np.ndarray], other: Mapping[str, np.ndarray], tolerance: float, leave: tuple[str, ...] = ()
) -> None:
    """Assert that two histories are the same up to a relative tolerance."""
    assert one.keys() == other.keys()
    for name, values in one.items():
        if name not in leave:
            np.testing.assert_allclose(other[name], values, rtol=tolerance, atol=tolerance, err_msg=name)


def only(runs: Any, seen: History) -> History:
    """Some of the runs of a history."""
    return {name: np.ascontiguousarray(values[..., runs]) for name, values in seen.items()}


def within(parameter: Parameter, shares: np.ndarray) -> np.ndarray:
    """Numbers at some shares of the way from low to high, by the parameter's measure."""
    if parameter.measure == "log" and parameter.low > 0.0:
        return parameter.low * (parameter.high / parameter.low) ** shares
    return parameter.low + (parameter.high - parameter.low) * shares


def anywhere(scenario: Scenario, runs: int, seed: int, *, share: float = 1.0, corners: bool = False) -> dict[str, np.ndarray]:
    """Random numbers for a share of the parameters, one for each run, between low and high; at corners: low or high."""
    random = np.random.default_rng(seed)
    values = {}
    for address, parameter in scenario.parameters.items():
        shares = random.random(runs)
        if random.random() < share:
            values[address] = within(parameter, np.round(shares) if corners else shares)
    return values


def rule(
    presser: str, target: str, channel: str, trigger: str = "visible_tie", response: str = "smoothstep", **changes: Any
) -> dict[str, Any]:
    """Fields of a pressure rule for ``Scenario.with_rule``: full, quick and without leaks unless changed."""
    unit = TRIGGERS[trigger]
    numbers = {
        "strength": (1.0, "share"),
        "resolve": (1.0, "share"),
        "tolerance": (0.0, unit),
        "width": (0.1, unit),
        "lag": (1.0, "months"),
        "rate_up": (1.0, "share"),
        "rate_down": (1.0, "share"),
        "leakage": (0.0, "share"),
        "leakage_max": (0.0, "share"),
        "leakage_growth": (0.0, "share"),
        "cost": (1.0, "million USD/month"),
        "size": (20.0, "million USD/month"),
        "discount": (0.2, "share"),
    }
    fixed = {name: value for name, value in changes.items() if name not in numbers}
    given = {
        name: {"value": value, "unit": unit, "low": value, "high": value, "source": "assumption"}
        for name, (value, unit) in ((name, (changes.get(name, usual), unit)) for name, (usual, unit) in numbers.items())
    }
    return {"presser": presser, "target": target, "channel": channel, "trigger": trigger, "response": response, **fixed, **given}
