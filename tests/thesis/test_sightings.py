"""What a month of the record brought, in plain words: every series has its sentence, and none says more than its figures."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.evidence.series import SERIES
from sim.inference.answer import Move, Seen
from sim.paths import scenario_folder
from sim.thesis.posterior import NAME, read
from sim.thesis.sightings import BY_TITLE, SIGHTINGS, amount, away, on_record, seen

LONGEST = 16  # words of a sentence without its amount
DATED = {"first", "events"}  # series of which only the month is known
MORE_THAN_FIGURES = re.compile(r"\b(because|so that|since|rose|fell|more|less|most|least|only|again|already|still|record)\b")
MODEL = {f"{when}_{level}": 0.0 for when in ("prior", "posterior") for level in ("q05", "q50", "q95")}
ENDS = st.one_of(st.none(), st.floats(0.1, 1e5))


def row(series="PRK_RUS_troops", low=3000.0, high=3000.0, *, kind="", place="E1", date="2024-10", unit="", **model) -> Seen:
    found = SERIES[series]
    return Seen(
        id=place, series=series, kind=kind or found.kind, date=date, low=low, high=high, unit=unit or found.unit,
        **{**MODEL, **model},
    )  # fmt: skip


def move(*rows: Seen, outcome="soldiers", says="", ids=()) -> Move:
    names = says or ", ".join(dict.fromkeys(SERIES[each.series].title for each in rows))
    known = [*(each.id for each in rows), *ids]
    return Move(until="2024-10", ids=known, says=names, outcome=outcome, change=0.1, error=0.01)


def test_every_series_has_a_row_and_every_row_a_series():
    assert SIGHTINGS.keys() == SERIES.keys()
    assert len(BY_TITLE) == len(SERIES), "a title that two series share could not be told apart"


@pytest.mark.parametrize("series", SERIES)
def test_a_sentence_is_short_and_holds_its_amount_and_no_other_claim(series):
    sighting = SIGHTINGS[series]
    for text in filter(None, (sighting.says, sighting.begun)):
        assert len(text.split()) <= LONGEST
        assert not MORE_THAN_FIGURES.search(text)
        assert not re.search(r"\d", text)
    assert ("{amount}" in sighting.says) == (SERIES[series].kind not in DATED)


@pytest.mark.parametrize("series", [name for name in SERIES if SERIES[name].kind not in DATED and SERIES[name].unit != "percent"])
@given(ends=st.tuples(ENDS, ENDS).filter(any).map(lambda ends: sorted(ends) if all(ends) else ends))
def test_a_sentence_has_the_numbers_of_its_figure_and_no_others(series, ends):
    low, high = ends
    figure = row(series, low, high)
    text = seen(move(figure), [figure])
    assert re.findall(r"\d[\d,.]*\d|\d", text) == re.findall(r"\d[\d,.]*\d|\d", on_record(figure))
    assert ("at least" in text, "at most" in text) == (high is None, low is None)


def test_what_begins_comes_before_the_figure_of_the_good_and_the_rest_is_counted():
    first = row(low=15.0, high=15.0, kind="first", place="E2", unit="month number")
    trade, oil = row("PRK_CHN_trade_month", 200.0, 200.0, place="E3"), row("RUS_PRK_refined_oil", 15.0, 15.0, place="E4")
    record = [trade, oil, row(), first]
    text = seen(move(*record), record)
    assert text.startswith("the first North Korean soldiers were seen in Russia, and 3,000 North Korean soldiers")
    assert text.endswith("Two other figures came in.")
    assert "15,000 barrels" in seen(move(trade, oil, outcome="oil"), record)


def test_first_is_said_only_of_a_first():
    assert "first" not in seen(move(row()), [row()])


def test_events_that_are_no_figures_are_told_by_their_series():
    treaty = move(outcome="openness", says="summits so far, month of the treaty", ids=("E314", "E328"))
    assert seen(treaty, []) == "Putin and Kim met, and Moscow and Pyongyang signed a treaty."


def test_where_nothing_bears_on_the_good_the_most_surprising_figure_is_named():
    usual = row("PRK_CHN_trade_month", 200.0, 200.0, prior_q05=100.0, prior_q95=300.0)
    strange = row("CHN_RUS_dualuse", 900.0, None, place="E2", prior_q05=100.0, prior_q95=300.0)
    assert "at least 900 million dollars" in seen(move(usual, strange, outcome="technology"), [usual, strange])


def test_a_month_without_a_figure_keeps_what_is_said_of_it():
    assert seen(move(says="no further figure"), [row()]) == "no further figure."


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (-10.4, -10.4, "were 10.4% below a year before"),
        (2.0, 5.0, "were 2–5% above a year before"),
        (-5.0, -2.0, "were 2–5% below a year before"),
        (-2.0, 3.0, "were between 2% below and 3% above a year before"),
        (5.0, None, "were at least 5% above a year before"),
        (None, -5.0, "were at least 5% below a year before"),
        (-5.0, None, "were at most 5% below a year before"),
    ],
)
def test_a_change_carries_its_sign_in_words(low, high, said):
    figure = row("CHN_to_RUS_exports_yoy", low, high)
    assert said in seen(move(figure), [figure])


def test_amounts_are_written_as_people_do():
    assert (amount(1500.0, "thousand rounds"), amount(0.5, "share"), amount(12.0, "persons")) == ("1,500,000", "50%", "12")


def test_how_far_a_figure_lies_from_a_range():
    figure = row(low=2.0, high=3.0)
    assert (away(figure, 4.0, 6.0), away(figure, 0.0, 1.0), away(figure, 1.0, 5.0) < 0) == (0.5, 1.0, True)


def test_every_month_of_the_shipped_answer_is_told():
    answer = read(scenario_folder() / NAME)
    for each in answer.moves or ():
        text = seen(each, answer.record)
        assert text.rstrip(".") != each.says or each.says == "no further figure"
        assert all(len(part.split()) <= 25 for part in re.split(r"(?<=\.)\s", text))
