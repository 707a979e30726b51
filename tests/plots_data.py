"""Made-up results with the exact shape of a run directory, for the whole cast of the base scenario, and of a sweep's table."""

import tomllib
from math import inf, nan
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from sim.mechanisms.quantities import DIMENSIONS, LIMITS, OUTCOMES, QUANTITIES
from sim.plots.intervals import Span
from sim.runs.datasets import fan_dataset, outcome_coordinates, path_dataset
from sim.runs.results import QUANTILES, Layout

BASE = tomllib.loads((Path(__file__).parents[1] / "scenarios" / "base.toml").read_text(encoding="utf-8"))
MANIFEST: dict[str, Any] = {
    "scenario": {"name": "base", **BASE, "knockouts": []},
    "months": 60,
    "runs": 10_000,
    "seed": 7,
    "scenario_hash": "0123456789abcdef" * 4,
}
SIZE = {
    "munitions_delivered": 320, "munitions_agreed": 330, "munitions_effective": 220, "fire_share": 0.5, "technology": 30,
    "technology_transferred": 0.6, "troops_sent": 700, "troops_abroad": 9_000, "oil_delivered": 110, "openness": 0.5,
    "payment": 240, "price": 0.9, "components_from_patrons": 380, "belief": 0.45, "tests": 1.6, "visible_tie": 0.6,
    "pressure": 0.3, "visit": 0.08, "treaty": 0.02,
}  # fmt: skip
LONG = "lanes.south_korea_united_states_munitions.substitutability_exporter"
UNITS = {"china.goodwill": "dimensionless", LONG: "million USD/thousand barrels²"}
PARAMETERS = ["china.goodwill", LONG]
UNKNOWN = Span(nan, nan, nan)
OPEN = Span(0.2, -inf, inf)
KNOWN = Span(0.2, 0.15, 0.25)
NIL = Span(0.0, 0.0, 0.0)
EACH = [KNOWN, NIL, OPEN, UNKNOWN, Span(-0.1, -0.2, 0.0), Span(1e-9, -5.0, 7.0)]


def layout() -> Layout:
    roles = {name: country["role"] for name, country in BASE["countries"].items()}
    everyone = {
        "world": ("world",),
        "country": tuple(roles),
        "partnership": tuple(BASE["partnerships"]),
        "rule": tuple(BASE["rules"]),
        "lane": tuple(BASE["lanes"]),
    }
    own = {
        quantity.name: tuple(name for name in everyone["country"] if roles[name] in quantity.roles)
        if quantity.holder == "country"
        else everyone[quantity.holder]
        for quantity in QUANTITIES
    }
    lanes = {name: (lane["exporter"], lane["importer"], lane["good"]) for name, lane in BASE["lanes"].items()}
    kinds = {"country": roles, "rule": dict.fromkeys(BASE["rules"], "beijing")}
    return Layout(own=own, everyone=everyone, kinds=kinds, lanes=lanes)


def arrays(months: int = 60, runs: int = 100, seed: int = 1) -> dict[str, np.ndarray]:
    """Paths (month, own holders, run) of every quantity."""
    rng = np.random.default_rng(seed)
    made = {}
    for quantity in QUANTITIES:
        holders = layout().own[quantity.name]
        shape = (months, len(holders), runs)
        size = np.full(len(holders), float(SIZE.get(quantity.name, 1.0)))
        if quantity.name == "lane_flow":
            size = np.array([lane["volume"]["value"] for lane in BASE["lanes"].values()])
        if quantity.name == "pressure":
            size = np.linspace(0.1, 0.9, len(holders))
        rise = 1 - 0.7 * np.exp(-np.arange(months) / 10)[:, None, None]
        level = np.exp(0.3 * rng.standard_normal((1, *shape[1:])) + 0.05 * rng.standard_normal(shape))
        made[quantity.name] = size[:, None] * rise * level
        if quantity.unit == "share":
            made[quantity.name] = np.clip(made[quantity.name], 0, 1)
    for name in ("visit", "treaty", "tests"):
        made[name] = rng.poisson(made[name]).astype(float)
    for number, dimension in enumerate(DIMENSIONS):
        chosen = rng.choice(len(LIMITS), p=_chances(number), size=made[f"limit_{dimension}"].shape)
        made[f"limit_{dimension}"] = chosen.astype(float)
    return made


def paths(months: int = 60, runs: int = 100, seed: int = 1) -> xr.Dataset:
    return path_dataset(arrays(months, runs, seed), layout(), BASE["start"], months, range(runs))


def summary(months: int = 60, runs: int = 100) -> xr.Dataset:
    made = arrays(months, runs)
    fans = {name: np.quantile(values, QUANTILES, axis=2) for name, values in made.items()}
    shares = np.stack(
        [[(made[f"limit_{dimension}"][:, 0] == limit).mean(axis=1) for limit in range(len(LIMITS))] for dimension in DIMENSIONS]
    )
    return fan_dataset(fans, shares, layout(), BASE["start"])


def outcomes(runs: int = 2_000, seed: int = 1, shift: float = 1.0) -> xr.DataArray:
    rng = np.random.default_rng(seed)
    values = shift * np.exp(0.4 * rng.standard_normal((len(OUTCOMES), runs))) * 100
    for row, outcome in enumerate(OUTCOMES):
        if outcome.unit == "share":
            values[row] = rng.beta(4 * shift, 4, runs)
        if outcome.unit in ("month number", "visits", "tests", "months", "deals"):
            values[row] = np.minimum(rng.poisson(12 * shift, runs), 61)
    return xr.DataArray(values, dims=("outcome", "run"), coords=outcome_coordinates() | {"run": np.arange(runs)})


def comparison(runs: int = 2_000) -> xr.Dataset:
    labels = ["base", "base without beijing", "beijing_cracks_down"]
    parts = [outcomes(runs, seed=1, shift=shift) for shift in (1.0, 1.3, 0.8)]
    data = xr.concat(parts, dim="scenario").assign_coords(scenario=labels).rename("outcomes").to_dataset()
    return data.assign(difference=data["outcomes"] - data["outcomes"].isel(scenario=0, drop=True))


def _chances(number: int) -> np.ndarray:
    weights = np.roll(np.array([1, 8, 9, 5, 2, 2, 4, 2, 1, 2, 2, 7.0]), number)
    return weights / weights.sum()


def swept(points: int = 200, each: int = 4, seed: int = 1) -> pd.DataFrame:
    """A sweep's frame with two parameters, two levers and a failed run."""
    rng = np.random.default_rng(seed)
    point = np.repeat(np.arange(points), each)
    failed = np.arange(len(point)) == 3
    tolerance, price = rng.uniform(0.1, 1.2, points)[point], np.exp(rng.uniform(-3, 3, points))[point]
    outcome = 2_000 * tolerance + 300 * np.log(price) + 100 * rng.standard_normal(len(point))
    frame = pd.DataFrame({"point": point, "run": np.tile(np.arange(each), points), "china.goodwill": tolerance, LONG: price})
    frame["without"] = np.where(point % 2, "beijing", "")
    frame["rules.china_oil_valve"] = point % 3 == 0
    frame["munitions"] = np.where(failed, np.nan, outcome)
    frame["munitions@17"] = outcome / 3
    frame["constant"] = 5.0
    return frame.assign(error=np.where(failed, "OverflowError: too large", None))
