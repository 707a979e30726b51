"""Lock predictions: ``uv run --all-extras docs/make_lock.py 2024-12 --vintage 2025-01 --to 2026-12``, from a committed state.

It infers with two seeds, which takes two hours on two cores, and writes `docs/locked/2024-12`. A call that was stopped goes on
from where it was. A longer record takes longer: `--particles` says how many there is time for.
"""

import argparse
import subprocess
from pathlib import Path

from sim import infer
from sim.inference.bench import budget_of
from sim.inference.declaration import Declaration
from sim.inference.locking import lock
from sim.inference.posterior import Posterior

ROOT = Path(__file__).resolve().parents[1]
LOCKED = ROOT / "docs" / "locked"
SEEDS = (7, 8)


def said(*words: str) -> str:
    """Give what a command of Git says."""
    return subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def options(parser: argparse.ArgumentParser) -> None:
    """Add what says which inferences are meant."""
    parser.add_argument("until", help="last month that is fitted")
    parser.add_argument("--vintage", required=True, help="only what was known by then")
    parser.add_argument("--budget", default="full")
    parser.add_argument("--particles", type=int, help="instead of the budget's; all else is as it says")


def inferred(asked: argparse.Namespace) -> list[Posterior]:
    """Infer with each seed, or go on from where that was."""
    budget = asked.budget
    if asked.particles:
        budget = budget_of(Declaration.load("inference"), budget).model_copy(update={"particles": asked.particles})
    made = []
    for seed in SEEDS:
        out = Path("out") / f"lock-{asked.until}-{asked.budget}-{seed}"
        made.append(
            infer(until=asked.until, vintage=asked.vintage, budget=budget, seed=seed, parts="schools", out=out, processes=2)
        )
        print(made[-1].summary())
    return made


def main() -> None:
    """Infer, and lock what is forecast."""
    parser = argparse.ArgumentParser(description=__doc__)
    options(parser)
    parser.add_argument("--to", required=True, help="last month that is forecast")
    asked = parser.parse_args()
    if said("status", "--porcelain", "--", "sim", "scenarios"):
        raise SystemExit("the program is changed against its last commit; commit first")
    for path in lock(inferred(asked), LOCKED / asked.until, asked.to, said("rev-parse", "HEAD")):
        print(path)


if __name__ == "__main__":
    main()
