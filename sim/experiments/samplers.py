"""Samplers: designs of sweeps, built from ranges by the name of their kind."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import prod
from typing import Any

import numpy as np

from sim.arrays import Array
from sim.errors import UserError, suggest
from sim.experiments.design import Design, check_points, finite, product, written
from sim.experiments.ranges import Range, in_box, scrambled
from sim.runs.arguments import whole_number

NARROWEST = 1e-9  # relative width from which levels can be told apart

Levels = int | Mapping[str, int | Sequence[float]]


def factorial(ranges: Sequence[Range], levels: Levels) -> Design:
    """Every combination of some levels of each parameter; the last parameter changes fastest.

    Parameters
    ----------
    ranges : sequence of Range
    levels : int or mapping
        How many levels, equally spaced under the range's measure from its low to its high; or by address how many, or
        which numbers.

    Raises
    ------
    UserError
        If an address is unknown or named twice, a parameter has no levels, or there are too many points.
    """
    wanted = _wanted(ranges, levels)
    counts = _counts(wanted)
    check_points(prod(counts), len(counts), "factorial", product(counts))
    columns = _levels(ranges, wanted)
    grid = np.meshgrid(*columns.values(), indexing="ij", copy=False)
    return Design(
        "factorial",
        {address: each.ravel() for address, each in zip(columns, grid, strict=True)},
        {"ranges": _plain(ranges), "levels": {address: column.tolist() for address, column in columns.items()}},
    )


def latin_hypercube(ranges: Sequence[Range], points: int, seed: int = 0) -> Design:
    """Points of which each lies alone in one of equally wide slices of every range (McKay et al. 1979, Technometrics 21).

    Raises
    ------
    UserError
        If a range has no width or is named twice, or the number of points or the seed makes no sense.
    """
    from scipy.stats import qmc  # takes a second to load

    _check_box(ranges, points, seed, "latin_hypercube")
    unit = qmc.LatinHypercube(len(ranges), rng=np.random.default_rng(seed)).random(points)
    return _in_box("latin_hypercube", unit, ranges, seed=seed)


def sobol(ranges: Sequence[Range], points: int, seed: int = 0) -> Design:
    """Scrambled Sobol points, which fill the box more evenly than chance (Owen 1997, Annals of Statistics 25).

    Raises
    ------
    UserError
        As `latin_hypercube`; also if the points are not a power of two.
    """
    _check_box(ranges, points, seed, "sobol")
    _check_power(points)
    return _in_box("sobol", scrambled(len(ranges), points, 1, seed)[0], ranges, seed=seed)


def saltelli(ranges: Sequence[Range], points: int, seed: int = 0) -> Design:
    """Points from which Sobol's indices of sensitivity are estimated (Saltelli et al. 2010, Computer Physics Communications 181).

    Parameters
    ----------
    ranges : sequence of Range
        d of them, at least two.
    points : int
        Base points n, a power of two. The design has n · (d + 2) points: for each base point a row of A, then for each
        parameter that row with the parameter taken from B, then the row of B. SALib lays them out so, too.
    seed : int

    Raises
    ------
    UserError
        As `sobol`; also if there is only one parameter, to which all variance belongs.
    """
    if len(ranges) == 1:
        raise UserError("needs at least two parameters: with one, all variance is its own", "design: saltelli")
    _check_box(ranges, points, seed, "saltelli", len(ranges) + 2)
    _check_power(points)
    if points < 2:
        raise UserError("saltelli needs at least two base points, for indices to have an interval", "points")
    size = len(ranges)
    first, second = np.split(scrambled(2 * size, points, 1, seed)[0], 2, axis=1)
    rows = np.repeat(first[:, None], size + 2, axis=1)
    each = np.arange(size)
    rows[:, each + 1, each] = second
    rows[:, -1] = second
    return _in_box("saltelli", rows.reshape(-1, size), ranges, base_points=int(points), seed=seed)


def morris(ranges: Sequence[Range], trajectories: int, seed: int = 0, levels: int = 4) -> Design:
    """Trajectories along which the parameters change one after the other, for screening many (Morris 1991, Technometrics 33).

    Parameters
    ----------
    ranges : sequence of Range
        d of them.
    trajectories : int
        At least two. The design has trajectories · (d + 1) points.
    seed : int
    levels : int
        Even number p of levels, equally spaced under each range's measure. A step goes over p / (2 (p − 1)) of a range.

    Raises
    ------
    UserError
        As `latin_hypercube`; also if there are fewer than two trajectories, or the levels are not even.
    """
    size = len(ranges)
    if not _is_whole(levels, 2) or levels % 2:
        raise UserError(f"morris needs one even number of levels, 2 or more, for all parameters, not {levels!r}", "levels")
    _check_box(ranges, trajectories, seed, "morris", size + 1)
    if trajectories < 2:
        raise UserError("morris needs at least two trajectories, for effects to have a spread", "points")
    rng = np.random.default_rng(seed)
    low = rng.integers(levels // 2, size=(trajectories, size))
    falls = rng.random((trajectories, size)) < 0.5
    turn = np.argsort(rng.random((trajectories, size)), axis=1)  # when each parameter changes
    changed = np.arange(size + 1)[None, :, None] > turn[:, None, :]
    unit = (low[:, None] + levels // 2 * (changed ^ falls[:, None])) / (levels - 1)
    return _in_box("morris", unit.reshape(-1, size), ranges, trajectories=int(trajectories), levels=int(levels), seed=seed)


def one_at_a_time(ranges: Sequence[Range], centre: Mapping[str, float], levels: Levels = 2) -> Design:
    """A centre, then each parameter at each of its levels while all others stay at the centre.

    Parameters
    ----------
    ranges : sequence of Range
    centre : mapping
        A number for each of their addresses.
    levels : int or mapping
        As in `factorial`; 2 are low and high.

    Raises
    ------
    UserError
        As `factorial`; also if the centre lacks a number.
    """
    wanted = _wanted(ranges, levels)
    counts = [1, *_counts(wanted)]
    total = " + ".join(map(written, counts[:4])) + (" + …" if len(counts) > 4 else "")
    check_points(sum(counts), len(wanted), "one_at_a_time", total)
    for address in wanted:
        if address not in centre:
            raise UserError(f"has no number for '{address}'; give it one", "centre")
    columns = _levels(ranges, wanted)
    starts = np.cumsum(counts)
    made = {}
    for address, column, start in zip(columns, columns.values(), starts, strict=False):
        made[address] = np.full(sum(counts), float(centre[address]))
        made[address][start : start + len(column)] = column
    return Design(
        "one_at_a_time",
        made,
        {
            "ranges": _plain(ranges),
            "centre": {address: float(centre[address]) for address in columns},
            "levels": {address: column.tolist() for address, column in columns.items()},
        },
    )


# Each kind that is built from ranges: its sampler, and what that is given, in its order.
SAMPLERS: dict[str, tuple[Callable[..., Design], tuple[str, ...]]] = {
    "factorial": (factorial, ("ranges", "levels")),
    "latin_hypercube": (latin_hypercube, ("ranges", "points", "seed")),
    "sobol": (sobol, ("ranges", "points", "seed")),
    "saltelli": (saltelli, ("ranges", "points", "seed")),
    "morris": (morris, ("ranges", "points", "seed", "levels")),
    "one_at_a_time": (one_at_a_time, ("ranges", "centre", "levels")),
}
OWN_LEVELS = ("morris", "one_at_a_time")  # kinds with a usual number of levels


def make_design(
    kind: str,
    ranges: Sequence[Range],
    points: int | None = None,
    seed: int = 0,
    centre: Mapping[str, float] | None = None,
    levels: Levels | None = None,
) -> Design:
    """Build a design by the name of its kind.

    Parameters
    ----------
    kind : str
        One of `SAMPLERS`.
    ranges : sequence of Range
    points : int, optional
        Points; trajectories of morris, base points of saltelli. Kinds made of levels take none.
    seed : int
        Of those that draw.
    centre : mapping, optional
        Where one_at_a_time starts from; the others do not look at it.
    levels : int or mapping, optional
        Of those that are made of levels.

    Raises
    ------
    UserError
        If the kind is unknown, it lacks what it needs or is given what it cannot use; and as the samplers.
    """
    if kind not in SAMPLERS:
        raise UserError(f"there is no design '{kind}'; {suggest(kind, SAMPLERS)}", "design")
    sampler, needs = SAMPLERS[kind]
    given = {"ranges": ranges, "points": points, "seed": seed, "centre": centre, "levels": levels}
    for name in ("points", "levels"):
        if given[name] is not None and name not in needs:
            raise UserError(f"{kind} takes no {name}; leave it out, or choose another design", name)
    for name in needs:
        if given[name] is None and not (name == "levels" and kind in OWN_LEVELS):
            raise UserError(f"{kind} needs {name}; say which", name)
    return sampler(*(given[name] for name in needs if given[name] is not None))


def _in_box(kind: str, unit: Array, ranges: Sequence[Range], **about: Any) -> Design:
    columns = {side.address: in_box(unit[:, [place]], [side])[:, 0] for place, side in enumerate(ranges)}  # to save memory
    return Design(kind, columns, {"ranges": _plain(ranges), **about})


def _plain(ranges: Iterable[Range]) -> dict[str, dict[str, Any]]:
    return {each.address: {"low": each.low, "high": each.high, "measure": each.measure} for each in ranges}


def _wanted(ranges: Sequence[Range], levels: Levels) -> dict[str, int | Array]:
    """Give how many levels each parameter has or which, by address, before any is made."""
    _check_names(ranges)
    wanted = levels if isinstance(levels, Mapping) else {each.address: levels for each in ranges}
    known = [each.address for each in ranges]
    for address in wanted:
        if address not in known:
            raise UserError(f"'{address}' does not vary; {suggest(address, known)}", "levels")
    for address in known:
        if address not in wanted:
            raise UserError("has no levels; say how many or which", f"levels: {address}")
    return {each.address: _wanted_of(each, wanted[each.address]) for each in ranges}


def _wanted_of(side: Range, wanted: int | Sequence[float]) -> int | Array:
    place = f"levels: {side.address}"
    if isinstance(wanted, Sequence | np.ndarray) and not isinstance(wanted, str):
        column = finite(side.address, wanted)
        if not len(column) or len(np.unique(column)) < len(column):
            raise UserError("must be numbers, each of them once", place)
        return column
    if not _is_whole(wanted, 2):
        raise UserError(f"must be a whole number from 2 on, or a list of numbers, not {wanted!r}", place)
    _check_width(side)
    return int(wanted)


def _counts(wanted: Mapping[str, int | Array]) -> list[int]:
    return [each if isinstance(each, int) else len(each) for each in wanted.values()]


def _levels(ranges: Sequence[Range], wanted: Mapping[str, int | Array]) -> dict[str, Array]:
    """Give the levels of each parameter, equally spaced under its measure where only their number is given."""
    return {
        side.address: in_box(np.linspace(0.0, 1.0, each)[:, None], [side])[:, 0] if isinstance(each, int) else each
        for side, each in zip(ranges, wanted.values(), strict=True)
    }


def _check_box(ranges: Sequence[Range], points: int, seed: int, kind: str, rows: int = 1) -> None:
    """Refuse a box that cannot be sampled, or more points than can be meant; each point asked for makes some rows."""
    _check_names(ranges)
    for side in ranges:
        _check_width(side)
    for name, number, low in (("points", points, 1), ("seed", seed, 0)):
        whole_number(number, name, low)
    check_points(points * rows, len(ranges), kind, written(points) if rows == 1 else f"{written(points)} × {rows:,}")


def _check_names(ranges: Sequence[Range]) -> None:
    if not ranges:
        raise UserError("the design is empty: no parameter varies; name at least one", "design")
    names = [each.address for each in ranges]
    for name in names:
        if names.count(name) > 1:
            raise UserError("is named twice; give it one range", name)


def _check_width(side: Range) -> None:
    if side.high - side.low <= NARROWEST * max(abs(side.low), abs(side.high)):
        raise UserError(f"has no width: it goes from {side.low:g} to {side.high:g}; widen it or leave it out", side.address)


def _check_power(points: int) -> None:
    if points & (points - 1):
        near = 1 << (points.bit_length() - 1)
        raise UserError(f"Sobol points come in powers of two, not {points:,}; take {near:,} or {2 * near:,}", "points")


def _is_whole(number: object, low: int) -> bool:
    return isinstance(number, int | np.integer) and not isinstance(number, bool) and bool(number >= low)
