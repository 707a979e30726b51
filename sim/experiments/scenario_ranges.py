"""Which parameters of a scenario vary, and over which ranges."""

from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import Any

import numpy as np

from sim.errors import UserError, suggest
from sim.experiments.ranges import Range
from sim.runs.arguments import name_list
from sim.scenario.files import Problems, is_number
from sim.scenario.possible import Note, find_impossible
from sim.scenario.scenario import Parameter, Scenario

Uncertainties = str | Sequence[str] | Mapping[str, "tuple[float, float] | Range | None"]


def ranges_of(scenario: Scenario, uncertainties: Uncertainties) -> tuple[Range, ...]:
    """Give the ranges of parameters that vary, each checked against what is possible.

    Parameters
    ----------
    scenario : Scenario
    uncertainties : str, sequence or mapping
        "all": every parameter with a plausible range of some width. An address or pattern such as "china.*", or several:
        their own low, high and measure. Or by address (low, high), under the parameter's own measure, or a `Range`; or
        by address or pattern None, for their own. A pattern passes over parameters without width, and gives way to an
        address.

    Returns
    -------
    tuple of Range

    Raises
    ------
    UserError
        With every address that is unknown or has no range of its own, every pattern that nothing fits, and every range
        that makes no sense or reaches beyond what is possible.
    """
    if isinstance(uncertainties, str):
        uncertainties = ["*" if uncertainties == "all" else uncertainties]
    names = name_list(uncertainties, "uncertainties", "addresses and patterns, or ranges by address")
    problems = Problems()
    given = uncertainties if isinstance(uncertainties, Mapping) else dict.fromkeys(names)
    ranges = gather(scenario, given, problems.note)
    problems.check()
    if not ranges:
        raise UserError("no parameter varies; name at least one", "uncertainties")
    return tuple(ranges.values())


def gather(scenario: Scenario, given: Mapping[str, Any], note: Note) -> dict[str, Range]:
    """Give the ranges of `ranges_of` by address, and note what is wrong with the others."""
    ranges: dict[str, Range] = {}
    for name, wanted in given.items():
        if is_pattern(name):
            own = _fitting(scenario, name, wanted, note)
            ranges |= {address: side for address, side in own.items() if address not in given and address not in ranges}
            continue
        try:
            ranges[name] = _range(scenario, name, wanted)
        except UserError as error:
            note(name, error.message)
    find_impossible(scenario, {address: (side.low, side.high) for address, side in ranges.items()}, note)
    return ranges


def is_pattern(name: str) -> bool:
    """Whether this stands for all addresses that fit it."""
    return any(sign in name for sign in "*?[")


def _fitting(scenario: Scenario, pattern: str, wanted: object, note: Note) -> dict[str, Range]:
    """Give the own ranges of the parameters that fit a pattern and have one."""
    if wanted is not None:
        note(pattern, "a pattern stands for the parameters' own ranges; write out the addresses to give them another")
        return {}
    fitting = {address: each for address, each in scenario.parameters.items() if fnmatchcase(address, pattern)}
    if not fitting:
        note(pattern, f"no parameter fits this pattern; {_nearest(pattern, scenario.parameters)}")
        return {}
    wide = {address: _own(address, each) for address, each in fitting.items() if each.low < each.high}
    if not wide:
        note(pattern, f"none of the {len(fitting)} parameters that fit has a range of its own; give low and high")
    return wide


def _nearest(name: str, addresses: Collection[str]) -> str:
    """Say which addresses, and patterns that some fit, are nearest to what was typed; where none is near, what there is."""
    ends = [(f"{table}.*", f"*.{last}") for table, _, last in (address.rpartition(".") for address in addresses)]
    near = get_close_matches(name, sorted({*addresses, *(pattern for both in ends for pattern in both)}), n=3, cutoff=0.5)
    if not near:
        return suggest(name, {f"{address.partition('.')[0]}.*" for address in addresses})
    return f"did you mean {' or '.join(map(repr, near))}?"


def _range(scenario: Scenario, address: str, wanted: Any) -> Range:
    if address not in scenario.parameters:
        raise UserError(f"there is no such parameter; {_nearest(address, scenario.parameters)}", address)
    parameter = scenario.parameters[address]
    if wanted is None:
        if parameter.low == parameter.high:
            raise UserError(f"has no range of its own, only {parameter.low:g}; give low and high, or leave it out", address)
        return _own(address, parameter)
    if isinstance(wanted, Range):
        if wanted.address != address:
            raise UserError(f"is given the range of '{wanted.address}'; name it by its own address", address)
        return wanted
    ends = wanted.tolist() if isinstance(wanted, np.ndarray) else wanted
    if not isinstance(ends, Sequence) or len(ends) != 2 or not all(is_number(_plain(end)) for end in ends):
        raise UserError(f"must be (low, high) or a Range, not {wanted!r}", address)
    return Range(address, float(ends[0]), float(ends[1]), parameter.measure)


def _own(address: str, parameter: Parameter) -> Range:
    return Range(address, parameter.low, parameter.high, parameter.measure)


def _plain(number: object) -> object:
    return number.item() if isinstance(number, np.generic) else number
