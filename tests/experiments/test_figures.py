"""The pictures of a sweep as files: those that its points allow, where they are asked for, and a word about the others."""

from pathlib import Path

import pandas as pd
import pytest

import sim
from sim.errors import UserError
from sim.experiments.figures import draw_sweep
from sim.experiments.saved import SavedSweep

TOY = Path(__file__).parents[1] / "toy" / "toy.toml"


def swept(numbers: list[float], out: Path) -> SavedSweep:
    points = pd.DataFrame({"grandia.resolve": numbers, "grandia.tolerance": numbers})
    return sim.sweep(TOY, design=points, months=2, out=out, processes=1, progress=False)


def test_a_picture_that_these_points_do_not_allow_is_skipped_with_its_reason(tmp_path):
    saved = swept([0.1, 0.2, 0.3, 0.4, 0.5], tmp_path / "together")
    with pytest.warns(UserWarning, match="no picture 'sensitivity': these move together"):
        drawn = draw_sweep(saved, "munitions", out=tmp_path / "new" / "figures")
    assert {path.name for path in drawn} == {f"munitions-{name}.png" for name in ("map", "ridges", "parallel")}
    assert {path.parent for path in drawn} == {tmp_path / "new" / "figures"}
    assert not (tmp_path / "together" / "figures").exists()


def test_an_outcome_that_is_not_there_is_refused_and_nothing_made(tmp_path):
    saved = swept([0.1, 0.2], tmp_path / "two")
    with pytest.raises(UserError, match="did you mean 'munitions'"):
        draw_sweep(saved, "munition")
    assert not (tmp_path / "two" / "figures").exists()


def test_figures_that_have_no_place_say_why(tmp_path):
    saved = swept([0.1, 0.2], tmp_path / "two")
    (tmp_path / "file").touch()
    with pytest.warns(UserWarning, match="too few"), pytest.raises(UserError, match="is a file, not a folder"):
        draw_sweep(saved, "munitions", out=tmp_path / "file" / "deep")
