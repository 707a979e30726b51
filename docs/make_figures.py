"""Draw the figures of the documents: ``uv run docs/make_figures.py``. Do so after any change of results."""

from pathlib import Path

from sim import Scenario, compare, judge
from sim.plots import distributions, save
from sim.thesis.report import compose

FIGURES = Path(__file__).resolve().parent / "figures"


def cap() -> None:
    """Draw the README's first figure: the cap by dimension and date, and the share of worlds, by the quick thesis test."""
    figure = next(figure for figure in compose(judge("base", budget="quick")).figures if figure.name == "cap")
    (FIGURES / "cap.png").write_bytes(figure.draw().to_bytes("png"))


def with_and_without_beijing() -> None:
    """Draw the README's other figure: the base scenario and the same world with an indifferent Beijing."""
    base = Scenario.load("base")
    pair = compare(base, base.without("beijing"), runs=10_000, seed=7, record=[])
    arms = {"Beijing as in the base scenario": pair.outcomes[0], "Beijing indifferent": pair.outcomes[1]}
    names = ("munitions", "technology", "troops", "oil", "openness", "first_visit")
    save(distributions(arms, names), FIGURES / "with_and_without_beijing", ["png"])


if __name__ == "__main__":
    cap()
    with_and_without_beijing()
