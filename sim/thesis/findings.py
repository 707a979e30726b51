"""From the arrays of the stages in the base world to sections of a judgement."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import numpy as np

from sim.arrays import Array
from sim.reporting.intervals import Estimate, mean, share
from sim.reporting.records import Interval
from sim.thesis.judgement import Experiment
from sim.thesis.judgement_base import Attribution, Channels, Delay, Effect, LimitValue, Need, Punishment, Verdict, Word
from sim.thesis.problem import Setting
from sim.thesis.stages import attribution_plan, claim_outcomes, experiments, ties
from sim.thesis.statistics.attribution import Attribution as Values
from sim.thesis.statistics.attribution import attribute
from sim.thesis.statistics.ceiling import restricted, restricted_mean
from sim.thesis.statistics.effects import Effect as Paired
from sim.thesis.statistics.effects import paired_effect, threat_and_deed, verdict
from sim.thesis.statistics.words import word
from sim.thesis.terms import word_of

Leading = Literal["threat", "deed", "neither", "tied"]
BEIJING = ("beijing", "beijing_threat", "beijing_action")


def number(value: float | np.floating) -> float | None:
    """A finite number, or None."""
    return float(value) if np.isfinite(value) else None


def interval(value: float, low: float, high: float) -> Interval:
    """An interval whose unknown or infinite parts are null."""
    return Interval(estimate=number(value), low=number(low), high=number(high))


def of(estimate: Estimate, *place: int) -> Interval:
    """One element of an estimate."""
    value, _, low, high = (np.asarray(part)[place] for part in estimate)
    return interval(value, low, high)


def absolute(found: Paired, *place: int) -> Interval:
    """Absolute effect at a place of its shape."""
    return interval(found.absolute[place], found.absolute_low[place], found.absolute_high[place])


def relative(found: Paired, *place: int) -> Interval | None:
    """Relative effect at a place; None where there is none."""
    if np.isnan(found.relative[place]):
        return None
    return interval(found.relative[place], found.relative_low[place], found.relative_high[place])


def by_dimension[T](setting: Setting, make: Callable[[int, int], T]) -> dict[str, dict[str, T]]:
    """A table by dimension and date, made from the positions of the date and of the dimension."""
    return {
        dimension: {date: make(at, place) for at, date in enumerate(setting.dates)}
        for place, dimension in enumerate(setting.dimensions)
    }


def cap(setting: Setting, on: Array, off: Array) -> dict[str, dict[str, Verdict]]:
    """Verdicts from both arms, shape (date, dimension, run)."""
    make = judged(setting, on, off)
    return by_dimension(setting, lambda at, place: make((at, place)))


def judged(setting: Setting, on: Array, off: Array) -> Callable[[tuple[int, ...]], Verdict]:
    """Maker of verdicts from both arms, shape (..., dimension, run), by place."""
    found = paired_effect(off, on, setting.delta_abs)
    words = verdict(found, setting.delta, setting.delta_abs)

    def make(place: tuple[int, ...]) -> Verdict:
        return Verdict(
            word=word_of(words, *place),
            absolute=absolute(found, *place),
            relative=relative(found, *place),
            on=float(on[place].mean()),
            off=float(off[place].mean()),
            correlation=number(found.correlation[place]),
            pairing=number(found.pairing[place]),
            runs=found.runs,
        )

    return make


def channels(setting: Setting, arms: Array, direct: Array) -> dict[str, dict[str, Channels]]:
    """Threat and deed from the four arms, shape (date, dimension, arm, run), and the deed with beliefs replayed."""
    full, off, no_threat, no_action = np.moveaxis(arms, 2, 0)
    floor = setting.delta_abs
    total = threat_and_deed(full, no_threat, no_action, off, floor)
    replayed = threat_and_deed(full, no_threat, direct, off, floor)["action"]
    ahead = mean((no_threat - full) - (no_action - full))

    def make(at: int, place: int) -> Channels:
        def one(found: Paired) -> Effect:
            return Effect(absolute=absolute(found, at, place), relative=relative(found, at, place))

        return Channels(
            threat=one(total["threat"]),
            action=one(total["action"]),
            action_direct=one(replayed),
            both=one(total["both"]),
            interaction=one(total["interaction"]),
            leading=leading(total, ahead, (at, place)),
        )

    return by_dimension(setting, make)


def leading(effects: Mapping[str, Paired], ahead: Estimate, place: tuple[int, ...]) -> Leading:
    """Which of threat and deed is the larger, if it can be told from nil and from the other; neither where both add nothing."""
    some_threat, some_deed, some = (effects[name].absolute_low[place] > 0 for name in ("threat", "action", "both"))
    if not some or not (some_threat or some_deed):
        return "neither"
    if some_threat and ahead.low[place] > 0:
        return "threat"
    return "deed" if some_deed and ahead.high[place] < 0 else "tied"


def punishment(setting: Setting, months: Array, snubs: Array) -> dict[str, Punishment]:
    """Months with a punishment and with a snub, each of shape (date, run)."""
    seen, snubbed = mean(months), mean(snubs)
    some = share((months > 0).sum(axis=-1), months.shape[-1])
    return {
        date: Punishment(months=of(seen, at), share_punished=of(some, at), snubs=of(snubbed, at))
        for at, date in enumerate(setting.dates)
    }


def delay(setting: Setting, on: Array, off: Array) -> tuple[dict[str, Delay], dict[str, Word]]:
    """Time to the first visit, shape (date, run), and the word for its delay, by date."""
    found: dict[str, Delay] = {}
    words: dict[str, Word] = {}
    declared = setting.declaration.delay
    for at, (date, month) in enumerate(setting.dates.items()):
        mean_on, happened_on = restricted_mean(on[at], month)
        mean_off, happened_off = restricted_mean(off[at], month)
        # A delay is a longer time with Beijing: the reference is the time without it.
        longer = paired_effect(restricted(on[at], month), restricted(off[at], month))
        found[date] = Delay(
            on=of(mean_on),
            off=of(mean_off),
            delay=absolute(longer),
            happened_on=of(happened_on),
            happened_off=of(happened_off),
        )
        words[date] = word_of(verdict(longer, declared.delta, declared.delta_abs))
    return found, words


def attribution(setting: Setting, limits: Sequence[str], values: Array) -> dict[str, dict[str, Attribution]]:
    """Owen values from the outcomes of sets of limits, shape (set, date, dimension, run)."""
    made = attribution_plan(setting, limits)
    found = attribute(made, values)
    own = [name for name in limits if name in BEIJING]
    unions = {"+".join(limits[i] for i in union): found.of([limits[i] for i in union]) for union in made.unions if len(union) > 1}
    alone = not own or all(set(union) & {limits.index(name) for name in own} for union in made.unions)
    rival, ahead = (None, None) if alone else found.lead(own)
    shortfall = mean(found.shortfall)

    def make(at: int, place: int) -> Attribution:
        whole = float(shortfall.value[at, place])
        order = np.argsort(-found.value.value[:, at, place], kind="stable").tolist()
        return Attribution(
            limits=[_limit(found, limits, i, (at, place), whole, setting.delta_abs[place]) for i in order],
            unions={name: of(value, at, place) for name, value in unions.items()},
            shortfall=of(shortfall, at, place),
            rival=None if rival is None else str(rival[at, place]),
            ahead=None if ahead is None else of(ahead, at, place),
            residual=float(np.abs(found.per_run[:, at, place].sum(axis=0) - found.shortfall[at, place]).max()),
            exact=made.orders is None,
            sets=len(made.masks),
            runs=values.shape[-1],
        )

    return by_dimension(setting, make)


def _limit(found: Values, limits: Sequence[str], i: int, place: tuple[int, int], shortfall: float, smallest: float) -> LimitValue:
    return LimitValue(
        limit=limits[i],
        value=of(found.value, i, *place),
        share=float(found.value.value[(i, *place)]) / shortfall if shortfall > max(smallest, 0.0) else None,
        last_in=of(found.last_in, i, *place),
        first_in=of(found.first_in, i, *place),
    )


def needs(setting: Setting, welfare: Array) -> tuple[list[Need], dict[str, Word]]:
    """Losses of welfare from the ties cut, shape (country, 1 + tie, run), and whether each partner needs the patron more."""
    base = setting.base
    countries, cuts = list(base.countries), [pair for pair, _ in ties(base)]
    lost = {
        (country, next(name for name in pair if name != country)): welfare[i, 0] - welfare[i, 1 + j]
        for i, country in enumerate(countries)
        for j, pair in enumerate(cuts)
        if country in pair
    }
    averages = {key: mean(values) for key, values in lost.items()}
    found = [
        Need(
            country=country,
            role=base.countries[country].role,
            partner=partner,
            loss=of(average),
            per_month=float(average.value) / setting.at[-1],
            rank=1 + sum(bool(other.value > average.value) for (who, _), other in averages.items() if who == country),
        )
        for (country, partner), average in averages.items()
    ]
    words: dict[str, Word] = {}
    partners: dict[str, list[str]] = {}
    for pair in base.partnerships.values():
        partners.setdefault(pair.belligerent, []).append(pair.supplier)
        partners.setdefault(pair.supplier, []).append(pair.belligerent)
    patrons = [name for name in countries if base.countries[name].role == "patron"]
    for one, others in partners.items():
        gap = mean(_dearest(lost, one, patrons) - _dearest(lost, one, others))
        words[one] = word_of(word(gap.low, gap.high))
    return sorted(found, key=lambda need: -(need.loss.estimate or 0.0)), words


def _dearest(lost: Mapping[tuple[str, str], Array], country: str, others: Sequence[str]) -> Array:
    """Loss of a country with that of the others with which it would lose most, per run; nil where it has ties with none."""
    losses = [lost[country, other] for other in others if (country, other) in lost]
    return max(losses, key=lambda each: float(each.mean()), default=np.zeros_like(next(iter(lost.values()))))


def tried(setting: Setting, outcomes: Array) -> dict[int, list[Experiment]]:
    """What the numbers of each claim move, from outcomes of shape (outcome, number, end, run)."""
    from sim.mechanisms.quantities import OUTCOMES
    from sim.thesis.claims import register

    carried = experiments(setting)
    numbers = sorted({address for _, address in carried})
    units = {outcome.name: outcome.unit for outcome in OUTCOMES}
    names = claim_outcomes()
    shown = {entry.number: entry.outcomes for entry in register()}
    found: dict[int, list[Experiment]] = {}
    for claim, address in carried:
        for outcome in shown[claim]:
            low, high = outcomes[names.index(outcome), numbers.index(address)]
            found.setdefault(claim, []).append(
                Experiment(
                    address=address,
                    outcome=outcome,
                    unit=units[outcome],
                    low=float(low.mean()),
                    high=float(high.mean()),
                    change=of(mean(high - low)),
                )
            )
    return found
