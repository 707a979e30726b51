"""The page on matching says what a match finds."""

import re
import runpy

import numpy as np
import pytest


@pytest.mark.slow
def test_the_page_is_current(root, tmp_path):
    """Its words are those that its script writes, and its numbers agree to one part in a hundred."""
    script = runpy.run_path(str(root / "docs" / "make_matching.py"))
    made = script["main"](tmp_path).read_text(encoding="utf-8")
    kept = (root / "docs" / "matching.md").read_text(encoding="utf-8")
    number = re.compile(r"[+-]?\d[\d,]*(?:\.\d+)?(?:e-\d+)?")
    hint = "run `uv run docs/make_matching.py` and look at what changed"
    assert number.sub("#", made) == number.sub("#", kept), hint
    values = [[float(text.replace(",", "")) for text in number.findall(page)] for page in (made, kept)]
    np.testing.assert_allclose(values[0], values[1], rtol=0.01, atol=0.011, err_msg=hint)
