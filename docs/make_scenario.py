"""Write docs/reference/scenario.md from the schema of scenario files and the tables of their numbers.

``uv run docs/make_scenario.py`` writes it; a test fails while it is behind the code.
"""

from pathlib import Path
from typing import Any

from make_reference import HOLDERS, code, number, table

from sim.mechanisms.parameters import Spec
from sim.scenario.scenario import scenario_schema

PAGE = Path(__file__).resolve().parent / "reference" / "scenario.md"
Schema = dict[str, Any]

HEAD = """# Scenario files

A scenario is a TOML file. It executes no code. `beijing-cap validate FILE` checks it and names every mistake at once;
`beijing-cap schema` prints a JSON Schema by which an editor completes and underlines.

A file that `extends` another gives only what differs: tables are merged, lists and texts replace, a bare number replaces the
value of a number that is there. A file that extends none must have every table. Names are small letters, digits and `_`, with
a letter first. The order of countries, partnerships, lanes and rules has a meaning: it decides which draws belong to which.

Every number has an **address**, for `--set` and for Python: `world.oil_price`, `china.resolve`, `russia_north_korea.leak`,
`russia_north_korea.munitions.cost`, `lanes.china_north_korea_oil.volume`, `rules.china_oil_valve.strength`.
"""


def page() -> str:
    """Every table of a scenario file, with its keys and its numbers."""
    schema = scenario_schema()
    numbers = {spec.name for specs in HOLDERS.values() for spec in specs}
    one = look(schema, ["world"])["properties"]["oil_price"]["anyOf"][1]
    own = {name: look(schema, [name]) for name in ("variants", "history", "origin")}
    top = {key: each for key, each in schema["properties"].items() if f"[{key}" not in "".join(HOLDERS) and key not in own}
    parts = [HEAD, "## top", "What a file says of itself.", keys(top)]
    parts += ["## number", one["description"].replace("``", "`"), keys(one["properties"])]
    for name, each in own.items():
        parts += [f"## {name}", f"`[{name}]`: {lowered(each).replace('``', '`')}", keys(each["properties"])]
    for holder, specs in HOLDERS.items():
        who, _, place = holder.partition(", `[")
        if place:  # the first that has this table
            path = place.removesuffix("]`").replace("NAME", "*").replace("ROW", "*").split(".")
            found = look(schema, path)
            fixed = {key: each for key, each in found["properties"].items() if key not in numbers and key != "package"}
            parts += [f"## {[step for step in path if step != '*'][-1]}", f"`[{place}: {lowered(found)}"]
            parts += [keys(fixed)] if fixed else []
        if who.startswith(("every", "besides")):
            parts.append(f"**{who[0].upper()}{who[1:]}**")
        parts.append(parameters(specs))
    return "\n\n".join(part.strip() for part in parts) + "\n"


def look(schema: Schema, path: list[str]) -> Schema:
    """Find a table in the schema; ``*`` stands for any name."""
    for step in path:
        schema = schema["additionalProperties"] if step == "*" else schema["properties"][step]
    return schema


def lowered(schema: Schema) -> str:
    """Description of a table, to follow a colon."""
    text: str = schema["description"]
    return text[0].lower() + text[1:]


def keys(properties: Schema) -> str:
    """Lay out fixed keys: what each holds, and what it means."""
    rows = [(code(key), holds(each), each.get("description", "")) for key, each in properties.items()]
    return table(("key", "holds", "meaning"), rows)


def holds(schema: Schema) -> str:
    """Say what a key may hold."""
    match schema:
        case {"enum": [str(), str(), *_] as names}:
            return ", ".join(code(name) for name in names)
        case {"enum": [unit]}:
            return f'text, such as `"{unit}"`'
        case {"pattern": _}:
            return 'month, such as `"2023-08"`'
        case {"type": "array", "items": items}:
            return f"list of: {holds(items)}"
        case {"type": "integer", "minimum": low, "maximum": high}:
            return f"whole number, {low} to {high}"
        case {"type": "integer"}:
            return "whole number"
        case {"anyOf": [first, {"type": "null"}]}:
            return f"{holds(first)}; may be absent"
        case {"type": "object", "additionalProperties": inner}:
            return f"table of: {holds(inner)}"
        case {"type": kind}:
            return {"string": "text", "number": "number", "boolean": "`true` or `false`"}[kind]
    raise ValueError(f"cannot say what this holds: {schema}")


def parameters(specs: tuple[Spec, ...]) -> str:
    """Lay out numbers: unit, bounds, and meaning."""
    rows = []
    for spec in specs:
        meaning = spec.meaning if spec.required else f"{spec.meaning} (may be absent)"
        rows.append((code(spec.name), spec.unit, f"{number(spec.low)} to {number(spec.high)}", meaning))
    return table(("number", "unit", "bounds", "meaning"), rows)


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
