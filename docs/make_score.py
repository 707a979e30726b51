"""Score locked predictions: ``uv run --all-extras docs/make_score.py 2024-12 --vintage 2025-01 --on FIGURES``.

It needs what `docs/make_lock.py` left in `out`, and does what ``infer --score FIGURES`` does for each seed. Beside what is
locked it writes `score.csv`, a row for each figure, `score.png` and `score.md`. What a person has to say stands in
`score.toml` there.
"""

import argparse
import hashlib
import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import make_lock
import numpy as np
import pandas as pd
from make_evidence import between, rounded
from make_lock import LOCKED

from sim.evidence.series import SERIES
from sim.inference.posterior import Posterior
from sim.inference.scoring import WAYS, asked
from sim.plots import Picture, save
from sim.plots.intervals import Span
from sim.plots.thesis_record import FanPanel, Point, record_fans

TOLD = 10  # misses that are told with their mechanism
HINT = re.compile(r"; (known:|did you mean).*")  # to who slipped
WORDS = {"id", "series", "to", "unit"}


def scored(made: Sequence[Posterior], figures: str | Path) -> pd.DataFrame:
    """Score each figure: a row for each, with the means of the seeds."""
    tables = [each.scores(figures) for each in made]
    numbers = [name for name in tables[0] if name not in WORDS]
    found = tables[0].copy()
    found[numbers] = np.mean([table[numbers].to_numpy(dtype=float) for table in tables], axis=0)
    found["single"] = tables[0]["single"]
    return found.assign(miss=[miss(row) for row in found.to_dict("records")])


def miss(row: dict) -> float:
    """Distance of a figure from the median, in half widths of the band of 90 percent on that side: over 1 is outside."""
    seen = min(max(row["q50"], row["low"]), row["high"])
    side = row["q95"] if seen > row["q50"] else row["q05"]
    return abs(seen - row["q50"]) / max(abs(side - row["q50"]), 1e-12)


def picture(table: pd.DataFrame) -> Picture:
    """Draw every figure over the band of its forecast, a panel for each series."""

    def ends(row: dict) -> tuple[float | None, ...]:
        return tuple(float(row[end]) if np.isfinite(row[end]) else None for end in ("low", "high"))

    panels = []
    for name, some in table.groupby("series", sort=False):
        title, rows = SERIES[name].title, some.to_dict("records")
        points = [Point(row["to"], *ends(row), Span(row["q50"], row["q05"], row["q95"]), row["miss"] <= 1) for row in rows]
        panels.append(FanPanel(title[:1].upper() + title[1:], rows[0]["unit"], points))
    return record_fans(panels)


def page(table: pd.DataFrame, skipped: Iterable[tuple[str, str, str]], about: dict, said: dict) -> str:
    """Write the page."""
    return f"""# What the predictions of {about["until"]} scored

The predictions beside this page were locked with what was known by {about["vintage"]}, by the program as of commit
`{about["commit"][:12]}`, and did not change afterwards. Then the figures that follow were opened (`{about["figures"]}`, SHA-256
`{about["sum"][:16]}…`). Nothing of the model, its numbers, the prior or the reading of the record was changed in between. This
page is written by `docs/make_score.py`; every figure stands in `score.csv`.

{said["says"].strip()}

![Each figure over the band of nine in ten that was forecast](score.png)

## How many figures lie within the bands

A band is what would be *reported*, with the declared errors of those who count. A range lies within a band if it meets it.

{_coverage(table)}

## Scores against the prior and three naive ways

The continuous ranked probability score (CRPS) is that of the whole forecast, relative to the size of what was seen; lower is
better. Growth in percent can be near nil, and then its relative score is huge, so the median stands beside the mean. The log
score is that of single numbers; higher is better. The last value and the line through earlier figures are single numbers and have
no density, hence no log score.

{_ways(table)}

## Series by series

{_by_series(table)}

## The {min(TOLD, len(table))} worst misses

The distance is that of the figure from the median, in half widths of the band of 90 percent on that side. What is below one lies
within the band.

{_worst(table, said["mechanisms"])}

## What is not scored

{_skipped(skipped)}
"""


