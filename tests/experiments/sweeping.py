"""A sweep in a process of its own, to be killed: python sweeping.py FOLDER [PROCESSES]."""

import os
import sys
from pathlib import Path

import sim

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}  # for processes that are started elsewhere

LEVERS = {
    "without": ["", "beijing"],
    "variants.learning": ["bayes", "adaptive"],
    "rules.china_oil_valve": [True, False],
    "rules.china_snubs_russia": [True, False],
}
FEW = {name: LEVERS[name] for name in ("without", "variants.learning")}  # as many parts as a test of one part needs


def sweep(folder, levers=LEVERS, **options):
    return sim.sweep(
        "base",
        {"china.goodwill": (0.2, 1.2), "north_korea.munitions": (3_000, 20_000)},
        levers,
        design="latin_hypercube",
        points=20,
        runs=3,
        seed=5,
        months=10,
        at=[4],
        record=["munitions_delivered"],
        out=folder,
        progress=False,
        **options,
    )


def contents(folder):
    """Bytes of everything in a sweep that is promised to be the same."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in ("log.jsonl", ".lock")
    }


if __name__ == "__main__":
    sweep(sys.argv[1], processes=int(sys.argv[2]))
