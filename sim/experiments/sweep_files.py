"""Sweep files: a sweep written down in TOML, brought together with its scenario and checked in full before anything is run."""

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from sim.errors import UserError, suggest
from sim.experiments.design_tables import from_table
from sim.experiments.designs import OWN_LEVELS, Design, Levels, make
from sim.experiments.levers import is_structural, numeric_levers, structures
from sim.experiments.ranges import Range
from sim.experiments.scenario_ranges import find_impossible, gather, is_pattern
from sim.experiments.sweep_declaration import Declaration, Varied, find_unquoted
from sim.paths import scenario_folder
from sim.runs.datasets import month_number
from sim.runs.results import QUANTITY
from sim.scenario.files import Problems, kind_of, read_toml, show
from sim.scenario.scenario import Scenario, scenario_names


@dataclass(frozen=True)
class SweepFile:
    """A sweep as its file says it, brought together with its scenario.

    Attributes
    ----------
    path : Path
    title : str
    scenario : Scenario
    kind : str or None
        Of the design; None where nothing but levers varies.
    ranges : tuple of Range
        What the design samples.
    levels : int, dict or None
        As `sim.experiments.designs.make` takes them.
    table : Path or None
        The file of points of a design of kind "table".
    points, runs, own_shocks, seed, months
        As the file has them.
    at : tuple of int
        Months, counted from 1.
    record : tuple of str
    levers : dict of tuple
        Options by name; those of ``scenario`` are Scenarios.
    """

    path: Path
    title: str
    scenario: Scenario
    kind: str | None
    ranges: tuple[Range, ...]
    levels: Levels | None
    table: Path | None
    points: int | None
    runs: int
    own_shocks: bool
    seed: int
    months: int | None
    at: tuple[int, ...]
    record: tuple[str, ...]
    levers: dict[str, tuple[Any, ...]]

    def design(self) -> Design | None:
        """Build the design; None where nothing but levers varies.

        Raises
        ------
        UserError
            If the numbers of points or levels do not fit the kind, or the table cannot be used.
        """
        if self.table is not None:
            return from_table(self.table)
        if self.kind is None:
            return None
        centre = {side.address: self.scenario.parameters[side.address].value for side in self.ranges}
        return make(self.kind, self.ranges, self.points, self.seed, centre, self.levels)

    def arguments(self) -> dict[str, Any]:
        """Give what `sim.sweep` takes, by name."""
        given = {
            "uncertainties": {side.address: side for side in self.ranges} or None,
            "design": self.table or self.kind,
            "points": self.points,
            "levels": self.levels,
            "months": self.months,
            "at": self.at or None,
        }
        fixed = {"scenario": self.scenario, "levers": self.levers, "runs": self.runs, "own_shocks": self.own_shocks}
        fixed |= {"seed": self.seed, "record": self.record}
        return fixed | {name: content for name, content in given.items() if content is not None}


def load_sweep(source: str | Path) -> SweepFile:
    """Load a sweep file by its path, or a shipped one by its name.

    Raises
    ------
    UserError
        With every problem of the file, each with its key and remedy; then with every one that is seen only beside the
        scenario.
    """
    path = _path(source)
    tree = read_toml(path)
    problems = Problems([show(path)])
    find_unquoted(tree, problems)
    problems.check()
    said = Declaration.from_dict({**tree, "name": path.stem}, show(path))
    scenario = _scenario(said.scenario, path, "scenario")
    ranges, levers = _ranges(said, scenario, problems), _levers(said, scenario, path, problems)
    first = next((option for option in levers.get("scenario", ()) if isinstance(option, Scenario)), scenario)
    file = SweepFile(
        path=path,
        title=said.title,
        scenario=scenario,
        kind=said.design,
        ranges=tuple(ranges.values()),
        levels=_all_levels(said, ranges),
        table=None if said.table is None else path.parent / said.table,
        points=said.points,
        runs=said.runs,
        own_shocks=said.own_shocks,
        seed=said.seed,
        months=said.months,
        at=_at(said, first, problems),
        record=said.record,
        levers=levers,
    )
    for name in said.record:
        if name not in QUANTITY:
            problems.add(f"there is no quantity '{name}'; {suggest(name, QUANTITY)}", ("record",))
    problems.check()
    _check_design(file, problems)
    problems.check()
    return file


def sweep_names() -> list[str]:
    """Names of the shipped sweep files."""
    return sorted(path.stem for path in (scenario_folder() / "sweeps").glob("*.toml"))


def is_sweep_file(source: str) -> bool:
    """Whether this is the name of a shipped sweep, or the path of a TOML file that says what only a sweep says."""
    return kind_of_file(source) == "sweep"


