"""Scenario files as plain tables: read safely, merged along ``extends``, with a memory of which file said what.

Nothing here knows what a scenario means; that stands in ``tables``, ``parsing`` and ``checks``.
"""

import json
import pickle
import re
import textwrap
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeGuard

from sim.errors import UserError, suggest
from sim.mechanisms.parameters import INFINITY
from sim.paths import exists, read_text, scenario_folder, show, user_path

Tree = dict[str, Any]
Key = tuple[str, ...]

MOST_BYTES = 4_000_000  # room for some hundred worlds of all numbers
OTHER_KINDS = {  # of files: what they are, and keys that no scenario has
    "thesis": ("a declaration of the thesis test, for `thesis SCENARIO FILE`", ("dimensions",)),
    "inference": ("a declaration of inference, for `infer SCENARIO --declaration FILE`", ("counters", "events")),
    "sweep": ("a sweep, for `sweep FILE`", ("scenario", "design", "uncertainties", "levers")),
}
DEEPEST = 8  # a package row's parameter lies six tables deep
MOST_PROBLEMS = 100

# A part of a key, and all of TOML in which something like a key may stand without being one; what never ends goes to the end.
PART = r"""(?:[A-Za-z0-9_-]++|"(?:[^"\\\n]|\\.)*+"?|'[^'\n]*+'?)"""
TOKEN = re.compile(
    "|".join(
        (
            r'"{3}(?:[^\\]|\\.)*?(?:"{3,5}+|\Z)',
            r"'{3}.*?(?:'{3,5}+|\Z)",
            r"#[^\n]*+",
            rf"(?P<key>{PART}(?:[ \t]*+\.[ \t]*+{PART})*+)",
        )
    ),
    re.DOTALL,
)


@dataclass
class Problems:
    """What is wrong in a scenario, each problem with the file and key to mend, raised together in the end.

    Every key remembers the last layer (file, or call of ``set``) that wrote or removed it.
    """

    layers: list[str] = field(default_factory=list)
    written: dict[Key, int] = field(default_factory=dict)
    removed: list[Key] = field(default_factory=list)
    found: list[tuple[str, str]] = field(default_factory=list)

    def write(self, table: Tree, inherited: Tree, layer: str) -> None:
        """Note the keys of a table as written by a further layer over what it inherits."""
        self.layers.append(layer)
        self._note(table, inherited, ())

    def _note(self, table: Tree, inherited: Tree, key: Key) -> None:
        for name, content in table.items():
            inner, old = (*key, name), inherited.get(name)
            if isinstance(content, dict):
                self.written.setdefault(inner, len(self.layers) - 1)
                self._note(content, old if isinstance(old, dict) else {}, inner)
            elif is_parameter(old) and is_number(content):
                self.written[(*inner, "value")] = len(self.layers) - 1
            else:
                self.written[inner] = len(self.layers) - 1

    def remove(self, key: Key, layer: str) -> None:
        """Note that the next layer to be written has taken a key away."""
        if not self.layers or self.layers[-1] != layer:
            self.layers.append(layer)
        self.written[key] = len(self.layers) - 1
        self.removed.append(key)

    def add(self, text: str, key: Key, *also: Key) -> None:
        """Add a problem at a key. It lies in the latest layer that touched the key, a table around it, or a key in ``also``."""
        prefixes = [part[:end] for part in (key, *also) for end in range(1, len(part) + 1)]
        latest = max((self.written.get(prefix, 0) for prefix in prefixes), default=0)
        self.note(": ".join((*self.layers[latest : latest + 1], ".".join(key))), text)

    def note(self, place: str, text: str) -> None:
        """Add a problem at a place. After very many, those found so far are raised."""
        self.found.append((place.replace("\n", "\\n"), text.replace("\n", "\\n")))  # a line for each problem
        if len(self.found) == MOST_PROBLEMS:
            self.check()

    def check(self) -> None:
        """Raise one UserError with all problems, if there are any."""
        if not self.found:
            return
        if len(self.found) == 1:
            place, text = self.found[0]
            raise UserError(text, place)
        count = f"the first {MOST_PROBLEMS} problems" if len(self.found) == MOST_PROBLEMS else f"{len(self.found)} problems"
        lines = [f"{count}:", *(f"  {place}: {text}" for place, text in self.found)]
        raise UserError("\n".join(lines), self.layers[-1] if self.layers else "")


