"""A small run gives the numbers that it gave: what changes them by mistake shows here."""

import numpy as np
import pytest
from golden_runs import VARIANTS, compute, read


@pytest.mark.parametrize("bargaining", VARIANTS)
def test_a_small_run_gives_its_golden_numbers(bargaining):
    golden, found = read(bargaining), compute(bargaining)
    remedy = "If this change is meant, run `python tests/update_golden.py` and say in CHANGELOG.md whose results change."
    assert found.keys() == golden.keys(), remedy
    for name, numbers in golden.items():
        np.testing.assert_allclose(found[name], numbers, rtol=1e-12, atol=1e-12, err_msg=f"{name}. {remedy}")
