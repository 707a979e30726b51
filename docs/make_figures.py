"""Draw the figures of the documents: ``uv run docs/make_figures.py``. Do so after any change of results."""

from pathlib import Path

from sim import Scenario, compare
from sim.paths import scenario_folder
from sim.plots import distributions, save
from sim.reporting.document import Figure
from sim.thesis.brief import pages
from sim.thesis.posterior import NAME, read

FIGURES = Path(__file__).resolve().parent / "figures"


def answer() -> None:
    """Draw the README's first figures: chances before and after the record, and the model beside the record."""
    found = read(scenario_folder() / NAME)
    blocks = [block for section in pages(found, found.headline[-1].date) for block in section.blocks]
    for figure in (block for block in blocks if isinstance(block, Figure)):
        (FIGURES / f"{figure.name}.png").write_bytes(figure.draw().to_bytes("png"))


def with_and_without_beijing() -> None:
    """Draw the README's other figure: the base scenario and the same world with an indifferent Beijing."""
    base = Scenario.load("base")
    pair = compare(base, base.without("beijing"), runs=10_000, seed=7, record=[])
    arms = {"Beijing as in the base scenario": pair.outcomes[0], "Beijing indifferent": pair.outcomes[1]}
    names = ("munitions", "technology", "troops", "oil", "openness", "first_visit")
    save(distributions(arms, names), FIGURES / "with_and_without_beijing", ["png"])


if __name__ == "__main__":
    answer()
    with_and_without_beijing()
