"""From a merged file to the tables of a scenario, checked against the table of parameters, every error at once."""

import re
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from sim.errors import suggest
from sim.mechanisms.parameters import PATHS, Spec
from sim.scenario.files import Key, Problems, Tree, is_number
from sim.scenario.tables import (
    MODELS,
    MONTH,
    NAME,
    PARAMETERS,
    SECTIONS,
    TABLES,
    Country,
    Head,
    History,
    Holder,
    Lane,
    Origin,
    Parameter,
    Partnership,
    Parts,
    Row,
    Rule,
    Table,
    Variants,
)


def parse(tree: Tree, problems: Problems) -> Parts:
    """Take a merged tree apart, and note all that is wrong within its tables."""
    top = {name: content for name, content in tree.items() if name not in (*SECTIONS, *TABLES)}
    variants = _table(tree.get("variants", {}), ("variants",), problems)
    parts = Parts(_validated(Head, top, (), problems), _validated(Variants, variants, ("variants",), problems))
    holders = list(_holders(tree, problems))
    for holder in holders:
        _place(holder, parts, problems)
    specs = _take_parameters(holders, parts, problems)
    _take_worlds(_table(tree.get("worlds", {}), ("worlds",), problems), specs, parts, problems)
    _take_paths(_table(tree.get("paths", {}), ("paths",), problems), specs, parts, problems)
    if "history" in tree:
        parts.history = _validated(History, _table(tree["history"], ("history",), problems), ("history",), problems)
    if "origin" in tree:
        parts.origin = _validated(Origin, _table(tree["origin"], ("origin",), problems), ("origin",), problems)
    return parts


def _holders(tree: Tree, problems: Problems) -> Iterator[Holder]:
    yield Holder("world", ("world",), "world", _table(tree.get("world", {}), ("world",), problems))
    for section, scope in SECTIONS.items():
        prefix = "" if scope in ("country", "partnership") else f"{section}."
        for name, content in _table(tree.get(section, {}), (section,), problems).items():
            inner = _table(content, (section, name), problems)
            yield Holder(scope, (section, name), f"{prefix}{name}", inner)
            if scope == "partnership":
                key = (section, name, "package")
                for row, good in _table(inner.get("package", {}), key, problems).items():
                    yield Holder("package", (*key, row), f"{name}.{row}", _table(good, (*key, row), problems))


def _table(content: Any, key: Key, problems: Problems) -> Tree:
    if isinstance(content, dict):
        return content
    problems.add(f"must be a table, not {_shown(content)}", key)
    return {}


def _place(holder: Holder, parts: Parts, problems: Problems) -> None:
    """Validate the fixed keys of a table and put them where they belong."""
    parts.named.setdefault(holder.scope, []).append(holder.key[-1])
    if not NAME.fullmatch(holder.key[-1]):
        problems.add("is no name: use small letters, digits and _, with a letter first", holder.key)
    if holder.scope not in MODELS:
        return
    match table := _validated(MODELS[holder.scope], holder.fields(), holder.key, problems):
        case Country():
            parts.countries[holder.key[-1]] = table
        case Partnership():
            parts.partnerships[holder.key[-1]] = table
        case Row():
            parts.rows.setdefault(holder.key[1], {})[holder.key[-1]] = table
        case Lane():
            parts.lanes[holder.key[-1]] = table
        case Rule():
            parts.rules[holder.key[-1]] = table


def _validated[T: Table](model: type[T], content: Tree, key: Key, problems: Problems) -> T:
    """Validate the fixed keys of a table. Unsound ones are noted and left empty, so that the others can still be checked."""
    try:
        return model.model_validate(content)
    except ValidationError as error:
        sound = dict(content)
        for detail in error.errors(include_url=False):
            at = tuple(str(part) for part in detail["loc"])
            known = [*model.in_file(), *(() if key else (*SECTIONS, *TABLES, "extends", "remove"))]
            problems.add(explain(detail, known), key + at)
            sound.pop(at[0], None)
        empty = {name: "" for name, info in model.model_fields.items() if info.is_required()}
        return model.model_construct(**{**empty, **sound})


