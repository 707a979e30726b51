"""Does history change it? Worlds that are not ruled out beside the box: shares known by hand, and what is said of them."""

import re
from functools import cache

import numpy as np
import pytest
from example import changed, everywhere, no_matched, unfit
from known_worlds import DELTA, MONTHS, WANTED, load
from known_worlds import asked as asked_of_known
from small import BUDGET, box_problem, columns, declared, matched_toy, origin, quiet, toy

from sim import judge
from sim.reporting.markdown import markdown
from sim.scenario.files import toml_text
from sim.thesis.judgement import Judgement
from sim.thesis.problem import Problem, bring_together, with_matched
from sim.thesis.questions import history
from sim.thesis.questions.history import Beside, Matched
from sim.thesis.questions.worlds import find_sample, worlds
from sim.thesis.report import compose

EDGE = (1 - DELTA) * WANTED / MONTHS / 100  # the tolerance from which on a threat alone no longer holds enough down
LEAST, MOST = 0.1, 2.1  # of tolerance in the box
SHARE = (EDGE - LEAST) / (MOST - LEAST)  # of the box in which the claim holds


@cache
def box() -> tuple[Problem, dict]:
    """The box with only a threat, in which tolerance is anything from 0.1 to 2.1."""
    made = bring_together(load("only_threat"), asked_of_known(), "quick")
    return made, worlds(made, quiet)


def threatened(tolerances: tuple[float, ...]) -> Beside:
    """Worlds with only a threat at given tolerances, beside that box."""
    made, in_box = box()
    rates = next(side for side in made.box if side.address == "ostia.test_rate")
    given = {"grandia.tolerance": tolerances, "ostia.test_rate": np.linspace(rates.low, rates.high, len(tolerances)).tolist()}
    made = with_matched(made, made.base.with_worlds(given))
    section = history._matched(made, in_box, history.simulate(made, quiet))
    assert section is not None
    return section.beside["munitions"][made.headline]


@pytest.mark.parametrize(
    ("tolerances", "share"),
    [
        ((*np.linspace(0.2, 1.2, 120), *np.linspace(1.5, 2.0, 30)), 0.8),
        ((*np.linspace(0.2, 1.2, 30), *np.linspace(1.5, 2.0, 120)), 0.2),
        (tuple(np.linspace(0.2, 1.2, 150)), 1.0),
    ],
)
def test_worlds_whose_share_is_known_are_told_apart_from_the_box(tolerances, share: float):
    told = threatened(tolerances)
    assert told.matched.holds.estimate == pytest.approx(share)
    assert told.box.holds.estimate == pytest.approx(SHARE, abs=0.02)
    gap = told.difference["holds"]
    assert gap.estimate == pytest.approx(share - told.box.holds.estimate)
    assert gap.low < share - SHARE < gap.high
    assert told.differ == ["holds", "fails"]


def test_the_mean_effect_is_that_of_these_worlds():
    told = threatened((*np.linspace(0.2, 1.2, 30), *np.linspace(1.5, 2.0, 10)))
    truth = 0.75 * (WANTED - 70.0 * MONTHS)  # nobody is held down beyond 1.467
    assert told.effect_matched.absolute.estimate == pytest.approx(truth, rel=0.03)
    assert told.effect_matched.absolute.low < truth < told.effect_matched.absolute.high
    over_box = (WANTED / MONTHS / 100 - LEAST) ** 2 / 2 / (MOST - LEAST) * 100 * MONTHS
    assert told.effect_box.absolute.estimate == pytest.approx(over_box, rel=0.03)
    difference = told.effect_difference
    assert difference.absolute.estimate == pytest.approx(
        told.effect_matched.absolute.estimate - told.effect_box.absolute.estimate
    )
    assert difference.absolute.low < truth - over_box < difference.absolute.high
    assert told.effect_matched.word == "holds"


def test_a_history_that_leaves_the_box_as_it_is_changes_nothing():
    tolerances = np.random.default_rng(8).permutation(np.linspace(LEAST, MOST, 200))
    told = threatened(tuple(tolerances))
    assert told.differ == []
    gap, relative = told.difference["holds"], told.effect_difference.relative
    assert relative is not None
    assert gap.low < 0 < gap.high
    assert relative.low < 0 < relative.high


def test_where_beijing_is_indifferent_anyway_there_is_nothing_to_tell_apart():
    made = bring_together(load("only_threat").without("beijing"), asked_of_known(), "quick")
    made = with_matched(made, made.base.with_worlds({side.address: [side.low, side.high, side.high] for side in made.box}))
    section = history._matched(made, worlds(made, quiet), history.simulate(made, quiet))
    assert section is not None
    for told in (each for dates in section.beside.values() for each in dates.values()):
        assert told.differ == []
        assert told.matched.fails.estimate == told.box.fails.estimate == 1
        assert told.effect_difference.absolute.estimate == 0


def test_each_world_is_run_in_both_arms_as_often_as_one_of_the_box_on_shocks_of_its_own():
    made = with_matched(box_problem(), matched_toy())
    arrays, in_box = history.simulate(made, quiet), worlds(made, quiet)
    assert arrays["on"].shape == arrays["off"].shape == (2, 2, 12, BUDGET["runs_per_world"])
    assert arrays["refined"].size == 3
    assert arrays["more_on"].shape[-1] == BUDGET["runs_per_world"] + BUDGET["refined_runs"]
    first = {name: [column[0]] * 4 for name, column in columns().items()}
    same = history.simulate(with_matched(box_problem(), toy().with_worlds(first)), quiet)["on"]
    assert len(np.unique(same[1, 0])) > 1, "worlds do not share their shocks"
    assert not np.isin(arrays["on"][1, 0], in_box["on"][1, 0]).all()


