"""The processes that stand by: one that dies is replaced."""

import os
import signal
from concurrent.futures import BrokenExecutor

import pytest

from sim.dashboard.helpers import Helpers


def test_helpers_that_were_killed_are_replaced():
    helpers = Helpers(1)
    try:
        first = helpers.submit(os.getpid).result()
        with pytest.raises(BrokenExecutor):
            helpers.submit(os.kill, first, signal.SIGKILL).result()
        second, third = helpers.map(abs, (-1, -2)), helpers.submit(os.getpid).result()
        assert list(second) == [1, 2]
        assert third not in (first, os.getpid())
    finally:
        helpers.shutdown()
