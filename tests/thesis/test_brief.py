"""The answer on two pages: short, in plain sentences and words, and never at odds with itself."""

import re

import pytest
from example import example
from example_answer import HEADLINE, answer, with_chances

from sim.inference.answer import Answer
from sim.inference.declaration import Declaration
from sim.paths import scenario_folder
from sim.reporting.document import Figure, Table, bare
from sim.thesis.brief import CLAIM, SCHOOLS, fans, is_hit, pages, told
from sim.thesis.posterior import NAME, read

LONGEST, MOST = 25, 1_200  # words of a sentence, and of both pages
PRIVATE = (
    "box", "world", "worlds", "deed", "arm", "arms", "posterior", "prior", "declared", "declaration", "knockout", "delta", "axis",
    "scrambling", "ensemble", "likelihood", "particle", "particles", "Monte",
)  # fmt: skip
MOVED = {"munitions": -0.03, "oil": -0.09, "openness": 0.05, "technology": 0.001}


def lines(made: Answer) -> list[str]:
    """Everything that is read on the two pages."""
    found = []
    for section in pages(made, HEADLINE):
        found += [section.title, *told([section])[0].sentences]
        for block in section.blocks:
            if isinstance(block, Table):
                found += [block.caption, *block.columns, *(cell for row in block.rows for cell in row)]
            if isinstance(block, Figure):
                found.append(block.caption)
    return [bare(line) for line in found]


def sentences(made: Answer) -> list[str]:
    return [part for line in lines(made) for part in re.split(r"(?<=[.?!])\s", line) if part]


VARIANTS = {
    "whole": answer(),
    "headline only": answer(months=None, moves=None, groups=None, schools=None),
    "no history": answer(history=None),
    "nothing to watch": answer(watch=[]),
    "nothing missed": answer(record=[row for row in answer().record if is_hit(row)]),
    "more with Beijing": with_chances([0.02] * 5, effect=-0.14),
    "no effect": with_chances([0.3] * 5, effect=0.0),
    "unknown effect": with_chances([1.0, 0.9, 0.5, 0.4, 0.0], effect=None),
}


@pytest.mark.parametrize("name", VARIANTS)
def test_both_pages_are_short_and_so_is_every_sentence(name):
    made = VARIANTS[name]
    assert len(" ".join(lines(made)).split()) < MOST
    assert [text for text in sentences(made) if len(text.split()) > LONGEST] == []


@pytest.mark.parametrize("name", VARIANTS)
def test_no_word_needs_the_technical_report(name):
    words = re.findall(r"[\w]+", " ".join(lines(VARIANTS[name])))
    assert set(PRIVATE) & {word.lower() for word in words} == set()
    assert not re.search(r"\b(nan|None|inf)\b|[−-]\d+%", " ".join(lines(VARIANTS[name])))


def test_a_month_names_every_good_that_it_moved_by_the_way_it_went():
    moves = answer().moves
    first = moves[0]
    both = [first.model_copy(update={"outcome": name, "change": change, "error": 0.01}) for name, change in MOVED.items()]
    text = " ".join(lines(answer(moves=both)))
    assert "The chance fell for oil by 9 points and shells by 3 points. The chance rose for open dealings by 5 points." in text


def test_every_date_is_judged_and_the_headline_date_has_its_reason():
    section = next(each for each in pages(answer(), HEADLINE) if each.key == "before-after")
    text = " ".join([*told([section])[0].sentences, *next(b for b in section.blocks if isinstance(b, Table)).columns])
    for date in ("July\u00a02028 stands for the others: it is the last date", "December\u00a02024", "July\u00a02026"):
        assert date in text


def test_a_date_that_was_not_asked_gives_way_to_the_last():
    assert "July\u00a02028" in told(pages(answer(), "2040-01"))[0].sentences[0]


def test_what_was_not_asked_for_is_had_by_a_command():
    text = " ".join(lines(VARIANTS["headline only"]))
    assert "run_sim.py infer base --all" in text
    assert "--all" not in " ".join(lines(answer()))


def test_misses_are_counted_and_named_in_units_of_people():
    made = answer()
    misses = [row for row in made.record if not is_hit(row)]
    text = " ".join(lines(made))
    assert f"It misses {len(misses)}" in text
    assert "thousand" not in " ".join(told(pages(made, HEADLINE))[1].sentences)
    assert "It misses none." in " ".join(lines(VARIANTS["nothing missed"]))


@pytest.mark.parametrize(
    ("low", "high", "hit"),
    [(1.0, 2.0, False), (1.0, 3.5, True), (None, 2.9, False), (None, 3.0, True), (5.0, None, True), (5.1, None, False)],
)
def test_a_figure_is_hit_where_its_range_meets_that_of_the_model(low, high, hit):
    row = answer().record[0].model_copy(update={"low": low, "high": high, "posterior_q05": 3.0, "posterior_q95": 5.0})
    assert is_hit(row) is hit


def test_a_month_that_moved_the_verdict_says_what_was_seen_and_which_way_it_moved_which_good():
    shipped = read(scenario_folder() / NAME)
    sure = [move.model_copy(update={"error": 0.0}) for move in shipped.moves]
    made = shipped.model_copy(update={"moves": sure})
    moved = next(each for each in told(pages(made, HEADLINE)) if each.title == "How the verdict moved")
    months = [line for line in moved.sentences if "The chance " in line]
    assert 1 <= len(months) <= 3
    for line in months:
        assert re.match(r"[A-Z][a-z]+\u00a020\d\d: [A-Z1-9]", line)
        assert re.search(r"The chance (rose|fell) for (shells|soldiers|oil|technology|open dealings) by \d+ points?", line)
        assert "so far, s" not in line, "a list of series is no sentence"


def test_a_move_within_its_error_is_none():
    small = [move.model_copy(update={"error": 1.0}) for move in answer().moves]
    text = " ".join(lines(answer(moves=small)))
    assert "What moved" not in text
    assert "No month moved a chance by more than twice the error of its computation." in text


def test_full_force_is_explained_where_it_is_said():
    text = " ".join(lines(answer(history=["2024-01: China begins its squeeze on oil to North Korea, at 18% of full force."])))
    assert "Full force is the most that a country could do" in text
    assert "Full force" not in " ".join(lines(answer(history=["2024-01: North Korea tests 4 missiles."])))


def test_the_pages_say_what_is_on_average_and_know_no_median():
    text = " ".join(lines(answer()))
    assert "Averages are means over the runs of the model." in text
    assert "median" not in text


def test_a_month_in_which_something_began_is_no_amount_of_the_picture():
    made = answer()
    begun = made.record[0].model_copy(update={"kind": "first", "unit": "month number", "low": 15.0, "high": 15.0})
    assert fans(made) == fans(made.model_copy(update={"record": [*made.record, begun]}))


def test_the_series_of_what_is_judged_and_those_with_most_figures_are_drawn():
    shown = fans(read(scenario_folder() / NAME))
    assert 1 <= len(shown) <= 6
    judged = [panel.title for panel in shown[:3]]
    assert set(judged) == {"Shells delivered so far", "Soldiers sent so far", "Refined oil from Russia"}
    counts = [len(panel.points) for panel in shown[3:]]
    assert counts == sorted(counts, reverse=True)
    assert all(panel.ahead for panel in shown)


def test_the_json_and_the_page_say_the_same():
    made = example()
    assert made.answer == told(pages(made.record, made.about.headline))


def test_every_school_that_is_weighed_has_words():
    assert set(SCHOOLS) == set(Declaration.load("inference").questions.schools)
    assert CLAIM in SCHOOLS
