"""A job written to disk chunk by chunk: memory does not grow with the number of runs."""

import os
import platform
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.runs.chunks import CHUNK, Job, Part, about, chunks_of, parts, process_count
from sim.runs.progress import Show
from sim.runs.progress import progress as shown
from sim.runs.run_directory import (
    DIFFERENCE_FILE,
    MANIFEST_FILE,
    OUTCOME_FILE,
    TRAJECTORY_FILE,
    OutcomeFile,
    log,
    write_csv,
    write_differences,
    write_manifest,
    write_trajectories,
)
from sim.runs.software import versions
from sim.runs.sums import SUMS_FILE, write_sums

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario

PATH_RUNS = 100  # runs whose full paths are kept


def write(
    scenario: "Scenario",
    job: Job,
    folder: Path,
    processes: int | None = None,
    progress: Show = None,
    *,
    as_csv: bool = False,
) -> None:
    """Run a job and write the files of a run directory into an existing folder, chunk by chunk.

    Memory does not grow with the number of runs: quantiles are made month by month while the first chunk advances in
    lockstep, and no path but the first few is ever kept. Use it within `sim.runs.run_directory.whole_directory`.

    Parameters
    ----------
    as_csv : bool
        Whether to write the outcomes as text, too.
    """
    began = time.perf_counter()
    chunks = chunks_of(job.runs, CHUNK, PATH_RUNS, fans=True)
    numbers, given = job.numbers(), job.given()
    log(folder, "started", host=platform.node(), cores=os.cpu_count(), processes=process_count(processes, job, chunks))
    with (
        shown(job.runs, progress) as bar,
        closing(parts(scenario, job, chunks, processes, bar.update)) as done,
        OutcomeFile(folder / OUTCOME_FILE, list(given), job.at) as file,
    ):
        for part in done:
            span = part.chunk.span
            file.write(numbers[span], [column[span] for column in given.values()], part.outcomes)
            if part.chunk.fans:  # at once, while other processes go on
                _write_trajectories(scenario, job, part, folder)
            log(folder, "chunk", first=int(numbers[span.start]), runs=part.chunk.runs, seconds=round(part.seconds, 3))
    write_manifest(folder, _manifest(scenario, job))
    text = [write_csv(folder).name] if as_csv else []
    write_sums(folder, "run", [MANIFEST_FILE, OUTCOME_FILE, TRAJECTORY_FILE, *text])
    seconds = time.perf_counter() - began
    log(folder, "finished", seconds=round(seconds, 3), runs_per_second=round(job.runs / seconds))


def write_comparison(
    scenarios: Sequence["Scenario"], job: Job, folder: Path, processes: int | None = None, progress: bool | None = None
) -> list[Path]:
    """Run a job under several scenarios: a run directory for each, and ``differences.parquet`` beside them.

    A row there is a run of a scenario but the first: its outcomes minus those of the first in the same run.

    Returns
    -------
    list of Path
        The run directories, in the order of the scenarios.
    """
    folders = [folder / "-".join(scenario.label.replace(",", "").split()) for scenario in scenarios]
    for scenario, part in zip(scenarios, folders, strict=True):
        part.mkdir()
        write(scenario, job, part, processes, progress)
    write_differences(folder / DIFFERENCE_FILE, {scenario.label: part for scenario, part in zip(scenarios, folders, strict=True)})
    write_sums(folder, "comparison", [DIFFERENCE_FILE, *(f"{part.name}/{SUMS_FILE}" for part in folders)])
    return folders


def _write_trajectories(scenario: "Scenario", job: Job, first: Part, folder: Path) -> None:
    from sim.runs.datasets import fan_dataset, path_dataset

    share = first.limits / np.maximum(first.limits.sum(axis=1, keepdims=True), 1)
    fans = fan_dataset(first.fans, share, first.layout, scenario.start)
    numbers = job.numbers()[: first.chunk.path_runs]
    paths = path_dataset(first.paths, first.layout, scenario.start, job.months, numbers)
    origin = about(scenario, job)
    write_trajectories(folder, fans.assign_attrs(origin, quantile_runs=first.chunk.runs), paths.assign_attrs(origin))


def _manifest(scenario: "Scenario", job: Job) -> dict[str, Any]:
    return {
        "label": scenario.label,
        "hash": scenario.hash,
        "seed": job.seed,
        "runs": job.runs,
        "months": job.months,
        "first": job.first,
        "given": list(job.given()),
        "record": list(job.record),
        "at": list(job.at),
        "versions": versions(),
        "scenario": scenario.to_dict(),
    }
