"""What would be reported of what is to come: the model's value with the errors of those who count, given the errors so far."""

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np
from scipy.special import logsumexp

from sim.arrays import Array
from sim.evidence.series import Target
from sim.inference.declaration import Declaration, Process
from sim.inference.likelihood import BIAS_NODES, Amounts, log_normal_density, nodes
from sim.inference.observations import BACK, SCALES, AmountReading, ProcessReading, ProcessRows, Reading, amount_rows
from sim.inference.setting import Setting


def reported(setting: Setting, past: Array, ahead: Sequence[Target], said: Array, seed: int) -> Array:
    """Draw what would be reported, one for each particle, shape (target, particle).

    Parameters
    ----------
    past : ndarray, shape (target of the setting, particle)
        What the particles say of the record.
    ahead : sequence of Target
        Further rows, over months that reach further.
    said : ndarray, shape (target ahead, particle)
        What the particles say of these.
    seed : int
        Of the errors.
    """
    rng = np.random.default_rng([setting.declaration.seed, seed])
    found, declaration = said.copy(), setting.declaration
    known = {reading.name: reading for reading in setting.readings}
    for name, amounts in declaration.amounts.items():
        places = _places(ahead, amounts.series)
        if places:
            model, floor = amount_rows(amounts, [ahead[i] for i in places], declaration)
            reading = known.get(name)
            logs = np.log(np.maximum(said[places], floor[:, None]))
            errors = _amount_errors(setting, reading, past, model, [ahead[i] for i in places], rng)
            found[places] = np.exp(logs + errors)
    for counts in declaration.counts.values():
        for place in _places(ahead, counts.series):
            each = counts.series[ahead[place].series.name]
            mean = np.maximum(said[place], each.floor)
            found[place] = rng.negative_binomial(each.dispersion, each.dispersion / (each.dispersion + mean))
    for name, process in declaration.processes.items():
        places = _places(ahead, process.series)
        if places:
            rows = [ahead[i] for i in places]
            errors = _process_errors(setting, process, known.get(name), past, rows, rng)
            for place, target, error in zip(places, rows, errors, strict=True):
                scale = process.series[target.series.name].scale
                found[place] = BACK[scale](SCALES[scale](said[place]) + error)
    return found


def _places(targets: Sequence[Target], series: Collection[str]) -> list[int]:
    return [i for i, each in enumerate(targets) if each.series.name in series and each.series.kind != "first"]


def _amount_errors(
    setting: Setting,
    reading: Reading | None,
    past: Array,
    model: Amounts,
    rows: Sequence[Target],
    rng: np.random.Generator,
) -> Array:
    """Errors in logs of further rows: the factor and the biases as the rows so far leave them, and an error of each row."""
    count = past.shape[1]
    shift: Array = np.zeros(count)
    biases: dict[str, Array] = {}
    if isinstance(reading, AmountReading):
        shift, biases = _shared_errors(setting, reading, past, rng)
    elif model.factor > 0:
        shift = model.factor * rng.standard_normal((count,))
    names = _counters(setting.declaration, rows)
    for name in dict.fromkeys(names):
        if name not in biases:
            biases[name] = model.bias * rng.standard_normal((count,))
    own = model.deviation[:, None] * rng.standard_normal((len(rows), count))
    return np.asarray(own + model.loads[:, None] * shift + np.stack([biases[name] for name in names]))


def _counters(declaration: Declaration, rows: Sequence[Target]) -> list[str]:
    counted_by = {row: name for name, ids in declaration.counters.rows.items() for row in ids}
    return [counted_by.get(each.observation.id, f"alone {each.observation.id}") for each in rows]


def _shared_errors(
    setting: Setting, reading: AmountReading, past: Array, rng: np.random.Generator
) -> tuple[Array, dict[str, Array]]:
    """Draw what rows share, given the rows: the log of the factor, and the bias of each counter, shape (particle,)."""
    model, said = reading.model, reading.said(past)
    count, particle = said.shape[1], np.arange(said.shape[1])
    by_factor = model.by_factor(said)
    points, weights = nodes(len(by_factor))
    node = _choose(by_factor + weights[:, None], rng)
    names = _counters(setting.declaration, [setting.targets[i] for i in reading.rows])
    biases = {}
    for counter, name in enumerate(dict.fromkeys(names)):
        known, of_bias = model.of_counter(counter, said)
        standard = rng.standard_normal((count,))
        if len(of_bias) > 1:
            standard = nodes(BIAS_NODES)[0][_choose(of_bias[:, node, particle], rng)]
        biases[name] = known.mean[node, particle] + known.deviation * standard
    return np.asarray(model.factor * points[node]), biases


def _choose(log_weights: Array, rng: np.random.Generator) -> Array:
    """Draw a place along the first axis by weights, shape (particle,)."""
    shares = np.exp(log_weights - logsumexp(log_weights, axis=0)).cumsum(axis=0)
    return np.minimum((shares < rng.random(log_weights.shape[1])).sum(axis=0), len(log_weights) - 1)


def _process_errors(
    setting: Setting,
    process: Process,
    reading: Reading | None,
    past: Array,
    rows: Sequence[Target],
    rng: np.random.Generator,
) -> Array:
    """Errors of further rows of a process, given those of the rows so far and what they say of the size of all errors."""
    months, count = len(rows[0].weights), past.shape[1]
    before: list[Target] = []
    residual, halves = np.zeros((0, count)), np.zeros(0)
    if isinstance(reading, ProcessReading):
        before = [_reaching(setting.targets[i], months) for i in reading.rows]
        residual = reading.seen[:, None] - reading.said(past)
        halves = reading.halves
    laid = ProcessRows.of(process, [*before, *rows], np.concatenate([halves, np.zeros(len(rows))]))
    first = len(before)
    drawn, fits = [], []
    for covariance in laid.covariances(process):
        within, across, beyond = covariance[:first, :first], covariance[first:, :first], covariance[first:, first:]
        gain = np.linalg.solve(within, across.T).T if first else across
        left = beyond - gain @ across.T
        root = np.linalg.cholesky(left + 1e-12 * np.eye(len(rows)))
        drawn.append(gain @ residual + root @ rng.standard_normal((len(rows), count)))
        fits.append(log_normal_density(residual, within))
    chosen = _choose(np.array(fits), rng)
    return np.asarray(np.stack(drawn)[chosen, :, np.arange(count)].T)


def _reaching(target: Target, months: int) -> Target:
    """The same row over more months, which have no weight in it."""
    return replace(target, weights=np.concatenate([target.weights, np.zeros(months - len(target.weights))]))
