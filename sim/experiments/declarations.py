"""Declarations: what is asked of a scenario, written down in a TOML file before any run and checked in full.

The thesis test and inference each have one. Whether the addresses in it exist is seen when it is brought together with
a scenario.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, ValidationError

from sim.errors import UserError, suggest
from sim.experiments.ranges import Range
from sim.paths import exists, scenario_folder, show, user_path
from sim.scenario.files import Problems, read_toml
from sim.scenario.parsing import explain
from sim.scenario.scenario import Scenario
from sim.scenario.tables import Table, Text


def as_tuple(given: Any) -> Any:
    """Read a list as a tuple, which cannot be changed."""
    return tuple(given) if isinstance(given, list) else given


Names = Annotated[tuple[str, ...], BeforeValidator(as_tuple)]


class Span(Table):
    """A range that the declaration gives a parameter instead of the scenario's own."""

    low: float
    high: float
    measure: Literal["linear", "log"] = "linear"


class Ranges(Table):
    """Which parameters vary: those that fit a pattern of `include` and none of `exclude`, and have a range."""

    include: Names = ("*",)
    exclude: Names = ()
    changes: dict[str, Span] = Field(default_factory=dict)

    def check(self, problems: Problems) -> None:
        """Note the ranges that make no sense."""
        for address, span in self.changes.items():
            key = ("ranges", "changes", address)
            if span.low > span.high:
                problems.add(f"the range is upside down: low {span.low:g} lies above high {span.high:g}", key)
            elif span.measure == "log" and span.low <= 0:
                problems.add(f"a log measure needs a range above zero, not from {span.low:g}", key)

    def box(self, base: Scenario, problems: Problems) -> tuple[tuple[Range, ...], tuple[str, ...]]:
        """Give the sides of the box in a scenario, and the addresses that have a range there and are left out."""
        key = ("ranges",)
        included = set(fitting(self.include, base.parameters, (*key, "include"), problems))
        included -= set(fitting(self.exclude, base.parameters, (*key, "exclude"), problems))
        fitting(self.changes, base.parameters, (*key, "changes"), problems)
        sides, left_out = [], []
        for address, parameter in base.parameters.items():
            span = self.changes.get(address, parameter)
            if span.low >= span.high:
                continue
            if address in included:
                sides.append(Range(address, span.low, span.high, span.measure))
            else:
                left_out.append(address)
        if not sides:
            problems.add("nothing varies: no address that is included and not excluded has a range", key)
        return tuple(sides), tuple(left_out)


class BaseDeclaration(Table):
    """A declaration: a table with a name, by default that of its file, and a hash of all that it says."""

    shipped: ClassVar[str]
    name: Annotated[Text, Field(exclude=True)]

    @classmethod
    def load(cls, source: "str | Path | Self") -> Self:
        """Load the shipped declaration by its name, or a TOML file by its path.

        Raises
        ------
        UserError
            With every problem of the file, each with its key and remedy.
        """
        if isinstance(source, cls):
            return source
        path = scenario_folder() / f"{cls.shipped}.toml" if source == cls.shipped else user_path(str(source))
        if not exists(path):
            raise UserError(f"there is no such declaration; give '{cls.shipped}' or the path of a TOML file", str(source))
        return cls.from_dict({**read_toml(path), "name": path.stem}, show(path))

    @classmethod
    def from_dict(cls, tree: Mapping[str, Any], place: str = "") -> Self:
        """Make a declaration from its tables.

        Raises
        ------
        UserError
            With every problem.
        """
        problems = Problems([place or cls.shipped])
        try:
            made = cls.model_validate(tree)
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                at = tuple(str(part) for part in detail["loc"])
                problems.add(explain(detail, _keys(cls, at[:-1])), at)
            problems.check()
            raise
        made.check(problems)
        problems.check()
        return made

    def check(self, problems: Problems) -> None:
        """Note all that does not fit together within it."""

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the canonical JSON of all that is declared; the name of the file is no part of it."""
        text = json.dumps(self.model_dump(), sort_keys=True, allow_nan=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def fitting(patterns: Iterable[str], known: Mapping[str, object], key: tuple[str, ...], problems: Problems) -> list[str]:
    """List the addresses that fit any of the patterns. One without * must exist."""
    fitted: dict[str, None] = {}
    for pattern in patterns:
        if "*" not in pattern and pattern not in known:
            problems.add(f"there is no '{pattern}' in the scenario; {suggest(pattern, known)}", key)
            continue
        fitted |= dict.fromkeys([address for address in known if fnmatchcase(address, pattern)] if "*" in pattern else [pattern])
    return list(fitted)


def _keys(model: Any, key: tuple[str, ...]) -> list[str]:
    """List the known keys of the table at a key of the file, for the nearest of them to be named."""
    for name in key:
        if isinstance(model, type) and issubclass(model, Table):
            model = model.model_fields[name].annotation if name in model.model_fields else None
        else:  # a table of tables, or a list of them
            model = next(
                (part for part in getattr(model, "__args__", ()) if isinstance(part, type) and issubclass(part, Table)), None
            )
    fields = model.model_fields if isinstance(model, type) and issubclass(model, Table) else {}
    return [name for name, info in fields.items() if not info.exclude]