def is_number(content: object) -> bool:
    """Whether this is a number as scenarios mean it: true and false are not."""
    return isinstance(content, int | float) and not isinstance(content, bool)


def is_parameter(content: object) -> TypeGuard[Tree]:
    """Whether this is the table of a parameter, sound or not."""
    return isinstance(content, dict) and is_number(content.get("value"))


def merge(base: Tree, patch: Tree) -> Tree:
    """Lay one table over another: tables merge, all else is replaced, and a bare number replaces a parameter's value."""
    merged = dict(base)
    for name, new in patch.items():
        old = base.get(name)
        if isinstance(old, dict) and isinstance(new, dict):
            merged[name] = merge(old, new)
        elif is_parameter(old) and is_number(new):
            merged[name] = at_value(old, new)
        else:
            merged[name] = new
    return merged


def lay_over(base: Tree, patch: Tree) -> Tree:
    """Lay one layer of a scenario over another, as `merge`, but for ``worlds``.

    Its rows are joint draws, so a table of worlds replaces the one before it as a whole, with its history and origin, and a
    number that a later layer gives takes the place of its column.
    """
    replaced = ("worlds", "history", "origin") if "worlds" in patch else ("worlds",)
    merged = merge({name: content for name, content in base.items() if name not in replaced}, patch)
    if "worlds" in base and "worlds" not in patch:
        merged["worlds"] = _columns(base["worlds"], lambda address: look(patch, locate(merged, address)) is None)
    return merged


def drop(tree: Tree, key: Key) -> Tree:
    """Drop what stands at a key from a scenario, with the columns of ``worlds`` that belong to it."""
    left = without(tree, key)
    if "worlds" in left:
        left["worlds"] = _columns(left["worlds"], lambda address: locate(tree, address)[: len(key)] != key)
    return left


def _columns(worlds: Any, keep: Callable[[str], bool]) -> Any:
    """Choose columns of a table of worlds; what is no table is left for the check to name."""
    return {address: column for address, column in worlds.items() if keep(address)} if isinstance(worlds, dict) else worlds


def at_value(parameter: Tree, value: float) -> Tree:
    """Move a parameter, its plausible range widened to hold the value: what a user asks for, the user finds plausible.

    It holds in all runs, so the parameter is drawn no longer.
    """
    moved = {name: content for name, content in parameter.items() if name != "drawn"} | {"value": value}
    if -INFINITY < value < INFINITY:
        for bound, pick in (("low", min), ("high", max)):
            if is_number(parameter.get(bound)):
                moved[bound] = pick(parameter[bound], value)
    return moved


def locate(tree: Tree, address: str) -> Key:
    """Find the key of an address: ``china.resolve`` stands for ``countries.china.resolve``, and rows need no ``package``."""
    parts = tuple(address.split("."))
    if look(tree, ("countries", parts[0])) is not None:
        return ("countries", *parts)
    if look(tree, ("partnerships", parts[0])) is None:
        return parts
    if look(tree, ("partnerships", parts[0], "package", *parts[1:2])) is not None and len(parts) > 1:
        return ("partnerships", parts[0], "package", *parts[1:])
    return ("partnerships", *parts)


def look(tree: Tree, key: Key) -> Any:
    """Get what stands at a key, or None."""
    content: Any = tree
    for name in key:
        if not isinstance(content, dict) or name not in content:
            return None
        content = content[name]
    return content


def without(tree: Tree, key: Key) -> Tree:
    """Drop what stands at a key from a tree."""
    name, *rest = key
    if rest:
        return {**tree, name: without(tree[name], tuple(rest))}
    return {other: content for other, content in tree.items() if other != name}


