"""Predictions that are locked, and the page that says what they scored."""

import hashlib
import re

import make_predictions
import make_score
import pytest
from small_inference import by_two_seeds, declaration, row, table

from sim.runs.sums import SUMS_FILE, verify

LOCKS = {  # sums of the list of sums of each folder
    "2024-12": "d78aa8ccf30ef9ebfcfd80c0402e59e95342e4d5eaafa31146e578692b9086f1",
    "2025-12": "47d7e2f2880a62e9e985b088b8815661abebe5e22e42164b61448a539737527f",
}
LATER = (
    row("L1", "PRK_RUS_shells_cum", "2023-08-01", "2024-02-29", "shells", 9_000_000),
    row("L2", "RUS_PRK_refined_oil", "2024-02-01", "2024-02-29", "barrels/month", 30_000, low=20_000, high=60_000),
    row("L3", "RUS_PRK_refined_oil", "2024-02-01", "2024-02-29", "gallons", 5),
)
ABOUT = {"until": "2023-12", "vintage": "2024-01", "commit": "0123456789abcdef", "figures": "later.csv", "sum": "f" * 64}


@pytest.mark.parametrize("until", sorted(path.name for path in make_score.LOCKED.iterdir()))
def test_what_is_locked_does_not_change(until):
    folder = make_score.LOCKED / until
    assert hashlib.sha256((folder / SUMS_FILE).read_bytes()).hexdigest() == LOCKS[until]
    assert [each.kind for each in verify(folder)] == ["lock"]


@pytest.mark.parametrize("until", LOCKS)
def test_the_page_of_predictions_says_what_is_locked(until):
    folder = make_score.LOCKED / until
    text = (folder / "predictions.md").read_text("utf-8")
    assert text == make_predictions.page(folder)
    assert not re.search(r"\b(nan|None|inf)\b", text)
    assert all(len(line) <= 160 for line in text.splitlines())


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("scored")


@pytest.fixture(scope="module")
def made(folder):
    return by_two_seeds(folder, declaration())


@pytest.fixture(scope="module")
def later(folder):
    return table(folder / "later.csv", LATER)


def test_a_figure_has_the_mean_score_of_the_seeds(made, later):
    found = make_score.scored(made, later).set_index("id")
    each = [one.scores(later).set_index("id") for one in made]
    assert list(found.index) == ["L1", "L2"]
    for column in ("q50", "crps posterior", "crps prior", "within 90 posterior"):
        assert found.loc["L1", column] == pytest.approx(sum(table.loc["L1", column] for table in each) / 2)


def test_a_distance_over_one_is_outside_the_band():
    band = {"q05": 10.0, "q50": 20.0, "q95": 40.0}
    distances = [make_score.miss(band | {"low": low, "high": high}) for low, high in ((50, 50), (30, 60), (5, 5), (15, 25))]
    assert distances == [1.5, 0.5, 1.5, 0.0]


def test_a_series_has_a_panel_with_a_mark_for_each_figure(made, later):
    figure = make_score.picture(make_score.scored(made, later))
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["Shells delivered so far", "Refined oil from Russia"]
    assert [len(axes.lines) for axes in figure.axes] == [2, 2]  # a band and what was seen


def test_the_page_tells_what_was_scored_what_was_missed_and_why_and_what_was_not_scored(made, later):
    found = make_score.scored(made, later)
    text = make_score.page(
        found, [("L3", "RUS_PRK_refined_oil", "no such unit")], ABOUT, {"says": "So.", "mechanisms": {"L1": "Because."}}
    )
    assert "\n\nSo.\n\n" in text
    assert "| single numbers | 1 |" in text
    assert "| ranges | 1 |" in text
    assert "| L1 | " in text
    assert " | Because. |" in text
    assert "| RUS_PRK_refined_oil | 1 | no such unit |" in text
    assert "nan" not in text
    assert all(len(line) <= 160 for line in text.splitlines() if not line.startswith("|"))
