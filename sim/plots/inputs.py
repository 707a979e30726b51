"""What the pictures are given: the runs, comparisons and sweeps of `sim`, in the one form in which they are drawn."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sim.errors import UserError, suggest

if TYPE_CHECKING:
    from pandas import DataFrame
    from xarray import DataArray, Dataset

RUNS = "needs runs, as sim.run, sim.compare or sim.open_run give them"
KEEP = "run again, and leave record= away"
Labels = Sequence[str] | Mapping[str, str]


def months_by_arm(
    data: Any, paths: "Dataset | None" = None, labels: Labels | None = None
) -> "dict[str, tuple[Dataset, Dataset | None]]":
    """Months of each scenario, and its full paths where they are apart, by label; the label of a single one is empty.

    Parameters
    ----------
    data : Dataset, SavedRun or mapping of these
        Runs or quantiles by month, of one scenario or of several (dim ``scenario``).
    paths : Dataset, optional
        Full paths of some runs, beside quantiles.
    labels : sequence or mapping of str, optional
        Other names for the scenarios, in their order or by the names that they have.

    Raises
    ------
    UserError
        It is something else, or no months were kept.
    """
    if isinstance(data, Mapping) and not hasattr(data, "dims"):
        parts = {name: months_by_arm(each)[""] for name, each in data.items()}
    elif hasattr(data, "quantiles") and hasattr(data, "paths"):  # a saved run
        parts = {"": (data.quantiles, data.paths)}
    elif not hasattr(data, "data_vars"):
        other = "; for a sweep see quantile_fan_by_point" if hasattr(data, "means") else ""
        raise UserError(f"{RUNS}, not {type(data).__name__}{other}", "runs")
    elif "scenario" in data.dims:
        parts = {str(name): (data.sel(scenario=name), None) for name in data["scenario"].values}
    else:
        parts = {"": (data, paths)}
    for months, _ in parts.values():
        if "month" not in months.dims:
            raise UserError(f"keep no months; {KEEP}", "runs")
    return renamed(parts, labels)


def outcomes_by_arm(data: Any, labels: Labels | None = None) -> "dict[str, DataArray]":
    """Outcomes (outcome, run) of each scenario by label, from what holds them.

    Raises
    ------
    UserError
        It holds none.
    """
    if isinstance(data, Mapping) and not hasattr(data, "dims"):
        return renamed({str(name): _one_arm(each) for name, each in data.items()}, labels)
    found = _outcomes(data)
    if "scenario" in found.dims:
        parts = {str(name): found.sel(scenario=name) for name in found["scenario"].values}
    else:
        parts = {str(getattr(data, "manifest", {}).get("label") or getattr(data, "attrs", {}).get("label") or "runs"): found}
    return renamed(parts, labels)


def one_arm(data: Any, drawn: str) -> Any:
    """The runs of one scenario; a comparison is refused, with what to write."""
    if "scenario" in getattr(data, "dims", ()):
        first = str(data["scenario"].values[0])
        raise UserError(f"draws one scenario; choose it: data.sel(scenario={first!r})", drawn)
    if not hasattr(data, "data_vars") and not hasattr(data, "paths"):
        raise UserError(f"{RUNS}, not {type(data).__name__}", drawn)
    return data


def renamed[T](parts: dict[str, T], labels: Labels | None) -> dict[str, T]:
    """Parts under other names, in their order or by the names that they have."""
    if labels is None:
        return parts
    if isinstance(labels, Mapping):
        for name in labels:
            if name not in parts:
                raise UserError(f"there is no '{name}'; {suggest(name, parts)}", "labels")
        names = [labels.get(name, name) for name in parts]
    else:
        names = [] if isinstance(labels, str) else list(labels)
    if len(set(names)) != len(parts):
        raise UserError(f"needs a name of its own for each of the {len(parts)} scenarios, not {labels!r}", "labels")
    return dict(zip(names, parts.values(), strict=True))


def runs_of(table: Any, names: Collection[str], units: Mapping[str, str]) -> "tuple[DataFrame, Mapping[str, str]]":
    """Columns of a table, with the units of its columns; of a sweep its runs and its own units."""
    if hasattr(table, "means") and hasattr(table, "frame"):
        known = [name for name in dict.fromkeys(names) if name in (*table.inputs, *table.outcomes)]
        return table.frame(known), {**table.manifest["units"], **units}
    return _table(table), units


def sensitivity_of(table: Any, outcome: str) -> "DataFrame":
    """What a sweep says of an outcome, with every lever at its first option; a table is given back as it is."""
    if not hasattr(table, "sensitivity"):
        return _table(table)
    found: DataFrame = table.sensitivity(outcome)
    for name, options in table.manifest["levers"].items():
        found = found[found[name] == options[0]]
    return found


def quantiles_of(table: Any) -> "DataFrame":
    """Quantiles by point and month of a sweep; a table is given back as it is."""
    found: DataFrame = table.quantiles if hasattr(table, "means") else _table(table)
    return found


def _table(table: Any) -> "DataFrame":
    if not hasattr(table, "columns") or not hasattr(table, "iloc"):
        raise UserError(f"needs a sweep, or a table of pandas, not {type(table).__name__}", "table")
    return table


def _one_arm(data: Any) -> "DataArray":
    found = _outcomes(data)
    if "scenario" in found.dims:
        raise UserError("holds several scenarios; give it by itself, not in a mapping", "outcomes")
    return found


def _outcomes(data: Any) -> "DataArray":
    found = data if hasattr(data, "dims") and not hasattr(data, "data_vars") else getattr(data, "outcomes", None)
    if found is None or "outcome" not in getattr(found, "dims", ()):
        raise UserError(f"{RUNS}, or outcomes by label, not {type(data).__name__}", "outcomes")
    return found
