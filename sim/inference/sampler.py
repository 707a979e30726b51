"""From the prior to the posterior by steps: tempered sequential Monte Carlo (Del Moral, Doucet and Jasra 2006), on islands.

A bank of prior runs is weighed by a first power of the likelihood and resampled. The power then rises so that each step leaves a
given share of the effective sample, and after each the particles are moved (`sim.inference.moves`).

Particles live on islands: each is resampled within its own, and an island weighs as its own marginal likelihood says (Vergé et
al. 2015). So the islands stay independent, and their scatter tells the Monte Carlo error of whatever is made of the particles:
a thousand particles that all stem from a few are found out.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import logsumexp

from sim.arrays import Array
from sim.errors import UserError
from sim.inference.moves import KINDS, NAMES, Blocks, Fit, Sways, fits_of_others, propose, tuned
from sim.inference.simulation import IMPOSSIBLE, Evaluation, Particles, Simulator, Tick

ISLANDS = 8
SMALLEST_RISE = 1e-9  # of the temperature
NEAR = 0.8  # of the effective size that is wanted: a stop that leaves as much is near enough to be reached at once


@dataclass(frozen=True)
class Step:
    """What one temperature did.

    Attributes
    ----------
    temperature : float
        Power of the likelihood that was reached.
    effective : float
        Effective size of the sample after weighing, before resampling.
    log_evidence : tuple of float
        Log of the marginal likelihood, tempered so far, by island.
    accepted : dict of float
        Share of steps that were accepted, by kind.
    ancestors : int
        Particles that were drawn at least once.
    runs : int
        Simulated for it.
    """

    temperature: float
    effective: float
    log_evidence: tuple[float, ...]
    accepted: dict[str, float]
    ancestors: int
    runs: int


@dataclass(frozen=True)
class State:
    """Where the sampler stands after a step; all that is to come follows from it and the seed.

    Attributes
    ----------
    particles : Particles
        Island after island, as many on each.
    found : Evaluation
    sizes : tuple of float
        Of each kind of step.
    sway : ndarray, shape (coordinate,)
        How far each sways the likelihood.
    steps : tuple of Step
    """

    particles: Particles
    found: Evaluation
    sizes: tuple[float, ...]
    sway: Array
    steps: tuple[Step, ...]

    @property
    def temperature(self) -> float:
        """Power of the likelihood."""
        return self.steps[-1].temperature

    @property
    def weights(self) -> Array:
        """Weight of each particle, shape (particle,), one on average: that of its island."""
        logs = np.array(self.steps[-1].log_evidence)
        islands = np.exp(logs - logsumexp(logs)) * len(logs)
        return np.repeat(islands, len(self.particles) // len(islands))

    @property
    def log_evidence(self) -> tuple[float, float]:
        """Log of the marginal likelihood and its standard error, by the scatter of islands."""
        logs = np.array(self.steps[-1].log_evidence)
        shares = np.exp(logs - logs.max())
        error = shares.std(ddof=1) / np.sqrt(len(logs)) / shares.mean()
        return float(logsumexp(logs) - np.log(len(logs))), float(error)

    @property
    def worth(self) -> float:
        """Independent draws that the particles are worth: the harmonic mean over coordinates, by the scatter of islands."""
        z, weights = self.particles.z, self.weights
        mean = (z * weights).mean(axis=1)
        spread = (weights * (z - mean[:, None]) ** 2).mean(axis=1)
        errors = np.array([scatter(row, weights)[1] ** 2 for row in z])
        return float(min(1.0 / np.mean(errors / np.maximum(spread, 1e-12)), len(weights)))


@dataclass(frozen=True)
class Plan:
    """Sizes of a sampler: see `sim.inference.declaration.Budget`. It stops at some temperatures on its way: ``stops``.

    Coordinates are those of ``numbers``, then of shocks that are moved as numbers are. Each of ``months`` has one of ``shocks``
    keys. ``bank`` and ``particles`` are multiples of the number of islands.
    """

    numbers: int
    shock_coordinates: int
    months: int
    shocks: int
    bank: int
    particles: int
    moves: int
    last: int
    effective: float
    seed: int
    stops: tuple[float, ...] = ()

    @property
    def blocks(self) -> Blocks:
        """What the steps of particles have to know."""
        return Blocks(self.numbers, self.shock_coordinates, self.shocks)


def prior_particles(plan: Plan, count: int, stream: int) -> Particles:
    """Draw particles from the prior. ``stream`` keeps draws apart that are meant for different ends."""
    rng = np.random.default_rng([plan.seed, stream])
    z = rng.standard_normal((plan.numbers + plan.shock_coordinates, count))
    return Particles(z, rng.integers(0, plan.shocks, (plan.months, count)))


def scatter(numbers: Array, weights: Array) -> tuple[float, float]:
    """Weighted mean of something that each particle has, and its standard error by the scatter of islands.

    Each island has a mean of its own, and these vary about alike, whatever the islands weigh: the error is √Σ W² times their
    standard deviation, so that it is that of one island where one weighs nearly all.
    """
    heavy = weights.reshape(ISLANDS, -1)
    shares = heavy.sum(axis=1)
    means = (heavy * numbers.reshape(ISLANDS, -1)).sum(axis=1) / np.maximum(shares, np.finfo(float).tiny)
    known, share = means[shares > 0], shares / shares.sum()
    spread = float(known.std(ddof=1)) if len(known) > 1 else 0.0
    return float(means @ share), spread * float(np.sqrt((share**2).sum()))


def sample(
    plan: Plan,
    simulator: Simulator,
    state: State | None = None,
    tell: Callable[[State], object] = lambda state: None,
    tick: Tick = lambda runs: None,
) -> State:
    """Go from the prior, or from a state that was reached before, to the posterior.

    Parameters
    ----------
    simulator : Simulator
    state : State, optional
        From which to go on.
    tell : callable
        Is given each state that is reached.
    tick : callable
        Is told of runs as they are done.

    Raises
    ------
    UserError
        If no run of the bank can have made the record.
    """
    if state is None:
        state = _first(plan, simulator, tick)
        tell(state)
    while state.temperature < 1.0:
        rng = np.random.default_rng([plan.seed, 1 + len(state.steps)])
        state = _weighed(plan, state, plan.effective * plan.particles, rng, simulator, tick)
        tell(state)
    return state


def effective_size(log_weights: Array) -> float:
    """Kish's effective size of a weighted sample."""
    return float(np.exp(2 * logsumexp(log_weights) - logsumexp(2 * log_weights)))


