"""Whether a changed function is told from what it was."""

import subprocess
import sys

import numpy as np
from sweeping import ENVIRONMENT

from sim.experiments.sources import source_hash

FACTOR = 2.0
TABLE = np.array([1.0, 2.0])


def scaled(factor, offset=0.0):
    def value(trigger):
        return factor * trigger + offset

    return value


def by_global(trigger):
    return FACTOR * trigger


def by_table(trigger):
    return TABLE[0] * trigger


def through(trigger):
    return by_global(trigger)


def within(trigger):
    def inner(value):
        def innermost():
            return FACTOR

        return innermost() * value

    return inner(trigger)


def recursive(trigger):
    return recursive(trigger - 1) if trigger > 0 else trigger


def test_what_a_function_closes_over_counts():
    assert source_hash(scaled(2.0)) == source_hash(scaled(2.0))
    assert source_hash(scaled(2.0)) != source_hash(scaled(3.0))


def test_globals_count_also_through_another_function(monkeypatch):
    before = source_hash(by_global), source_hash(by_table), source_hash(through)
    monkeypatch.setitem(globals(), "FACTOR", 3.0)
    monkeypatch.setitem(globals(), "TABLE", np.array([1.5, 2.0]))
    after = source_hash(by_global), source_hash(by_table), source_hash(through)
    assert all(one != other for one, other in zip(before, after, strict=True))


def test_a_global_counts_that_only_a_function_within_the_function_uses(monkeypatch):
    before = source_hash(within)
    monkeypatch.setitem(globals(), "FACTOR", 3.0)
    assert source_hash(within) != before


def test_a_function_without_source_is_told_by_its_code():
    text = "def typed(x):\n    def inner(y):\n        return y {}\n    return inner(x)"
    one, same, other = {}, {}, {}
    for space, end in ((one, "+ 1"), (same, "+ 1"), (other, "+ 2")):
        exec(text.format(end), space)
    assert source_hash(one["typed"]) == source_hash(same["typed"]) != source_hash(other["typed"])


def test_a_function_may_call_itself():
    assert source_hash(recursive) == source_hash(recursive)


def test_another_process_finds_the_same():
    code = "from test_sources import *; print(source_hash(through, scaled(2.0), by_table))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=__file__.rpartition("/")[0],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == source_hash(through, scaled(2.0), by_table)
