"""What a worker does: the runs of one part, and the bytes of its files. A run that fails is a row with its error."""

import platform
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import cloudpickle
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import parquet

from sim.arrays import Array
from sim.errors import UserError
from sim.experiments.identity import difference
from sim.experiments.plan import Measures, Plan, Task
from sim.mechanisms.pressure import RESPONSES, Response
from sim.mechanisms.quantities import OUTCOMES
from sim.runs.chunks import Job, advance, get_ready, layout_of, own_responses, world_of
from sim.runs.datasets import path_dataset
from sim.runs.memory import keep_freed_memory, swept
from sim.runs.results import QUANTILES, Layout, Outcomes, Paths, Read, Recorder, quantiles
from sim.runs.software import software
from sim.scenario.scenario import Scenario

MOST_ATTEMPTS = 64  # with which the failing runs of a part are looked for; what is then left fails together
QUANTILE_NAMES = tuple(f"q{round(100 * each):02d}" for each in QUANTILES)

Tick = Callable[[float], object]


@dataclass(frozen=True)
class Shared:
    """What all parts of one structure have in common, sent along with each of them."""

    sweep: str
    scenario: Scenario
    labels: frozenset[str]
    seed: int
    months: int
    at: tuple[int, ...]
    record: tuple[str, ...]
    measures: Measures | None
    responses: dict[str, Response]
    software: dict[str, str]

    @classmethod
    def of(cls, plan: Plan, sweep: str, structure: int) -> "Shared":
        """Take it from a plan, for one of its structures; ``sweep`` is the identity that the parts will bear."""
        return cls(
            sweep,
            plan.structures[structure].scenario,
            frozenset(plan.structures[0].labels),
            plan.seed,
            plan.months,
            plan.at,
            plan.record,
            plan.measures,
            own_responses(),
            software(),
        )

    def pack(self) -> bytes:
        """Give it as bytes that any process can read, with functions of a notebook by value."""
        return bytes(cloudpickle.dumps(self))


@dataclass(frozen=True)
class Done:
    """What a worker gives back: the files of a part, and what the log tells of it."""

    number: int
    rows: int
    failed: int
    first_error: str
    part: bytes
    quantiles: bytes
    seconds: float


@dataclass(frozen=True)
class Block:
    """Results of runs that went through together, or that failed together.

    Attributes
    ----------
    outcomes : ndarray, shape (1 + at, outcomes, runs)
    measured : ndarray, shape (columns, runs)
    fans : dict of ndarray, shape (quantiles, months, holders, points)
        By quantity.
    errors : list of str or None
        For each run.
    """

    outcomes: Array
    measured: Array
    fans: dict[str, Array]
    errors: list[str | None]


class PointFans:
    """A recorder of exact quantiles by month over the runs of each point: none of the paths is kept.

    Attributes
    ----------
    values : dict of ndarray, shape (quantiles, months, holders, points)
    """

    def __init__(self, names: tuple[str, ...], layout: Layout, months: int, points: int) -> None:
        self._points = points
        self.values = {name: np.empty((len(QUANTILES), months, len(layout.own[name]), points)) for name in names}

    def add(self, month: int, read: Read) -> None:
        """Take one month."""
        for name, values in self.values.items():
            for row, now in enumerate(read(name)):
                values[:, month - 1, row] = quantiles(now.reshape(self._points, -1))


@lru_cache(maxsize=8)
def unpacked(packed: bytes) -> Shared:
    """Read what the parts have in common, once in each process."""
    shared: Shared = cloudpickle.loads(packed)
    get_ready()
    return shared


def do_packed(given: tuple[bytes, Task]) -> Done:
    """Do one part in another process, which learns the user's own responses anew: another sweep may have used their names."""
    packed, task = given
    shared = unpacked(packed)
    other = difference(software(), shared.software)
    if other:
        raise UserError(f"the worker on {platform.node()} has {other}", "workers")
    RESPONSES.update(shared.responses)
    return do(shared, task)


@swept()
def do(shared: Shared, task: Task, tick: Tick = lambda runs: None) -> Done:
    """Do the runs of one part, and make its files."""
    began = time.perf_counter()
    keep_freed_memory()
    fans = shared.record if task.first_run == 0 else ()
    block = _attempt(shared, task, np.arange(task.rows), fans, iter(range(MOST_ATTEMPTS)), tick)
    errors = [error for error in block.errors if error is not None]
    part = _part(shared, task, block)
    quantile_file = _quantile_file(shared, task, block) if shared.record else b""
    return Done(
        task.number, task.rows, len(errors), errors[0] if errors else "", part, quantile_file, time.perf_counter() - began
    )