def nearest(tree: Tree, key: Key) -> str:
    """Suggest what a key that leads nowhere could have meant, at the first name that is unknown."""
    for end in range(len(key)):
        table = look(tree, key[:end])
        if not isinstance(table, dict):
            return f"'{'.'.join(key[:end])}' is no table"
        if key[end] not in table:
            return f"there is no '{'.'.join(key[: end + 1])}'; {suggest(key[end], table)}"
    return "it exists"


def read_scenario(source: str | Path) -> tuple[Tree, Problems]:
    """Read a scenario and all that it extends into one table, not yet checked for meaning.

    Parameters
    ----------
    source : str or Path
        Name of a shipped scenario, or path of a TOML file.

    Raises
    ------
    UserError
        If a file cannot be read, is not TOML or a file of another kind, or ``extends`` runs in a circle.
    """
    tree: Tree = {}
    problems = Problems()
    for path, table in reversed(_chain(_find(source))):
        layer = show(path)
        if (kind := kind_of(table)) in OTHER_KINDS:
            raise UserError(f"is no scenario but {OTHER_KINDS[kind][0]}", layer)
        tree = extended(tree, table, layer, problems)
        tree.setdefault("name", path.stem)
    return tree, problems


def extended(tree: Tree, table: Tree, layer: str, problems: Problems) -> Tree:
    """Lay the table of a file over the tree that it extends, whose name it does not inherit."""
    passed_on = {name: content for name, content in tree.items() if name != "name"}
    inherited = _removed(passed_on, table.get("remove", []), layer, problems)
    own = {name: content for name, content in table.items() if name not in ("extends", "remove")}
    problems.write(own, inherited, layer)
    return lay_over(inherited, own)


def _removed(tree: Tree, addresses: object, layer: str, problems: Problems) -> Tree:
    if not isinstance(addresses, list) or not all(isinstance(address, str) for address in addresses):
        raise UserError('must be a list of addresses, such as ["rules.china_oil_valve"]', f"{layer}: remove")
    for address in addresses:
        key = locate(tree, address)
        if look(tree, key) is None:
            problems.note(f"{layer}: remove", f"cannot remove '{address}': {nearest(tree, key)}")
        else:
            tree = drop(tree, key)
            problems.remove(key, layer)
    return tree


def _chain(path: Path) -> list[tuple[Path, Tree]]:
    """Read the file and those that it extends, each with its table, the furthest last."""
    chain: list[tuple[Path, Tree]] = []
    while True:
        chain.append((path, read_toml(path)))
        if "extends" not in chain[-1][1]:
            return chain
        parent = _parent(path, chain[-1][1]["extends"])
        if any(parent.samefile(seen) for seen, _ in chain):
            circle = " → ".join([show(seen) for seen, _ in chain] + [show(parent)])
            raise UserError(f"runs in a circle ({circle}); let one of them extend nothing", f"{show(path)}: extends")
        path = parent


def _parent(path: Path, name: object) -> Path:
    """Find the file that ``extends`` names: beside the one that says so, else a shipped one; itself only if there is no other."""
    place = f"{show(path)}: extends"
    if not isinstance(name, str) or not name:
        raise UserError("must be the name of a shipped scenario or the path of a file", place)
    shipped = scenario_folder() / f"{Path(name).stem}.toml"
    candidates = [
        path.parent / user_path(name),
        path.parent / user_path(f"{name}.toml"),
        *([shipped] if Path(name).stem in scenario_names() else []),
    ]
    files = [candidate for candidate in candidates if exists(candidate) and candidate.is_file()]
    if not files:
        raise UserError(
            f"there is no '{name}' beside this file or among the shipped scenarios; {suggest(name, scenario_names())}", place
        )
    return next((file for file in files if not file.samefile(path)), files[0])


def is_hidden(name: str, path: Path) -> bool:
    """Whether a file beside a path has the name of a shipped scenario, so that the path cannot extend that one by its name."""
    beside = (path.parent / name, path.parent / f"{name}.toml")
    return any(each.is_file() and not each.samefile(scenario_folder() / f"{name}.toml") for each in beside if each != path)


