"""From judged waves to findings: what rules out, what it tells of which parameters.

No further run is needed but for explanations and the score.
"""

from collections.abc import Sequence

import numpy as np

from sim.arrays import Array
from sim.experiments.ranges import in_box
from sim.matching.explained import explained
from sim.matching.found import About, Discrepancy, Figure, Group, LeftOut, Matching, Pair, Parameter, Profile, Series
from sim.matching.found import Wave as WaveFound
from sim.matching.identify import BINS, distances, informed, p_values, profile, spread_ratio, strongest, trade_offs
from sim.matching.implausibility import at_rank, highest_in, left
from sim.matching.score import Asked, score
from sim.matching.setting import Setting, discrepancies_of, finite
from sim.matching.wave import Wave
from sim.matching.waves import volume
from sim.runs.software import versions
from sim.scenario.scenario import Scenario

MOST_NAMED = 5  # addresses named for a group
MOST_PROFILES = 24
MOST_PAIRS = 20
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
THREE = (0.05, 0.5, 0.95)


def overall(setting: Setting, wave: Wave) -> Array:
    """Implausibility at the rank that counts, shape (world,)."""
    return at_rank(wave.by_group, setting.declaration.rank)


def findings(
    setting: Setting,
    waves: Sequence[Wave],
    stopped: str,
    command: str,
    budget: str,
    matched: Scenario,
    test: Asked | None,
    table: str,
    processes: int | None,
) -> Matching:
    """Draw all findings from judged waves.

    Parameters
    ----------
    matched : Scenario
        Draws from worlds that are left.
    test : Asked or None
        Figures to score.
    table : str
        Where these come from.
    """
    declaration = setting.declaration
    unit = np.concatenate([wave.unit[wave.left] for wave in waves])
    values = np.concatenate([wave.values[wave.left] for wave in waves])
    parameters = _parameters(setting, unit, values)
    known = [each.address for each in sorted(parameters, key=lambda each: -each.distance) if each.informed]
    seed = declaration.seed
    return Matching(
        about=_about(setting, command, budget),
        waves=[_wave(setting, wave) for wave in waves],
        stopped=stopped,
        left=len(unit),
        kept=len(next(iter(matched.worlds.values()))),
        strictest=float(left(waves[0].by_group, 1, declaration.cut).mean()),
        figures=_figures(setting, waves),
        groups=_groups(setting, waves[0], known),
        series=_series(setting, waves[0]),
        parameters=parameters,
        profiles=_profiles(setting, waves[0], known),
        pairs=[
            Pair(first=setting.addresses[i], second=setting.addresses[j], correlation=found)
            for i, j, found in trade_offs(_agreed(setting, waves), MOST_PAIRS)
        ],
        explained=explained(setting, waves[0].values, values, known, seed),
        score=None if test is None else score(setting, matched, test, declaration.forecasts, seed, table, processes),
    )


def _agreed(setting: Setting, waves: Sequence[Wave]) -> Array:
    """Worlds that no group rules out, shape (world, side): those in which pairs are looked for.

    A world may fail one group and stay, so in those that are left one that fails by a parameter of rounds has to pass by those of
    trade: all of them together would show pairs that no figure ties.
    """
    return np.concatenate([wave.unit[left(wave.by_group, 1, setting.declaration.cut)] for wave in waves])


def _about(setting: Setting, command: str, budget: str) -> About:
    declaration, base = setting.declaration, setting.base
    group_of = {name: group for group, content in declaration.groups.items() for name in content.series}
    first = {name: setting.targets[places[0]].series for name, places in setting.series.items()}
    declared = discrepancies_of(declaration)
    return About(
        scenario=base.name,
        title=base.title,
        scenario_hash=base.hash,
        start=base.start,
        declaration=declaration.name,
        declaration_hash=declaration.hash,
        until=setting.until,
        vintage=setting.vintage,
        evidence=setting.evidence,
        record_hash=setting.fingerprint,
        figures=len(setting.targets),
        months=setting.months,
        budget=budget,
        worlds=setting.budget.worlds,
        runs=setting.budget.runs,
        waves=setting.budget.waves,
        cut=declaration.cut,
        rank=declaration.rank,
        seed=declaration.seed,
        command=command,
        discrepancies=[
            Discrepancy(
                series=name,
                title=series.title,
                group=group_of[name],
                relative=declared[name].relative,
                floor=declared[name].floor,
                unit=series.unit,
                reason=declared[name].reason,
            )
            for name, series in first.items()
        ],
        left_out=[LeftOut(id=row.id, series=row.series, reason=reason) for row, reason in setting.left_out],
        unvaried=list(setting.unvaried),
        versions=versions(),
    )


def _wave(setting: Setting, wave: Wave) -> WaveFound:
    rank = overall(setting, wave)
    by_group = dict(zip(setting.groups, wave.by_group, strict=True))
    return WaveFound(
        number=wave.number,
        worlds=len(wave.left),
        failed=wave.failed,
        volume=volume(wave.edges),
        left=int(wave.left.sum()),
        share=float(wave.left.mean()),
        ruled_by_group={name: float((found >= setting.declaration.cut).mean()) for name, found in by_group.items()},
        quantiles={
            name: [finite(each) for each in np.quantile(found, LEVELS, method="lower")]
            for name, found in {"overall": rank, **by_group}.items()
        },
    )


