"""Sweep files: a sweep written down in TOML, brought together with its scenario and checked in full before anything is run."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from sim.errors import UserError, suggest
from sim.experiments.design_tables import from_table
from sim.experiments.levers import is_structural, numeric_levers, structures
from sim.experiments.ranges import Range
from sim.experiments.samplers import OWN_LEVELS, Levels
from sim.experiments.scenario_ranges import gather, is_pattern
from sim.experiments.sweep_arguments import SweepArguments
from sim.experiments.sweep_declaration import SweepDeclaration, Varied, find_unquoted
from sim.mechanisms.quantities import QUANTITY
from sim.paths import exists, scenario_folder, show, user_path
from sim.runs.datasets import month_number
from sim.scenario.files import Problems, kind_of, read_toml
from sim.scenario.possible import find_impossible
from sim.scenario.scenario import Scenario, scenario_names


def load_sweep(source: str | Path) -> SweepArguments:
    """Load a sweep file, bring it together with its scenario, and check all that it says.

    Parameters
    ----------
    source : str or Path
        The name of a shipped sweep, or the path of a TOML file. The scenarios and the table that it names are looked for
        beside it.

    Returns
    -------
    SweepArguments
        With a range for each address, months by number, and the scenarios among the levers loaded.

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
    declared = SweepDeclaration.from_dict({**tree, "name": path.stem}, show(path))
    scenario = _scenario(declared.scenario, path, "scenario")
    ranges, levers = _ranges(declared, scenario, problems), _levers(declared, scenario, path, problems)
    first = next((option for option in levers.get("scenario", ()) if isinstance(option, Scenario)), scenario)
    table = None if declared.table is None else path.parent / user_path(declared.table)
    arguments = SweepArguments(
        scenario,
        ranges or None,
        levers,
        design=table or declared.design or SweepArguments.design,
        points=declared.points,
        levels=_all_levels(declared, ranges),
        runs=declared.runs,
        seed=declared.seed,
        months=declared.months,
        at=_at(declared, first, problems),
        record=declared.record,
        own_shocks=declared.own_shocks,
    )
    for name in declared.record:
        if name not in QUANTITY:
            problems.add(f"there is no quantity '{name}'; {suggest(name, QUANTITY)}", ("record",))
    problems.check()
    if table is None:
        with _noted(problems, f"{show(path)}: "):
            arguments.build_design(scenario)
    else:
        with _noted(problems):
            columns, place = from_table(table).columns, show(table)
            find_impossible(scenario, columns, lambda name, text: problems.note(f"{place}: column {name}", text))
    problems.check()
    return arguments


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
        return kind_of(read_toml(declaration if exists(declaration) else user_path(source)))
    except UserError:
        return "scenario"


def _path(source: str | Path) -> Path:
    if isinstance(source, str) and source in sweep_names():
        return scenario_folder() / "sweeps" / f"{source}.toml"
    path = user_path(source)
    if not exists(path):
        raise UserError(
            f"there is no such file and no shipped sweep of this name; {suggest(path.stem, sweep_names())}", str(source)
        )
    return path


def _scenario(name: str, path: Path, key: str) -> Scenario:
    """Load a scenario that a sweep file names: a shipped one, or a file beside it."""
    file = path.parent / user_path(name)
    known = scenario_names()
    if name in known or (exists(file) and file.is_file()):
        return Scenario.load(name if name in known else file)
    text = f"there is no '{name}' beside this file or among the shipped scenarios; {suggest(name, known)}"
    raise UserError(text, f"{show(path)}: {key}")


def _ranges(declared: SweepDeclaration, scenario: Scenario, problems: Problems) -> dict[str, Range]:
    """Give the range of each parameter that varies, by address."""

    def note(name: str, text: str) -> None:
        problems.add(text, ("uncertainties", name))

    wanted: dict[str, Range | tuple[float, float] | None] = {}
    for name, varied in declared.uncertainties.items():
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


def _all_levels(declared: SweepDeclaration, ranges: Mapping[str, Range]) -> Levels | None:
    """Give the levels of all parameters where any has its own, else the number that all share."""
    own: dict[str, Any] = {}
    for name, varied in declared.uncertainties.items():
        for address in ranges:
            fits = address == name or (address not in declared.uncertainties and fnmatchcase(address, name))
            if fits and varied.levels is not None:
                own.setdefault(address, varied.levels)
    if not own:
        return declared.levels
    usual = 2 if declared.levels is None and declared.design in OWN_LEVELS else declared.levels
    return own | ({} if usual is None else {address: usual for address in ranges if address not in own})


def _at(declared: SweepDeclaration, scenario: Scenario, problems: Problems) -> tuple[int, ...]:
    """Give months by number, counted from the start of the scenario that is run first."""
    months = scenario.months if declared.months is None else declared.months
    months_at = tuple(month_number(when, scenario.start) for when in declared.at)
    for when, month in zip(declared.at, months_at, strict=True):
        if not 1 <= month <= months:
            problems.add(f"{when} is not one of the {months} months from {scenario.start}", ("at",))
    return months_at


def _levers(declared: SweepDeclaration, scenario: Scenario, path: Path, problems: Problems) -> dict[str, tuple[Any, ...]]:
    """Check each lever by itself, and load the scenarios among them."""
    levers: dict[str, tuple[Any, ...]] = dict(declared.levers)
    for name, options in declared.levers.items():
        try:
            if name == "scenario":
                levers[name] = tuple(_scenario(str(option), path, "levers.scenario") for option in options)
            if is_structural(name):
                structures(scenario, {name: levers[name]})
            else:
                numbers = numeric_levers(scenario, {name: options})
                find_impossible(scenario, numbers, lambda address, text: problems.add(text, ("levers", address)))
        except UserError as error:
            problems.note(f"{show(path)}: levers.{name}", error.message)
    return levers


@contextmanager
def _noted(problems: Problems, before: str = "") -> Iterator[None]:
    """Note what is wrong with the points themselves, at its own place."""
    try:
        yield
    except UserError as error:
        problems.note(f"{before}{error.place}", error.message)
