"""What a match gives a notebook: its findings in words, and as tables with the names of the JSON."""

from dataclasses import replace

import pandas as pd
import pytest
from small_match import declaration

import sim
from sim.matching import found as records
from sim.matching.report import summary

TABLES = {
    "waves": records.Wave,
    "groups": records.Group,
    "series": records.Series,
    "record": records.Figure,
    "parameters": records.Parameter,
    "profiles": records.Profile,
    "pairs": records.Pair,
    "explained": records.Held,
    "contests": records.Contest,
    "scores": records.SeriesScore,
}
OWN = ("parameter", "low", "high", "figures", "crps", "within_", "q")  # made of what is in lists and tuples


@pytest.fixture(scope="module")
def made():
    return sim.match("base", declaration(cut=2.0, rank=1), until="2024-06", worlds=150, waves=1, progress=False)


def test_a_match_tells_its_finding_in_a_few_lines(made):
    told = repr(made)
    assert told == made.summary()
    first, *rest = told.splitlines()
    assert first == f"Base, matched to 2024-06: {made.found.left} worlds left."
    assert rest == summary(made.found)
    assert made._repr_html_().count("<li>") == len(rest)


@pytest.mark.parametrize("name", TABLES)
def test_every_finding_is_a_table_with_the_names_of_its_fields(made, name):
    table = getattr(made, name)
    assert isinstance(table, pd.DataFrame)
    fields = set(TABLES[name].model_fields)
    odd = [column for column in table.columns if not any(column.startswith(known) for known in (*fields, *OWN))]
    assert odd == []


def test_tables_say_what_was_found(made):
    found = made.found
    assert list(made.parameters["parameter"]) == [side.address for side in found.parameters]
    assert made.parameters[["q05", "q50", "q95"]].iloc[0].tolist() == list(found.parameters[0].left)
    assert len(made.profiles) == sum(len(each.lowest) for each in found.profiles)
    assert made.groups["ruled"].is_monotonic_decreasing
    assert made.record.set_index("id").loc["E001", "prior_q50"] == next(
        each.prior[1] for each in found.figures if each.id == "E001"
    )
    assert list(made.scores["series"]) == [each.title for each in found.score.by_series]
    assert made.scores["prior_crps"].tolist() == [each.prior.crps for each in found.score.by_series]
    assert made.explained["after_low"].tolist() == [each.after.low for each in found.explained.held]
    assert made.contests["after_first"].tolist() == [each.after["first"] for each in found.explained.contests]


def test_what_was_not_found_leaves_an_empty_table(made):
    less = made.found.model_copy(update={"score": None, "explained": None, "pairs": [], "profiles": []})
    bare = replace(made, found=less)
    assert all(getattr(bare, name).empty for name in ("scores", "explained", "contests", "pairs", "profiles"))
    assert made.parameters.merge(bare.profiles, on="parameter").empty


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (0.2, 0.2, "The record cannot tell"),
        (0.2, 0.01, "The record tells"),
        (0.01, 0.01, "The declared box tells"),  # the record has no part in what held before it
    ],
)
def test_only_what_the_record_rules_out_is_put_down_to_it(made, before, after, words):
    explained = made.found.explained
    shares = [{"both": 0.0, "first": share, "second": 0.3, "neither": 0.7 - share} for share in (before, after)]
    contest = explained.contests[0].model_copy(
        update={"before": shares[0], "after": shares[1], "told_apart": after < explained.least}
    )
    told = summary(made.found.model_copy(update={"explained": explained.model_copy(update={"contests": [contest]})}))
    assert told[-1].startswith(words)