@cache
def compared() -> Judgement:
    return judge(toy(), declared(), matched=matched_toy())


@pytest.mark.slow
def test_the_judgement_says_which_worlds_for_what_and_how_to_find_them_again():
    told = compared().matched
    assert told is not None
    assert (told.worlds, told.runs_per_world) == (12, BUDGET["runs_per_world"])
    assert (told.matched_to, told.matched_to_hash, told.until, told.vintage) == ("toy", toy().hash, "2001-12", "2002-01")
    assert (told.command, told.stale, told.unfit) == ("match toy", "", "")
    assert set(told.beside) == {"munitions", "openness"}
    assert "--matched toy" in compared().about.command
    assert compared().about.runs["matched"] == 2 * (12 * BUDGET["runs_per_world"] + 3 * BUDGET["refined_runs"])


def test_the_box_beside_them_is_that_of_the_sample():
    made = with_matched(box_problem(), matched_toy())
    in_box = worlds(made, quiet)
    section = history._matched(made, in_box, history.simulate(made, quiet))
    assert section is not None
    for dimension, dates in find_sample(made, "declared", in_box).shares.items():
        assert {date: each.box for date, each in section.beside[dimension].items()} == dates


@pytest.mark.slow
def test_nothing_else_in_the_judgement_depends_on_them():
    without = judge(toy(), declared())
    assert without.matched is None
    same = {"matched": None, "about": without.about}
    assert compared().model_copy(update=same) == without


@pytest.mark.slow
def test_declared_worlds_that_do_not_fit_are_left_out_with_the_reason(tmp_path):
    path = tmp_path / "left.toml"
    path.write_text(toml_text(toy().with_worlds({"grandia.tolerance": [0.3, 0.4]}, origin(toy())).to_dict()), "utf-8")
    told = judge(toy(), declared(matched=str(path))).matched
    assert told is not None
    assert told.unfit.startswith("its worlds say nothing of ")
    assert told.beside == {}
    assert told.stale == ""


def test_worlds_of_what_has_changed_since_are_compared_with_that_caution():
    changed = toy().set("grandia.resolve", 0.9)
    made = with_matched(bring_together(changed, declared(), "quick"), matched_toy())
    section = history._matched(made, worlds(made, quiet), history.simulate(made, quiet))
    assert isinstance(section, Matched)
    assert section.beside
    assert section.stale.startswith("'toy' has changed since these worlds were matched to it")


def of_history(judgement: Judgement) -> str:
    """What the section on history says."""
    return markdown(compose(judgement)).split("Does history change it?")[1].split("\n## ")[0].replace("\u00a0", " ")


def same_in_history(raw):
    """Nothing told apart, neither by shares nor by mean effects."""
    small = {"estimate": 0.01, "low": -0.05, "high": 0.06}
    everywhere(raw["matched"], "differ", lambda _: [])
    everywhere(raw["matched"], "difference", lambda found: dict.fromkeys(found, small))
    nothing = {"estimate": 0.001, "low": -0.01, "high": 0.01}
    everywhere(raw["matched"], "effect_difference", lambda _: {"absolute": nothing, "relative": nothing})


def test_history_is_told_by_where_shares_and_effects_differ():
    told = of_history(changed(lambda raw: None))
    assert "**Among worlds that the record does not rule out the claim holds less often for oil**" in told
    assert "For munitions, technology, troops or openness no difference shows in that share." in told
    assert "The mean effect is smaller for munitions" in told
    assert re.search(r"\*\*Oil\*\*: holds in .*: they are −6 \(−10 to −2\) points apart, so history changes it", told)
    assert "**Openness**" in told
    assert "no difference shows (it lies between −6 and 7 points)" in told
    assert "Of 15 comparisons, 3 can be told apart by the share that holds and 3 by the mean effect." in told


def test_where_history_changes_nothing_that_is_said_plainly_with_what_could_go_unseen():
    told = of_history(changed(same_in_history))
    assert "**In the share of worlds no difference shows, on any dimension.**" in told
    assert "A difference of up to 6 points could go unseen." in told
    assert "Nor does the mean effect differ by more than chance." in told
    assert "Of 15 comparisons, none can be told apart by the share that holds and none by the mean effect." in told
    assert "history changes it" not in told
    assert "They are few beside the" in told
    assert "They are few" not in of_history(changed(lambda raw: raw["matched"].update(worlds=10**6)))


def test_worlds_that_do_not_belong_are_said_to_and_how_to_find_others():
    told = of_history(changed(unfit))
    assert "> Nothing is compared: its worlds say nothing of china.goodwill" in told
    assert "run_sim.py match base --budget standard --out out/matching-base" in told
    assert "--matched out/matching-base/worlds.parquet" in told
    told = of_history(changed(lambda raw: raw["matched"].update(stale="'base' has changed since.")))
    assert "> **Read this with care.** 'base' has changed since." in told
    assert "holds less often for oil" in told
    assert "No matched scenario was declared or given" in of_history(changed(no_matched))
