"""From both arms in worlds that the record does not rule out, beside those in the box, to a section of a judgement."""

import numpy as np

from sim.arrays import Array
from sim.reporting.intervals import Estimate, apart
from sim.thesis.findings import absolute, by_dimension, of, relative
from sim.thesis.findings_worlds import Words, box_shares, classed, shares_told
from sim.thesis.judgement_base import Word
from sim.thesis.judgement_worlds import Beside, EffectGap, Matched, MeanEffect
from sim.thesis.matched_worlds import why_stale
from sim.thesis.problem import Setting
from sim.thesis.stages import Arrays
from sim.thesis.statistics.effects import Effect, paired_effect, verdict
from sim.thesis.statistics.worlds import drawn_shares
from sim.thesis.terms import word_of

WORDS: tuple[Word, ...] = ("holds", "fails", "undecided", "reversed")


def matched(setting: Setting, box: Arrays, arrays: Arrays | None) -> Matched | None:
    """Set the worlds that are not ruled out beside the box.

    Parameters
    ----------
    box : dict of ndarray
        The sample of the box under its declared measure.
    arrays : dict of ndarray or None
        The same in the matched worlds; None where these cannot be compared.
    """
    if setting.matched is None:
        return None
    scenario, origin = setting.matched.scenario, setting.matched.scenario.origin
    return Matched(
        scenario=setting.matched.name,
        scenario_hash=scenario.hash,
        matched_to=origin.scenario if origin else None,
        matched_to_hash=origin.hash if origin else None,
        until=origin.until if origin else None,
        vintage=origin.vintage if origin else None,
        command=origin.command if origin else None,
        stale=why_stale(setting.base, scenario),
        unfit=setting.matched.unfit,
        worlds=len(next(iter(scenario.worlds.values()))),
        runs_per_world=setting.budget.runs_per_world,
        beside={} if arrays is None else _beside(setting, box, arrays),
    )


def _beside(setting: Setting, box: Arrays, arrays: Arrays) -> dict[str, dict[str, Beside]]:
    in_box, left = box_shares(setting, box), drawn_shares(classed(setting, arrays))
    gaps = {word: apart(left[word], in_box[word]) for word in WORDS}
    told_box, told_left = shares_told(setting, in_box, box), shares_told(setting, left, arrays)
    # The unit that varies by itself is a scrambling in the box and a world among those drawn by lot.
    off, on = (_by_scrambling(setting, box[arm]) for arm in ("off", "on"))
    effect_box = paired_effect(off, on, setting.delta_abs)
    effect_left = paired_effect(arrays["off"].mean(axis=-1), arrays["on"].mean(axis=-1), setting.delta_abs)
    words_box, words_left = (verdict(each, setting.delta, setting.delta_abs) for each in (effect_box, effect_left))
    absolute_gap, relative_gap = (apart(part(effect_left), part(effect_box)) for part in (_absolute, _relative))
    names, dates = setting.dimensions, list(setting.dates)

    def make(at: int, place: int) -> Beside:
        name, date = names[place], dates[at]
        return Beside(
            matched=told_left[name][date],
            box=told_box[name][date],
            difference={word: of(gaps[word], at, place) for word in WORDS},
            differ=[word for word in WORDS if _told_apart(gaps[word], at, place)],
            effect_matched=_mean_effect(effect_left, words_left, at, place),
            effect_box=_mean_effect(effect_box, words_box, at, place),
            effect_difference=EffectGap(
                absolute=of(absolute_gap, at, place),
                relative=None if np.isnan(relative_gap.value[at, place]) else of(relative_gap, at, place),
            ),
        )

    return by_dimension(setting, make)


def _told_apart(gap: Estimate, *place: int) -> bool:
    return bool(gap.low[place] > 0 or gap.high[place] < 0)


def _by_scrambling(setting: Setting, outcomes: Array) -> Array:
    """Mean outcome of each scrambling, shape (date, dimension, scrambling), from one of shape (..., world, run)."""
    return outcomes.mean(axis=-1).reshape(*outcomes.shape[:2], setting.budget.scramblings, -1).mean(axis=-1)


def _absolute(found: Effect) -> Estimate:
    return Estimate(found.absolute, np.full(found.absolute.shape, np.nan), found.absolute_low, found.absolute_high)


def _relative(found: Effect) -> Estimate:
    return Estimate(found.relative, np.full(found.relative.shape, np.nan), found.relative_low, found.relative_high)


def _mean_effect(found: Effect, words: Words, *place: int) -> MeanEffect:
    return MeanEffect(word=word_of(words, *place), absolute=absolute(found, *place), relative=relative(found, *place))
