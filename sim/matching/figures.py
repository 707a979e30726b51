"""The pictures of history matching, as files: waves, ranges, and the worlds that are left beside the record."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim.ensemble import run
from sim.errors import UserError
from sim.evidence import Observation, observations
from sim.evidence.series import SERIES, months_of, targets, why_left_out
from sim.experiments.designs import latin_hypercube
from sim.matching.found import Matching
from sim.matching.history import Match
from sim.matching.matched import write_whole
from sim.matching.report import report
from sim.matching.setting import first_days
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

if TYPE_CHECKING:
    import pandas as pd

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
    drawn = {name: save(figure, folder / name, kinds) for name, figure in pictures(made, runs, processes)}
    shown = {name: paths[0].relative_to(made.directory).as_posix() for name, paths in drawn.items()}
    write_whole(made.directory / "report.md", report(made.found, shown))
    return [path for paths in drawn.values() for path in paths]


def pictures(made: Match, runs: int = RUNS, processes: int | None = None) -> Iterator[tuple[str, Picture]]:
    """Draw the pictures of a result one after the other, each with the name of its file; what was not found is left out."""
    found = made.found
    units = {side.address: side.unit for side in found.parameters}
    log = [side.address for side in found.parameters if side.measure == "log"]
    yield "waves", implausibility_by_wave(made.implausibility, found.about.cut)
    yield "record", beside_the_record(made, runs, processes)
    yield "ranges", ranges_before_after(range_table(found))
    if found.profiles:
        yield "profiles", profiles(profile_table(found), found.about.cut, units=units, log=log)
    if found.pairs:
        yield "pairs", trade_offs(made.worlds, [(pair.first, pair.second) for pair in found.pairs], units=units, log=log)
    if found.score:
        yield "scores", scores(score_table(found))


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


def range_table(found: Matching) -> "pd.DataFrame":
    """Make the table of ranges before and after, as `ranges_before_after` takes it."""
    import pandas as pd

    rows = [
        {"parameter": side.address, **side.model_dump(include={"low", "high", "unit", "measure", "informed"})}
        | dict(zip(("q05", "q50", "q95"), side.left, strict=True))
        for side in found.parameters
    ]
    return pd.DataFrame(rows)


def profile_table(found: Matching) -> "pd.DataFrame":
    """Make the table of the best world in each slice, as `profiles` takes it."""
    import pandas as pd

    rows = [
        {"parameter": each.address, "low": low, "high": high, "lowest": np.nan if lowest is None else lowest}
        for each in found.profiles
        for low, high, lowest in zip(each.edges[:-1], each.edges[1:], each.lowest, strict=True)
    ]
    return pd.DataFrame(rows)


def score_table(found: Matching) -> "pd.DataFrame":
    """Make the table of scores, as `scores` takes it.

    Raises
    ------
    UserError
        Nothing was scored.
    """
    import pandas as pd

    if found.score is None:
        raise UserError("nothing was scored: there is no figure after the last month that was fitted")
    rows = [
        {
            "series": each.title,
            "unit": each.unit,
            "figures": each.matched.figures,
            "crps": each.matched.crps,
            "last_value": each.last_value,
            "trend": each.trend,
            "within_50": each.matched.within_50,
            "within_90": each.matched.within_90,
        }
        for each in found.score.by_series
    ]
    return pd.DataFrame(rows).astype({"crps": float, "last_value": float, "trend": float})