def _coverage(table: pd.DataFrame) -> str:
    lines = ["| figures | how many | in 50 %, locked | prior | in 90 %, locked | prior |", "|---|---|---|---|---|---|"]
    for name, some in (("single numbers", table[table["single"]]), ("ranges", table[~table["single"]]), ("all", table)):
        if len(some):
            shares = " | ".join(
                f"{some[f'within {share} {way}'].mean():.0%}" for share in (50, 90) for way in ("posterior", "prior")
            )
            lines.append(f"| {name} | {len(some)} | {shares} |")
    return "\n".join(lines)


def _ways(table: pd.DataFrame) -> str:
    lines = ["| figures | way | how many | CRPS, mean | median | log score, mean |", "|---|---|---|---|---|---|"]
    common = table[table[[f"crps {way}" for way in WAYS]].notna().all(axis=1)]
    for name, some in (("all", table), ("that every way forecasts", common)):
        for way in WAYS if some is common else WAYS[:2]:
            errors = some[f"crps {way}"]
            density = some[f"log {way}"].mean() if f"log {way}" in some else np.nan
            told = "" if np.isnan(density) else f"{density:.2f}"
            word = "locked" if way == "posterior" else way
            lines.append(f"| {name} | {word} | {len(some)} | {errors.mean():.2f} | {errors.median():.2f} | {told} |")
    return "\n".join(lines)


def _by_series(table: pd.DataFrame) -> str:
    lines = [
        "| series | figures | in 50 % | in 90 % | CRPS, locked | " + " | ".join(WAYS[1:]) + " |",
        "|---" * (5 + len(WAYS[1:])) + "|",
    ]
    for name, some in table.groupby("series", sort=False):
        shares = " | ".join(f"{some[f'within {share} posterior'].mean():.0%}" for share in (50, 90))
        errors = " | ".join("" if np.isnan(mean) else f"{mean:.2f}" for mean in (some[f"crps {way}"].mean() for way in WAYS))
        lines.append(f"| {SERIES[name].title} | {len(some)} | {shares} | {errors} |")
    return "\n".join(lines)


def _worst(table: pd.DataFrame, mechanisms: dict[str, str]) -> str:
    lines = ["| figure | what | to | seen | forecast | distance | mechanism |", "|---|---|---|---|---|---|---|"]
    for row in table.nlargest(TOLD, "miss").to_dict("records"):
        seen = between(row["low"], row["high"])
        forecast = f"{rounded(row['q50'])} ({rounded(row['q05'])} to {rounded(row['q95'])})"
        what = f"{SERIES[row['series']].title}, {row['unit']}"
        why = mechanisms.get(row["id"], "")
        lines.append(f"| {row['id']} | {what} | {row['to']} | {seen} | {forecast} | {row['miss']:.1f} | {why} |")
    return "\n".join(lines)


def _skipped(skipped: Iterable[tuple[str, str, str]]) -> str:
    lines = ["| series | figures | reason |", "|---|---|---|"]
    counts = Counter((name, HINT.sub("", why)) for _, name, why in skipped)
    lines += [f"| {name} | {count} | {reason} |" for (name, reason), count in counts.items()]
    return "\n".join(lines)


def main() -> None:
    """Score, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    make_lock.options(parser)
    parser.add_argument("--on", required=True, type=Path, help="table of figures that came later")
    given = parser.parse_args()
    place = LOCKED / given.until
    made = make_lock.inferred(given)
    table = scored(made, given.on)
    table.to_csv(place / "score.csv", index=False, float_format="%.5g", lineterminator="\n")
    save(picture(table), place / "score")
    about = json.loads((place / "about.json").read_text("utf-8")) | {
        "figures": given.on.name,
        "sum": hashlib.sha256(given.on.read_bytes()).hexdigest(),
    }
    notes = place / "score.toml"
    said = tomllib.loads(notes.read_text("utf-8")) if notes.exists() else {"says": "", "mechanisms": {}}
    (place / "score.md").write_text(page(table, asked(made[0].setting, given.on).skipped, about, said), "utf-8")


if __name__ == "__main__":
    main()
