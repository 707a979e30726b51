"""How a picture writes: nothing is lost."""

from hypothesis import given
from hypothesis import strategies as st

from sim.plots.style import broken


@given(st.text(max_size=120), st.integers(3, 40))
def test_broken_names_lose_nothing(text, width):
    lines = broken(text, width).split("\n")
    assert "".join("".join(lines).split()) == "".join(text.split())
