"""Many runs of a scenario: the only way to run. In memory as a Dataset, or on disk as a run directory."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from numpy.typing import NDArray

from sim.arrays import Array
from sim.errors import UserError, suggest
from sim.mechanisms.knockouts import KNOCKOUTS
from sim.mechanisms.quantities import QUANTITIES, QUANTITY
from sim.runs.arguments import whole_number
from sim.runs.chunks import MOST_RUNS, Job, about
from sim.runs.datasets import months_from
from sim.runs.in_memory import collect
from sim.runs.on_disk import write
from sim.runs.progress import Show
from sim.runs.run_directory import SavedRun, open_run, whole_directory
from sim.scenario.possible import check_values
from sim.scenario.scenario import Scenario
from sim.scenario.telling import changes

if TYPE_CHECKING:
    import xarray as xr

Keys = Sequence[int] | NDArray[np.int64]
Values = Mapping[str, float | Array]
Knockouts = Mapping[str, Sequence[bool] | NDArray[np.bool_]]
DEFAULT_RECORD = tuple(quantity.name for quantity in QUANTITIES if quantity.default)


@overload
def run(
    scenario: Scenario | str | Path,
    runs: int = ...,
    months: int | None = ...,
    seed: int = ...,
    first: int = ...,
    keys: Keys | None = ...,
    values: Values | None = ...,
    knockouts: Knockouts | None = ...,
    beliefs_of: Scenario | str | Path | None = ...,
    record: Sequence[str] | None = ...,
    out: None = ...,
    at: Sequence[int] | None = ...,
    processes: int | None = ...,
    progress: Show = ...,
) -> "xr.Dataset": ...
@overload
def run(
    scenario: Scenario | str | Path,
    runs: int = ...,
    months: int | None = ...,
    seed: int = ...,
    first: int = ...,
    keys: Keys | None = ...,
    values: Values | None = ...,
    knockouts: Knockouts | None = ...,
    beliefs_of: Scenario | str | Path | None = ...,
    record: Sequence[str] | None = ...,
    *,
    out: str | Path,
    at: Sequence[int] | None = ...,
    processes: int | None = ...,
    progress: Show = ...,
) -> SavedRun: ...
def run(
    scenario: Scenario | str | Path,
    runs: int = 10_000,
    months: int | None = None,
    seed: int = 0,
    first: int = 0,
    keys: Keys | None = None,
    values: Values | None = None,
    knockouts: Knockouts | None = None,
    beliefs_of: Scenario | str | Path | None = None,
    record: Sequence[str] | None = None,
    out: str | Path | None = None,
    at: Sequence[int] | None = None,
    processes: int | None = None,
    progress: Show = None,
) -> "xr.Dataset | SavedRun":
    """Run a scenario many times.

    Parameters
    ----------
    scenario : Scenario, str or Path
        What to run: a scenario, the name of a shipped one, or the path of a TOML file.
    runs : int
        Number of runs.
    months : int, optional
        Number of months; the scenario's own by default.
    seed : int
        Seed of all draws. Run r meets the same shocks under every scenario.
    first : int
        Number of the first run.
    keys : array of int, shape (runs,), optional
        Replicate keys: runs with the same key meet the same shocks. Run numbers by default.
    values : mapping, optional
        Parameters to override, by address: a number, or an array with one for each run, shape (runs,).
    knockouts : mapping, optional
        Limits that are out in some runs, besides the scenario's own in all: name to an array of bool, shape (runs,). One
        ensemble can so mix the arms of a comparison.
    beliefs_of : Scenario, str or Path, optional
        Replay the beliefs of this scenario's paired runs instead of learning: with the patron's action knocked out of
        ``scenario`` and not of this one, what is left is the direct effect of its acts.
    record : sequence of str, optional
        Quantities whose paths (in memory) or quantiles and first paths (on disk) are kept. By default those that
        `sim.mechanisms.quantities` marks so in memory, and all on disk.
    out : path, optional
        Run directory to write instead of a Dataset. It must not exist.
    at : sequence of int, optional
        Months, counted from 1, to which outcomes are given besides those to the end.
    processes : int, optional
        Number of processes; by default one for small work, and as many as there are cores for large.
    progress : bool or callable, optional
        Whether to show a bar; by default in a terminal or notebook, else a line a minute. A function is told instead how many
        runs were done since it was told last; an error that it raises ends the work.

    Returns
    -------
    xarray.Dataset or SavedRun
        Without ``out`` a Dataset: each quantity with dims (month, holder, run) and its unit; ``outcomes`` with dims
        (outcome, run); and ``outcomes_at`` (at, outcome, run) if ``at`` is given. With ``out`` the opened run directory.

    Raises
    ------
    UserError
        If an argument makes no sense, the result does not fit in memory, or the directory cannot be written.
    """
    scenario = Scenario.load(scenario)
    if out is None:
        recorded = DEFAULT_RECORD if record is None else record
        believed = None if beliefs_of is None else Scenario.load(beliefs_of)
        job = make_job(scenario, runs, months, seed, first, keys, values, recorded, at, knockouts, believed)
        return collect([scenario], job, processes, progress).isel(scenario=0, drop=True).assign_attrs(about(scenario, job))
    if knockouts or beliefs_of is not None:
        raise UserError("knock-outs in some runs and replayed beliefs are for results in memory; leave out= away", "out")
    job = make_job(scenario, runs, months, seed, first, keys, values, tuple(QUANTITY) if record is None else record, at)
    with whole_directory(out) as folder:
        write(scenario, job, folder, processes, progress)
    return open_run(out)


def compare(
    *scenarios: Scenario | str | Path,
    labels: Sequence[str] | None = None,
    runs: int = 10_000,
    months: int | None = None,
    seed: int = 0,
    first: int = 0,
    keys: Keys | None = None,
    values: Values | None = None,
    record: Sequence[str] | None = None,
    at: Sequence[int] | None = None,
    processes: int | None = None,
    progress: Show = None,
) -> "xr.Dataset":
    """Run several scenarios on the same shocks.

    Parameters
    ----------
    *scenarios : Scenario, str or Path
        Two or more, as in `run`.
    labels : sequence of str, optional
        What they are called in the result and in figures; by default their names, with what is knocked out of them, and of
        variants of one name what makes them another: "base, china.resolve 0.8".
    runs, months, seed, first, keys, values, record, at, processes, progress
        As in `run`, for each of them.

    Returns
    -------
    xarray.Dataset
        As `run`, with a further dim ``scenario`` in front, and ``difference``, dims (scenario, outcome, run): the outcomes
        of each scenario minus those of the first, run by run. What a scenario does not have is NaN.

    Raises
    ------
    UserError
        As `run`; also if there are fewer than two scenarios, or their labels, starts or lengths do not go together.
    """
    arms = [Scenario.load(scenario) for scenario in scenarios]
    names = labels_of(arms) if labels is None else labels
    check_comparable(arms, months, names)
    job = make_job(arms[0], runs, months, seed, first, keys, values, DEFAULT_RECORD if record is None else record, at)
    data = collect(arms, job, processes, progress)
    difference = data["outcomes"] - data["outcomes"].isel(scenario=0, drop=True)
    data["difference"] = difference.assign_attrs(long_name="outcomes minus those of the first scenario, run by run")
    return data.assign_coords(scenario=list(names))


def labels_of(scenarios: Sequence[Scenario]) -> list[str]:
    """Label each scenario; one whose label another before it has is told from that one by what differs."""
    labels: list[str] = []
    for scenario in scenarios:
        first = next((other for other in scenarios[: len(labels)] if other.label == scenario.label), None)
        said = changes(first.to_dict(), scenario.to_dict()) if first else ""
        labels.append(f"{scenario.label}, {said}" if said else scenario.label)
    return labels


def check_comparable(scenarios: Sequence[Scenario], months: int | None, labels: Sequence[str]) -> None:
    """Refuse scenarios that cannot be set side by side under their labels, with a `UserError`."""
    if len(scenarios) < 2:
        raise UserError("give two or more scenarios", "compare")
    if isinstance(labels, str) or len(labels) != len(scenarios) or not all(isinstance(name, str) for name in labels):
        raise UserError(f"needs a name for each of the {len(scenarios)} scenarios, not {labels!r}", "labels")
    for name in labels:
        if labels.count(name) > 1:
            remedy = 'name one otherwise: name = "…" in its file, and in Python .set("name", "…") or labels=("…", "…")'
            raise UserError(f"two scenarios are named '{name}'; {remedy}", "compare")
    if len({scenario.start for scenario in scenarios}) > 1:
        raise UserError("the scenarios start in different months", "compare")
    if months is None and len({scenario.months for scenario in scenarios}) > 1:
        raise UserError("the scenarios have different lengths; say how many months to run", "months")


def make_job(
    scenario: Scenario,
    runs: int,
    months: int | None = None,
    seed: int = 0,
    first: int = 0,
    keys: Keys | None = None,
    values: Values | None = None,
    record: Sequence[str] = tuple(QUANTITY),
    at: Sequence[int] | None = None,
    knockouts: Knockouts | None = None,
    beliefs_of: Scenario | None = None,
) -> Job:
    """Check the arguments of `run`, and bring them into one form.

    Raises
    ------
    UserError
        If one of them makes no sense.
    """
    months = scenario.months if months is None else months
    for name, number, low in (("runs", runs, 1), ("months", months, 1), ("seed", seed, 0), ("first", first, 0)):
        whole_number(number, name, low)
    if runs > MOST_RUNS:
        raise UserError(f"{runs:,} runs are too many: at most {MOST_RUNS:,}, a day and a half on one core", "runs")
    months_from(scenario.start, months)
    if keys is not None and len(keys) and not 0 <= min(keys) <= max(keys) < 2**62:
        raise UserError("must be whole numbers from 0 on", "keys")
    for name in record:
        if name not in QUANTITY:
            raise UserError(f"there is no quantity '{name}'; {suggest(name, QUANTITY)}", "record")
    for month in at or ():
        if not 1 <= month <= months:
            raise UserError(f"month {month} is not one of the {months} months", "at")
    for name in knockouts or {}:
        if name not in KNOCKOUTS:
            raise UserError(f"there is no knock-out '{name}'; {suggest(name, KNOCKOUTS)}", "knockouts")
    if beliefs_of is not None and (list(beliefs_of.countries), list(beliefs_of.rules)) != (
        list(scenario.countries),
        list(scenario.rules),
    ):
        raise UserError("beliefs can only be replayed from a scenario with the same countries and rules", "beliefs_of")
    numbers = {
        name: float(value) if np.ndim(value) == 0 else _a_number_a_run(value, runs, f"values: {name}").astype(np.float64)
        for name, value in (values or {}).items()
    }
    check_values(scenario, numbers)
    return Job(
        runs=int(runs),
        months=int(months),
        seed=int(seed),
        first=int(first),
        keys=None if keys is None else _a_number_a_run(keys, runs, "keys").astype(np.int64),
        values=numbers,
        record=tuple(record),
        at=tuple(sorted(set(at or ()))),
        knockouts={name: _a_number_a_run(mask, runs, f"knockouts: {name}", "b") for name, mask in (knockouts or {}).items()},
        beliefs_of=beliefs_of,
    )


def _a_number_a_run(given: Any, runs: int, place: str, kinds: str = "iuf") -> NDArray[Any]:
    array = np.asarray(given)
    if array.shape != (runs,) or array.dtype.kind not in kinds:
        raise UserError(f"must be one number for each of the {runs:,} runs, not {array.dtype} of shape {array.shape}", place)
    return array
