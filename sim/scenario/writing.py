"""A scenario as the shortest file that loads as it: what differs from a scenario that it extends, and no more."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sim.scenario.files import Key, Tree, at_value, is_number, is_parameter
from sim.scenario.parsing import defaults

USUAL = {"measure": "linear", "drawn": False}  # fields of a parameter that a file may leave out
UNSAID = ("", False)  # what a lane has where its file says nothing


@dataclass(frozen=True, slots=True)
class Parent:
    """A scenario that can be extended: its name, its tables as the files give them, and in full."""

    name: str
    given: Tree
    full: Tree


def extensions(mine: Tree, parent: Parent) -> Iterator[Tree]:
    """Tables of a file that extends a parent, the shorter first; the joint draws are left out of the first, where they follow.

    Whether a table loads as the scenario is for the caller to see: an order of countries cannot be said by an extension.
    """
    about = ("name", "worlds", "origin")
    own, theirs = ({name: content for name, content in tree.items() if name not in about} for tree in (mine, parent.full))
    usual = defaults(mine)
    gone: list[str] = []
    table = _over(own, theirs, parent.given, (), usual, gone)
    for drawn in ((), ("worlds", "origin")):
        inherited = [name for name in drawn if name not in mine and name in parent.full]
        removed = {"remove": [*gone, *inherited]} if gone or inherited else {}
        yield {"extends": parent.name, **removed, **table, **{name: mine[name] for name in drawn if name in mine}}


def _over(mine: Tree, theirs: Tree, given: Tree, at: Key, usual: Mapping[Key, Tree], gone: list[str]) -> Tree:
    """What one table says beyond another; the addresses that it has no more are added to ``gone``."""
    gone += [".".join((*at, name)) for name in theirs if name not in mine]
    table: Tree = {}
    for name, new in mine.items():
        old, said, key = theirs.get(name), given.get(name), (*at, name)
        if new == old or (old is None and new == usual.get(key)):
            continue
        if is_parameter(new):
            table[name] = _shortest(new, said)
        elif isinstance(new, dict):
            inner = old if isinstance(old, dict) else {}
            within = _over(new, inner, said if isinstance(said, dict) else {}, key, usual, gone)
            if within or old is None:
                table[name] = within
        elif old is not None or at[:1] != ("lanes",) or new not in UNSAID:
            table[name] = new
    return table


def _shortest(new: Tree, said: object) -> float | Tree:
    """A parameter over what the files of the parent say of it: a bare number, some fields, or all."""
    old = {**USUAL, **said} if is_parameter(said) else {}
    if len(old) == len(new):
        if {**USUAL, **at_value(old, new["value"])} == new:
            return float(new["value"])
        return {name: content for name, content in new.items() if content != old[name]}
    bare = {"value": new["value"], "low": new["value"], "high": new["value"], "source": "assumption", **USUAL}
    if (said is None or is_number(said)) and {"unit": new["unit"], **bare} == new and not old:
        return float(new["value"])
    return {name: content for name, content in new.items() if name not in USUAL or content != USUAL[name]}
