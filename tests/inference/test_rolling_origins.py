"""Do the forecasts earn it? Fitted to five dates on what was known a month later, and scored on all that came later."""

import pandas as pd
import pytest

import sim
from sim.inference.declaration import Declaration

pytestmark = pytest.mark.nightly

ORIGINS = ("2024-03", "2024-06", "2024-09", "2024-12", "2025-06")
NAIVE = ("random walk", "last value", "trend")


@pytest.fixture(scope="module")
def scored():
    """Give the single numbers of all origins; what is scored is printed, as the documents have it."""
    budget = Declaration.load("inference").budgets["quick"]
    fitted = {until: sim.infer(until=until, budget=budget, progress=False) for until in ORIGINS}
    rows = pd.concat([made.scores().assign(origin=until) for until, made in fitted.items()])
    numbers = rows[rows["single"]]
    columns = ["within 90 posterior", "within 50 posterior", *(c for c in rows if c.startswith(("crps ", "log ")))]
    told = pd.concat([numbers.groupby("origin")[columns].mean(), numbers[columns].mean().to_frame("all").T]).astype(float)
    print(told.assign(numbers=[*numbers.groupby("origin").size(), len(numbers)]).round(2).T.to_string())
    print(numbers.nlargest(12, "crps posterior")[["origin", "id", "low", "q05", "q50", "q95", "crps posterior", "crps prior"]])
    assert rows.loc[~rows["single"], "within 90 posterior"].mean() >= 0.9
    return numbers


def test_bands_of_90_percent_hold_four_of_five_numbers_at_least(scored):
    assert (scored.groupby("origin")["within 90 posterior"].mean() >= 0.8).all()


def test_forecasts_are_better_than_naive_ones(scored):
    for way in NAIVE:
        both = scored.dropna(subset=[f"crps {way}"])
        assert both["crps posterior"].mean() < both[f"crps {way}"].mean()


def test_they_are_no_worse_than_those_of_the_prior(scored):
    assert scored["crps posterior"].mean() < 1.05 * scored["crps prior"].mean()
    assert scored["log posterior"].mean() > scored["log prior"].mean()