def _take_parameters(holders: list[Holder], parts: Parts, problems: Problems) -> dict[str, Spec]:
    """Validate the parameters of all tables in one pass, then each against its Spec; give the Specs by address."""
    raw: Tree = {}
    at: dict[str, tuple[Holder, Spec]] = {}
    for holder in holders:
        specs = {spec.name: spec for spec in holder.specs()}
        fixed = holder.keys()
        for name in holder.content:
            if name in fixed or (name == "package" and holder.scope == "partnership"):
                continue
            if name in specs:
                raw[f"{holder.address}.{name}"] = holder.content[name]
            elif specs:
                problems.add(f"is unknown here; {suggest(name, [*fixed, *specs])}", (*holder.key, name), *holder.deciders())
        for name, spec in specs.items():
            at[f"{holder.address}.{name}"] = (holder, spec)
            if spec.default is not None:
                raw[f"{holder.address}.{name}"] = _over_default(spec, holder.unit(spec), holder.content.get(name, spec.default))
            elif spec.required and name not in holder.content:
                text = f'is missing ({spec.meaning}): give {{ value, unit = "{holder.unit(spec)}", low, high, source }}'
                problems.add(text, (*holder.key, name), *holder.deciders())
    sound = _sound(raw, at, problems)
    for address, parameter in sound.items():
        holder, spec = at[address]
        for name, text, also in faults(parameter, spec, holder.unit(spec)):
            key = (*holder.key, spec.name)
            problems.add(text, (*key, name), *((*key, other) for other in also), *(holder.deciders() if name == "unit" else ()))
    parts.given = set(raw)
    parts.parameters = {address: sound[address] for address in at if address in sound}
    return {address: spec for address, (_, spec) in at.items()}


def _over_default(spec: Spec, unit: str, given: Any) -> Any:
    """Complete what a file says, if anything, of a parameter that has a value in the table of parameters."""
    known = {"unit": unit, "source": spec.why if given == spec.default else "assumption"}
    if is_number(given):
        return {"value": given, "low": given, "high": given, **known}
    return {**known, **given} if isinstance(given, dict) else given


def defaults(tree: Tree) -> dict[Key, Tree]:
    """Parameters of a tree that have a value in the table of parameters, by key, as they are where no file gives them."""
    plain = {"measure": "linear", "drawn": False}
    return {
        (*holder.key, spec.name): {**plain, **_over_default(spec, holder.unit(spec), spec.default)}
        for holder in _holders(tree, Problems())
        for spec in holder.specs()
        if spec.default is not None
    }


def _take_paths(table: Tree, specs: dict[str, Spec], parts: Parts, problems: Problems) -> None:
    """Validate paths: for each address numbers by month, within the bounds of the parameter, in the order of their months."""
    for address, content in table.items():
        key = ("paths", address)
        if address not in specs or address.rpartition(".")[2] not in PATHS:
            known = [other for other in specs if other.rpartition(".")[2] in PATHS and other.count(".") == 1]
            problems.add(f"can follow no path; {suggest(address, known)}", key)
            continue
        points = _sound_points(_table(content, key, problems), specs[address], key, problems)
        if points:
            parts.paths[address] = dict(sorted(points.items()))


def _sound_points(table: Tree, spec: Spec, key: Key, problems: Problems) -> dict[str, float]:
    for month, number in table.items():
        if not re.fullmatch(MONTH, month):
            problems.add("must be a month such as '2023-08'", (*key, month))
        elif not is_number(number) or not spec.low <= number <= spec.high:
            text = f"is {_shown(number)}; it must be a number within [{spec.low:g}, {spec.high:g}] {spec.unit} ({spec.meaning})"
            problems.add(text, (*key, month))
    if not table:
        problems.add("is empty; give numbers by month", key)
    return {month: float(number) for month, number in table.items() if re.fullmatch(MONTH, month) and is_number(number)}


