"""The pictures of history matching, as files: waves, ranges, and the worlds that are left beside the record."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import UserError
from sim.evidence import Observation, observations
from sim.evidence.series import SERIES, months_of, targets, why_left_out
from sim.experiments.samplers import latin_hypercube
from sim.inference.record import first_days
from sim.matching.report import report
from sim.plots import (
    Picture,
    bands_of,
    implausibility_by_wave,
    matched_fans,
    profiles,
    ranges_before_after,
    save,
    scores,
    trade_offs,
)  # fmt: skip
from sim.reporting.lazy import ByName
from sim.runs.ensemble import run
from sim.runs.sums import add_sums
from sim.runs.whole_files import reasons, write_whole

if TYPE_CHECKING:
    from pandas import DataFrame

Match = Any  # `sim.matching.result.Match`, which imports this module

RUNS = 1_000  # of the matched scenario and of the whole box, for fan charts


def draw_match(made: Match, kinds: Sequence[str] = ("png",), runs: int = RUNS, processes: int | None = None) -> list[Path]:
    """Draw every picture of a result into the folder ``figures`` of its directory, and show them in its report.

    Parameters
    ----------
    made : Match
        One that has a directory.
    kinds : sequence of str
        Formats: ``png``, ``svg``.
    runs : int
        Runs behind the fan charts.
    processes : int, optional
        As in `sim.run`.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    UserError
        The result was not written anywhere.
    """
    if made.directory is None:
        raise UserError("the result has no directory for its pictures; give out= to match")
    folder = made.directory / "figures"
    folder.mkdir(exist_ok=True)
    drawn = {name: save(figure, folder / name, kinds) for name, figure in figures(made, runs, processes).items()}
    shown = {name: paths[0].relative_to(made.directory).as_posix() for name, paths in drawn.items()}
    written = [path for paths in drawn.values() for path in paths]
    with reasons(made.directory):
        write_whole(made.directory / "report.md", report(made.found, shown).encode())
        add_sums(made.directory, "match", ["report.md", *(path.relative_to(made.directory).as_posix() for path in written)])
    return written


def figures(made: Match, runs: int = RUNS, processes: int | None = None) -> ByName[Picture]:
    """Give every picture of a result by its name, drawn when it is first asked for; what was not found is left out.

    Parameters
    ----------
    runs : int
        Runs behind the fan charts.
    processes : int, optional
        As in `sim.run`.
    """
    found = made.found
    options: Any = {
        "units": {side.address: side.unit for side in found.parameters},
        "log": [side.address for side in found.parameters if side.measure == "log"],
    }
    makers: dict[str, Callable[[], Picture]] = {
        "waves": lambda: implausibility_by_wave(made.implausibility, found.about.cut),
        "record": lambda: beside_the_record(made, runs, processes),
        "ranges": lambda: ranges_before_after(made.parameters),
        "profiles": lambda: profiles(made.profiles, found.about.cut, **options),
        "pairs": lambda: trade_offs(
            agreed(made), [(pair.first, pair.second) for pair in found.pairs], which="that no group rules out", **options
        ),
        "scores": lambda: scores(made.scores),
    }
    there = {"profiles": found.profiles, "pairs": found.pairs, "scores": found.score}
    return ByName("figure", {name: make for name, make in makers.items() if there.get(name, True)})


def agreed(made: Match) -> "DataFrame":
    """Give the worlds that no group rules out, in which pairs are looked for."""
    by_group = made.worlds.filter(like="implausibility of ")
    return made.worlds[(by_group < made.found.about.cut).all(axis=1)]


def beside_the_record(
    made: Match, runs: int = RUNS, processes: int | None = None, rows: Sequence[Observation] | None = None
) -> Picture:
    """Draw fan charts of the worlds that are left and of the whole box beside every figure, also those after the fit.

    Parameters
    ----------
    rows : sequence of Observation, optional
        Figures to draw; by default all of the evidence that was matched.
    """
    setting = made.setting
    if rows is None:
        rows = observations(None if setting.evidence == "shipped" else setting.evidence)
    days = first_days(setting.base, setting.base.months)
    ends = [row.end for row in rows if not why_left_out(row, days)]
    months = max(setting.months, sum(day <= max(ends, default=days[0]) for day in days))
    series = dict.fromkeys(target.series.name for target in targets(rows, days[:months]))
    record = sorted({name for each in series for name in SERIES[each].needs})
    box = latin_hypercube(setting.box, runs, setting.declaration.seed)
    after, prior = (
        run(
            scenario,
            runs,
            months=months,
            seed=setting.declaration.seed,
            values=values,
            record=record,
            processes=processes,
            progress=False,
        )
        for scenario, values in ((made.scenario, None), (setting.base, box.columns))
    )
    fitted = {target.observation.id for target in setting.targets}
    bands, before = (bands_of(each, series) for each in (after, prior))
    drawn = targets(rows, months_of(after))
    return matched_fans(after["month"].values, bands, drawn, fitted=fitted, until=setting.until, prior=before)