def job_of(shared: Shared, task: Task, rows: NDArray[np.intp]) -> Job:
    """Make the job of some rows of a part: row = point × runs + run, and run r has the first key of its point, plus r."""
    scenario = shared.scenario
    return Job(
        runs=len(rows),
        months=shared.months,
        seed=shared.seed,
        keys=task.first_keys[rows // task.runs] + task.first_run + rows % task.runs,
        values={
            name: column[rows // task.runs]
            for name, column in task.columns.items()
            if name not in shared.labels and name in scenario.parameters
        },
        at=shared.at,
    )


def _attempt(
    shared: Shared, task: Task, rows: NDArray[np.intp], fans: tuple[str, ...], attempts: Iterator[int], tick: Tick
) -> Block:
    """Simulate some rows; when that raises, halve them until the runs that fail are found. The others are the same bits alone."""
    try:
        return _simulated(shared, task, rows, fans, partial(_tick_rows, tick, len(rows)))
    except (MemoryError, UserError):  # of the machine, or of what was asked: no run of its own can be blamed
        raise
    except Exception as error:
        text = f"{type(error).__name__}: {error}"
        exhausted = next(attempts, None) is None
        if len(rows) == 1 or exhausted:
            return _failed(shared, len(rows), f"{text} (one of {len(rows)} runs)" if len(rows) > 1 else text)
    points = len(rows) // task.runs
    cut = points // 2 * task.runs if points > 1 else len(rows) // 2
    # A point that is cut has no quantiles any more.
    halves = [_attempt(shared, task, part, fans if points > 1 else (), attempts, tick) for part in (rows[:cut], rows[cut:])]
    return _joined(halves, task.runs)


def _tick_rows(tick: Tick, rows: int, share: float) -> None:
    tick(share * rows)


def _simulated(shared: Shared, task: Task, rows: NDArray[np.intp], fans: tuple[str, ...], tick: Tick) -> Block:
    scenario, job = shared.scenario, job_of(shared, task, rows)
    world = world_of(scenario, job)
    layout = layout_of(world, scenario)
    outcomes = Outcomes(layout, job.runs, (job.months, *job.at))
    paths = Paths(() if shared.measures is None else tuple(shared.measures.needs), layout, job.months, job.runs)
    by_point = PointFans(fans, layout, job.months, len(rows) // task.runs)
    recorders: list[Recorder] = [outcomes, paths, by_point]
    advance(world, job.months, recorders, tick)
    measured = np.empty((0, job.runs))
    if shared.measures is not None:
        runs = path_dataset(paths.values, layout, scenario.start, job.months, range(job.runs))
        measured = _checked(np.asarray(shared.measures(runs), dtype=np.float64), len(shared.measures.columns), job.runs)
    errors = _not_finite(outcomes.values)
    bad = np.array([error is not None for error in errors])
    outcomes.values[..., bad] = np.nan
    measured[..., bad] = np.nan
    return Block(outcomes.values, measured, by_point.values, errors)


def _checked(measured: Array, columns: int, runs: int) -> Array:
    if measured.shape != (columns, runs):
        text = f"must give an array of shape ({columns} columns, {runs} runs), not {measured.shape}"
        raise UserError(text, "measures")
    return measured


def _not_finite(outcomes: Array) -> list[str | None]:
    """Say of each run which of its outcomes are no finite numbers."""
    errors: list[str | None] = [None] * outcomes.shape[-1]
    finite = np.isfinite(outcomes).all(axis=0)
    for run in np.flatnonzero(~finite.all(axis=0)):
        names = [outcome.name for outcome, good in zip(OUTCOMES, finite[:, run], strict=True) if not good]
        errors[run] = f"no finite number for {', '.join(names[:5])}"
    return errors


def _failed(shared: Shared, runs: int, error: str) -> Block:
    return Block(
        np.full((1 + len(shared.at), len(OUTCOMES), runs), np.nan),
        np.full((0 if shared.measures is None else len(shared.measures.columns), runs), np.nan),
        {},
        [error] * runs,
    )


def _joined(blocks: list[Block], runs: int) -> Block:
    """Put blocks together. Quantiles of a point in which a block failed, or that was cut, are unknown."""
    leads = {name: fan.shape[:-1] for block in blocks for name, fan in block.fans.items()}
    return Block(
        np.concatenate([block.outcomes for block in blocks], axis=-1),
        np.concatenate([block.measured for block in blocks], axis=-1),
        {name: np.concatenate([_fan(block, name, lead, runs) for block in blocks], axis=-1) for name, lead in leads.items()},
        [error for block in blocks for error in block.errors],
    )


def _fan(block: Block, name: str, lead: tuple[int, ...], runs: int) -> Array:
    return block.fans.get(name, np.full((*lead, len(block.errors) // runs), np.nan))


def fields(shared: Shared, columns: Mapping[str, NDArray[Any]]) -> list[pa.Field]:
    """Columns of a part: point, run, what the point was given, outcomes, measures, error."""
    kinds = {"f": pa.float64(), "b": pa.bool_(), "U": pa.string()}
    row_fields = [pa.field("point", pa.int64()), pa.field("run", pa.int64())]
    row_fields += [pa.field(name, kinds[column.dtype.kind]) for name, column in columns.items()]
    for end in ("", *(f"@{month}" for month in shared.at)):
        row_fields += [pa.field(f"{outcome.name}{end}", pa.float64(), metadata={"unit": outcome.unit}) for outcome in OUTCOMES]
    if shared.measures is not None:
        row_fields += [pa.field(name, pa.float64(), metadata={"unit": unit}) for name, unit in shared.measures.columns.items()]
    return [*row_fields, pa.field("error", pa.string())]


def _part(shared: Shared, task: Task, block: Block) -> bytes:
    rows = np.arange(task.rows)
    columns = [
        task.first_point + rows // task.runs,
        task.first_run + rows % task.runs,
        *(np.repeat(column, task.runs) for column in task.columns.values()),
        *block.outcomes.reshape(-1, task.rows),
        *block.measured,
        block.errors,
    ]
    schema = pa.schema(fields(shared, task.columns), metadata={"sweep": shared.sweep, "part": str(task.number)})
    table = pa.Table.from_arrays(
        [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)], schema=schema
    )
    # Inputs repeat over the runs of a point, and a dictionary pays for them; outcomes hardly do.
    repeated = ["point", *task.columns] if task.runs > 1 else [f.name for f in schema if pa.types.is_string(f.type)]
    return _encoded(table, [*repeated, "error"] if task.runs > 1 else repeated)


QUANTILE_SCHEMA = pa.schema(
    [
        pa.field("point", pa.int64()),
        pa.field("quantity", pa.string()),
        pa.field("holder", pa.string()),
        pa.field("month", pa.int64()),
        *(pa.field(name, pa.float64()) for name in QUANTILE_NAMES),
        pa.field("runs", pa.int64()),
    ]
)


def _quantile_file(shared: Shared, task: Task, block: Block) -> bytes:
    """Make the long table of quantiles: a row for each quantity, point, holder and month."""
    scenario = shared.scenario
    layout = layout_of(world_of(scenario, Job(1, 1)), scenario)
    schema = QUANTILE_SCHEMA.with_metadata({"sweep": shared.sweep, "part": str(task.number)})
    tables = [schema.empty_table()]
    for name, fan in block.fans.items():
        holders, (_, months, _, points) = layout.own[name], fan.shape
        values = fan.transpose(0, 3, 2, 1).reshape(len(QUANTILES), -1)
        columns = [
            np.repeat(task.first_point + np.arange(points), months * len(holders)),
            [name] * values.shape[1],
            np.tile(np.repeat(np.array(holders, dtype=object), months), points),
            np.tile(np.arange(1, months + 1), points * len(holders)),
            *values,
            np.full(values.shape[1], task.runs),
        ]
        tables.append(
            pa.table([pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)], schema=schema)
        )
    return _encoded(pa.concat_tables(tables), ["point", "quantity", "holder", "month", "runs"])


def _encoded(table: pa.Table, dictionary: list[str]) -> bytes:
    sink = pa.BufferOutputStream()
    parquet.write_table(table, sink, use_dictionary=dictionary or False, write_page_checksum=True)
    return bytes(sink.getvalue())