def _find(source: str | Path) -> Path:
    path = user_path(source)
    if isinstance(source, str) and source in scenario_names():
        return scenario_folder() / f"{source}.toml"
    if not exists(path):
        raise UserError(
            f"there is no such file and no shipped scenario of this name; {suggest(path.stem, scenario_names())}", str(source)
        )
    return path


def kind_of(table: Tree) -> str:
    """Say of which kind the file with this content is: ``scenario``, or one of `OTHER_KINDS`."""
    return next((kind for kind, (_, keys) in OTHER_KINDS.items() if any(key in table for key in keys)), "scenario")


def scenario_names() -> list[str]:
    """Names of the shipped scenarios, ``base`` first. The declarations that lie beside them are none."""
    names = sorted(path.stem for path in scenario_folder().glob("*.toml") if path.stem not in OTHER_KINDS)
    return sorted(names, key=lambda name: name != "base")


def read_toml(path: Path) -> Tree:
    """Read a TOML file that a stranger may have written: at most 4 MB, and nothing in it is run.

    Raises
    ------
    UserError
        If it is a folder or no ordinary file, too large, not UTF-8, not TOML, or nested too deep.
    """
    place = show(path)
    text = read_text(path, MOST_BYTES)
    _refuse_long_keys(text, place)
    try:
        table: Tree = pickle.loads(_pickled(text))
    except (ValueError, RecursionError) as error:  # also numbers of thousands of digits and nesting beyond the stack
        raise UserError(f"is not TOML: {error}", place) from None
    _refuse_deep(table, place)
    return table


@lru_cache(maxsize=16)
def _pickled(text: str) -> bytes:
    """Parse TOML once: what extends the base, or is asked for again, finds it done. A copy is handed out each time."""
    return pickle.dumps(tomllib.loads(text))


def _refuse_long_keys(text: str, place: str) -> None:
    """Refuse keys of many parts before the parser sees them: its time grows with the square of their number."""
    for match in TOKEN.finditer(text):
        key = match["key"]
        if key and key.count(".") >= DEEPEST and len(re.findall(PART, key)) > DEEPEST:
            line = text.count("\n", 0, match.start()) + 1
            raise UserError(f"line {line}: tables are nested deeper than {DEEPEST}; a scenario needs six", place)


def _refuse_deep(table: Tree, place: str) -> None:
    level: list[Any] = [table]
    for _ in range(DEEPEST):
        level = [inner for content in level for inner in (content.values() if isinstance(content, dict) else content)]
        level = [inner for inner in level if isinstance(inner, dict | list)]
    if level:
        raise UserError(f"tables are nested deeper than {DEEPEST}; a scenario needs six", place)


def toml_text(tree: Tree) -> str:
    """Write tables as TOML, laid out as the shipped scenarios are: a parameter is one line, a long list some lines."""
    return "\n".join(_toml_lines(tree, ())) + "\n"


def _toml_lines(tree: Tree, at: Key) -> list[str]:
    inner = {name: content for name, content in tree.items() if isinstance(content, dict) and not is_parameter(content)}
    lines = [f"{_toml_key(name)} = {_toml_value(content)}" for name, content in tree.items() if name not in inner]
    if at and (lines or not inner):
        lines = ["", f"[{'.'.join(map(_toml_key, at))}]", *lines]
    for name, content in inner.items():
        lines += _toml_lines(content, (*at, name))
    return lines


def _toml_key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else json.dumps(name, ensure_ascii=False)


def _toml_value(content: Any) -> str:
    if isinstance(content, dict):
        return "{ " + ", ".join(f"{_toml_key(name)} = {_toml_value(inner)}" for name, inner in content.items()) + " }"
    if isinstance(content, list | tuple):
        text = ", ".join(_toml_value(inner) for inner in content)
        numbers = all(is_number(inner) for inner in content)
        return f"[\n{textwrap.fill(text, 120)}\n]" if numbers and len(text) > 100 else f"[{text}]"
    if isinstance(content, str):
        return json.dumps(content, ensure_ascii=False)
    return str(content).lower() if isinstance(content, bool) else repr(content)
