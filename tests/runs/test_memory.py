"""What a simulation leaves behind in memory."""

import gc
import weakref

import pytest

from sim.runs.memory import swept


class Node:
    """Something that refers to itself, as a model does by its agents."""

    def __init__(self) -> None:
        self.own = self


@swept()
def leaves_a_cycle(fail: bool = False) -> "weakref.ref[Node]":
    node = Node()
    if fail:
        raise KeyError
    return weakref.ref(node)


@pytest.fixture(autouse=True)
def by_hand():
    """No collection of its own accord may help."""
    gc.disable()
    yield
    gc.enable()


def test_what_was_made_within_is_collected():
    assert leaves_a_cycle()() is None


def test_what_was_there_before_is_not_looked_at():
    older = weakref.ref(Node())
    leaves_a_cycle()
    assert older() is not None
    gc.collect()
    assert older() is None


def test_an_error_passes_through_and_nothing_stays_frozen():
    with pytest.raises(KeyError):
        leaves_a_cycle(fail=True)
    assert gc.get_freeze_count() == 0
