"""What the benchmarks share: the base scenario in each variant of the bargain."""

import pytest

from sim import Scenario


@pytest.fixture(params=["nash", "logit", "heuristic"])
def scenario(request: pytest.FixtureRequest) -> Scenario:
    """Give the base scenario with one variant of the bargain."""
    return Scenario.load("base").set("variants.bargaining", request.param)
