"""A scenario: an opinion about a few governments, as data. Loaded from TOML, checked in full, and never changed in place."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from numbers import Integral, Real
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from sim.arrays import Array
from sim.errors import UserError, suggest
from sim.mechanisms.parameters import Spec
from sim.paths import scenario_folder, user_path
from sim.scenario import telling
from sim.scenario.checks import cross_check
from sim.scenario.files import (
    Problems,
    Tree,
    drop,
    extended,
    is_hidden,
    is_number,
    lay_over,
    locate,
    look,
    read_scenario,
    scenario_names,
    toml_text,
)
from sim.scenario.parsing import parse
from sim.scenario.possible import spec_of
from sim.scenario.schema import scenario_schema
from sim.scenario.tables import (
    FOREVER,
    PARAMETERS,
    Country,
    History,
    Lane,
    Origin,
    Parameter,
    Partnership,
    Rule,
    Variants,
    count_months,
)
from sim.scenario.writing import Parent, extensions
from sim.whole_files import reasons, write_whole

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = [
    "Country",
    "History",
    "Lane",
    "Origin",
    "Parameter",
    "Partnership",
    "Rule",
    "Scenario",
    "Variants",
    "scenario_names",
    "scenario_schema",
]


@dataclass(frozen=True, repr=False)
class Scenario:
    """An opinion about a few governments, complete and checked. Every change gives a new scenario.

    Attributes
    ----------
    name, title, question : str
        The name is that of the file, unless it gives another.
    start : str
        First month, "YYYY-MM".
    months : int
        Number of months to run.
    variants : Variants
        How partners bargain and learn.
    countries, partnerships, lanes, rules : dict
        Who and what there is, by name, in the order of the file: a country's place among those of its role decides its draws.
    knockouts : tuple of str
        Limits taken out, sorted.
    parameters : dict of Parameter
        Every number by its address, such as ``china.resolve`` or ``rules.china_oil_valve.strength``.
    worlds : dict of tuple of float
        Joint draws of numbers, by address, all of one length; empty for most. Each run takes one place of all of them, which
        goes before the value of the parameter and before ``drawn``.
    history : History or None
        Shocks of the first months of each of these, where they come from inference.
    origin : Origin or None
        How these draws were found, where they come from the record.
    paths : dict of dict of float
        Numbers of governments that follow a path, by address: the number by month, straight lines between. It goes before all
        else that sets the number.
    """

    name: str
    title: str
    question: str
    start: str
    months: int
    variants: Variants
    countries: dict[str, Country]
    partnerships: dict[str, Partnership]
    lanes: dict[str, Lane]
    rules: dict[str, Rule]
    knockouts: tuple[str, ...]
    parameters: dict[str, Parameter]
    worlds: dict[str, tuple[float, ...]]
    history: History | None
    origin: Origin | None
    paths: dict[str, dict[str, float]]

    def __repr__(self) -> str:
        size = f"{len(self.countries)} countries, {len(self.rules)} rules, {len(self.parameters)} parameters"
        return f"Scenario({self.name!r}, {self.hash[:8]}: {size})"

    @classmethod
    def load(cls, source: str | Path | Self) -> Self:
        """Load a shipped scenario by its name, or a TOML file by its path. A scenario is given back as it is.

        Raises
        ------
        UserError
            With every problem of the file and of those that it extends, each with file, key and remedy.
        """
        if isinstance(source, cls):
            return source
        if not isinstance(source, str | Path):
            raise UserError(f"needs a scenario, its name, or the path of its file, not {type(source).__name__}", "scenario")
        return cls._build(*read_scenario(source))

    @classmethod
    def from_dict(cls, tree: Mapping[str, Any]) -> Self:
        """Make a scenario from complete tables, such as ``to_dict`` gives. Only files can extend others.

        Raises
        ------
        UserError
            With every problem.
        """
        return cls._build(dict(tree), Problems([str(tree.get("name", "scenario"))]))

    @classmethod
    def _build(cls, tree: Tree, problems: Problems) -> Self:
        parts = parse(tree, problems)
        cross_check(parts, problems)
        problems.check()
        head = parts.head
        return cls(
            name=head.name,
            title=head.title,
            question=head.question,
            start=head.start,
            months=head.months,
            variants=parts.variants,
            countries=parts.countries,
            partnerships={
                name: partnership.model_copy(update={"package": parts.rows[name]})
                for name, partnership in parts.partnerships.items()
            },
            lanes=parts.lanes,
            rules={name: _dated(rule, head.start) for name, rule in parts.rules.items()},
            knockouts=tuple(sorted(set(head.knockouts))),
            parameters=parts.parameters,
            worlds=parts.worlds,
            history=parts.history if parts.worlds else None,
            origin=parts.origin if parts.worlds else None,
            paths=parts.paths,
        )

    def to_dict(self) -> Tree:
        """Give the scenario in full as plain tables, as ``from_dict`` takes them and a file lays them out.

        The order of countries, partnerships, lanes and rules has a meaning: keep it when writing this to a file.
        """
        tree: Tree = {
            "name": self.name,
            "title": self.title,
            "question": self.question,
            "start": self.start,
            "months": self.months,
            "knockouts": list(self.knockouts),
            "variants": self.variants.model_dump(),
            "world": {},
            "countries": {name: country.model_dump() for name, country in self.countries.items()},
            "partnerships": {
                name: {
                    **partnership.model_dump(),
                    "package": {row: good.model_dump() for row, good in partnership.package.items()},
                }
                for name, partnership in self.partnerships.items()
            },
            "lanes": {name: lane.model_dump() for name, lane in self.lanes.items()},
            "rules": {name: rule.model_dump(by_alias=True, exclude_none=True) for name, rule in self.rules.items()},
        }
        for address, parameter in PARAMETERS.dump_python(self.parameters).items():
            *table, name = locate(tree, address)
            look(tree, tuple(table))[name] = parameter
        if self.worlds:  # left out otherwise, so that a scenario without them keeps its hash
            tree["worlds"] = {address: list(column) for address, column in self.worlds.items()}
        if self.paths:
            tree["paths"] = {address: dict(points) for address, points in self.paths.items()}
        if self.history:
            tree["history"] = self.history.model_dump(mode="json")
        if self.origin:
            tree["origin"] = self.origin.model_dump()
        return tree

    def save(self, path: str | Path) -> Path:
        """Write a TOML file that loads as an equal scenario: what differs from the shipped one that is nearest, which it extends.

        A file that is there is replaced, but for a shipped scenario.

        Raises
        ------
        UserError
            If it cannot be written there.
        """
        path = user_path(path)
        if path.parent.resolve() == scenario_folder().resolve() and path.stem in scenario_names():
            raise UserError("is a shipped scenario; give another name", str(path))
        with reasons(path):
            write_whole(path, self._toml(path).encode())
        return path

    def _toml(self, path: Path) -> str:
        """Content of a file at a path that loads as this scenario, the shortest of all extensions of shipped ones."""
        mine = self.to_dict()
        named = {} if self.name == path.stem else {"name": self.name}
        found = []
        for name in scenario_names():
            if not is_hidden(name, path):
                parent = Parent(name, read_scenario(name)[0], self.load(name).to_dict())
                found += [(toml_text({"extends": name, **named, **table}), parent, table) for table in extensions(mine, parent)]
        for text, parent, table in sorted(found, key=lambda each: len(each[0])):
            if self._is_loaded_from(parent, {**named, **table}, path.stem):
                return text
        return toml_text(mine)

    def _is_loaded_from(self, parent: Parent, table: Tree, stem: str) -> bool:
        """Whether a file with this table, which extends a parent, loads as this scenario."""
        problems = Problems(["save"])
        tree = extended(parent.given, table, "save", problems)
        tree.setdefault("name", stem)
        try:
            return self._build(tree, problems).hash == self.hash
        except UserError:
            return False

    def path(self, address: str) -> Array:
        """Numbers along a path, one for each month that is run, shape (months,)."""
        points = self.paths[address]
        months = [count_months(date) - count_months(self.start) for date in points]
        return np.interp(np.arange(self.months), months, list(points.values()))

    def describe(self) -> str:
        """Title, question, countries, months, every rule as a sentence, and how many numbers there are."""
        return "\n".join(telling.describe(self.to_dict()))

    def _repr_html_(self) -> str:
        return telling.as_html(self.to_dict(), self.hash)

    def diff(self, other: "str | Path | Self") -> "DataFrame":
        """List what differs from another scenario: what, how it is here and there, and its unit; no row where they are equal.

        Numbers stand at their value; where the values agree, at their range or whatever else differs.
        """
        from pandas import DataFrame

        second = self.load(other)
        names = (self.label, second.label) if self.label != second.label else ("first", "second")
        rows = telling.differences(self.to_dict(), second.to_dict())
        return DataFrame(rows, columns=["what", *names, "unit"])

    @property
    def label(self) -> str:
        """The name, together with what is knocked out."""
        return self.name + (f" without {', '.join(self.knockouts)}" if self.knockouts else "")

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the canonical JSON of ``to_dict()``: equal scenarios, and only they, have equal hashes."""
        text = json.dumps(self.to_dict(), allow_nan=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    @cached_property
    def specs(self) -> Mapping[str, Spec]:
        """Rows of the table of parameters, with what is possible, by address of the numbers that they stand behind."""
        tree = self.to_dict()
        return {address: spec_of(tree, address) for address in self.parameters}

    def set(self, changes: str | Mapping[str, Any], value: Any = None) -> Self:
        """Change numbers, or what a rule, variant or date says, by address.

        A number beyond a parameter's plausible range widens that range; its possible bounds hold. What is set holds in all runs:
        its column leaves ``worlds``.

        Parameters
        ----------
        changes : str or mapping
            One address, with ``value``; or a mapping of addresses to values.
        value : float, str or mapping
            New value, such as 0.8 for ``china.resolve`` or "logit" for ``variants.bargaining``. A mapping changes single
            fields of a parameter: ``{"drawn": True}``.

        Raises
        ------
        UserError
            If an address is unknown, or the changed scenario has a problem.
        """
        tree = self.to_dict()
        named = {changes: value} if isinstance(changes, str) else changes
        return self._edited("set", *(self._patch(tree, address, _plain(given)) for address, given in named.items()))

    def _patch(self, tree: Tree, address: str, value: Any) -> Tree:
        key = locate(tree, address)
        if not isinstance(look(tree, key[:-1]), dict):
            raise UserError(f"there is no such address; {suggest(address, self.parameters)}", address)
        if address in self.parameters and not (is_number(value) or isinstance(value, dict)):
            raise UserError(f"must be a number, not {value!r}", address)
        whole = isinstance(value, float) and value.is_integer() and isinstance(look(tree, key), int)
        patch = {key[-1]: int(value) if whole else value}
        for name in reversed(key[:-1]):
            patch = {name: patch}
        return patch

    def without(self, *knockouts: str) -> Self:
        """Knock out limits by name (see ``sim.mechanisms.knockouts``), besides those knocked out already."""
        return self._edited("without", {"knockouts": sorted({*self.knockouts, *knockouts})})

    def with_rule(self, name: str, *, like: str | None = None, **fields: Any) -> Self:
        """Add a pressure rule, or change the fields of one.

        Parameters
        ----------
        name : str
            Of the rule, new or there.
        like : str, optional
            A rule that the new one starts from: it has all of that one's fields but those that are given.
        **fields
            As in a file, with ``from_`` for ``from``. Parameters are tables with value, unit, low, high and source; a bare
            number changes the value of one that is there.

        Raises
        ------
        UserError
            If there is no rule to start from, or the changed scenario has a problem.
        """
        given = {field.removesuffix("_"): _plain(value) for field, value in fields.items()}
        if like is None:
            return self._edited("with_rule", {"rules": {name: given}})
        if like not in self.rules:
            raise UserError(f"there is no such rule; {suggest(like, self.rules)}", "with_rule: like")
        if name in self.rules:
            raise UserError("is there already; choose another name, or leave like= away", f"with_rule: rules.{name}")
        return self._edited("with_rule", {"rules": {name: look(self.to_dict(), ("rules", like))}}, {"rules": {name: given}})

    def with_worlds(
        self, worlds: Mapping[str, Sequence[float]], origin: Origin | None = None, history: History | None = None
    ) -> Self:
        """Draw numbers jointly: each run takes one place of all columns, instead of those of another table of worlds.

        Parameters
        ----------
        worlds : mapping
            Address to a list of numbers, all of one length. An empty mapping takes all worlds away.
        origin : Origin, optional
            How they were found.
        history : History, optional
            Shocks of the first months of each.

        Raises
        ------
        UserError
            If an address is unknown, the lengths differ, or a number is out of its bounds.
        """
        columns = {address: [float(number) for number in column] for address, column in worlds.items()}
        tables = {"origin": origin.model_dump() if origin else None, "history": history.model_dump() if history else None}
        return self._edited("with_worlds", {"worlds": columns} | {name: table for name, table in tables.items() if table})

    def without_rule(self, *names: str) -> Self:
        """Remove pressure rules by name."""
        tree = self.to_dict()
        for name in names:
            if name not in self.rules:
                raise UserError(f"there is no such rule; {suggest(name, self.rules)}", f"rules.{name}")
            tree = drop(tree, ("rules", name))
        return self.from_dict(tree)

    def what_if(self, does: str, channel: str | None = None, **how: Any) -> Any:
        """Ask what an act would change, with this scenario as the world in which it is done: see `sim.what_if`.

        ``base.what_if("china", "oil", on="north_korea", strength=0.5, from_="2024-07", until="2025-06")``, or the act in plain
        words: ``base.what_if("china cuts oil to north_korea by 50% from 2024-07 to 2025-06")``.
        """
        # What runs scenarios stands above them, so it is looked up by its name when it is asked for, as `sim` does.
        return import_module("sim.whatif.asked").what_if(self, does, channel, **how)

    def _edited(self, layer: str, *patches: Tree) -> Self:
        tree, problems = self.to_dict(), Problems([self.name])
        for patch in patches:
            problems.write(patch, tree, layer)
            tree = lay_over(tree, patch)
        return self._build(tree, problems)


def _plain(value: Any) -> Any:
    """Give a value as a file would hold it: plain numbers for NumPy's, tables for mappings and Parameters."""
    if isinstance(value, Parameter):
        return value.model_dump()
    if isinstance(value, Mapping):
        return {name: _plain(content) for name, content in value.items()}
    if isinstance(value, bool):
        return value
    if isinstance(value, Integral):
        return int(value)
    return float(value) if isinstance(value, Real) else value


def _dated(rule: Rule, start: str) -> Rule:
    """Give a rule its months, counted from 1 at the start."""
    first = count_months(rule.since) - count_months(start) + 1 if rule.since else 1
    last = count_months(rule.until) - count_months(start) + 1 if rule.until else FOREVER
    return rule.model_copy(update={"from_month": first, "until_month": last})
