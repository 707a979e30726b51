"""A job kept in memory, as a Dataset with a dim for each scenario."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from functools import partial
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.arrays import Array
from sim.errors import UserError
from sim.mechanisms.quantities import OUTCOMES, QUANTITY
from sim.numerals import number
from sim.runs.chunks import CHUNK, Chunk, Job, about, chunks_of, layout_of, parts, process_count, world_of
from sim.runs.progress import Show
from sim.runs.progress import progress as shown
from sim.runs.results import Into, Layout

if TYPE_CHECKING:
    import xarray as xr

    from sim.scenario.scenario import Scenario

MOST_BYTES = 2 * 2**30  # that a result may take
PART_BYTES = 200 * 2**20  # that the paths of one chunk may take on their way from another process into the result
WORD = 8  # bytes of a double


def collect(scenarios: Sequence["Scenario"], job: Job, processes: int | None, progress: Show) -> "xr.Dataset":
    """Run scenarios in memory: a Dataset with the dim ``scenario`` in front."""
    import xarray as xr

    from sim.runs.datasets import axes, described, holder_coordinates, months_from, outcome_coordinates

    month = months_from(scenarios[0].start, job.months)
    layouts = [layout_of(world_of(scenario, job.part(Chunk(0, 1, 0))), scenario) for scenario in scenarios]
    united = _united(layouts)
    shapes = {name: (len(scenarios), job.months, len(united.everyone[QUANTITY[name].holder]), job.runs) for name in job.record}
    outcome_shape = (len(scenarios), 1 + len(job.at), len(OUTCOMES), job.runs)
    _refuse_too_large(job, shapes, outcome_shape)
    paths = {name: np.empty(shape) for name, shape in shapes.items()}
    outcomes = np.empty(outcome_shape)
    a_run = sum(prod(shape[1:3]) for shape in shapes.values()) * WORD
    chunks = chunks_of(job.runs, min(CHUNK, 1 + PART_BYTES // max(a_run, 1)), path_runs=job.runs)
    count = process_count(processes, job, chunks)
    if count == 1:  # paths are written straight into the result
        chunks = chunks_of(job.runs, CHUNK, path_runs=job.runs)
    with shown(job.runs * len(scenarios), progress) as bar:
        for place, (scenario, layout) in enumerate(zip(scenarios, layouts, strict=True)):
            rows = {name: _rows(name, layout, united) for name in paths}
            for name, values in paths.items():
                values[place, :, np.setdiff1d(np.arange(values.shape[2]), rows[name])] = np.nan
            into = partial(_room, {name: (values[place], rows[name]) for name, values in paths.items()}) if count == 1 else None
            with closing(parts(scenario, job, chunks, count, bar.update, into)) as done:
                for part in done:
                    outcomes[place, ..., part.chunk.span] = part.outcomes
                    for name, values in paths.items() if into is None else ():
                        values[place, :, rows[name], part.chunk.span] = part.paths[name].swapaxes(0, 1)
    variables: dict[str, Any] = {
        name: (axes(name, ("scenario", "month"), ("run",)), _without_world(name, values), described(name))
        for name, values in paths.items()
    }
    variables["outcomes"] = (("scenario", "outcome", "run"), outcomes[:, 0])
    labels = {
        "scenario": [scenario.label for scenario in scenarios],
        "title": ("scenario", [scenario.title for scenario in scenarios]),
        "hash": ("scenario", [scenario.hash for scenario in scenarios]),
        "month": month,
        "run": job.numbers(),
        **holder_coordinates(united, job.record),
        **outcome_coordinates(),
    }
    if job.at:
        variables["outcomes_at"] = (("scenario", "at", "outcome", "run"), outcomes[:, 1:])
        labels["at"] = list(job.at)
    return xr.Dataset(variables, coords=labels, attrs={"seed": job.seed, "versions": about(scenarios[0], job)["versions"]})


def _room(tables: Into, chunk: Chunk) -> Into:
    """Cut the runs of a chunk out of tables with an axis of runs at the end."""
    return {name: (values[..., chunk.span], rows) for name, (values, rows) in tables.items()}


def _united(layouts: Sequence[Layout]) -> Layout:
    """Make a layout of all holders that any of several has, in the order in which they first come."""
    kinds = layouts[0].everyone
    return Layout(
        own={},
        everyone={kind: tuple(dict.fromkeys(name for layout in layouts for name in layout.everyone[kind])) for kind in kinds},
        kinds={},
        lanes={name: ends for layout in reversed(layouts) for name, ends in layout.lanes.items()},
    )


def _rows(name: str, layout: Layout, united: Layout) -> list[int]:
    """Places of the holders of a quantity among those of several scenarios."""
    everyone = united.everyone[QUANTITY[name].holder]
    return [everyone.index(own) for own in layout.own[name]]


def _without_world(name: str, values: Array) -> Array:
    """Give the values without the axis of holders where the world is the only one."""
    return values[:, :, 0] if QUANTITY[name].holder == "world" else values


def _refuse_too_large(job: Job, shapes: Mapping[str, tuple[int, ...]], outcomes: tuple[int, ...]) -> None:
    series = sum(shape[0] * shape[2] for shape in shapes.values())
    numbers = series * job.months * job.runs + prod(outcomes)
    if numbers * WORD <= MOST_BYTES:
        return
    raise UserError(
        f"the result would take {number(numbers * WORD / 2**30, 1)} GiB of memory, more than {MOST_BYTES // 2**30}: "
        f"{job.runs:,} runs × ({job.months} months × {series} series + {prod(outcomes) // job.runs} outcomes) × {WORD} bytes. "
        'Keep fewer quantities with record=["munitions_delivered"], none with record=[], or write to disk with out="folder"',
        "runs",
    )
