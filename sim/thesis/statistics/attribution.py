"""How much of the shortfall each limit accounts for: Shapley and Owen values over sets of limits that are removed.

v(S) is the outcome of a run with the limits in S removed, on common draws. The shortfall v(N) − v(∅) is what all limits
together take away, and the values share it out without remainder (Shapley 1953; Owen 1977, with limits that belong
together joined in unions). A plan says which sets have to be simulated; `attribute` makes the values of their outcomes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.arrays import Array
from sim.errors import UserError, suggest
from sim.reporting.intervals import Estimate, around, mean, spread

MOST_EXACT = 12  # limits for which every set is simulated: 4,096 of them; beyond, orders of removal are sampled
UNIONS = (("beijing_threat", "beijing_action"), ("reluctance", "red_line"))


@dataclass(frozen=True, slots=True)
class Plan:
    """Which sets of limits are removed, and how their outcomes become values.

    Attributes
    ----------
    limits : tuple of str
        The limits, in the order of the values.
    unions : tuple of tuple of int
        The limits as they belong together, by position; a limit that belongs to none stands alone.
    masks : tuple of int
        The sets to simulate, ascending, the empty set first and all limits last: bit i is set where limit i is removed.
    orders : ndarray or None
        Sampled orders of removal, shape (order, limit), each second one the reverse of the one before. None: exact.
    """

    limits: tuple[str, ...]
    unions: tuple[tuple[int, ...], ...]
    masks: tuple[int, ...]
    orders: NDArray[np.int64] | None = None

    @property
    def sets(self) -> tuple[tuple[str, ...], ...]:
        """The limits removed in each set to simulate, in the order of the masks."""
        return tuple(tuple(name for i, name in enumerate(self.limits) if mask >> i & 1) for mask in self.masks)


@dataclass(frozen=True, slots=True)
class Attribution:
    """The values of all limits.

    Limits come *in* when they are in force: `last_in` is the gain from removing the limit alone, all others in force,
    v(i) − v(∅); `first_in` is the loss from having it alone in force, v(N) − v(N∖i). Where two limits are tied every
    last-in effect can be nil, although together they are all that matters: hence the three side by side.

    Attributes
    ----------
    plan : Plan
    per_run : ndarray, shape (limit, ..., run)
        Value of each limit in each run, in the unit of the outcome.
    value, first_in, last_in : Estimate, shape (limit, ...)
        Means over runs. The error of the value counts the sampled orders too.
    shortfall : ndarray, shape (..., run)
        v(N) − v(∅).
    residual : float
        Largest distance, over runs, between the sum of the values and the shortfall.
    by_order : ndarray or None, shape (pair, limit, ...)
        Mean over runs for each pair of sampled orders.
    """

    plan: Plan
    per_run: Array
    value: Estimate
    first_in: Estimate
    last_in: Estimate
    shortfall: Array
    residual: float
    by_order: Array | None

    def of(self, names: Iterable[str]) -> Estimate:
        """Sum of the values of some limits, such as threat and action together, shape (...)."""
        return _estimate(*self._summed([self._position(name) for name in names]))

    def lead(self, names: Iterable[str]) -> tuple[NDArray[np.str_], Estimate]:
        """How far some limits are ahead of their strongest rival: are they the main limit?

        Parameters
        ----------
        names : iterable of str
            Limits taken together. Rivals are the unions, and the limits that stand alone, that share none with them.

        Returns
        -------
        rival : array of str, shape (...)
            The rival with the largest mean value; the limits of a union joined with +.
        ahead : Estimate, shape (...)
            Value of the limits less that of this rival. The limits lead where the whole interval lies above zero.

        Raises
        ------
        UserError
            If there is no rival, or a name is not among the limits.
        """
        own = [self._position(name) for name in names]
        rivals = [union for union in self.plan.unions if not set(union) & set(own)]
        if not rivals:
            raise UserError("there is no other limit to compare with", "limits")
        totals = np.stack([self.value.value[list(union)].sum(axis=0) for union in rivals])
        strongest = np.asarray(totals.argmax(axis=0))
        labels = np.array(["+".join(self.plan.limits[i] for i in union) for union in rivals])
        runs, orders = self._summed(own)
        others = [self._summed(union) for union in rivals]
        runs = runs - _pick(np.stack([other[0] for other in others]), strongest[..., None])
        if orders is not None:
            orders = orders - _pick(np.stack([other[1] for other in others if other[1] is not None]), strongest[None])
        return labels[strongest], _estimate(runs, orders)

    def _summed(self, positions: Sequence[int]) -> tuple[Array, Array | None]:
        rows = list(positions)
        return self.per_run[rows].sum(axis=0), None if self.by_order is None else self.by_order[:, rows].sum(axis=1)

    def _position(self, name: str) -> int:
        if name not in self.plan.limits:
            raise UserError(f"no limit is called '{name}'; {suggest(name, self.plan.limits)}", "limits")
        return self.plan.limits.index(name)


def exact_plan(limits: Sequence[str], unions: Iterable[Sequence[str]] = UNIONS) -> Plan:
    """Plan that simulates every set that an Owen value needs: those in which at most one union is removed in part.

    Parameters
    ----------
    limits : sequence of str
        At most 12 different names.
    unions : iterable of sequences of str
        Limits that belong together. Members that are not among the limits are passed over.

    Raises
    ------
    UserError
        If there is no limit, too many, one named twice, or one in two unions.
    """
    groups = _grouped(limits, unions)
    if len(limits) > MOST_EXACT:
        raise UserError(f"{len(limits)} limits have too many sets to simulate all; up to {MOST_EXACT} can be exact", "limits")
    masks = {whole | part for union in groups for whole, _ in _wholes(groups, union) for part, _ in _parts(union)}
    return Plan(tuple(limits), groups, tuple(sorted(masks)))


def sampled_plan(limits: Sequence[str], unions: Iterable[Sequence[str]] = UNIONS, *, orders: int = 64, seed: int = 0) -> Plan:
    """Plan that samples orders of removal: any number of limits.

    Each order is a random order of the unions, and of the limits within each. Every second order is the reverse of the
    one before (antithetic, as in Castro, Gómez and Tejada 2009 and Mitchell et al. 2022), which lowers the error. Sets
    that first-in and last-in effects need are simulated besides.

    Parameters
    ----------
    orders : int
        How many orders, at least 4; an odd number is rounded up.
    seed : int
        Makes the orders.

    Raises
    ------
    UserError
        As in `exact_plan`, or if there are too few orders for an error.
    """
    groups = _grouped(limits, unions)
    if orders < 4:
        raise UserError(f"{orders} orders give no error of sampling; at least 4 do", "orders")
    rng = np.random.default_rng(seed)
    drawn: list[list[int]] = []
    for _ in range((orders + 1) // 2):
        order = [int(i) for at in rng.permutation(len(groups)) for i in rng.permutation(groups[at])]
        drawn += [order, order[::-1]]
    everything = (1 << len(limits)) - 1
    masks = {0, everything}
    masks |= {1 << i for i in range(len(limits))} | {everything ^ 1 << i for i in range(len(limits))}
    masks |= {mask for order in drawn for mask in _prefixes(order)}
    return Plan(tuple(limits), groups, tuple(sorted(masks)), np.array(drawn, dtype=np.int64))


def plan(limits: Sequence[str], unions: Iterable[Sequence[str]] = UNIONS, *, orders: int = 64, seed: int = 0) -> Plan:
    """Plan that is exact for up to 12 limits and samples orders beyond."""
    if len(limits) <= MOST_EXACT:
        return exact_plan(limits, unions)
    return sampled_plan(limits, unions, orders=orders, seed=seed)


def attribute(made: Plan, values: ArrayLike) -> Attribution:
    """Owen values of the limits, per run; without unions of two or more they are Shapley values.

    φ_i = Σ_{H ⊆ M∖u} Σ_{S ⊆ u∖i} |H|!(m−|H|−1)!/m! · |S|!(p−|S|−1)!/p! · [v(Q ∪ S ∪ i) − v(Q ∪ S)],

    where i belongs to union u of p limits, M are the m unions, and Q is the union of those in H (Owen 1977, Values of
    games with a priori unions). Sampled, it is the mean of i's contribution over the orders.

    Parameters
    ----------
    made : Plan
    values : array, shape (set, ..., run)
        Outcome of each set of the plan, in its order, in every run, on common draws.

    Raises
    ------
    ValueError
        If the first axis does not fit the plan.
    """
    values = np.asarray(values, dtype=float)
    if values.ndim < 2 or values.shape[0] != len(made.masks):
        raise ValueError(f"outcomes of {len(made.masks)} sets and of every run are needed, not an array {values.shape}")
    at = {mask: row for row, mask in enumerate(made.masks)}
    per_run, by_order = _exact(made, values, at) if made.orders is None else _sampled(made, values, at)
    shortfall = values[-1] - values[0]
    count = range(len(made.limits))
    return Attribution(
        plan=made,
        per_run=per_run,
        value=_estimate(per_run, by_order),
        first_in=mean(np.stack([values[-1] - values[at[made.masks[-1] ^ 1 << i]] for i in count])),
        last_in=mean(np.stack([values[at[1 << i]] - values[0] for i in count])),
        shortfall=shortfall,
        residual=float(np.abs(per_run.sum(axis=0) - shortfall).max()),
        by_order=by_order,
    )


def _exact(made: Plan, values: Array, at: dict[int, int]) -> tuple[Array, None]:
    """Weighted contributions: exactly zero for a limit that never matters, as it would not be from weighted outcomes."""
    per_run = np.zeros((len(made.limits), *values.shape[1:]))
    for union in made.unions:
        for i in union:
            rest = tuple(j for j in union if j != i)
            for whole, outer in _wholes(made.unions, union):
                for part, inner in _parts(rest, len(union)):
                    base = whole | part
                    per_run[i] += outer * inner * (values[at[base | 1 << i]] - values[at[base]])
    return per_run, None


def _sampled(made: Plan, values: Array, at: dict[int, int]) -> tuple[Array, Array]:
    assert made.orders is not None
    per_run = np.zeros((len(made.limits), *values.shape[1:]))
    by_order = np.zeros((len(made.orders), len(made.limits), *values.shape[1:-1]))
    for row, order in enumerate(made.orders.tolist()):
        steps = np.diff(values[[at[mask] for mask in (0, *_prefixes(order))]], axis=0)
        per_run[order] += steps
        by_order[row, order] = steps.mean(axis=-1)
    return per_run / len(made.orders), (by_order[::2] + by_order[1::2]) / 2


def _estimate(per_run: Array, by_order: Array | None) -> Estimate:
    """Mean over runs whose error counts both runs and pairs of orders, which are crossed: their variances add up."""
    over_runs = mean(per_run)
    if by_order is None:
        return over_runs
    pairs, runs = by_order.shape[0], per_run.shape[-1]
    error = np.hypot(over_runs.error, spread(np.moveaxis(by_order, 0, -1)) / np.sqrt(pairs))
    return around(over_runs.value, error, min(runs, pairs) - 1)


def _pick(candidates: Array, which: NDArray[np.intp]) -> Array:
    """Of candidates, shape (candidate, …), take the one named at each place."""
    which = np.broadcast_to(which, candidates.shape[1:])
    picked: Array = np.take_along_axis(candidates, which[None], axis=0)[0]
    return picked


def _grouped(limits: Sequence[str], unions: Iterable[Sequence[str]]) -> tuple[tuple[int, ...], ...]:
    if not limits:
        raise UserError("there is no limit to attribute anything to; name at least one", "limits")
    if len(set(limits)) < len(limits):
        raise UserError("a limit is named twice", "limits")
    position = {name: i for i, name in enumerate(limits)}
    joined = [tuple(position[name] for name in union if name in position) for union in unions]
    members = [i for union in joined for i in union]
    if len(set(members)) < len(members):
        raise UserError("a limit belongs to two unions, or twice to one", "unions")
    alone: list[tuple[int, ...]] = [(i,) for i in range(len(limits)) if i not in members]
    return tuple(sorted([union for union in joined if union] + alone))


def _mask(positions: Iterable[int]) -> int:
    return sum(1 << i for i in positions)


def _prefixes(order: Sequence[int]) -> list[int]:
    masks, removed = [], 0
    for i in order:
        removed |= 1 << i
        masks.append(removed)
    return masks


def _wholes(unions: tuple[tuple[int, ...], ...], own: tuple[int, ...]) -> list[tuple[int, float]]:
    """All sets made of whole unions other than one's own, with their weights."""
    others = tuple(_mask(union) for union in unions if union != own)
    m = len(unions)
    return [(sum(chosen), 1 / (m * comb(m - 1, size))) for size in range(m) for chosen in combinations(others, size)]


def _parts(rest: tuple[int, ...], players: int = 0) -> list[tuple[int, float]]:
    """All sets of limits of a union, with the weights they have among that many players."""
    p = players or len(rest) + 1
    return [(_mask(chosen), 1 / (p * comb(p - 1, size))) for size in range(len(rest) + 1) for chosen in combinations(rest, size)]
