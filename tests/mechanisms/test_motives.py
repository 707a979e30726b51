"""A patron's motives: its stance falls with the tie, and what partners foresee of it is that stance."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.mechanisms.motives import Motives, Sight, aim, forgone, tolerance, width
from sim.mechanisms.pressure import RESPONSES

share = st.floats(0.0, 1.0)
smooth = [response for response in RESPONSES.values() if response.steepest < float("inf") and response.contingent]


def motives(concern: float, goodwill: float, rivalry: float = 0.0) -> Motives:
    """Motives with little else in them."""
    named = {"concern": concern, "goodwill": goodwill, "rivalry": rivalry}
    return Motives(**{name: np.array([named.get(name, 0.0)]) for name in Motives.__dataclass_fields__})


def sight(tie: float, **others: float) -> Sight:
    """What is seen of a tie, and little else."""
    return Sight(**{name: np.array([{"tie": tie, **others}.get(name, 0.0)]) for name in Sight.__dataclass_fields__})


@given(st.floats(0.05, 5.0), st.floats(-2.0, 3.0), st.floats(0.0, 3.0), share)
def test_the_aim_crosses_nil_at_the_tolerance(concern, goodwill, tie, turned):
    has = motives(concern, goodwill, rivalry=1.0)
    seen = sight(tie, turned=turned)
    limit, nothing = tolerance(has, seen, np.zeros(1), "supplier"), np.zeros(1)
    reached = aim(has, seen, nothing, "supplier").item()
    assert reached == pytest.approx(-np.clip((tie - limit.item()) / width(has).item(), -1.0, 1.0), abs=1e-9)
    assert (reached > 0.0) == (tie < limit.item()) or reached == pytest.approx(0.0, abs=1e-9)


@given(st.floats(0.1, 5.0), st.floats(-1.0, 2.0), st.floats(0.0, 3.0))
def test_rivalry_is_answered_by_wooing_and_toward_the_supplier_alone(concern, goodwill, tie):
    has, nothing = motives(concern, goodwill, rivalry=2.0), np.zeros(1)
    loyal, turned = sight(tie), sight(tie, turned=0.5)
    assert aim(has, turned, nothing, "supplier") >= aim(has, loyal, nothing, "supplier")
    assert aim(has, turned, nothing, "belligerent") == aim(has, loyal, nothing, "belligerent")


@pytest.mark.parametrize("response", smooth, ids=lambda response: response.name)
@given(st.floats(-0.5, 1.5), st.floats(0.3, 3.0))
def test_what_is_forgone_of_a_favour_rises_with_the_tie_by_the_slope_that_is_said(response, limit, wide):
    form = forgone(response)
    x = np.linspace(0.0, 3.0, 301)
    state = np.full_like(x, limit), np.full_like(x, wide), np.zeros_like(x)
    value, (slope, _, _) = form.value(x, *state), form.marginal(x, *state)
    assert (np.diff(value) >= -1e-12).all()
    assert value[0] == pytest.approx(0.0, abs=1e-12)
    risen = np.concatenate([[0.0], np.cumsum(0.5 * (slope[1:] + slope[:-1]) * np.diff(x))])
    np.testing.assert_allclose(value, risen, atol=0.05)
