"""Write `docs/evidence.md` and its figure: the base scenario beside the record to December 2025.

Run it with ``uv run docs/make_evidence.py`` after any change that moves results. It fits nothing: it runs the base scenario as
it stands and compares. A test runs it again with the same seed and holds the page against the result.
"""

import math
import sys
import textwrap
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xarray as xr

from sim import Scenario, run
from sim.evidence import COLUMNS, LAST_MONTH, observations
from sim.evidence.series import SERIES, Target, conversions, months_of, targets, why_left_out
from sim.plots import evidence_charts, save
from sim.runs.datasets import month_number

HERE = Path(__file__).resolve().parent
RUNS = 2_000
SEED = 2024
WIDTH = 140  # signs of a line of the page
FAR = 0.5  # share of the record by which the median run of a hit has to be off to be remarked on

# How the model is built, where that decides what it can match, whatever its numbers.
STRUCTURE = {
    "CHN_stance_index_quarter": "The index is a judgement, coded afterwards from single signals such as the rank of a guest. "
    "No number of the model was read from it, and nothing may be learned from it; in the model outside politics add noise alone.",
    "PRK_RUS_shells_cum": "The record itself spans a factor of several, since some counts are what containers could hold.",
    "PRK_RUS_troops": "Soldiers are dear to send before a treaty, and the month of the treaty is chance: the runs fall into "
    "those with an early treaty and many soldiers, and those without.",
    "RUS_PRK_refined_oil": "Before March 2024 Russia's own reports to the United Nations give less than its cap allows; in the "
    "model oil flows up to the cap as soon as it is worth its price to the supplier.",
    "PRK_CHN_trade_month": "The record swings by half within a year: floods and customs checks in July 2024, a strong end of the "
    "year. In the model it has a season and shocks of its own, whose years are not those of the record.",
    "RUS_CHN_trade_period": "In 2025 oil was cheaper. In the model trade swings about a level, at fixed prices.",
    "CHN_to_RUS_exports_yoy": "Exports grew fast in 2023 and stalled in 2024 as banks refused payments. In the model Western "
    "pressure on China bears on dual-use goods alone, and the year before the start is its first month.",
    "CHN_RUS_dualuse": "How fast they fall after December 2023 is assumed.",
    "PRK_RUS_workers": "The record counts entries and the model workers who are there; their number stands still unless somebody "
    "opens or closes the door.",
    "PRK_missile_events_quarter": "Counts of single quarters scatter by chance.",
    "RUS_PRK_treaty": "Runs without one count as a month past the end.",
}


@dataclass(frozen=True)
class Row:
    """One observation and what the runs say of it: the 5, 25, 50, 75 and 95 % quantiles."""

    target: Target
    quantiles: tuple[float, ...]

    @property
    def verdict(self) -> str:
        """Say where the range of the record lies among the runs."""
        low, q1, _, q3, high = self.quantiles
        if self.target.low <= q3 and self.target.high >= q1:
            return "hit"
        if self.target.low <= high and self.target.high >= low:
            return "near"
        return "too low" if high < self.target.low else "too high"

    @property
    def distance(self) -> float:
        """Give how far the median run lies outside the range, in the unit of the series; negative: below it."""
        median = self.quantiles[2]
        return median - min(max(median, self.target.low), self.target.high)

    @property
    def share(self) -> float | None:
        """Give the distance as a share of the nearest end of the range; none where the unit is no amount."""
        if self.target.series.unit in ("percent", "month number", "visits", "tests", "stance"):
            return None
        return self.distance / (self.quantiles[2] - self.distance)


def compare(runs: xr.Dataset) -> list[Row]:
    """Set each observation within the months of the runs beside them."""
    levels = (0.05, 0.25, 0.5, 0.75, 0.95)
    return [
        Row(target, tuple(float(value) for value in np.quantile(target.predict(runs), levels)))
        for target in targets(observations(), months_of(runs))
    ]


def simulate(runs: int) -> xr.Dataset:
    """Run the base scenario to the end of the record."""
    record = sorted({name for series in SERIES.values() for name in series.needs} | {"openness"})
    base = Scenario.load("base")
    return run(base, runs=runs, months=month_number(LAST_MONTH, base.start), seed=SEED, record=record, progress=False)


