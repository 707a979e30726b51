"""What an act changes, found from paired runs: the effect on each good, what bound, and what made up for it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sim.arrays import Array
from sim.mechanisms.channels import CHANNELS
from sim.mechanisms.pressure import leak
from sim.mechanisms.quantities import LIMITS, OUTCOMES
from sim.reporting.records import Interval, Record
from sim.scenario.scenario import Scenario
from sim.thesis.estimates import absolute_of, relative_of
from sim.thesis.statistics.effects import Effect, effect
from sim.whatif.act import Act

if TYPE_CHECKING:
    from xarray import DataArray, Dataset

RECORD = ("pressure", "lane_flow", "oil_price", "oil_stock", "oil_shortage", "oil_delivered")
# What else an act by a channel can be seen in: outcomes, by what the channel hinders; favours are under "carrot".
BESIDE = {
    "payments": ("payment", "debt"),
    "shipments": ("munitions_interdicted", "payment"),
    "firms": ("compliance", "fire_share"),
    "summits": ("visits", "first_visit"),
    "front": ("ground_lost", "fire_share"),
    "carrot": ("dependence_supplier", "trust"),
    "": ("instability", "trust"),
}
UNITS = {outcome.name: outcome.unit for outcome in OUTCOMES}
BARRELS = 1e-3  # million USD for thousand barrels, times the price of a barrel


class Change(Record):
    """Something in the world without the act and with it, and the paired difference, with less without."""

    name: str
    unit: str
    without: float
    with_act: float
    change: Interval
    relative: Interval | None
    """As a share of what it is without; null where that is as good as nil."""

    @property
    def seen(self) -> bool:
        """Whether its interval leaves zero out."""
        low, high = self.change.low, self.change.high
        return low is not None and high is not None and (low > 0.0 or high < 0.0)


class GoodChange(Change):
    """The effect on one good by a date."""

    good: str
    date: str


class Bound(Record):
    """Which limits bound one good while the act was in force: shares of runs and months, largest first."""

    good: str
    without: dict[str, float]
    with_act: dict[str, float]


class Force(Record):
    """How far the act was in force."""

    months: int
    """From its first month to its last."""
    of_months: int
    """That are run."""
    share: float
    """Of these months and of the runs in which it was in force at all."""
    level: float
    """Mean level of pressure or favour while it was in force."""
    effect: float
    """Mean share that took effect: the level, less what a minimum flow keeps open and what leaked."""
    leaked: float
    """Share of what was withheld that found another way in its last month."""
    kept_open: float
    """Share of the channel that a minimum flow kept open against the act."""
    like: str
    """Rule whose workings it has; empty where there is none."""


@dataclass(frozen=True, repr=False)
class Findings:
    """All that was found of an act; `sim.whatif.answer.Answer` says what each field is."""

    act: Act
    scenario: Scenario
    changed: Scenario
    runs: int
    months: int
    seed: int
    goods: list[GoodChange]
    bound: list[Bound]
    force: Force
    flows: list[Change]
    rules: list[Change]
    beside: list[Change]
    by_month: Mapping[str, Effect]


def goods(data: "Dataset", outcomes: Mapping[str, tuple[str, float]], dates: Mapping[int, str]) -> list[GoodChange]:
    """Effect on each good by each date, from ``outcomes_at``; goods have an outcome, and a mean up to which it counts as nil."""
    found = []
    for month, date in dates.items():
        for good, (outcome, floor) in outcomes.items():
            without, with_act = _arms(data["outcomes_at"].sel(at=month, outcome=outcome))
            made = _change(outcome, UNITS[outcome], without, with_act, floor)
            found.append(GoodChange(good=good, date=date, **dict(made)))
    return found


def by_month(data: "Dataset", outcomes: Iterable[str]) -> dict[str, Effect]:
    """Paired effect on outcomes to each month, with less without, each of shape (month,)."""
    return {outcome: _effect(*_arms(data["outcomes_at"].sel(outcome=outcome))) for outcome in outcomes}


def beside(data: "Dataset", act: Act, month: int) -> list[Change]:
    """What else an act of this kind can be seen in, by a month."""
    channel = CHANNELS[act.channel]
    names = BESIDE["carrot" if channel.carrot else channel.hinders]
    chosen = data["outcomes_at"].sel(at=month)
    return [_change(name, UNITS[name], *_arms(chosen.sel(outcome=name))) for name in names]


def bound(data: "Dataset", goods: Iterable[str], months: slice) -> list[Bound]:
    """Shares of runs and months in which each limit bound each good, without the act and with it."""
    found = []
    for good in goods:
        codes = data[f"limit_{good}"].isel(month=months)
        sides = [np.bincount(arm.astype(int).ravel(), minlength=len(LIMITS)) / max(arm.size, 1) for arm in _arms(codes)]
        shares = [{LIMITS[i]: float(side[i]) for i in np.argsort(-side, kind="stable") if side[i] > 0.0} for side in sides]
        found.append(Bound(good=good, without=shares[0], with_act=shares[1]))
    return found


def force(data: "Dataset", act: Act, rule: str, scenario: Scenario, months: slice) -> Force:
    """How often and how far the act was in force, and what leaked of it."""
    levels = data["pressure"].sel(rule=rule).isel(scenario=1, month=months).transpose("month", "run").values
    numbers = {
        name: scenario.parameters[address].value if (address := f"rules.{rule}.{name}") in scenario.parameters else 0.0
        for name in ("leakage", "leakage_max", "leakage_growth", "minimum_flow")
    }
    carried = np.minimum(levels, 1.0 - numbers["minimum_flow"]) if act.channel == "oil" else levels
    leakage = np.full(levels.shape[1], numbers["leakage"])
    leaks = numbers["leakage_max"] > numbers["leakage"]
    effect = np.empty_like(levels)
    for month, level in enumerate(levels):
        if leaks:
            leakage = leak(leakage, level, np.asarray(numbers["leakage_max"]), np.asarray(numbers["leakage_growth"]))
        effect[month] = carried[month] * (1.0 - leakage)
    at_work = levels > 0.0

    def mean(values: Array) -> float:
        return float(values[at_work].mean()) if at_work.any() else 0.0

    return Force(
        months=len(levels),
        of_months=data.sizes["month"],
        share=float(at_work.mean()),
        level=mean(levels),
        effect=mean(effect),
        leaked=float(leakage.mean()) if at_work.any() else 0.0,
        kept_open=mean(levels - carried),
        like=act.like(scenario.without_rule(rule)),
    )


def flows(data: "Dataset", act: Act, scenario: Scenario, months: slice) -> list[Change]:
    """What moved of the good of a channel while the act was in force, a month: on its lanes, and what may take their place.

    ``pressed`` are the lanes that the act narrows or widens, ``others`` those of the same good to or from the target,
    ``partners`` what its partners hand over in kind; of oil also ``store``, what its store gave beyond what flowed in, and
    ``missing``, its need that was not met. Nothing for a channel that has no good.
    """
    channel = CHANNELS[act.channel]
    if not channel.good:
        return []
    window, ends = data.isel(month=months), channel.ends(act.presser, act.target)
    side = "importer" if channel.way in ("to", "both") else "exporter"
    oil = channel.good == "oil" and side == "importer"
    pressed = [
        name for name, lane in scenario.lanes.items() if lane.good == channel.good and (lane.exporter, lane.importer) in ends
    ]
    others = [
        name
        for name, lane in scenario.lanes.items()
        if lane.good == channel.good and getattr(lane, side) == act.target and name not in pressed
    ]
    unit = "thousand barrels/month" if oil else "million USD/month"
    sums = {"pressed": _moved(window, pressed, scenario, oil), "others": _moved(window, others, scenario, oil)}
    if oil:
        theirs = [name for name, pair in scenario.partnerships.items() if pair.supplier == act.target]
        sums["partners"] = window["oil_delivered"].sel(partnership=theirs).sum("partnership").mean("month")
        store = data["oil_stock"].sel(country=act.target)
        before = store.isel(month=months.start - 1) if months.start else store.isel(month=0) * 0.0
        sums["store"] = (before - store.isel(month=months.stop - 1)) / window.sizes["month"]
        need = scenario.parameters[f"{act.target}.oil_need"].value if f"{act.target}.oil_need" in scenario.parameters else 0.0
        sums["missing"] = window["oil_shortage"].sel(country=act.target).mean("month") * need
    return [_change(name, unit, *_arms(values)) for name, values in sums.items()]


def answers(data: "Dataset", rule: str, months: slice) -> list[Change]:
    """How far the levels of all other rules differ while the act is in force, those that move most first."""
    levels = data["pressure"].isel(month=months).mean("month")
    names = [name for name in map(str, levels["rule"].values) if name != rule]
    found = [_change(name, "share", *_arms(levels.sel(rule=name))) for name in names]
    return sorted(found, key=lambda each: -abs(each.change.estimate or 0.0))


def _moved(window: "Dataset", lanes: list[str], scenario: Scenario, oil: bool) -> "DataArray":
    """Mean flow a month on lanes together, in million USD or thousand barrels."""
    flow = window["lane_flow"]
    total = flow.isel(lane=0, drop=True) * 0.0
    for name in lanes:
        price = window["oil_price"] * scenario.parameters[f"lanes.{name}.price"].value * BARRELS if oil else 1.0
        total = total + flow.sel(lane=name, drop=True) / price
    return total.mean("month")


def _arms(values: "DataArray") -> tuple[Array, Array]:
    """Both arms with the runs last: without the act, and with it."""
    ordered = values.transpose("scenario", ..., "run").values
    return ordered[0], ordered[1]


def _effect(without: Array, with_act: Array, floor: float = 0.0) -> Effect:
    return effect(with_act - without, without, floor)


def _change(name: str, unit: str, without: Array, with_act: Array, floor: float = 0.0) -> Change:
    found = _effect(without, with_act, floor)
    return Change(
        name=name,
        unit=unit,
        without=float(without.mean()),
        with_act=float(with_act.mean()),
        change=absolute_of(found),
        relative=relative_of(found),
    )