def next_temperature(log_likelihood: Array, temperature: float, wanted: float) -> float:
    """Power of the likelihood at which the weights that lead there leave a wanted effective size; one at most."""
    shifted = log_likelihood - log_likelihood.max()

    def excess(step: float) -> float:
        return effective_size(step * shifted) - wanted

    rest = 1.0 - temperature
    if excess(rest) >= 0:
        return 1.0
    if excess(SMALLEST_RISE) <= 0:  # no more than that many particles can have made the record at all
        return temperature + SMALLEST_RISE
    return temperature + float(brentq(excess, SMALLEST_RISE, rest, xtol=SMALLEST_RISE))


def systematic(weights: Array, count: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Places drawn by weights that sum to one, each as often as its weight says but for rounding, shape (count,)."""
    edges = np.cumsum(weights)
    edges[-1] = 1.0
    return np.searchsorted(edges, (np.arange(count) + rng.random()) / count, side="right").clip(max=len(weights) - 1)


def _first(plan: Plan, simulator: Simulator, tick: Tick) -> State:
    bank = prior_particles(plan, plan.bank, 0)
    found = simulator.evaluate(bank, tick)
    possible = found.log_likelihood.reshape(ISLANDS, -1) > IMPOSSIBLE / 2
    if not possible.any(axis=1).all():
        raise UserError(_why_impossible(found, simulator), "infer")
    begun = Step(0.0, float(plan.bank), (0.0,) * ISLANDS, {}, plan.bank, plan.bank)
    state = State(bank, found, (1.0,) * len(KINDS), np.ones(len(bank.z)), (begun,))
    wanted = min(plan.effective * plan.bank, plan.particles)
    return _weighed(plan, state, wanted, np.random.default_rng([plan.seed, 1]), simulator, tick)


def _why_impossible(found: Evaluation, simulator: Simulator) -> str:
    names = [*(reading.says for reading in simulator.shared.readings), "the dated events"]
    worst = [name for name, part in zip(names, found.parts, strict=True) if (part <= IMPOSSIBLE / 2).all()]
    return (
        f"too few runs of the prior can have made the record; none comes near {', '.join(worst) or 'all of it at once'}. Leave "
        "such rows out with a reason in the declaration, give them a larger deviation, widen the ranges that they depend on, or "
        "run more"
    )


def _weighed(plan: Plan, state: State, wanted: float, rng: np.random.Generator, simulator: Simulator, tick: Tick) -> State:
    """Raise the temperature, weigh, resample on each island, and move."""
    before, scores = state.steps[-1], state.found.log_likelihood
    ahead = [stop for stop in (*sorted(plan.stops), 1.0) if stop > before.temperature]
    farthest = next_temperature(scores, before.temperature, NEAR * wanted)
    temperature = ahead[0] if farthest >= ahead[0] else next_temperature(scores, before.temperature, wanted)
    log_weights = ((temperature - before.temperature) * scores).reshape(ISLANDS, -1)
    totals = logsumexp(log_weights, axis=1)
    size = log_weights.shape[1]
    chosen = np.concatenate(
        [
            island * size + systematic(np.exp(logs - total), plan.particles // ISLANDS, rng)
            for island, (logs, total) in enumerate(zip(log_weights, totals, strict=True))
        ]
    )
    moved = replace(state, particles=state.particles[chosen], found=state.found[chosen])
    fits, sways = fits_of_others(moved.particles.z), Sways(len(state.sway))
    sweeps = plan.moves + (plan.last if temperature == 1.0 else 0)
    tally = np.zeros((2, len(KINDS)))
    for _ in range(sweeps):
        moved, counted = move(plan, simulator, moved, fits, temperature, rng, sways, tick)
        tally += counted
    step = Step(
        temperature,
        effective_size(log_weights.ravel()),
        tuple((np.array(before.log_evidence) + totals - np.log(size)).tolist()),
        {name: float(yes / tried) for name, yes, tried in zip(NAMES, *tally, strict=True) if tried},
        len(np.unique(chosen)),
        sweeps * plan.particles + (plan.bank if before.temperature == 0.0 else 0),
    )
    steps = state.steps if before.temperature > 0.0 else ()
    return replace(moved, steps=(*steps, step), sway=sways.found())


def move(
    plan: Plan,
    simulator: Simulator,
    state: State,
    fits: Sequence[Fit],
    temperature: float,
    rng: np.random.Generator,
    sways: Sways,
    tick: Tick,
) -> tuple[State, Array]:
    """Move every particle by one step, which leaves the tempered posterior in place.

    Returns
    -------
    State
    ndarray, shape (2, kind)
        Steps that were accepted, and all.
    """
    kind, proposal, ratio = propose(plan.blocks, state.particles, fits, state.sizes, state.sway, rng)
    found = simulator.evaluate(proposal, tick)
    gain = temperature * (found.log_likelihood - state.found.log_likelihood)
    taken = np.log(rng.random(len(kind))) < gain + ratio
    sways.add(kind, proposal.z - state.particles.z, gain)
    before = state.found
    kept = Evaluation(
        np.where(taken, found.parts, before.parts),
        np.where(taken, found.predicted, before.predicted),
        np.where(taken, found.draws, before.draws),
    )
    particles = Particles(np.where(taken, proposal.z, state.particles.z), np.where(taken, proposal.keys, state.particles.keys))
    tally = np.array([np.bincount(kind, weights=each, minlength=len(KINDS)) for each in (taken, np.ones(len(kind)))])
    return replace(state, particles=particles, found=kept, sizes=tuned(state.sizes, tally)), tally
