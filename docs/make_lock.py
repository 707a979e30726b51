"""Lock predictions: ``uv run --all-extras docs/make_lock.py 2024-12 --vintage 2025-01 --to 2026-12``, from a committed state.

It infers with two seeds, which takes two hours on two cores, and writes `docs/locked/2024-12`. A call that was stopped goes on
from where it was.
"""

import argparse
import subprocess
from pathlib import Path

from sim import infer
from sim.inference.locking import lock

ROOT = Path(__file__).resolve().parents[1]
SEEDS = (7, 8)


def said(*words: str) -> str:
    """Give what a command of Git says."""
    return subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def main() -> None:
    """Infer, and lock what is forecast."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("until", help="last month that is fitted")
    parser.add_argument("--vintage", required=True, help="only what was known by then")
    parser.add_argument("--to", required=True, help="last month that is forecast")
    parser.add_argument("--budget", default="full")
    asked = parser.parse_args()
    if said("status", "--porcelain", "--", "sim", "scenarios"):
        raise SystemExit("the program is changed against its last commit; commit first")
    made = []
    for seed in SEEDS:
        out = Path("out") / f"lock-{asked.until}-{asked.budget}-{seed}"
        made.append(
            infer(until=asked.until, vintage=asked.vintage, budget=asked.budget, seed=seed, parts="schools", out=out, processes=2)
        )
        print(made[-1].summary())
    for path in lock(made, ROOT / "docs" / "locked" / asked.until, asked.to, said("rev-parse", "HEAD")):
        print(path)


if __name__ == "__main__":
    main()
