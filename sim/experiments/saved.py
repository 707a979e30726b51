"""A sweep on disk, read back: a lazy table, means by point, paired differences, an xarray view."""

import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from sim.arrays import Array
from sim.errors import UserError, suggest
from sim.experiments import analyses
from sim.experiments.plan import first_keys
from sim.experiments.store import DESIGN_FILE, PARTS, QUANTILES, part_names, read_manifest, sums_of
from sim.mechanisms.quantities import OUTCOMES
from sim.runs.arguments import folder_path, name_list, whole_number
from sim.runs.ensemble import make_job
from sim.runs.replays import Replay, alone
from sim.runs.run_directory import MANIFEST_FILE
from sim.runs.sums import Sums

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    import xarray as xr
    from pyarrow.dataset import Dataset as Table

    from sim.scenario.scenario import Scenario

MOST_BYTES = 2 * 2**30  # that a view in memory may take


@dataclass(frozen=True)
class SavedSweep:
    """A sweep on disk, read back when asked. Its parts lie in ``parts/*.parquet``, for pandas, polars or DuckDB.

    Attributes
    ----------
    directory : Path
        Where it lies.
    manifest : dict
        Design, levers, scenarios, seed, units, versions: all on which its bytes depend.
    sums : Sums
        The list of its files. The content of a file is set against it before it is read.
    """

    directory: Path
    manifest: dict[str, Any]
    sums: Sums = field(repr=False)
    _keeper: Any = field(default=None, repr=False, compare=False)
    _tables: "dict[str, Table]" = field(default_factory=dict, repr=False, compare=False)

    def with_keeper(self, keeper: Any) -> Self:
        """Give the same sweep, which holds on to a temporary directory as long as it lives."""
        return replace(self, _keeper=keeper)

    def __repr__(self) -> str:
        size = f"{self.manifest['points']:,} points × {self.manifest['runs']:,} runs of {self.manifest['months']} months"
        kind = self.manifest["design"]["kind"] if self.manifest["design"]["columns"] else "no design, only levers"
        return f"SavedSweep({str(self.directory)!r}: {size}, {kind})"

    @property
    def table(self) -> "Table":
        """A row for each run, lazy: a `pyarrow.dataset.Dataset` with columns point, run, inputs, outcomes, measures, error.

        All parts are set against the list of sums when it is asked for. Without ``out=`` the files go with this object: keep it
        as long as the table.
        """
        return self._parts(PARTS)

    @cached_property
    def design(self) -> "pd.DataFrame":
        """A row for each point: its number, its parameters by address, and its levers."""
        from pyarrow import parquet

        with self.sums.reading(DESIGN_FILE) as path:
            return parquet.read_table(path).to_pandas()

    @cached_property
    def complete(self) -> bool:
        """Whether all of its parts are there."""
        return self.sums.finished or self.table.count_rows() == self.manifest["points"] * self.manifest["runs"]

    @property
    def inputs(self) -> list[str]:
        """What was varied: addresses, then levers."""
        return [*self.manifest["design"]["columns"], *self.manifest["levers"]]

    @property
    def outcomes(self) -> list[str]:
        """Columns that can be asked for: outcomes and measures."""
        return [name for name in self.table.schema.names if name not in ("point", "run", "error", *self.inputs)]

    def scenario(self, point: int = 0) -> "Scenario":
        """Give the scenario of a point, with its structural levers and without its numbers."""
        from sim.scenario.scenario import Scenario

        self._check_place(point, 0)
        with self.sums.reading(MANIFEST_FILE):
            tables = self.manifest["scenario_tables"]
            return Scenario.from_dict(tables[point // (self.manifest["points"] // len(tables))])

    def frame(self, columns: Sequence[str] | None = None) -> "pd.DataFrame":
        """Read runs into memory, in the order of points and runs.

        Parameters
        ----------
        columns : sequence of str, optional
            Which; all by default. ``point`` and ``run`` always come first.
        """
        known = self.table.schema.names
        chosen = known if columns is None else name_list(columns, "columns", "columns")
        for name in chosen:
            self._check(name, known)
        rows: pd.DataFrame = self._rows(list(dict.fromkeys(["point", "run", *chosen]))).to_pandas()
        return rows.sort_values(["point", "run"], ignore_index=True)

    def means(self, outcome: str, by: Sequence[str] | str | None = None) -> "pd.DataFrame":
        """Mean of an outcome by point, or by the values of inputs, with its Monte-Carlo error.

        Runs that failed are left out. Runs at different points share their shocks, so differences between rows are known
        better than the errors say: see `differences`.

        Parameters
        ----------
        outcome : str
            Name of an outcome or measure, such as "munitions" or "munitions@17".
        by : str or sequence of str, optional
            Inputs to group by; points by default.

        Returns
        -------
        pandas.DataFrame
            A row a group: its inputs, ``runs``, ``mean`` and ``error``, the standard error of the mean.

        Raises
        ------
        UserError
            If there is no such column.
        """
        import pyarrow.compute as pc

        self._check(outcome, self.outcomes)
        given = ["point"] if by is None else [by] if isinstance(by, str) else name_list(by, "by", "inputs")
        names = list(dict.fromkeys(given))
        for name in names:
            self._check(name, ["point", *self.inputs])
        rows = self._rows([*names, outcome], pc.field("error").is_null())
        table = (
            rows.group_by(names)
            .aggregate([(outcome, "count"), (outcome, "mean"), (outcome, "stddev", pc.VarianceOptions(ddof=1))])
            .to_pandas()
            .rename(columns={f"{outcome}_count": "runs", f"{outcome}_mean": "mean", f"{outcome}_stddev": "error"})
        )
        table["error"] = table["error"] / np.sqrt(table["runs"])
        table = table[[*names, "runs", "mean", "error"]].sort_values(names, ignore_index=True)
        if by is None:
            table = self.design.merge(table, on="point", how="left")
        return table

    def points(self, outcome: str) -> Array:
        """Mean of an outcome at each point, shape (points,); NaN where all of its runs failed."""
        means: Array = self.means(outcome)["mean"].to_numpy(dtype=np.float64)
        return means

    def differences(self, outcome: str, lever: str) -> "pd.DataFrame":
        """Paired differences of an outcome between the options of a lever and its first, run by run on the same shocks.

        Returns
        -------
        pandas.DataFrame
            A row for each point of the design (and option of other levers) and each further option: the inputs, ``runs``,
            ``mean`` of the difference, ``error``, its standard error, and ``correlation`` of the two arms over the runs.

        Raises
        ------
        UserError
            If there is no such lever or outcome.
        """
        self._check(lever, list(self.manifest["levers"]))
        return analyses.differences(self.design, self.array(outcome), self.dims.index(lever))

    @property
    def sampled(self) -> int:
        """Number of points of the design, under each combination of levers."""
        return self.manifest["points"] // prod(len(options) for options in self.manifest["levers"].values())

    @property
    def dims(self) -> tuple[str, ...]:
        """Names of the axes: levers, then the factors of a factorial design or ``sample``, then ``run``."""
        return (*self.manifest["levers"], *self._factors(), "run")

    def array(self, outcome: str) -> Array:
        """All runs of an outcome, with the axes of `dims`.

        Raises
        ------
        UserError
            If there is no such column, or it does not fit in memory.
        """
        self._check(outcome, self.outcomes)
        shape = (
            *(len(options) for options in self.manifest["levers"].values()),
            *self._factors().values(),
            self.manifest["runs"],
        )
        if prod(shape) * 8 > MOST_BYTES:
            raise UserError(f"{prod(shape):,} numbers do not fit in memory; use .table, or .means", outcome)
        rows = self._rows(["point", "run", outcome])
        values = np.full((self.manifest["points"], self.manifest["runs"]), np.nan)
        values[rows["point"].to_numpy(), rows["run"].to_numpy()] = rows[outcome].to_numpy()
        return values.reshape(shape)

    def dataset(self, outcomes: Sequence[str] | None = None) -> "xr.Dataset":
        """An xarray view: each outcome with dims levers, factors (or ``sample``) and run; inputs are coordinates.

        Parameters
        ----------
        outcomes : sequence of str, optional
            Which outcomes and measures; all by default.
        """
        import xarray as xr

        names = self.outcomes if outcomes is None else name_list(outcomes, "outcomes", "outcomes")
        units = self.manifest["units"]
        coordinates: dict[str, Any] = dict(self.manifest["levers"])
        sampled = self.design.iloc[: self.sampled]
        if "sample" in self._factors():
            coordinates |= {name: ("sample", sampled[name]) for name in self.manifest["design"]["columns"]}
        else:
            coordinates |= {name: sampled[name].unique() for name in self._factors()}
        data = {name: (self.dims, self.array(name), {"units": units.get(name, "")}) for name in names}
        view = xr.Dataset(data, coords={**coordinates, "run": np.arange(self.manifest["runs"])})
        for name in view.coords:
            if str(name) in units:
                view[name].attrs["units"] = units[str(name)]
        own, common = "each point of the design meets shocks of its own", "run r meets the same shocks at every point"
        view.attrs |= {"paired": own if self.manifest["own_shocks"] else common, "seed": self.manifest["seed"]}
        return view.assign_attrs(sweep=self.manifest["sweep"])

    def failures(self) -> "pd.DataFrame":
        """Runs that failed: point, run, inputs, and the error. `replay` does one of them again."""
        import pyarrow.compute as pc

        columns = ["point", "run", *self.inputs, "error"]
        rows: pd.DataFrame = self._rows(columns, pc.field("error").is_valid()).to_pandas()
        return rows.sort_values(["point", "run"], ignore_index=True)

    @property
    def quantiles(self) -> "pd.DataFrame":
        """Quantiles by point, quantity, holder and month (from 1), if the sweep recorded any.

        They are exact over ``runs`` runs of the point; ``error`` is the largest standard error of their probability,
        √(q (1 − q) / runs) at the median.
        """
        return self.quantiles_of(None)

    def quantiles_of(self, points: Sequence[int] | None) -> "pd.DataFrame":
        """Quantiles as `quantiles`, of some points alone.

        Raises
        ------
        UserError
            If the sweep recorded none.
        """
        import pyarrow.compute as pc

        if not self.manifest["record"]:
            raise UserError("no quantiles were kept; give record= to the sweep", str(self.directory))
        if points is not None and not isinstance(points, Iterable):
            raise UserError(f"needs a list of points, not {points!r}", "points")
        chosen = None if points is None else list(points)
        for point in chosen or ():
            self._check_place(point, 0)
        some = None if chosen is None else pc.field("point").isin(chosen)
        parts = self._parts(QUANTILES)
        with self.sums.reading(*part_names(self.sums, QUANTILES)):
            rows: pd.DataFrame = parts.to_table(filter=some).to_pandas()
        rows["error"] = np.sqrt(0.25 / rows["runs"])
        return rows.sort_values(["quantity", "point", "holder", "month"], ignore_index=True)

    def replay(self, point: int, run: int) -> Replay:
        """Do one run again, alone, and compare it with its row.

        Raises
        ------
        UserError
            If there is no such point or run.
        """
        import pyarrow.compute as pc

        self._check_place(point, run)
        scenario, given = self.scenario(point), self.design.iloc[point]
        values = {name: float(given[name]) for name in self.inputs if name in scenario.parameters}
        first = first_keys(np.array([point]), self.sampled, self.manifest["runs"], self.manifest["own_shocks"])
        key = int(first[0]) + run
        job = make_job(scenario, 1, self.manifest["months"], self.manifest["seed"], key, [key], values, ())
        done, events, _ = alone(scenario, job)
        names = [outcome.name for outcome in OUTCOMES]
        rows = self._rows(names, (pc.field("point") == point) & (pc.field("run") == run))
        before = np.array([rows[name][0].as_py() for name in names]) if len(rows) else np.full(len(names), np.nan)
        return Replay(run, done, events, done.tobytes() == before.tobytes(), None)

    def sensitivity(self, outcome: str, against: str | None = None) -> "pd.DataFrame":
        """Which parameters an outcome answers to, by the measure that fits the design; see `sim.experiments.sensitivity`.

        The means over the runs of a point are used; where all points share their shocks, they differ by the parameters alone.

        Parameters
        ----------
        outcome : str
            Name of an outcome or measure.
        against : str, optional
            A lever: what is looked at is then the difference that its further options make against its first, such as what
            a cap answers to with ``against="without"``.

        Returns
        -------
        pandas.DataFrame
            A block of rows for each combination of levers.
        """
        levers = list(self.manifest["levers"])
        return analyses.sensitivity(self.design, self.manifest["design"], levers, self._blocks(outcome, against))

    def discover(
        self, outcome: str, at_least: float | None = None, at_most: float | None = None, against: str | None = None
    ) -> "pd.DataFrame":
        """Boxes of parameters in which the mean of an outcome is high, or low; see `sim.experiments.analyses.box_table`.

        Parameters
        ----------
        outcome : str
            Name of an outcome or measure.
        at_least, at_most : float, optional
            One of them: what is sought.
        against : str, optional
            A lever, as in `sensitivity`.

        Raises
        ------
        UserError
            If not one threshold is given, or it does not tell the points apart.
        """
        return analyses.discover(self.design, self.inputs, self._blocks(outcome, against), at_least, at_most)

    def _factors(self) -> dict[str, int]:
        """Axes of the design: the factors of a full factorial in the order in which they turn, else one axis of samples."""
        if self.manifest["design"]["kind"] == "factorial":
            return {name: int(self.design[name].nunique()) for name in self.manifest["design"]["columns"]}
        return {"sample": self.sampled}

    def _parts(self, kind: str) -> "Table":
        from pyarrow import dataset

        names = part_names(self.sums, kind)
        if not names:
            raise UserError("no part of the sweep is there yet; run it first", str(self.directory))
        with self.sums.reading(*names):
            if kind not in self._tables:
                self._tables[kind] = dataset.dataset([str(self.directory / name) for name in names], format="parquet")
            return self._tables[kind]

    def _rows(self, columns: Sequence[str], some: Any = None) -> "pa.Table":
        """Read columns into memory, of all runs or of some."""
        table = self.table
        with self.sums.reading(*part_names(self.sums, PARTS)):
            return table.to_table(columns=list(columns), filter=some)

    def _check_place(self, point: Any, run: Any) -> None:
        points, runs = self.manifest["points"], self.manifest["runs"]
        if not whole_number(point, "point", 0) < points or not whole_number(run, "run", 0) < runs:
            text = f"there is no run {run} of point {point}; there are {points:,} points, from 0, of {runs:,} runs, from 0"
            raise UserError(text, str(self.directory))

    def _blocks(self, outcome: str, against: Any) -> Iterator[analyses.Block]:
        """Points and means of each combination of levers; or means of what one lever changes."""
        if against is None:
            return analyses.blocks(self.points(outcome), self.sampled)
        self._check(against, list(self.manifest["levers"]))
        if len(self.manifest["levers"][against]) < 2:
            raise UserError(f"the lever '{against}' has one option, which changes nothing; give another lever", "against")
        return analyses.change_blocks(self.array(outcome), self.dims.index(against), self.sampled)

    def _check(self, name: Any, known: Sequence[str]) -> None:
        if name not in known:
            raise UserError(f"there is no column '{name}'; {suggest(name, known)}", str(self.directory))


def open_sweep(directory: str | Path) -> SavedSweep:
    """Open the directory of a sweep. One that is not complete gives the parts that are there, with a warning.

    Raises
    ------
    UserError
        If it is no sweep, or nothing of it is there yet.
    """
    folder = folder_path(directory, "directory").resolve()
    sums = sums_of(folder)
    sums.check_sizes()
    saved = SavedSweep(folder, read_manifest(sums), sums)
    if not saved.complete:
        warnings.warn(f"{folder}: the sweep is not complete; the same call that began it goes on with it", stacklevel=2)
    return saved