def kind_of_file(source: str) -> str:
    """Say of which kind a shipped name or the path of a TOML file is; see `sim.scenario.files.kind_of`.

    What cannot be read counts as a scenario, whose reader says what is wrong with it.
    """
    if source in scenario_names():
        return "scenario"
    if source in sweep_names():
        return "sweep"
    declaration = scenario_folder() / f"{source}.toml"
    try:
        return kind_of(read_toml(declaration if declaration.exists() else Path(source)))
    except UserError:
        return "scenario"


def _path(source: str | Path) -> Path:
    if isinstance(source, str) and source in sweep_names():
        return scenario_folder() / "sweeps" / f"{source}.toml"
    path = Path(source)
    if not path.exists():
        raise UserError(
            f"there is no such file and no shipped sweep of this name; {suggest(path.stem, sweep_names())}", str(source)
        )
    return path


def _scenario(name: str, path: Path, key: str) -> Scenario:
    """Load a scenario that a sweep file names: a shipped one, or a file beside it."""
    file = path.parent / name
    known = scenario_names()
    if name in known or file.is_file():
        return Scenario.load(name if name in known else file)
    text = f"there is no '{name}' beside this file or among the shipped scenarios; {suggest(name, known)}"
    raise UserError(text, f"{show(path)}: {key}")


def _ranges(said: Declaration, scenario: Scenario, problems: Problems) -> dict[str, Range]:
    """Give the range of each parameter that varies, by address."""

    def note(name: str, text: str) -> None:
        problems.add(text, ("uncertainties", name))

    wanted: dict[str, Range | tuple[float, float] | None] = {}
    for name, varied in said.uncertainties.items():
        try:
            wanted[name] = _wanted(name, varied, scenario)
        except UserError as error:
            note(name, error.message)
    return gather(scenario, wanted, note)


def _wanted(name: str, varied: Varied, scenario: Scenario) -> Range | tuple[float, float] | None:
    own = scenario.parameters.get(name)
    if own is None or is_pattern(name):
        return None
    if isinstance(varied.levels, tuple):
        return Range(name, min(varied.levels), max(varied.levels))
    low, high = (own.low if varied.low is None else varied.low), (own.high if varied.high is None else varied.high)
    if varied.measure is not None:
        return Range(name, low, high, varied.measure)
    return None if varied.low is None else (low, high)


def _all_levels(said: Declaration, ranges: Mapping[str, Range]) -> Levels | None:
    """Give the levels of all parameters where any has its own, else the number that all share."""
    own: dict[str, Any] = {}
    for name, varied in said.uncertainties.items():
        for address in ranges:
            fits = address == name or (address not in said.uncertainties and fnmatchcase(address, name))
            if fits and varied.levels is not None:
                own.setdefault(address, varied.levels)
    if not own:
        return said.levels
    usual = 2 if said.levels is None and said.design in OWN_LEVELS else said.levels
    return own | ({} if usual is None else {address: usual for address in ranges if address not in own})


def _at(said: Declaration, scenario: Scenario, problems: Problems) -> tuple[int, ...]:
    """Give months by number, counted from the start of the scenario that is run first."""
    months = scenario.months if said.months is None else said.months
    found = tuple(month_number(when, scenario.start) for when in said.at)
    for when, month in zip(said.at, found, strict=True):
        if not 1 <= month <= months:
            problems.add(f"{when} is not one of the {months} months from {scenario.start}", ("at",))
    return found


def _levers(said: Declaration, scenario: Scenario, path: Path, problems: Problems) -> dict[str, tuple[Any, ...]]:
    """Check each lever by itself, and load the scenarios among them."""
    found: dict[str, tuple[Any, ...]] = dict(said.levers)
    for name, options in said.levers.items():
        try:
            if name == "scenario":
                found[name] = tuple(_scenario(str(option), path, "levers.scenario") for option in options)
            if is_structural(name):
                structures(scenario, {name: found[name]})
            else:
                numbers = numeric_levers(scenario, {name: options})
                find_impossible(scenario, numbers, lambda address, text: problems.add(text, ("levers", address)))
        except UserError as error:
            problems.note(f"{show(path)}: levers.{name}", error.message)
    return found


def _check_design(file: SweepFile, problems: Problems) -> None:
    """Note what is wrong with the points themselves."""
    try:
        design = file.design()
    except UserError as error:
        problems.note(error.place if file.table is not None else f"{show(file.path)}: {error.place}", error.message)
        return
    if design is not None and file.table is not None:
        place = show(file.table)
        find_impossible(file.scenario, design.columns, lambda name, text: problems.note(f"{place}: column {name}", text))
