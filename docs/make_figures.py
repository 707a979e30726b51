"""Draw the figures of the documents: ``uv run docs/make_figures.py``. Do so after any change of results."""

from pathlib import Path

from sim import Scenario, compare
from sim.plots import distributions, save

FIGURES = Path(__file__).resolve().parent / "figures"


def with_and_without_beijing() -> None:
    """Draw the README's figure: the base scenario and the same world with an indifferent Beijing."""
    base = Scenario.load("base")
    pair = compare(base, base.without("beijing"), runs=10_000, seed=7, record=[])
    arms = {"Beijing as in the base scenario": pair.outcomes[0], "Beijing indifferent": pair.outcomes[1]}
    names = ("munitions", "technology", "troops", "oil", "openness", "first_visit")
    save(distributions(arms, names), FIGURES / "with_and_without_beijing", ["png"])


if __name__ == "__main__":
    with_and_without_beijing()
