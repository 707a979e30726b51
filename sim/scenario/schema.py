"""The JSON Schema of scenario files, by which an editor completes and underlines. Made from the tables."""

from collections.abc import Iterable
from typing import Any

from sim.mechanisms.bargaining import BARGAINS
from sim.mechanisms.channels import CHANNELS
from sim.mechanisms.knockouts import KNOCKOUTS
from sim.mechanisms.learning import LEARNING
from sim.mechanisms.package import KINDS
from sim.mechanisms.parameters import GOODS, PRICES, ROLES, SCOPES, TRIGGERS, Spec
from sim.mechanisms.pressure import RESPONSES
from sim.scenario.checks import LANE_GOODS
from sim.scenario.tables import MODELS, NAME, SECTIONS, Head, History, Origin, Parameter, Table, Variants

Schema = dict[str, Any]


def scenario_schema() -> Schema:
    """JSON Schema (draft 7) of a scenario file.

    A file that extends another may leave out anything; one that does not must have every top-level table.

    Returns
    -------
    dict
        Ready for ``json.dumps``.
    """
    properties = {
        "extends": {"type": "string", "description": "Shipped scenario, or path of a file, that this one starts from."},
        "remove": {"type": "array", "items": {"type": "string"}, "description": "Addresses of what is dropped from it."},
        **_fixed(Head),
        "knockouts": {**_fixed(Head)["knockouts"], "items": {"enum": [*KNOCKOUTS]}, "uniqueItems": True},
        "variants": _table(_fixed(Variants), "How the partners bargain, and how they learn."),
        "worlds": {
            "type": "object",
            "description": "Joint draws: addresses, and for each its number in every world. Each run takes one world.",
            "additionalProperties": {"type": "array", "items": {"type": "number"}, "minItems": 1},
        },
        "paths": {
            "type": "object",
            "description": "Numbers of governments that follow a path: addresses, and for each its number by month.",
            "additionalProperties": {"type": "object", "additionalProperties": {"type": "number"}, "minProperties": 1},
        },
        "history": _table(_fixed(History), History.__doc__ or ""),
        "origin": _table(_fixed(Origin), Origin.__doc__ or ""),
        "world": _table(_numbers(SCOPES["world"]), "The war, the oil market and what can be seen."),
        **{section: _named(_holder(scope)) for section, scope in SECTIONS.items()},
    }
    needed = ["title", "question", "start", "months", "variants", "world", "countries", "partnerships"]
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Scenario",
        **_table(properties, Head.__doc__ or ""),
        "if": {"not": {"required": ["extends"]}},
        "then": {"required": needed},
    }


def _holder(scope: str) -> Schema:
    """Describe a table with fixed keys and parameters: for a country those of all roles, as a file need not repeat its role."""
    model = MODELS[scope]
    specs = [spec for role in ROLES.values() for spec in role] if scope == "country" else SCOPES[scope]
    package = {"package": _named(_holder("package"))} if scope == "partnership" else {}
    return _table({**_fixed(model), **package, **_numbers(specs)}, model.__doc__ or "")


def _table(properties: Schema, description: str) -> Schema:
    return {"type": "object", "description": description.strip(), "properties": properties, "additionalProperties": False}


def _named(inner: Schema) -> Schema:
    return {"type": "object", "propertyNames": {"pattern": f"^{NAME.pattern}$"}, "additionalProperties": inner}


def _fixed(model: type[Table]) -> Schema:
    """Describe the fixed keys of a table; those that name something known list what is known."""
    choices: dict[str, Iterable[str]] = {
        "bargaining": BARGAINS,
        "learning": LEARNING,
        "role": ROLES,
        "kind": KINDS,
        "good": LANE_GOODS,
        "channel": CHANNELS,
        "trigger": TRIGGERS,
        "response": RESPONSES,
    }
    made = model.model_json_schema()["properties"]
    known = {key: {"description": made[key]["description"], "enum": [*choices[key]]} for key in made if key in choices}
    return {key: known.get(key) or made[key] for key in model.in_file()}


def _numbers(specs: Iterable[Spec]) -> Schema:
    return {spec.name: _number(spec) for spec in specs}


def _number(spec: Spec) -> Schema:
    """Describe a parameter: a table, or a bare number where a value is inherited."""
    within = {"type": "number", "minimum": spec.low, "maximum": spec.high}
    made = Parameter.model_json_schema()["properties"]
    units = [spec.unit]
    for word, known in (("{good}", GOODS), ("{price}", PRICES), ("{trigger}", TRIGGERS)):
        units = sorted({unit.replace(word, name) for unit in units for name in known.values()})
    fields = made | {name: {**made[name], **within} for name in ("value", "low", "high")}
    fields["unit"] = {"description": made["unit"]["description"], "enum": units}
    return {"description": f"{spec.meaning} ({spec.unit})", "anyOf": [within, _table(fields, Parameter.__doc__ or "")]}
