"""Every number of the base scenario earns its place: moved by itself, on the same shocks, it moves something."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from engine import BASE

from sim.mechanisms.quantities import QUANTITIES
from sim.model.world import World
from sim.scenario.files import Tree, read_toml
from sim.scenario.scenario import Parameter

RUNS, MONTHS, TOGETHER = 10, 60, 45


def stated(table: Tree, before: tuple[str, ...] = ()) -> Iterator[str]:
    """Addresses of the numbers that stand in the file itself."""
    for name, entry in table.items():
        if isinstance(entry, dict) and {"value", "unit"} <= entry.keys() and not isinstance(entry["value"], dict):
            yield ".".join((*before, name))
        elif isinstance(entry, dict):
            yield from stated(entry, before if name in ("countries", "partnerships", "package") else (*before, name))


NUMBERS = list(stated(read_toml(Path(__file__).parents[1] / "scenarios" / "base.toml")))
RANGED = [address for address in NUMBERS if BASE.parameters[address].low < BASE.parameters[address].high]
# What is kept in accounts besides. A number that moves nothing else touches neither partner.
ACCOUNTS = ("treasury", "munitions", "oil_stock", "lane_flow", "welfare")
# Half and one and a half would leave it idle: it exports a quarter of what it makes.
ENDS = {"united_states.oil_output": (0.0, 1e5)}


def ends(address: str, number: Parameter) -> tuple[float, float]:
    """Ends of its range, or half and one and a half of what it is."""
    if address in RANGED:
        return number.low, number.high
    possible = BASE.specs[address]
    return ENDS.get(address, (max(0.5 * number.value, possible.low), min(1.5 * number.value, possible.high)))


@pytest.fixture(scope="module")
def moved() -> dict[str, dict[str, float]]:
    """By number and quantity: the larger mean change of the two ends over all months, as a share of its mean in the base."""
    arms = [(address, end) for address in NUMBERS for end in ends(address, BASE.parameters[address])]
    found: dict[str, dict[str, float]] = {address: {} for address in NUMBERS}
    for first in range(0, len(arms), TOGETHER):
        for (address, _), change in zip(arms[first : first + TOGETHER], changes(arms[first : first + TOGETHER]), strict=True):
            found[address] = {name: max(share, found[address].get(name, 0.0)) for name, share in change.items()}
    return found


def changes(arms: list[tuple[str, float]]) -> list[dict[str, float]]:
    """Change that each arm makes in each quantity. One world holds them all beside the base: they share keys, so shocks too."""
    count = 1 + len(arms)
    values = {address: np.full((count, RUNS), BASE.parameters[address].value) for address, _ in arms}
    for row, (address, end) in enumerate(arms, start=1):
        values[address][row] = end
    world = World(
        BASE,
        runs=count * RUNS,
        seed=3,
        keys=np.tile(np.arange(RUNS), count),
        values={address: array.ravel() for address, array in values.items()},
    )
    change, size = {q.name: np.zeros(len(arms)) for q in QUANTITIES}, dict.fromkeys((q.name for q in QUANTITIES), 1e-12)
    for _ in range(MONTHS):
        world.step()
        for name in change:
            now = world.read(name).reshape(-1, count, RUNS)
            change[name] += np.abs(now[:, 1:] - now[:, :1]).sum(axis=(0, 2))
            size[name] += np.abs(now[:, 0]).sum()
    return [{name: float(change[name][arm] / size[name]) for name in change} for arm in range(len(arms))]


def test_each_number_moves_something(moved):
    assert [address for address in NUMBERS if max(moved[address].values()) <= 1e-9] == []


def test_each_number_with_a_range_moves_more_than_accounts(moved):
    idle = [a for a in RANGED if max(share for name, share in moved[a].items() if name not in ACCOUNTS) < 0.01]
    assert idle == []


def test_no_number_is_one_too_many():
    """What is fixed and no outcome hangs on has its value, and the reason, in the table of parameters."""
    assert len(NUMBERS) <= 150
    assert len(RANGED) <= 60


@pytest.mark.parametrize("page", ["README.md", "docs/limits.md"])
def test_the_documents_count_those_with_a_range(root, page):
    told = re.findall(r"(\d+) (?:that )?have a plausible range", (root / page).read_text("utf-8"))
    assert [int(number) for number in told] == [len(RANGED)]