def _figures(setting: Setting, waves: Sequence[Wave]) -> list[Figure]:
    first, last = waves[0], [wave for wave in waves if wave.left.any()][-1]
    group_of = {place: name for name, places in setting.groups.items() for place in places}
    rows = []
    for place, target in enumerate(setting.targets):
        means, found = first.mean[place], first.found[place]
        means = means[np.isfinite(means)]
        inside = (means >= target.low) & (means <= target.high)
        # Between two worlds on either side of a narrow range there is one within it.
        between = means.size > 0 and means.min() <= target.high and means.max() >= target.low
        best = found.min()
        rows.append(
            Figure(
                id=target.observation.id,
                series=target.series.name,
                group=group_of[place],
                since=target.since.id if target.since else None,
                to=f"{target.observation.end:%Y-%m}",
                low=finite(target.low),
                high=finite(target.high),
                unit=target.series.unit,
                prior=_three(means),
                matched=_three(last.mean[place][last.left]),
                too_low=float(((found >= setting.declaration.cut) & (first.mean[place] < target.low)).mean()),
                too_high=float(((found >= setting.declaration.cut) & (first.mean[place] > target.high)).mean()),
                inside=float(inside.mean()),
                best=finite(best),
                reached="in range" if between else "within discrepancy" if best < setting.declaration.cut else "not reached",
            )
        )
    return rows


def _three(values: Array) -> tuple[float, float, float]:
    low, middle, high = np.quantile(values, THREE).tolist()
    return low, middle, high


def _groups(setting: Setting, first: Wave, known: Sequence[str]) -> list[Group]:
    """Take each group away in turn: the implausibilities of the first wave are all that is needed."""
    cut, rank = setting.declaration.cut, setting.declaration.rank
    # What a group says beyond the others shows in the first wave alone: later boxes bear its mark already.
    before = set(strongest(first.unit[first.left], setting.addresses, len(setting.addresses)))
    found = []
    for place, (name, targets) in enumerate(setting.groups.items()):
        ruled = first.by_group[place] >= cut
        others = np.delete(first.by_group, place, axis=0)
        without = left(others, rank, cut) if len(others) else np.ones(len(ruled), dtype=bool)
        still = set(strongest(first.unit[without], setting.addresses, len(setting.addresses)))
        found.append(
            Group(
                name=name,
                says=setting.declaration.groups[name].says,
                series=sorted({setting.targets[target].series.name for target in targets}),
                figures=len(targets),
                ruled=float(ruled.mean()),
                worst=setting.targets[max(targets, key=lambda target: float((first.found[target] >= cut).mean()))].observation.id,
                ruled_of_others=float(ruled[without].mean()) if without.any() else 0.0,
                left_without=float(without.mean()),
                informs=strongest(first.unit[~ruled], setting.addresses, MOST_NAMED) if ruled.any() else [],
                needed_for=[address for address in known if address in before - still],
            )
        )
    return found


def _series(setting: Setting, first: Wave) -> list[Series]:
    """Take each series away in turn, while the others of its group stay."""
    cut, rank = setting.declaration.cut, setting.declaration.rank
    group_of = {place: name for name, places in setting.groups.items() for place in places}
    found = []
    for name, places in setting.series.items():
        ruled = (first.found[list(places)] >= cut).any(axis=0)
        others = highest_in(first.found, [[place for place in group if place not in places] for group in setting.groups.values()])
        found.append(
            Series(
                name=name,
                title=setting.targets[places[0]].series.title,
                group=group_of[places[0]],
                figures=len(places),
                ruled=float(ruled.mean()),
                left_without=float(left(others, rank, cut).mean()),
                informs=strongest(first.unit[~ruled], setting.addresses, MOST_NAMED) if ruled.any() else [],
            )
        )
    return found


def _parameters(setting: Setting, unit: Array, values: Array) -> list[Parameter]:
    spread, distance, beyond = spread_ratio(unit), distances(unit), informed(unit)
    chance = p_values(distance, len(unit))
    return [
        Parameter(
            address=side.address,
            unit=setting.base.parameters[side.address].unit,
            low=side.low,
            high=side.high,
            measure="log" if side.measure == "log" else "linear",
            left=_three(values[:, place]),
            spread=float(spread[place]),
            distance=float(distance[place]),
            p_value=float(chance[place]),
            informed=bool(beyond[place]),
        )
        for place, side in enumerate(setting.box)
    ]


def _profiles(setting: Setting, first: Wave, known: Sequence[str]) -> list[Profile]:
    """Profiles of what is informed most, and of the parameters by which explanations are told apart."""
    named = [address for sides in setting.explaining.values() for address in sides]
    wanted = dict.fromkeys([*known[:MOST_PROFILES], *named])
    rank = overall(setting, first)
    found = []
    for address in wanted:
        place = setting.addresses.index(address)
        lowest, share = profile(first.unit[:, place], rank, first.left)
        side = setting.box[place]
        edges = in_box(np.linspace(0, 1, BINS + 1)[:, None], [side])[:, 0]
        found.append(
            Profile(
                address=address,
                edges=edges.tolist(),
                lowest=[finite(each) for each in lowest],
                share=[finite(each) for each in share],
            )
        )
    return found
