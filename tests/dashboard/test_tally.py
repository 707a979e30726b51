"""The tally of an ensemble: counted in other processes, and stopped from here."""

import pickle
import time
from multiprocessing.shared_memory import SharedMemory

import pytest

from sim.dashboard.tally import Tally, Unwanted, stop_all
from sim.runs.processes import standing_pool


def count_until_stopped(tally: Tally, part: int) -> None:
    while True:
        tally.add(part, 1.0)
        time.sleep(0.005)


def test_parts_are_counted_apart_and_added_up():
    with Tally(2) as tally:
        tally.add(0, 2.5)
        tally.add(1, 4.0)
        assert tally.done == 6.5
        tally.reset()
        assert tally.done == 0


def test_another_process_counts_in_it_and_ends_once_it_is_stopped():
    with Tally(2) as tally, standing_pool(1) as crew:
        at_work = crew.submit(count_until_stopped, tally, 1)
        while tally.done < 5:
            assert not at_work.done()
            time.sleep(0.01)
        tally.stop()
        with pytest.raises(Unwanted):
            at_work.result(timeout=60)


def test_when_the_program_ends_all_work_is_stopped_and_the_memory_given_back():
    with Tally(1) as tally:
        stop_all()
        with pytest.raises(Unwanted):
            tally.add(0, 1.0)
        with pytest.raises(FileNotFoundError):
            SharedMemory(tally.__getstate__()[1])


def test_a_tally_that_comes_after_its_work_was_given_up_says_so():
    with Tally(2) as tally:
        sent = pickle.dumps(tally)
    with pytest.raises(Unwanted):
        pickle.loads(sent).add(1, 5.0)
