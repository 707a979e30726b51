"""Write what a lock predicts as a page beside it: ``uv run docs/make_predictions.py 2025-12``.

All is read from the tables of the lock, which do not change.
"""

import json
import sys
from pathlib import Path

import pandas as pd
from make_lock import LOCKED

from sim.reporting.words import capital, listed
from sim.thesis.estimates import long_date
from sim.thesis.in_short import chance, good
from sim.thesis.sightings import THOUSAND, amount

BAND = ["reported_q05", "reported_q50", "reported_q95"]
WHOLE = ("tests", "visits")  # units of which there is no half; the mean of two seeds may have one


def page(folder: Path) -> str:
    """Write the page of a lock."""
    tables = {name: pd.read_csv(folder / f"{name}.csv") for name in ("forecasts", "chances", "schools")}
    about = json.loads((folder / "about.json").read_text("utf-8"))
    believed = tables["chances"].query("belief == 'as declared'")
    years = sorted({to[:4] for to in tables["forecasts"]["to"]})
    return f"""# What is predicted for {listed(years)}

These predictions rest on figures to {long_date(about["until"])} that were known by {long_date(about["vintage"])}. The program
as of commit `{about["commit"][:12]}` made them, and a test holds them unchanged. `forecasts.csv` beside this page has every
month, quarter and year. This page is written by `docs/make_predictions.py`.

## Year by year

The first number is the median, and the brackets hold nine in ten of what would be *reported*, with the declared errors of those
who count. What is counted “so far” is that by the end of the year, tests are those of the year, and anything else is its mean.
Series that the model does not tell apart are told once, and those whose path is given are left out.

{_years(tables["forecasts"])}

## Does Beijing hold it down?

The chance that Beijing holds each down by more than a tenth by a date, and the error of its computation in percentage points.

{_chances(believed)}

## Schools of thought

How likely each is by the record, if one of them is true. The range takes in the errors of both computations.

{_schools(tables["schools"])}

## Do the two seeds agree?

All above is the mean of two computations, which differ in their random numbers alone.

{_seeds(about, believed)}
"""


def _years(forecasts: pd.DataFrame) -> str:
    yearly = forecasts[forecasts["period"] == "year"]
    means = yearly.groupby(["title", "unit", "to"], sort=False)[["q05", "q50", "q95", *BAND]].mean().reset_index()
    ends = list(means["to"].unique())
    told: dict[tuple[float, ...], str] = {}
    for (title, unit), rows in means.groupby(["title", "unit"], sort=False):
        happens = tuple(rows[["q05", "q50", "q95"]].to_numpy().ravel())
        if (rows["q05"] < rows["q95"]).any() and happens not in told:
            cells = [_band(row, unit) for row in rows.to_dict("records")]
            told[happens] = f"| {capital(title.removesuffix(' in a quarter'))} | {_unit(unit)} | {' | '.join(cells)} |"
    columns = " | ".join(end[:4] for end in ends)
    return "\n".join([f"| what | unit | {columns} |", "|---" * (2 + len(ends)) + "|", *told.values()])


def _band(row: dict, unit: str) -> str:
    low, middle, high = (amount(round(row[name]) if unit in WHOLE else row[name], unit) for name in BAND)
    return f"{middle} ({low} to {high})"


def _unit(unit: str) -> str:
    return unit.removeprefix(THOUSAND).replace("/month", " a month")


def _chances(chances: pd.DataFrame) -> str:
    means = chances.groupby(["outcome", "date"], sort=False)[["prior", "posterior", "posterior_error"]].mean().reset_index()
    dates = list(means["date"].unique())
    lines = [
        f"| | {' | '.join(map(long_date, dates))} | {long_date(dates[-1])}, before the record |",
        "|---" * (2 + len(dates)) + "|",
    ]
    last = means[means["date"] == dates[-1]].sort_values("posterior", ascending=False)
    for outcome in last["outcome"]:
        rows = means[means["outcome"] == outcome]
        cells = [f"{chance(row['posterior'])} ± {100 * row['posterior_error']:.1f}" for row in rows.to_dict("records")]
        lines.append(f"| {capital(good(outcome))} | {' | '.join(cells)} | {chance(rows['prior'].iloc[-1])} |")
    return "\n".join(lines)


def _schools(schools: pd.DataFrame) -> str:
    by_title = schools.groupby("title", sort=False).agg({"weight": "mean", "low": "min", "high": "max"})
    lines = [
        f"| {title.removeprefix('School: ')} | {chance(row['weight'])} | {chance(row['low'])} to {chance(row['high'])} |"
        for title, row in by_title.sort_values("weight", ascending=False).iterrows()
    ]
    return "\n".join(["| school | weight | range |", "|---|---|---|", *lines])


def _seeds(about: dict, chances: pd.DataFrame) -> str:
    by_seed = chances.pivot_table(index=["outcome", "date"], columns="seed", values="posterior")
    apart = (by_seed.max(axis=1) - by_seed.min(axis=1)).max()
    lines = ["| seed | particles | worth so many draws | log marginal likelihood |", "|---|---|---|---|"]
    lines += [
        f"| {each['seed']} | {each['particles']:,} | {each['effective_size']:,} | "
        f"{each['log_marginal_likelihood']:.2f} ± {each['error']:.2f} |"
        for each in about["inferences"]
    ]
    return "\n".join(
        [*lines, "", f"The chances that Beijing holds a good down differ by at most {100 * apart:.1f} percentage points."]
    )


def main() -> None:
    """Write the page of the lock that is named."""
    folder = LOCKED / sys.argv[1]
    (folder / "predictions.md").write_text(page(folder), "utf-8")


if __name__ == "__main__":
    main()