def _take_worlds(table: Tree, specs: dict[str, Spec], parts: Parts, problems: Problems) -> None:
    """Validate the columns of worlds: each a list of numbers within the bounds of a parameter, all of one length."""
    worlds = {}
    for address, column in table.items():
        text = _fault_of_column(address, column, specs, parts)
        if text:
            problems.add(text, ("worlds", address))
        else:
            worlds[address] = tuple(float(number) for number in column)
    lengths = [len(column) for column in worlds.values()]
    usual = max(lengths, key=lengths.count, default=0)
    for address, column in worlds.items():
        if len(column) != usual:
            text = f"has {len(column)} numbers, others have {usual}; each place in the columns is one world"
            problems.add(text, ("worlds", address))
    parts.worlds = worlds


def _fault_of_column(address: str, column: Any, specs: dict[str, Spec], parts: Parts) -> str:
    if address not in parts.given or address not in specs:
        return f"there is no such parameter; {suggest(address, parts.given)}"
    if not isinstance(column, list | tuple) or not column:
        return f"must be a list of numbers, one for each world, not {_shown(column)}"
    spec = specs[address]
    for place, number in enumerate(column, 1):
        if not is_number(number) or not spec.low <= number <= spec.high:
            bounds = f"[{spec.low:g}, {spec.high:g}] ({spec.meaning})"
            return f"holds {_shown(number)} in world {place}; it must be a number within {bounds}"
    return ""


def _sound(raw: Tree, at: dict[str, tuple[Holder, Spec]], problems: Problems) -> dict[str, Parameter]:
    try:
        return PARAMETERS.validate_python(raw)
    except ValidationError as error:
        wrong = set()
        for detail in error.errors(include_url=False):
            address, *inner = (str(part) for part in detail["loc"])
            holder, spec = at[address]
            wrong.add(address)
            text = explain(detail, [*Parameter.in_file()]).replace("must be a table", "must be a number or a table")
            if not inner and is_number(detail["input"]):
                unit = holder.unit(spec)
                text = f'is a bare number, but there is no value to replace; give {{ value, unit = "{unit}", low, high, source }}'
            problems.add(text, (*holder.key, spec.name, *inner))
        return PARAMETERS.validate_python({address: content for address, content in raw.items() if address not in wrong})


def faults(parameter: Parameter, spec: Spec, unit: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Say what is wrong with a parameter by its Spec: field, text and other fields concerned; at most one about its numbers."""
    if unit and parameter.unit != unit:
        yield "unit", f"is '{parameter.unit}'; it must be '{unit}' ({spec.meaning})", ()
    for name in ("value", "low", "high"):
        number = getattr(parameter, name)
        if not spec.low <= number <= spec.high:
            yield name, f"is {number:g}, outside [{spec.low:g}, {spec.high:g}] {unit} ({spec.meaning})", ()
            return
    if not parameter.low <= parameter.value <= parameter.high:
        text = f"is {parameter.value:g}, outside its plausible range: low {parameter.low:g}, high {parameter.high:g}"
        yield "value", text, ("low", "high")
    elif parameter.measure == "log" and parameter.low <= 0.0:
        yield "low", f"is {parameter.low:g}; a log measure needs low above zero", ("value", "measure")


def explain(detail: ErrorDetails, known: list[str]) -> str:
    """Say in plain words what a table's validation found; ``known`` are the keys that could have been meant."""
    given = _shown(detail["input"])
    match detail["type"]:
        case "missing":
            return "is missing"
        case "extra_forbidden":
            return f"is unknown here; {suggest(str(detail['loc'][-1]), known)}"
        case "finite_number":
            return f"must be a finite number, not {given}"
        case "float_type" | "int_type":
            return f"must be a number{' without a fraction' if detail['type'] == 'int_type' else ''}, not {given}"
        case "model_type" | "dict_type":
            return f"must be a table, not {given}"
        case "string_pattern_mismatch":
            return f"must be a month between 1700 and 2199 such as '2023-08', not {given}"
        case _:
            return f"{detail['msg'].removeprefix('Value error, ').replace('Input should be', 'must be')}, not {given}"


def _shown(content: object) -> str:
    if isinstance(content, int) and abs(content) > 10**18:  # Python refuses to write numbers of thousands of digits
        return "a number beyond 10^18"
    text = repr(content)
    return text if len(text) <= 60 else f"{text[:57]}…"
