"""From a scenario's parameters to arrays over runs: every number may differ from run to run."""

from collections.abc import Mapping
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Array
from sim.errors import UserError
from sim.mechanisms.ledger import REST_OF_WORLD
from sim.mechanisms.noise import EVENTS, Noise, Past, Site
from sim.scenario.possible import check_values
from sim.scenario.scenario import Parameter, Scenario


def expand_numbers(scenario: Scenario, noise: Noise, runs: int, values: Mapping[str, float | Array]) -> dict[str, Array]:
    """Arrays of shape (R,) by address.

    A number that is the same in all runs is a read-only broadcast view: it takes no memory, and elementwise arithmetic
    gives the same bits as with a full array.

    Parameters
    ----------
    scenario : Scenario
        Its parameters, some of them drawn per run, by themselves or jointly (`Scenario.worlds`).
    noise : Noise
        Streams for those draws.
    runs : int
        Number of runs R.
    values : mapping
        Replacements: address to a float or an array of shape (R,).

    Raises
    ------
    UserError
        If a replacement names no parameter, has another shape or is beyond what is possible.
    """
    places = slots(scenario)
    row = world_rows(scenario, noise)
    world = {address: np.array(column)[row] for address, column in scenario.worlds.items()}
    numbers = {}
    for address, parameter in scenario.parameters.items():
        owner, _, rest = address.rpartition(".")
        place = f"{places.get(owner, owner)}.{rest}"
        numbers[address] = world[address] if address in world else _of_parameter(place, parameter, noise, runs)
    check_values(scenario, values)
    for address, value in values.items():
        array = np.asarray(value, dtype=np.float64)
        if array.shape not in ((), (runs,)):
            raise UserError(f"needs one number or one per run ({runs}), not shape {array.shape}", address)
        numbers[address] = np.broadcast_to(array, (runs,))
    return numbers


def world_rows(scenario: Scenario, noise: Noise) -> NDArray[np.intp]:
    """Give each run one world of the scenario's table: its place, shape (R,), the same for all columns."""
    count = len(next(iter(scenario.worlds.values()), ()))
    return (noise.uniform("worlds", 0, 0) * count).astype(np.intp) if count else np.zeros(0, dtype=np.intp)


def site_of(scenario: Scenario, address: str) -> Site:
    """Site and slot of draws that a past can give, by their address.

    That is an event, such as ``russia_north_korea.visit`` or ``world.ceasefire``, or a shock to what two countries trade, such as
    ``china.north_korea.trade``.
    """
    holder, _, name = address.rpartition(".")
    if name == "trade":
        one, _, other = holder.partition(".")
        return name, pair_slot(scenario, one, other)
    return name, list(scenario.partnerships).index(holder) if EVENTS[name] == "partnership" else 0


def pair_slot(scenario: Scenario, one: str, other: str) -> int:
    """Slot of the draws of two countries that trade: keyed by who they are, so that neither names nor other lanes change it."""
    places = slots(scenario) | {REST_OF_WORLD: REST_OF_WORLD}
    return crc32("-".join(sorted((places[one], places[other]))).encode())


def past_of(scenario: Scenario, noise: Noise) -> Past | None:
    """Give what a scenario says of the shocks of the first months, for the worlds that the runs have."""
    history = scenario.history
    if history is None:
        return None
    row = world_rows(scenario, noise)
    draws = {site_of(scenario, address): np.array(numbers)[:, row] for address, numbers in history.draws.items()}
    return Past(history.seed, np.array(history.keys, dtype=np.int64)[:, row], draws=draws)


def slots(scenario: Scenario) -> dict[str, str]:
    """A name for each owner of parameters, by address, that says its place and not what it is called.

    Draws of parameters are keyed by it, so that exchanging the names of two equal countries changes nothing but labels.
    """
    places: dict[str, str] = {}
    for name, country in scenario.countries.items():
        before = sum(1 for other in list(places) if places[other].startswith(country.role))
        places[name] = f"{country.role}{before}"
    for place, (name, pair) in enumerate(scenario.partnerships.items()):
        places[name] = f"partnership{place}"
        places.update({f"{name}.{row}": f"partnership{place}.{i}" for i, row in enumerate(pair.package)})
    for kind, named in (("lanes", scenario.lanes), ("rules", scenario.rules)):
        places.update({f"{kind}.{name}": f"{kind}{place}" for place, name in enumerate(named)})
    return places


def _of_parameter(place: str, parameter: Parameter, noise: Noise, runs: int) -> Array:
    if not parameter.drawn:
        return np.broadcast_to(np.float64(parameter.value), (runs,))
    share = noise.uniform("parameter", crc32(place.encode()), 0)
    if parameter.measure == "log":
        low, high = np.log(parameter.low), np.log(parameter.high)
        return np.asarray(np.exp(low + (high - low) * share))
    return np.asarray(parameter.low + (parameter.high - parameter.low) * share)
