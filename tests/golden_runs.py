"""The small runs whose numbers are kept in tests/golden: to the tests what they compare, to the update what it writes."""

import csv
from pathlib import Path

from engine import BASE

from sim.mechanisms.quantities import QUANTITIES
from sim.runs.ensemble import run

FOLDER = Path(__file__).parent / "golden"
RUNS, MONTHS, SEED = 6, 24, 7
VARIANTS = ("nash", "logit", "heuristic")
FOLLOWED = tuple(q.name for q in QUANTITIES if q.holder in ("world", "partnership", "rule"))
Numbers = dict[str, list[float]]


def compute(bargaining: str) -> Numbers:
    """Outcomes of six runs of the base scenario, and the paths of the first: a name, and its numbers by run or by month."""
    runs = run(BASE.set("variants.bargaining", bargaining), RUNS, MONTHS, SEED, record=FOLLOWED, processes=1, progress=False)
    numbers = {f"outcome {name}": runs["outcomes"].sel(outcome=name).values.tolist() for name in runs["outcome"].values}
    for name in FOLLOWED:
        path = runs[name].isel(run=0)
        if path.ndim == 1:
            numbers[name] = path.values.tolist()
        else:
            holders = path.dims[1]
            numbers |= {f"{name} of {one}": path.sel({holders: one}).values.tolist() for one in path[holders].values}
    return numbers


def write(bargaining: str) -> None:
    """Write the numbers of one variant, one row a name, with all digits."""
    FOLDER.mkdir(exist_ok=True)
    with (FOLDER / f"{bargaining}.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows(
            [name, *map(repr, numbers)] for name, numbers in compute(bargaining).items()
        )


def read(bargaining: str) -> Numbers:
    """Read the numbers of one variant."""
    with (FOLDER / f"{bargaining}.csv").open(newline="", encoding="utf-8") as file:
        return {name: [float(number) for number in numbers] for name, *numbers in csv.reader(file)}
