"""From the arrays of the stages over worlds to sections of a judgement."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Array
from sim.experiments.prim import Mask, find_boxes, rescore
from sim.reporting.intervals import Estimate, share
from sim.thesis.findings import absolute, by_dimension, interval, number, of, relative
from sim.thesis.judgement_worlds import (
    Box,
    Ceiling,
    Crowding,
    Curve,
    Diagnosis,
    Failing,
    Monotone,
    Naive,
    NaiveHistories,
    NaiveObserver,
    Observation,
    Remaining,
    Sample,
    Shares,
    Tolerance,
)
from sim.thesis.problem import Setting
from sim.thesis.stages import Arrays
from sim.thesis.stages_worlds import sample_points
from sim.thesis.statistics.ceiling import bunching, monotony, quantile_slope
from sim.thesis.statistics.effects import crossings, paired_effect, verdict
from sim.thesis.statistics.evidence_value import likelihood_ratios
from sim.thesis.statistics.naive import naive_histories, naive_view
from sim.thesis.statistics.worlds import classes, closeness, misclassed, noise_within, shares

Measure = Literal["declared", "linear", "log"]
Words = NDArray[np.str_]
MOST_SIDES = 16  # sides among which boxes are sought: those that tell failing worlds from others best
DENSE = 0.8  # share of failing worlds wanted in a box
SCATTERED = 150  # cases kept for the figure of the naive observer


def classed(setting: Setting, arrays: Arrays) -> Words:
    """Class of each world, shape (date, dimension, world), by all runs that it has."""
    delta, delta_abs = setting.delta[:, None], setting.delta_abs[:, None]
    words = classes(arrays["off"], arrays["on"], delta, delta_abs, delta_abs)
    if arrays["refined"].size:
        words[..., arrays["refined"]] = classes(arrays["more_off"], arrays["more_on"], delta, delta_abs, delta_abs)
    return words


def sample(setting: Setting, measure: Measure, arrays: Arrays) -> Sample:
    """Shares of the worlds of a sample."""
    return Sample(
        measure=measure,
        scramblings=setting.budget.scramblings,
        worlds=arrays["on"].shape[-2],
        runs_per_world=arrays["on"].shape[-1],
        shares=shares_told(setting, box_shares(setting, arrays), arrays),
    )


def box_shares(setting: Setting, arrays: Arrays) -> dict[str, Estimate]:
    """Share of each word in a sample of the box, shape (date, dimension)."""
    words = classed(setting, arrays)
    return shares(np.moveaxis(words.reshape(*words.shape[:2], setting.budget.scramblings, -1), 2, 0))


def shares_told(setting: Setting, found: dict[str, Estimate], arrays: Arrays) -> dict[str, dict[str, Shares]]:
    """Shares by dimension and date, with what the noise within worlds does to them."""
    delta, delta_abs = setting.delta[:, None], setting.delta_abs[:, None]
    away = closeness(arrays["off"], arrays["on"], delta, delta_abs, delta_abs)
    if arrays["refined"].size:
        away[..., arrays["refined"]] = closeness(arrays["more_off"], arrays["more_on"], delta, delta_abs, delta_abs)
    wrong, noise = misclassed(away), noise_within(arrays["off"], arrays["on"])

    def make(at: int, place: int) -> Shares:
        parts = {word: of(estimate, at, place) for word, estimate in found.items()}
        return Shares(**parts, misclassed=float(wrong[at, place]), noise_within=number(noise[at, place]))

    return by_dimension(setting, make)


def tolerance(setting: Setting, arrays: Arrays) -> Tolerance:
    """The curve along tolerance, from outcomes of shape (date, dimension, level, world)."""
    axis = setting.declaration.tolerance
    found = paired_effect(arrays["off"][:, :, None], arrays["on"], setting.delta_abs[:, None])
    words = verdict(found, setting.delta[:, None], setting.delta_abs[:, None])
    levels = range(len(axis.levels))

    def make(at: int, place: int) -> Curve:
        return Curve(
            absolute=[absolute(found, at, place, level) for level in levels],
            relative=[relative(found, at, place, level) for level in levels],
            words=words[at, place].tolist(),
            crossings=list(crossings(axis.levels, found.relative[at, place], float(setting.delta[place]))),
        )

    return Tolerance(
        address=axis.address,
        levels=list(axis.levels),
        curves=by_dimension(setting, make),
        remaining=_remaining(setting, arrays["seen"]) if axis.observed else None,
        worlds=arrays["on"].shape[-1],
    )


def _remaining(setting: Setting, seen: Mask) -> Remaining:
    """What the record leaves of the axis, from what was seen, shape (observation, level, world)."""
    axis = setting.declaration.tolerance
    all_seen = seen.all(axis=0)
    shown = share(all_seen.sum(axis=-1), all_seen.shape[-1])
    left = [level for level, high in zip(axis.levels, shown.high, strict=True) if high >= axis.threshold]
    return Remaining(
        observed=" and ".join(event.says for event in axis.observed),
        share=[of(shown, level) for level in range(len(axis.levels))],
        threshold=axis.threshold,
        low=min(left, default=None),
        high=max(left, default=None),
    )


def ceiling(setting: Setting, arrays: Arrays, world_arrays: Arrays) -> Ceiling:
    """Crowding under an edge over the sampled worlds, and the slope and monotony along tolerance."""
    look, axis = setting.declaration.ceiling, setting.declaration.tolerance
    values = setting.worlds(sample_points(setting, setting.declaration.seeds.confirmation))
    edge = _numbers(setting, values, axis.address)
    owner = axis.address.rpartition(".")[0]
    edges: dict[Literal["tolerance", "steepest"], Array] = {"tolerance": edge}
    if f"{owner}.width" in setting.base.parameters:
        edges["steepest"] = edge + _numbers(setting, values, f"{owner}.width") / 2
    crowding = []
    for name, each in edges.items():
        found = bunching(world_arrays["tie_on"], world_arrays["tie_off"], np.maximum(each, np.finfo(float).tiny), look.window)
        parts = {part: of(getattr(found, part)) for part in ("with_beijing", "without_beijing", "excess", "missing")}
        crowding.append(Crowding(edge=name, **parts))
    slope = quantile_slope(axis.levels, arrays["tie_on"])
    on = np.moveaxis(arrays["on"][setting.last], 1, 0)
    monotone = {}
    for place, dimension in enumerate(setting.dimensions):
        told = monotony(on[:, place], look.tolerated * float(np.abs(arrays["off"][setting.last, place]).mean()))
        monotone[dimension] = Monotone(share=of(told.share), largest=float(told.largest))
    return Ceiling(
        month=setting.month(look.month),
        window=look.window,
        crowding=crowding,
        levels=list(axis.levels),
        q95=slope.quantiles.tolist(),
        q95_off=float(np.quantile(arrays["tie_off"], 0.95)),
        slope=of(slope.slope),
        monotone=monotone,
    )


def _numbers(setting: Setting, values: dict[str, Array], address: str) -> Array:
    """Numbers at an address in the sampled worlds, those of the base where it does not vary."""
    worlds = len(next(iter(values.values())))
    return values.get(address, np.full(worlds, setting.base.parameters[address].value))


def fails(setting: Setting, explored: Arrays, confirmed: Arrays) -> dict[str, Failing]:
    """Boxes in which failing worlds are dense, found on the explored worlds and scored on those of other seeds."""
    seeds = setting.declaration.seeds
    old, new = (
        np.stack(list(setting.worlds(sample_points(setting, seed)).values()), axis=1)
        for seed in (seeds.exploration, seeds.confirmation)
    )
    failing_old, failing_new = (classed(setting, arrays)[setting.last] != "holds" for arrays in (explored, confirmed))
    return {
        dimension: _failing(setting, old, failing_old[place], new, failing_new[place])
        for place, dimension in enumerate(setting.dimensions)
    }


def _failing(setting: Setting, old: Array, failing_old: Mask, new: Array, failing_new: Mask) -> Failing:
    addresses = [side.address for side in setting.box]
    whole = share(failing_new.sum(), failing_new.size)
    boxes: list[Box] = []
    held: list[Mask] = []
    if failing_old.any() and not failing_old.all():
        sides = telling(old, failing_old)
        # Where most worlds fail anyway, a box has to be denser still to say anything.
        dense = max(DENSE, (1 + float(failing_old.mean())) / 2)
        for found in find_boxes(old[:, sides], failing_old, density=dense):
            fresh, inside = rescore(found, new[:, sides], failing_new), found.contains(new[:, sides])
            # On fresh seeds a box has to stand out, and to be more than an earlier one made wider.
            if not fresh.density.low > whole.value or any(inside[earlier].all() for earlier in held):
                continue
            held.append(inside)
            edges = found.terms([addresses[side] for side in sides])
            boxes.append(
                Box(
                    edges=edges,
                    words=in_words(edges),
                    coverage=of(fresh.coverage),
                    density=of(fresh.density),
                    mass=fresh.mass,
                    coverage_found=float(found.coverage.value),
                    density_found=float(found.density.value),
                )
            )
    return Failing(
        share=of(whole),
        boxes=boxes,
        note="" if boxes else _why_no_box(failing_old),
        worlds=failing_old.size,
        fresh_worlds=failing_new.size,
    )


def _why_no_box(failing: Mask) -> str:
    if not failing.any():
        return "In no world of the sample does it fail, so there is nothing to search for."
    if failing.all():
        return "It fails in every world of the sample, so no part of the box stands out."
    return "No part of the box is clearly denser in failing worlds than the whole."


def telling(worlds: Array, failing: Mask, most: int = MOST_SIDES) -> list[int]:
    """Sides of the box along which failing worlds differ most from the others, in order.

    By the largest distance of the two distribution functions (Kolmogorov and Smirnov): a box of hundreds of sides is sought
    among the few that tell.
    """
    order = np.argsort(worlds, axis=0, kind="stable")
    hit = failing[order]
    gap = np.cumsum(hit, axis=0) / hit.sum(axis=0) - np.cumsum(~hit, axis=0) / (~hit).sum(axis=0)
    furthest = np.abs(gap).max(axis=0)
    return sorted(np.argsort(-furthest, kind="stable")[:most].tolist())


def in_words(edges: dict[str, tuple[float | None, float | None]]) -> str:
    """A box in plain words."""
    told = []
    for address, (low, high) in edges.items():
        if low is not None and high is not None:
            told.append(f"{address} between {low:.3g} and {high:.3g}")
        else:
            told.append(f"{address} above {low:.3g}" if low is not None else f"{address} below {high:.3g}")
    return " and ".join(told)


def diagnosis(setting: Setting, arrays: Arrays) -> dict[str, Diagnosis]:
    """What each event would tell of whether Beijing binds, most telling first."""
    events = setting.declaration.events
    words = classed(setting, arrays)[setting.last]
    found: dict[str, Diagnosis] = {}
    for place, dimension in enumerate(setting.dimensions):
        binding = words[place] == "holds"
        told = likelihood_ratios(arrays["events"], binding)
        observations = [
            Observation(
                event=name,
                says=event.says,
                observed=event.observed,
                given_binding=of(told.given_binding, i),
                given_not=of(told.given_not, i),
                presence=interval(told.presence[i], told.presence_low[i], told.presence_high[i]),
                absence=interval(told.absence[i], told.absence_low[i], told.absence_high[i]),
                bits=number(told.bits[i]) or 0.0,
                test=str(told.test[i]),
            )
            for i, (name, event) in enumerate(events.items())
        ]
        found[dimension] = Diagnosis(
            binding_worlds=int(binding.sum()),
            other_worlds=int((~binding).sum()),
            events=sorted(observations, key=lambda each: -each.bits),
        )
    return found


def naive(setting: Setting, arrays: Arrays, histories: Arrays) -> NaiveObserver:
    """What is concluded from visible punishments, over worlds and within single histories, to the headline date."""
    punished = arrays["punished"][setting.last]
    on, off = (arrays[arm][setting.last, :, :, 0] for arm in ("on", "off"))
    seen = naive_view(on, punished, off)
    cases = {
        dimension: Naive(
            unit=unit, **{part: of(getattr(seen, part), place) for part in ("slope", "cap", "truth", "error", "punished")}
        )
        for place, (dimension, unit) in enumerate(setting.units.items())
    }
    alone = naive_histories(histories["tie"], histories["punishment"])
    parts = ("blind", "sees_cap", "sees_nothing", "sees_opposite")
    return NaiveObserver(
        cases=cases,
        tie=NaiveHistories(**{part: of(getattr(alone, part)) for part in parts}),
        scatter={
            dimension: [
                (float(months), float(with_it), float(without))
                for months, with_it, without in zip(punished[:SCATTERED], on[place], off[place], strict=False)
            ]
            for place, dimension in enumerate(setting.dimensions)
        },
        worlds=punished.size,
    )
