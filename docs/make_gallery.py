"""Draw every figure that the project can draw, and write `docs/gallery.md`: ``uv run docs/make_gallery.py``.

The runs behind the figures are real and few, so that all of it takes about three minutes. What is shown, and how it is read,
stands in `docs/gallery.toml`. A test holds that list against the functions of `sim.plots` and the figures of the reports, and
the page against the list.
"""

import sys
import tempfile
import textwrap
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

import sim
from sim import plots
from sim.experiments.prim import trajectory
from sim.experiments.saved import SavedSweep
from sim.plots.saved_run import pictures as run_pictures
from sim.plots.style import Picture
from sim.thesis.judgement import Judgement

if TYPE_CHECKING:
    import pandas as pd

HERE = Path(__file__).resolve().parent
WIDTH = 140  # signs of a line of the page
COLOURS = 256  # of a picture on the page, which makes it half the size


@dataclass(frozen=True)
class Sizes:
    """How much is run for the page."""

    runs: int = 500
    points: int = 400
    base_points: int = 128
    months: int = 60


LIST: list[dict[str, Any]] = tomllib.loads((HERE / "gallery.toml").read_text(encoding="utf-8"))["sections"]
SWEPT = {
    "china.goodwill": (0.1, 1.2),
    "china.resolve": (0.0, 1.0),
    "russia.belief": (0.05, 0.9),
    "north_korea.reserve": (2_000, 10_000),
    "russia_north_korea.trust_loss": (0.1, 0.6),
    "world.war_intensity": (0.7, 1.2),
}


def batch(sizes: Sizes, folder: Path) -> Iterator[tuple[str, Picture]]:
    """Draw a batch of runs of the base scenario, and what changes with an indifferent Beijing."""
    base = sim.Scenario.load("base")
    saved = sim.run(base, runs=sizes.runs, months=sizes.months, seed=7, out=folder / "runs", progress=False)
    yield from run_pictures(saved)
    others = [base.without("beijing"), sim.Scenario.load("beijing_cracks_down")]
    compared = sim.compare(base, *others, runs=sizes.runs, months=sizes.months, seed=7, record=[], progress=False)
    names = ("munitions", "technology", "troops", "oil", "openness", "trust")
    yield "differences", plots.compare_figure(compared, names, 2)
    act = "china cuts oil to north_korea by 50% from 2024-01 to 2024-06"
    yield "what_if", base.what_if(act, runs=sizes.runs, months=sizes.months, progress=False).figure()


def thesis(judgement: Judgement) -> Iterator[tuple[str, Picture]]:
    """Draw the figures of the report on a judgement."""
    yield from ((f"thesis_{name}", figure) for name, figure in judgement.figures.items())
    yield "numbers_before_after", plots.numbers_before_after(judgement.tables["record_numbers"])


def sweeps(sizes: Sizes) -> Iterator[tuple[str, Picture]]:
    """Draw sweeps of the base scenario."""
    common = {"months": sizes.months, "progress": False, "seed": 1}
    single = sim.sweep("base", ["russia*", "china.*", "north_korea.*", "world.*"], design="one_at_a_time", runs=4, **common)
    yield "tornado", plots.tornado(single.sensitivity("munitions"), "munitions")
    shared = sim.sweep("base", SWEPT, design="saltelli", points=sizes.base_points, runs=4, **common)
    yield "indices", plots.indices(shared.sensitivity("openness"), "openness")
    sides = {name: SWEPT[name] for name in ("china.goodwill", "world.war_intensity")}
    grid = sim.sweep("base", sides, design="factorial", levels=7, runs=8, **common)
    units = shared.manifest["units"]
    yield "heat_map", plots.heat_map(grid.frame(), *sides, "openness", units=units, threshold=0.5)
    swept = sim.sweep("base", SWEPT, points=sizes.points, runs=4, record=["munitions_delivered"], **common)
    frame = swept.frame()
    yield "ridge", plots.ridge(frame, "world.war_intensity", "munitions", units=units)
    yield "parallel_coordinates", plots.parallel_coordinates(frame, list(SWEPT), "openness", units=units)
    most = float(swept.means("oil")["mean"].quantile(0.25))
    boxes = swept.discover("oil", at_most=most)
    yield (
        "scatter_boxes",
        plots.scatter_boxes(frame, "oil", boxes, at_most=most, trajectory=_way(swept, "oil", most), units=units),
    )
    order = swept.design.sort_values("world.war_intensity")
    few = order.iloc[[0, len(order) // 3, 2 * len(order) // 3, -1]]
    labels = {int(row["point"]): f"war_intensity {row['world.war_intensity']:.2f}" for _, row in few.iterrows()}
    yield (
        "quantile_fan_by_point",
        plots.quantile_fan_by_point(swept.quantiles, "munitions_delivered", points=list(labels), labels=labels, start="2023-08"),
    )


def _way(swept: SavedSweep, outcome: str, most: float) -> "pd.DataFrame":
    """Give the boxes on the way to the densest one, as a table."""
    import pandas as pd

    path = trajectory(swept.design[list(SWEPT)].to_numpy(), swept.points(outcome) <= most)
    rows = [(float(box.coverage.value), float(box.density.value), len(box.restricted)) for box in path]
    return pd.DataFrame(rows, columns=["coverage", "density", "restricted"])


def figures(sizes: Sizes, judgement: Judgement) -> Iterator[tuple[str, Picture]]:
    """Draw all figures, each with its name."""
    with tempfile.TemporaryDirectory(prefix="gallery-") as folder:
        yield from batch(sizes, Path(folder))
    yield from thesis(judgement)
    yield from sweeps(sizes)


def small(figure: Picture) -> bytes:
    """Give a figure as PNG with few colours, which look the same and take half the room."""
    file = BytesIO()
    whole = Image.open(BytesIO(figure.to_bytes("png"))).convert("RGB")
    whole.quantize(COLOURS, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    return file.getvalue()


def page() -> str:
    """Write the page."""
    lines = [
        "# Gallery",
        "Every figure that the project can draw, with the function that draws it and how to read it. The page is made by "
        "`docs/make_gallery.py` from real but few runs: it shows what the figures look like, and is no result. Functions of "
        "`sim.plots` take plain tables or Datasets and give a `Picture`, which a notebook shows by itself and `sim.plots.save` "
        "writes as PNG or SVG.",
    ]
    for section in LIST:
        lines += [f"## {section['title']}", section["about"]]
        for figure in section["figures"]:
            lines += [f"### {figure['title']}", f"`{figure['function']}`", figure["how"]]
            file = figure.get("file", f"figures/gallery/{figure['name']}.png")
            lines.append(f"![{figure['title']}]({file})")
    return "\n\n".join(map(filled, lines)) + "\n"


def filled(text: str) -> str:
    """Break a paragraph into lines."""
    return textwrap.fill(text, WIDTH, break_long_words=False, break_on_hyphens=False)


def main(folder: Path = HERE, sizes: Sizes | None = None, judgement: Judgement | None = None) -> Path:
    """Draw all figures into a folder, write the page there, and give its path; without a judgement one is made."""
    drawn = folder / "figures" / "gallery"
    drawn.mkdir(parents=True, exist_ok=True)
    for name, figure in figures(sizes or Sizes(), judgement or sim.judge("base", budget="quick", progress=False)):
        (drawn / f"{name}.png").write_bytes(small(figure))
    written = folder / "gallery.md"
    written.write_text(page(), encoding="utf-8")
    return written


if __name__ == "__main__":
    sys.stdout.write(f"{main()}\n")
