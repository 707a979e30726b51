"""A run directory: outcomes, trajectories, manifest and log on disk, written whole or not at all, and read back.

Bytes of all but the log depend on the scenario, the seed and the versions alone, never on processes or time.
"""

import errno
import glob
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Array
from sim.errors import UserError
from sim.mechanisms.quantities import OUTCOMES
from sim.paths import user_path
from sim.runs.netcdf import ROOT, from_netcdf, to_netcdf
from sim.runs.sums import SUMS_FILE, Sums, expect, read_sums
from sim.whole_files import REASONS, TOKEN, held, make_folder, reasons, remove, sync, unfinished

if TYPE_CHECKING:
    import xarray as xr

    from sim.scenario.scenario import Scenario

OUTCOME_FILE = "outcomes.parquet"
DIFFERENCE_FILE = "differences.parquet"
TRAJECTORY_FILE = "trajectories.nc"
MANIFEST_FILE = "manifest.json"
LOG_FILE = "log.jsonl"
PAGE_MARK = b'<meta name="generator" content="beijing-cap">'  # of a page that `explore` writes, within its first signs
PAGE_HEAD = 1024
PATHS = "paths"  # the group of full paths
LOCK = re.compile(r"\.(.+)\.lock")  # the name of a place's lock, with that of the place
MANIFEST = {  # what a manifest holds
    **dict.fromkeys(("label", "hash"), str),
    **dict.fromkeys(("seed", "runs", "months", "first"), int),
    **dict.fromkeys(("given", "record", "at"), list),
    **dict.fromkeys(("versions", "scenario"), dict),
}


@contextmanager
def whole_directory(out: str | Path) -> Iterator[Path]:
    """Give a temporary folder beside ``out`` to write in, and rename it to ``out`` when all is written and on the disk.

    On any error or interrupt nothing stays behind. What a process that was killed has left, the next that writes ``out`` removes.

    Raises
    ------
    UserError
        If ``out`` exists, is being written, or cannot be: read-only, no permission, full disk.
    """
    out = user_path(out)
    with claimed([out]), reasons(out):
        part = unfinished(out)
        part.mkdir()
        try:
            with held(part):
                yield part
            for path in (*part.rglob("*"), part):
                sync(path)
            part.rename(out)
            sync(out.parent)
        finally:
            shutil.rmtree(part, ignore_errors=True)


@contextmanager
def claimed(places: Iterable[Path]) -> Iterator[Path]:
    """Give the first of some places at which nothing is and nobody writes, and keep other processes away from it.

    Raises
    ------
    UserError
        That says of the last what is in the way.
    """
    refused = UserError("no place is given", "out")
    for place in places:
        refused = UserError("exists already; give another name, nothing is overwritten", str(place))
        if os.path.lexists(place):
            if is_lock(_lock(place)):  # of a process that died when all but this was done
                with suppress(OSError), _locked(place):
                    pass
            continue
        with reasons(place), _parents(place), _locked(place) as free:
            if free and not os.path.lexists(place):
                yield place
                return
        if not free:
            refused = UserError("another process is writing there; wait for it, or give another name", str(place))
    raise refused


def is_lock(path: Path) -> bool:
    """Whether it is the lock of a place at which there is a finished folder or page of this program."""
    place = LOCK.fullmatch(path.name)
    return place is not None and path.is_file() and path.lstat().st_size == 0 and _is_finished(path.with_name(place[1]))


def _is_finished(place: Path) -> bool:
    if not place.is_file():
        return (place / SUMS_FILE).is_file()
    with suppress(OSError), place.open("rb") as file:
        return PAGE_MARK in file.read(PAGE_HEAD)
    return False


def _lock(place: Path) -> Path:
    return place.with_name(f".{place.name}.lock")


@contextmanager
def _parents(place: Path) -> Iterator[None]:
    """Make the folders above a place, and remove those again that stay empty."""
    if any(folder.exists() and not folder.is_dir() for folder in place.parents):
        raise UserError(REASONS[errno.ENOTDIR], str(place))
    made = [folder for folder in (place.parent, *place.parent.parents) if not folder.exists()]
    try:
        make_folder(place.parent)
        yield
    finally:
        _remove_empty(made)


