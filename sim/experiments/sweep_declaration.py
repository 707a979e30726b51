"""What a sweep file may say: its tables, checked by themselves, and their JSON Schema."""

import re
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, PlainValidator, WithJsonSchema

from sim.errors import suggest
from sim.experiments.declarations import BaseDeclaration, Names, as_tuple
from sim.experiments.samplers import SAMPLERS
from sim.experiments.scenario_ranges import is_pattern
from sim.scenario.files import Problems, Tree, is_number
from sim.scenario.tables import Table, Text

KINDS = (*SAMPLERS, "table")
LATEST = 720
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


def _levels(given: Any) -> Any:
    if is_number(given) and isinstance(given, int) and given >= 2:
        return given
    if isinstance(given, list) and given and all(map(is_number, given)):
        return tuple(float(each) for each in given)
    raise ValueError("must be a whole number from 2 on, or a list of numbers")


def _options(given: Any) -> Any:
    if isinstance(given, list) and given and all(isinstance(each, str | bool | int | float) for each in given):
        return tuple(given)
    raise ValueError("must be a list of options, such as [true, false]")


def _month(given: Any) -> Any:
    if (isinstance(given, str) and MONTH.fullmatch(given)) or (is_number(given) and isinstance(given, int)):
        return given
    raise ValueError("must be a month such as '2024-12', or the number of a month counted from 1 at the start")


Count = Annotated[int, Field(ge=1)]
Options = Annotated[
    tuple[str | bool | int | float, ...],
    PlainValidator(_options),
    WithJsonSchema({"type": "array", "minItems": 1, "items": {"type": ["string", "boolean", "number"]}}),
]
Chosen = Annotated[
    int | tuple[float, ...],
    PlainValidator(_levels),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 2}, {"type": "array", "items": {"type": "number"}, "minItems": 1}]}),
]
When = Annotated[int | str, PlainValidator(_month), WithJsonSchema({"type": ["string", "integer"]})]
Months = Annotated[tuple[When, ...], BeforeValidator(as_tuple)]


class Varied(Table):
    """How a parameter varies: over its own plausible range unless another is given, or at given levels."""

    low: float | None = None
    """lower end, instead of the parameter's own"""
    high: float | None = None
    """upper end, instead of the parameter's own"""
    measure: Literal["linear", "log"] | None = None
    """scale on which the range is sampled, instead of the parameter's own"""
    levels: Chosen | None = None
    """how many levels a factorial or one_at_a_time has of it, or which numbers"""


class SweepDeclaration(BaseDeclaration):
    """A sweep: a scenario at the points of a design, crossed with levers, each with the same runs."""

    title: Text
    """a few words for people"""
    scenario: Text
    """what is run: the name of a shipped scenario, or the path of a file from here"""
    design: str | None = None
    """how the uncertainties are sampled"""
    table: str | None = None
    """path from here of a CSV or Parquet file with the points, for design = "table" alone"""
    points: Count | None = None
    """points of the design; trajectories of morris, base points of saltelli"""
    levels: Annotated[int, Field(ge=2)] | None = None
    """levels of each parameter, for factorial, one_at_a_time and morris"""
    runs: Count = 1
    """runs of each point; run r meets the same shocks at every point"""
    own_shocks: bool = False
    """whether each point of the design meets shocks of its own, for points that are a sample and are not compared"""
    seed: Annotated[int, Field(ge=0, lt=2**62)] = 0
    """seed of the shocks and of the design"""
    months: Annotated[int, Field(ge=1, le=LATEST)] | None = None
    """how many to run, instead of the scenario's own"""
    at: Months = ()
    """months to which outcomes are given besides those to the end, such as "2024-12" or 17"""
    record: Names = ()
    """quantities whose quantiles are kept by month and point"""
    uncertainties: dict[str, Varied] = Field(default_factory=dict)
    """what the design samples, by address or pattern in quotes"""
    levers: dict[str, Options] = Field(default_factory=dict)
    """what a planner could choose, crossed with every point: options by name"""

    shipped: ClassVar[str] = "sweep"

    def check(self, problems: Problems) -> None:
        """Note all that does not fit together within the file."""
        if self.design is not None and self.design not in KINDS:
            problems.add(f"there is no design '{self.design}'; {suggest(self.design, KINDS)}", ("design",))
            return
        sampled = self.design in SAMPLERS
        if self.design is None and self.uncertainties:
            problems.add(f"is missing: say how the uncertainties are sampled; known: {', '.join(KINDS)}", ("design",))
        if self.design is None and not self.uncertainties and not self.levers:
            problems.add("nothing varies; give uncertainties with a design, or levers", ("design",))
        if sampled and not self.uncertainties:
            problems.add(f"is missing: say what {self.design} samples", ("uncertainties",))
        if self.design == "table" and self.uncertainties:
            problems.add("the points stand in the table; leave this out", ("uncertainties",))
        if (self.design == "table") != (self.table is not None):
            text = "is missing: name the file of points" if self.table is None else 'is only for design = "table"'
            problems.add(text, ("table",))
        for name in ("points", "levels"):
            if not sampled and getattr(self, name) is not None:
                problems.add("is only for a design that samples uncertainties", (name,))
        for name, varied in self.uncertainties.items():
            _check_varied(name, varied, self.design, problems)


def sweep_schema() -> dict[str, Any]:
    """JSON Schema of a sweep file, by which an editor completes and underlines.

    Returns
    -------
    dict
        Ready for ``json.dumps``.
    """
    made = SweepDeclaration.model_json_schema()
    del made["properties"]["name"]
    made["required"].remove("name")
    made["properties"]["design"] |= {"enum": [*KINDS]}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made, "title": "Sweep"}


def find_unquoted(tree: Tree, problems: Problems) -> None:
    """Note addresses without quotes, whose points TOML takes for tables within tables."""
    for section in ("uncertainties", "levers"):
        for name, content in tree[section].items() if isinstance(tree.get(section), dict) else ():
            inner = (
                next((inner for inner in content if inner not in Varied.model_fields), "") if isinstance(content, dict) else ""
            )
            if inner and (section == "levers" or isinstance(content[inner], dict)):
                problems.add(f'write the address in quotes, such as "{name}.{inner}"', (section, name))


def _check_varied(name: str, varied: Varied, kind: str | None, problems: Problems) -> None:
    key = ("uncertainties", name)
    if (varied.low is None) != (varied.high is None):
        problems.add("give both low and high, or neither", key)
    if isinstance(varied.levels, tuple) and (varied.low is not None or varied.measure is not None):
        problems.add("levels that are numbers need no low, high or measure; leave those out", key)
    if is_pattern(name) and (varied.low is not None or varied.measure is not None or isinstance(varied.levels, tuple)):
        problems.add("a pattern stands for the parameters' own ranges; write out the addresses to give them another", key)
    if varied.levels is not None and kind == "morris":
        problems.add("morris has one number of levels for all; write levels = … above", (*key, "levels"))
    elif varied.levels is not None and kind in SAMPLERS and "levels" not in SAMPLERS[kind][1]:
        problems.add(f"{kind} takes no levels; leave it out, or choose another design", (*key, "levels"))