def page(rows: Sequence[Row], months: Sequence) -> str:
    """Write the page."""
    counts = Counter(row.verdict for row in rows)
    return f"""# The base scenario beside the record

This page is written by `docs/make_evidence.py` from {RUNS:,} runs of `scenarios/base.toml` (seed {SEED}). The base scenario is
not fitted: its numbers are read from the evidence to December 2024 or assumed, and none was changed to come closer to a figure
that follows. Five were set toward shares that were asked for ([which, and
why](limits.md#structure-with-hindsight-numbers-without)). It draws shocks but no parameters, so its bands show chance, not doubt
about its numbers, and are narrow. A miss here is no surprise and no secret; which numbers the record supports is what
[inference](inference.md) asks.

![Runs and record](figures/evidence.png)

Of {len(rows)} figures that the model has an outcome for, {counts["hit"]} are hit (their range meets the middle half of the
runs), {counts["near"]} are near (it meets nine runs in ten), and {counts["too low"] + counts["too high"]} are missed: the runs
lie too low {counts["too low"]} times and too high {counts["too high"]} times.

## Hits and misses, series by series

{_words(rows)}

## Every figure

Ranges are those of the record in the model's units; "over" and "up to" are one-sided. Runs are the median and, in brackets,
nine runs in ten. The distance is that of the median run from the nearest end of the range, as a share of it where the unit is
an amount. Months are counted from the first of the scenario.

{_table(rows)}

## What is not compared

The model has no outcome for these series, or takes them as an input; the reasons stand in `sim/evidence/unmapped.csv`.

{_left_out(months)}

## The table of evidence, and a table of your own

`sim/evidence/evidence.csv` is read by `sim.evidence.observations`, and so is any file with these columns. A further figure of a
known series is a further row. Empty ends have a meaning: a missing end is the central value; where the central value already is
the other end ("over 1,000"), or is missing, that side is open. `sim/evidence/series_monthly.csv` has the monthly counts behind
the quarterly ones to December 2024, for readers; the program does not use it.

{_schema()}

Units become the model's through `sim/evidence/conversions.csv`. Where a conversion is uncertain it is a range, and widens that of
the figure:

{_conversions()}
"""


def _words(rows: Sequence[Row]) -> str:
    lines = []
    for name, series in SERIES.items():
        mine = [row for row in rows if row.target.series.name == name]
        if not mine:
            continue
        counts = Counter(row.verdict for row in mine)
        told = ", ".join(f"{counts[word]} {word}" for word in ("hit", "near", "too low", "too high") if counts[word])
        text = f"- **{series.title[:1].upper()}{series.title[1:]}** ({len(mine)}): {told}."
        missed = [row for row in mine if row.verdict.startswith("too")]
        wide = [row for row in mine if row.verdict == "hit" and row.share is not None and abs(row.share) > FAR]
        if missed:
            far = max(missed, key=lambda row: abs(row.distance if row.share is None else row.share))
            text += f" The worst miss is {far.target.observation.id} ({far.target.observation.end:%B %Y}): {_off(far)}."
        if wide:
            text += f" Hits by a wide spread alone: {', '.join(f'{row.target.observation.id}, {_off(row)}' for row in wide)}."
        said = f"{text} {STRUCTURE.get(name, '')}".strip()
        lines.append(textwrap.fill(said, WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False))
    return "\n".join(lines)


def _off(row: Row) -> str:
    """Say in words where the median run lies."""
    side = "above" if row.distance > 0 else "below"
    if row.share is None:
        return f"the median run is {rounded(abs(row.distance))} ({row.target.series.unit}) {side}"
    return f"the median run is {abs(row.share):.0%} {side}"


def _table(rows: Sequence[Row]) -> str:
    lines = ["| row | what | to | record | runs | verdict | distance |", "|---|---|---|---|---|---|---|"]
    for row in rows:
        target = row.target
        low, _, median, _, high = row.quantiles
        distance = ""
        if row.distance:
            distance = f"{row.distance:+.3g}" if row.share is None else f"{row.share:+.0%}"
        runs = f"{rounded(median)} ({rounded(low)} to {rounded(high)})"
        lines.append(
            f"| {target.observation.id} | {target.series.title}, {target.series.unit} | {target.observation.end:%Y-%m} "
            f"| {between(target.low, target.high)} | {runs} | {row.verdict} | {distance} |"
        )
    return "\n".join(lines)


def between(low: float, high: float) -> str:
    """Write a figure: one number, or a range that may be open."""
    if math.isinf(low):
        return f"up to {rounded(high)}"
    if math.isinf(high):
        return f"over {rounded(low)}"
    return rounded(low) if low == high else f"{rounded(low)} to {rounded(high)}"


def rounded(value: float) -> str:
    """Write a number for a table."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _left_out(months: Sequence) -> str:
    reasons = Counter((row.series, why_left_out(row, months)) for row in observations())
    lines = ["| series | figures | reason |", "|---|---|---|"]
    lines += [f"| {series} | {count} | {reason} |" for (series, reason), count in sorted(reasons.items()) if reason]
    return "\n".join(lines)


def _schema() -> str:
    lines = ["| column | needed | meaning |", "|---|---|---|"]
    lines += [f"| `{name}` | {'yes' if needed else ''} | {meaning} |" for name, (meaning, needed) in COLUMNS.items()]
    return "\n".join(lines)


def _conversions() -> str:
    lines = ["| series | unit of the source | factor | to | because |", "|---|---|---|---|---|"]
    for (series, unit, only), one in conversions().items():
        if one.low != one.high:
            where = f"{unit}, {only} alone" if only else unit
            lines.append(f"| {series} | {where} | {one.low:g} to {one.high:g} | {one.unit} | {one.source} |")
    return "\n".join(lines)


def main(folder: Path = HERE, runs: int = RUNS) -> Path:
    """Write the page and its figure into a folder, and give the path of the page."""
    data = simulate(runs)
    (folder / "figures").mkdir(exist_ok=True)
    figure = evidence_charts(data)
    assert figure is not None
    save(figure, folder / "figures" / "evidence", ("png",))
    written = folder / "evidence.md"
    written.write_text(page(compare(data), months_of(data)), encoding="utf-8")
    return written


if __name__ == "__main__":
    sys.stdout.write(f"{main()}\n")
