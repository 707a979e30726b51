"""Worlds that the record does not rule out, and whether they can stand beside the declared box of what is judged.

They come from history matching as a scenario with some worlds (`Scenario.worlds`) and their origin, or as the table of all.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sim.arrays import Array
from sim.errors import UserError
from sim.experiments.design_tables import read_parquet
from sim.experiments.ranges import Range
from sim.paths import user_path
from sim.runs.sums import check_listed
from sim.scenario.scenario import Scenario

TABLE = ".parquet"
FEWEST = 2  # worlds of which a spread can be told
SHORT = 12  # digits of a hash that a text shows
MOST_NAMED = 3  # addresses that a message names
ROUNDING = 1e-5  # numbers of a matched scenario have six figures


@dataclass(frozen=True)
class Matched:
    """The matched scenario beside what is judged.

    Attributes
    ----------
    name : str
        Name of the matched scenario, or of the table.
    scenario : Scenario
        Its worlds are not ruled out.
    unfit : str
        Why these cannot be set beside the box; empty if they can.
    """

    name: str
    scenario: Scenario
    unfit: str

    def values(self, box: Iterable[Range]) -> dict[str, Array]:
        """Numbers of the worlds by address, for each side of the box."""
        return {side.address: np.array(self.scenario.worlds[side.address]) for side in box}


def matched_to(
    base: Scenario, box: tuple[Range, ...], given: str | Path | Scenario | None, declared: str | None, most: int, seed: int
) -> Matched | None:
    """Take the matched worlds that are given, else those that are declared, if any.

    Worlds that were declared and do not fit are kept, with the reason, so that any scenario can be judged by one declaration.

    Parameters
    ----------
    base, box
        What is judged.
    given : str, Path or Scenario, optional
        A matched scenario, or the table of all worlds that match writes beside it, ``worlds.parquet``.
    declared : str, optional
        The same.
    most : int
        Worlds of a table that are taken; of more, some by lot.
    seed : int
        Of that lot.

    Raises
    ------
    UserError
        If the scenario has not at least two worlds, or the one given does not fit.
    """
    source = declared if given is None else given
    if source is None:
        return None
    if isinstance(source, Scenario):
        scenario, name, place = source, source.name, source.name
    elif Path(source).suffix == TABLE:
        scenario, name, place = of_table(base, box, user_path(source), most, seed), Path(source).name, str(source)
    else:
        check_listed(user_path(source))
        scenario, place = Scenario.load(source), str(source)
        name = scenario.name
    worlds = len(next(iter(scenario.worlds.values()), ()))
    if worlds < FEWEST:
        held = "a table of a single world" if worlds else "no table of worlds"
        raise UserError(f"has {held}; the command match makes a scenario of many", place)
    unfit = why_unfit(base, box, scenario)
    if unfit and given is not None:
        raise UserError(f"{unfit}; match the scenario that is judged, over the box that the thesis test declares", place)
    return Matched(name, scenario, unfit)


def of_table(base: Scenario, box: tuple[Range, ...], path: Path, most: int, seed: int) -> Scenario:
    """Give the scenario the worlds of a table, with the origin of the matched scenario that lies beside it.

    Raises
    ------
    UserError
        If the file is no such table, or a number in it is out of its bounds.
    """
    check_listed(path)
    table = read_parquet(path)
    columns = [side.address for side in box if side.address in table]
    if not columns:
        raise UserError("has no column of a number that varies in the declared box", str(path))
    rows = np.sort(np.random.default_rng(seed).permutation(len(table))[:most])
    beside = path.with_name("matched.toml")
    check_listed(beside)
    origin = Scenario.load(beside).origin if beside.exists() else None
    return base.with_worlds({address: table[address].to_numpy()[rows].tolist() for address in columns}, origin)


def why_unfit(base: Scenario, box: tuple[Range, ...], matched: Scenario) -> str:
    """Say why worlds cannot be set beside a box: other months, other sides, or numbers that lie outside; empty if they can."""
    if (matched.start, matched.months) != (base.start, base.months):
        return (
            f"its worlds are of {matched.months} months from {matched.start}, and '{base.name}' has {base.months} months "
            f"from {base.start}"
        )
    sides = {side.address: side for side in box}
    missing = [address for address in sides if address not in matched.worlds]
    if missing:
        return f"its worlds say nothing of {_named(missing)}, which vary in the declared box"
    beyond = [address for address in matched.worlds if address not in sides]
    if beyond:
        return f"its worlds vary {_named(beyond)}, which the declared box does not"
    outside = [address for address, side in sides.items() if _leaves(side, matched.worlds[address])]
    return f"its worlds leave the declared box at {_named(outside)}" if outside else ""


def why_stale(base: Scenario, matched: Scenario) -> str:
    """Say that worlds were found for something else than what is judged; empty if they belong to it."""
    origin = matched.origin
    if origin is None:
        return f"'{matched.name}' does not say what its worlds were matched to."
    if origin.hash == base.hash or origin == base.origin:  # what is judged may itself draw from these worlds
        return ""
    if origin.scenario != base.name:
        return f"These worlds were matched to '{origin.scenario}', not to '{base.name}', which is judged here."
    return (
        f"'{base.name}' has changed since these worlds were matched to it: then its hash began with {origin.hash[:SHORT]}, now "
        f"with {base.hash[:SHORT]}."
    )


def _leaves(side: Range, column: tuple[float, ...]) -> bool:
    slack = ROUNDING * max(abs(side.low), abs(side.high))
    return min(column) < side.low - slack or max(column) > side.high + slack


def _named(addresses: list[str]) -> str:
    shown = ", ".join(addresses[:MOST_NAMED])
    return f"{shown} and {len(addresses) - MOST_NAMED} more" if len(addresses) > MOST_NAMED else shown