@contextmanager
def _locked(place: Path) -> Iterator[bool]:
    """Hold the lock of a place, once more if this process has it; False where another has.

    Who has the lock knows that what is unfinished beside it is of the dead. A file system without locks has to do without.
    """
    from filelock import FileLock, Timeout

    path = _lock(place)
    lock = FileLock(path, timeout=0, is_singleton=True)
    try:
        lock.acquire()
    except Timeout:
        yield False
        return
    except NotImplementedError:
        path.unlink(missing_ok=True)
        yield True
        return
    try:
        for dead in place.parent.glob(f".{glob.escape(place.name)}.{'[0-9a-f]' * TOKEN}.part"):
            remove(dead)
        yield True
    finally:
        if lock.lock_counter == 1:
            with suppress(OSError):  # Windows keeps what is open, and filelock removes it there
                path.unlink(missing_ok=True)
        lock.release()


def _remove_empty(folders: Sequence[Path]) -> None:
    """Remove the folders, the innermost first, up to one that holds something."""
    for folder in folders:
        try:
            folder.rmdir()
        except OSError:
            return


class OutcomeFile:
    """``outcomes.parquet``: a row a run, in order, one row group a chunk. Use it in a ``with`` statement.

    Parameters
    ----------
    path : Path
        File to write.
    inputs : sequence of str
        Further columns, for what was given to each run: ``key``, or addresses of parameters.
    at : sequence of int
        Months whose outcomes have a column of their own, such as ``munitions@17``, beside those at the end.
    """

    def __init__(self, path: Path, inputs: Sequence[str], at: Sequence[int]) -> None:
        import pyarrow as pa
        from pyarrow import parquet

        fields = [pa.field("run", pa.int64())]
        fields += [pa.field(name, pa.int64() if name == "key" else pa.float64()) for name in inputs]
        for end in ("", *(f"@{month}" for month in at)):
            fields += [
                pa.field(f"{outcome.name}{end}", pa.float64(), metadata={"meaning": outcome.meaning, "unit": outcome.unit})
                for outcome in OUTCOMES
            ]
        self._schema = pa.schema(fields)
        # Doubles hardly repeat: a dictionary costs four times the time and saves nothing.
        self._file = pa.OSFile(str(path), "wb")  # our own, since a writer that cannot close leaves its file open
        self._writer = parquet.ParquetWriter(self._file, self._schema, use_dictionary=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            self._writer.close()
        finally:
            self._file.close()

    def write(self, runs: NDArray[np.int64], inputs: Sequence[NDArray[Any]], outcomes: Array) -> None:
        """Append a chunk: numbers of the runs, inputs, and outcomes (the end first, then ``at``), shape (…, outcomes, runs)."""
        import pyarrow as pa

        columns = [runs, *inputs, *outcomes.reshape(-1, outcomes.shape[-1])]
        self._writer.write_table(pa.Table.from_arrays([pa.array(column) for column in columns], schema=self._schema))


def write_differences(path: Path, directories: Mapping[str, Path]) -> None:
    """Write the outcomes of each run directory minus those of the first, run by run: columns ``scenario`` and those of outcomes.

    It goes by row groups, which are the same in all of them, so memory does not grow with the number of runs.
    """
    import pyarrow as pa
    from pyarrow import compute, parquet

    (_, first), *others = directories.items()
    base = parquet.ParquetFile(first / OUTCOME_FILE)
    outcomes = [field for field in base.schema_arrow if field.metadata and b"unit" in field.metadata]
    schema = pa.schema([pa.field("scenario", pa.string()), pa.field("run", pa.int64()), *outcomes])
    with parquet.ParquetWriter(path, schema, use_dictionary=["scenario"]) as writer:
        for name, folder in others:
            other = parquet.ParquetFile(folder / OUTCOME_FILE)
            for group in range(base.num_row_groups):
                before, after = base.read_row_group(group), other.read_row_group(group)
                columns = [compute.subtract(after[field.name], before[field.name]) for field in outcomes]
                writer.write_table(pa.table([pa.array([name] * len(after)), after["run"], *columns], schema=schema))


def write_csv(folder: Path) -> Path:
    """Write ``outcomes.csv`` from ``outcomes.parquet``, by row groups. Numbers keep all their figures."""
    from pyarrow import csv, parquet

    source, path = parquet.ParquetFile(folder / OUTCOME_FILE), folder / "outcomes.csv"
    with csv.CSVWriter(path, source.schema_arrow) as writer:
        for group in range(source.num_row_groups):
            writer.write(source.read_row_group(group))
    return path


def write_trajectories(folder: Path, fans: "xr.Dataset", paths: "xr.Dataset") -> None:
    """Write ``trajectories.nc``: quantiles and shares of limits in the root group, full paths in the group ``paths``.

    It is made in memory (a few megabytes), since HDF5 does not recover from a disk that fills up under it.
    """
    (folder / TRAJECTORY_FILE).write_bytes(to_netcdf({ROOT: fans, PATHS: paths}))


def write_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write ``manifest.json``: all that is needed to do the same again. The order of its tables has a meaning and is kept."""
    text = json.dumps(manifest, indent=1, ensure_ascii=False, allow_nan=False)
    (folder / MANIFEST_FILE).write_text(text + "\n", encoding="utf-8")


def log(folder: Path, event: str, **about: Any) -> None:
    """Append a dated line to ``log.jsonl``: what differs from one time to the next and is no part of the result."""
    line = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event, **about}
    with (folder / LOG_FILE).open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


@dataclass(frozen=True)
class SavedRun:
    """A run directory, read back when asked.

    Attributes
    ----------
    directory : Path
        Where it lies.
    manifest : dict
        Scenario in full and its hash, seed, months, runs, versions.
    sums : Sums
        The list of its files. The content of a file is set against it before it is read.
    """

    directory: Path
    manifest: dict[str, Any]
    sums: Sums = field(repr=False)

    @cached_property
    def scenario(self) -> "Scenario":
        """The scenario that was run."""
        from sim.scenario.scenario import Scenario

        with self.sums.reading(MANIFEST_FILE):
            return Scenario.from_dict(self.manifest["scenario"])

    @cached_property
    def outcomes(self) -> "xr.DataArray":
        """Outcomes of all runs at the end, dims (outcome, run), with the coordinates of `sim.run`."""
        return self.outcomes_of(self.manifest["runs"])

    def outcomes_of(self, runs: int) -> "xr.DataArray":
        """Outcomes of the first runs, at most as many as there are, as `outcomes` gives all; the others are not read."""
        import xarray as xr

        from sim.runs.datasets import outcome_coordinates

        with self.sums.reading(OUTCOME_FILE):
            values = np.empty((len(OUTCOMES), min(runs, self.manifest["runs"])))
            for row, outcome in enumerate(OUTCOMES):
                values[row] = self.column(outcome.name)[: values.shape[1]]
            labels = {"run": self.column("run")[: values.shape[1]], **outcome_coordinates()}
        return xr.DataArray(values, dims=("outcome", "run"), coords=labels, name="outcomes")

    @cached_property
    def quantiles(self) -> "xr.Dataset":
        """Exact quantiles by month, dims (quantile, month, holder), and ``limit_share`` (dimension, limit, month)."""
        return self._group(ROOT)

    @cached_property
    def paths(self) -> "xr.Dataset":
        """Full paths of the first runs, dims (month, holder, run)."""
        return self._group(PATHS)

    def column(self, name: str) -> Array:
        """One column of ``outcomes.parquet``, shape (runs,).

        Raises
        ------
        UserError
            There is none: another version of the program wrote the directory. Or the file is damaged.
        """
        from pyarrow import parquet

        if name not in self.columns():
            raise UserError(f"has no column '{name}': another version wrote it; run its scenario again", str(self.directory))
        with self.sums.reading(OUTCOME_FILE) as path:
            values: Array = parquet.read_table(path, columns=[name]).column(0).to_numpy()
            return values

    def columns(self) -> list[str]:
        """Names of the columns of ``outcomes.parquet``."""
        from pyarrow import parquet

        with self.sums.reading(OUTCOME_FILE) as path:
            return list(parquet.read_schema(path).names)

    def _group(self, group: str) -> "xr.Dataset":
        with self.sums.reading(TRAJECTORY_FILE) as path:
            return from_netcdf(path, group)


def open_run(directory: str | Path) -> SavedRun:
    """Open a run directory that `sim.run` or the command line has written.

    Its manifest is checked against the list of sums, of the other files the sizes; their content is, when it is read.

    Raises
    ------
    UserError
        If it is not one, or a file is missing or damaged.
    """
    folder = user_path(directory)
    sums = read_sums(folder, "run")
    sums.check_sizes()
    with sums.reading(MANIFEST_FILE) as path:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        expect(manifest, MANIFEST)
    return SavedRun(folder, manifest, sums)
