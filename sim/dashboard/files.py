"""Settings as scenario files: written as TOML, and read from what a stranger may have sent."""

import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlencode

from sim.dashboard.controls import parameter_at
from sim.dashboard.settings import Settings
from sim.errors import UserError, suggest
from sim.paths import user_path
from sim.scenario.files import Tree, locate, read_toml, toml_text
from sim.scenario.scenario import Scenario, scenario_names
from sim.whole_files import temporary_folder


def export_name(settings: Settings) -> str:
    """Give the file name of an export."""
    return f"{_stem(settings.scenario.name)}.toml"


def export(settings: Settings) -> str:
    """Write settings as a scenario file, which `Scenario.load` reads as an equal scenario.

    A shipped scenario is extended by what was changed; any other is written in full.
    """
    if not settings.shipped:
        return toml_text(settings.scenario.to_dict())
    whole = settings.origin.to_dict()
    tree: Tree = {"extends": settings.origin.name}
    for address, change in settings.patches().items():
        *tables, name = locate(whole, address)
        inner = tree
        for table in tables:
            inner = inner.setdefault(table, {})
        inner[name] = change
    return toml_text(tree)


def opened(source: str | Path) -> Settings:
    """Take a scenario from the command line: a shipped name or the path of a file.

    Raises
    ------
    UserError
        With every problem of the file.
    """
    scenario = Scenario.load(source)
    if source in scenario_names():
        return Settings.chosen(scenario, shipped=True)
    return Settings.of(scenario, read_toml(user_path(source)).get("extends"))


def imported(name: str, content: bytes) -> Settings:
    """Take a scenario file that was sent to the page.

    It may extend shipped scenarios only: the page reads nothing else from this machine.

    Parameters
    ----------
    name : str
        Name of the file, for messages and as the scenario's own name if the file gives none.
    content : bytes

    Raises
    ------
    UserError
        With every problem of the file.
    """
    with temporary_folder("opened") as folder:
        path = folder.resolve() / f"{_stem(Path(name).stem)}.toml"
        path.write_bytes(content)
        try:
            parent = read_toml(path).get("extends")
            if parent is not None and parent not in scenario_names():
                known = ", ".join(scenario_names())
                raise UserError(f"a file opened here can extend shipped scenarios only: {known}", f"{path.name}: extends")
            return Settings.of(Scenario.load(path), parent)
        except UserError as error:
            here = f"{path.parent}/"
            raise UserError(error.message.replace(here, ""), error.place.replace(here, "")) from None


def link(settings: Settings) -> str:
    """Give the address, on this server, of settings that change numbers and limits of a shipped scenario; nothing for others."""
    if not settings.shipped:
        return ""
    numbers = [("set", f"{address}={value!r}") for address, value in sorted(settings.numbers.items())]
    limits = [("without", name) for name in sorted(settings.out)]
    return f"/?{urlencode([('scenario', settings.origin.name), *numbers, *limits])}"


def linked(search: str) -> Settings | None:
    """Take the settings of a link; None where it names no scenario.

    Raises
    ------
    UserError
        If it names what does not exist or cannot be.
    """
    parts = parse_qs(search.removeprefix("?"))
    if "scenario" not in parts:
        return None
    name = parts["scenario"][0]
    if name not in scenario_names():
        raise UserError(f"there is no shipped scenario '{name}'; {suggest(name, scenario_names())}", "link")
    settings = Settings.chosen(Scenario.load(name), shipped=True)
    settings = replace(settings, out=frozenset(parts.get("without", ())))
    for text in parts.get("set", ()):
        address, _, value = text.partition("=")
        try:
            settings = settings.move(address, float(value))
        except ValueError:
            raise UserError(f"'{value}' is no number", f"link: {address}") from None
        if parameter_at(settings.origin, address) is None:
            raise UserError("there is no such number", f"link: {address}")
    _ = settings.scenario  # which refuses what cannot be
    return settings


def _stem(name: str) -> str:
    return re.sub(r"\W+", "_", name)[:60].strip("_") or "scenario"
