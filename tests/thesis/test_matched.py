"""Does history change it? Worlds that are not ruled out beside the box: shares known by hand, and what does not belong."""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from known_worlds import DELTA, MONTHS, WANTED, asked, load
from small import BUDGET, TOY, declared, toy

from sim import Scenario, UserError, judge
from sim.paths import scenario_folder
from sim.scenario.files import toml_text
from sim.scenario.scenario import Origin
from sim.thesis import findings_matched
from sim.thesis.declaration import Declaration
from sim.thesis.judgement import Judgement
from sim.thesis.judgement_worlds import Beside, Matched
from sim.thesis.kept import stage_file
from sim.thesis.matched_worlds import why_stale, why_unfit
from sim.thesis.problem import Setting, bring_together, with_matched
from sim.thesis.stages_worlds import matched, worlds
from sim.thesis.statistics.worlds import FEWEST_SCRAMBLINGS

EDGE = (1 - DELTA) * WANTED / MONTHS / 100  # the tolerance from which on a threat alone no longer holds enough down
LEAST, MOST = 0.1, 2.1  # of tolerance in the box
SHARE = (EDGE - LEAST) / (MOST - LEAST)  # of the box in which the claim holds


def quiet(runs: int) -> None:
    pass


@cache
def setting() -> Setting:
    return bring_together(toy(), declared(), "quick")


def origin(base: Scenario, **changes: str) -> Origin:
    told = {"scenario": base.name, "hash": base.hash, "until": "2001-12", "vintage": "2002-01", "command": "match toy"}
    return Origin(**(told | changes))


def columns(count: int = 12, seed: int = 3) -> dict[str, list[float]]:
    """Worlds drawn from the declared box of the toy world, as matching leaves them."""
    points = np.random.default_rng(seed).random((count, len(setting().box)))
    return {address: column.tolist() for address, column in setting().worlds(points).items()}


def found(count: int = 12, **changes: str) -> Scenario:
    """The toy world with such worlds."""
    return toy().with_worlds(columns(count), origin(toy(), **changes))


def refused(matched: Scenario | str | Path) -> str:
    with pytest.raises(UserError) as caught:
        with_matched(setting(), matched)
    return str(caught.value)


# --- Known answers --------------------------------------------------------------------------------------------------------------


@cache
def box() -> tuple[Setting, dict]:
    """The box with only a threat, in which tolerance is anything from 0.1 to 2.1."""
    made = bring_together(load("only_threat"), asked(), "quick")
    return made, worlds(made, quiet)


def threatened(tolerances: tuple[float, ...]) -> Beside:
    """Worlds with only a threat at given tolerances, beside that box."""
    made, in_box = box()
    rates = next(side for side in made.box if side.address == "ostia.test_rate")
    given = {"grandia.tolerance": tolerances, "ostia.test_rate": np.linspace(rates.low, rates.high, len(tolerances)).tolist()}
    made = with_matched(made, made.base.with_worlds(given))
    section = findings_matched.matched(made, in_box, matched(made, quiet))
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
    made = bring_together(load("only_threat").without("beijing"), asked(), "quick")
    made = with_matched(made, made.base.with_worlds({side.address: [side.low, side.high, side.high] for side in made.box}))
    section = findings_matched.matched(made, worlds(made, quiet), matched(made, quiet))
    assert section is not None
    for told in (each for dates in section.beside.values() for each in dates.values()):
        assert told.differ == []
        assert told.matched.fails.estimate == told.box.fails.estimate == 1
        assert told.effect_difference.absolute.estimate == 0


# --- The stage ------------------------------------------------------------------------------------------------------------------


def test_each_world_is_run_in_both_arms_as_often_as_one_of_the_box_on_shocks_of_its_own():
    made = with_matched(setting(), found())
    arrays, in_box = matched(made, quiet), worlds(made, quiet)
    assert arrays["on"].shape == arrays["off"].shape == (2, 2, 12, BUDGET["runs_per_world"])
    assert arrays["refined"].size == 3
    assert arrays["more_on"].shape[-1] == BUDGET["runs_per_world"] + BUDGET["refined_runs"]
    first = {name: [column[0]] * 4 for name, column in columns().items()}
    same = matched(with_matched(setting(), toy().with_worlds(first)), quiet)["on"]
    assert len(np.unique(same[1, 0])) > 1, "worlds do not share their shocks"
    assert not np.isin(arrays["on"][1, 0], in_box["on"][1, 0]).all()


def test_only_this_stage_is_made_again_for_other_worlds(tmp_path):
    one, other = (with_matched(setting(), found(count)) for count in (12, 13))
    assert stage_file(tmp_path, one, "worlds") == stage_file(tmp_path, other, "worlds")
    assert stage_file(tmp_path, one, "matched") != stage_file(tmp_path, other, "matched")


# --- In the whole test ----------------------------------------------------------------------------------------------------------


@cache
def judged() -> Judgement:
    return judge(toy(), declared(), matched=found())


@pytest.mark.slow
def test_the_judgement_says_which_worlds_for_what_and_how_to_find_them_again():
    told = judged().matched
    assert told is not None
    assert (told.worlds, told.runs_per_world) == (12, BUDGET["runs_per_world"])
    assert (told.matched_to, told.matched_to_hash, told.until, told.vintage) == ("toy", toy().hash, "2001-12", "2002-01")
    assert (told.command, told.stale, told.unfit) == ("match toy", "", "")
    assert set(told.beside) == {"munitions", "openness"}
    assert "--matched toy" in judged().about.command
    assert judged().about.runs["matched"] == 2 * (12 * BUDGET["runs_per_world"] + 3 * BUDGET["refined_runs"])


def test_the_box_beside_them_is_that_of_the_sample():
    told = judged().matched
    assert told is not None
    for dimension, dates in judged().worlds[0].shares.items():
        assert {date: each.box for date, each in told.beside[dimension].items()} == dates


@pytest.mark.slow
def test_nothing_else_in_the_judgement_depends_on_them():
    without = judge(toy(), declared())
    assert without.matched is None
    same = {"matched": None, "about": without.about}
    assert judged().model_copy(update=same) == without


# --- What does not belong -------------------------------------------------------------------------------------------------------


def test_a_scenario_without_worlds_is_no_matched_one():
    assert "toy: has no table of worlds" in refused(toy())
    assert "a single world" in refused(found(1))


def test_worlds_of_other_numbers_than_vary_in_the_box_are_refused():
    given = columns()
    fewer = {name: column for name, column in given.items() if name not in ("grandia.tolerance", "grandia.resolve")}
    assert "say nothing of grandia." in refused(toy().with_worlds(fewer))
    assert "which vary in the declared box" in refused(toy().with_worlds(dict(list(given.items())[:1])))
    reference = next(name for name in toy().parameters if name.endswith(".reference"))
    more = given | {reference: [toy().parameters[reference].value] * 12}
    assert f"its worlds vary {reference}, which the declared box does not" in refused(toy().with_worlds(more))


def test_worlds_outside_the_box_are_refused_but_for_rounding():
    given = columns()
    side = next(side for side in setting().box if side.address == "grandia.tolerance")
    given["grandia.tolerance"] = [side.high * (1 + 1e-7)] * 12
    assert with_matched(setting(), toy().with_worlds(given)).matched is not None
    given["grandia.tolerance"] = [side.high * 1.01] * 12
    assert "its worlds leave the declared box at grandia.tolerance" in refused(toy().with_worlds(given))


def test_worlds_of_other_months_are_refused():
    tree = found().to_dict()
    later = Scenario.from_dict({**tree, "months": 30})
    assert "are of 30 months from 2001-01, and 'toy' has 24 months" in refused(later)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is missing"),
        ("[worlds", "is not TOML"),
        ('extends = "{toy}"\n[worlds]\n"grandia.tolerance" = ["high"]', "holds 'high' in world 1"),
        ('extends = "{toy}"', "has no table of worlds"),
    ],
)
def test_a_bad_file_is_refused_with_its_name(tmp_path, content: str, message: str):
    path = tmp_path / "odd.toml"
    path.write_text(content.replace("{toy}", str(TOY)), "utf-8")
    assert message in refused(path)
    assert "odd.toml" in refused(path)


def test_a_name_that_is_none_is_refused():
    assert "no shipped scenario of this name" in refused("mached")


def test_a_file_does_as_well_as_a_scenario(tmp_path):
    path = tmp_path / "left.toml"
    path.write_text(toml_text(found().to_dict()), "utf-8")
    made = with_matched(setting(), path)
    assert made.matched is not None
    assert made.matched.scenario == found()


def test_the_table_of_all_worlds_does_as_well_with_the_origin_that_lies_beside_it(tmp_path):
    path, given = tmp_path / "worlds.parquet", columns(600)
    pd.DataFrame({"wave": 1, **given}).to_parquet(path)
    (tmp_path / "matched.toml").write_text(toml_text(found().to_dict()), "utf-8")
    made = with_matched(setting(), path).matched
    assert made is not None
    assert (made.name, made.unfit, made.scenario.origin) == ("worlds.parquet", "", origin(toy()))
    assert list(made.scenario.worlds) == list(given)
    most = BUDGET["scramblings"] * BUDGET["worlds"]
    drawn = list(zip(*made.scenario.worlds.values(), strict=True))
    assert len(drawn) == most, "as many as the box has"
    assert set(drawn) <= set(zip(*given.values(), strict=True)), "each world is kept together"
    assert with_matched(setting(), path).matched == made


def test_a_table_that_is_none_is_refused(tmp_path):
    path = tmp_path / "odd.parquet"
    path.write_bytes(b"PAR1 no table")
    assert "odd.parquet: is no table of worlds" in refused(path)
    pd.DataFrame({"wave": [1, 2]}).to_parquet(path)
    assert "has no column of a number that varies" in refused(path)
    pd.DataFrame({name: column[:3] for name, column in columns().items() if name != "grandia.tolerance"}).to_parquet(path)
    assert "say nothing of grandia.tolerance" in refused(path)
    pd.DataFrame({**columns(3), "grandia.tolerance": [0.5, np.nan, 0.5]}).to_parquet(path)
    assert "grandia.tolerance" in refused(path)
    assert "is no table of worlds" in refused(tmp_path / "nowhere.parquet")


@pytest.mark.slow
def test_declared_worlds_that_do_not_fit_are_left_out_with_the_reason(tmp_path):
    path = tmp_path / "left.toml"
    path.write_text(toml_text(toy().with_worlds({"grandia.tolerance": [0.3, 0.4]}, origin(toy())).to_dict()), "utf-8")
    told = judge(toy(), declared(matched=str(path))).matched
    assert told is not None
    assert told.unfit.startswith("its worlds say nothing of ")
    assert told.beside == {}
    assert told.stale == ""


def test_what_is_given_replaces_what_is_declared(tmp_path):
    made = bring_together(toy(), declared(matched=str(tmp_path / "nowhere.toml")), "quick")
    assert with_matched(made, found()).matched.scenario == found()
    with pytest.raises(UserError, match="no such file"):
        with_matched(made, None)


def test_worlds_of_what_has_changed_since_are_said_to_be():
    assert why_stale(toy(), found()) == ""
    assert why_stale(found(), found()) == "", "what is judged draws from these worlds itself"
    assert why_stale(toy(), found(hash="ab" * 32)).startswith("'toy' has changed since")
    assert why_stale(toy(), found(scenario="base", hash="ab" * 32)).startswith(
        "These worlds were matched to 'base', not to 'toy'"
    )
    assert "does not say" in why_stale(toy(), toy().with_worlds(columns()))


def test_worlds_of_what_has_changed_since_are_compared_with_that_caution():
    changed = toy().set("grandia.resolve", 0.9)
    made = with_matched(bring_together(changed, declared(), "quick"), found())
    section = findings_matched.matched(made, worlds(made, quiet), matched(made, quiet))
    assert isinstance(section, Matched)
    assert section.beside
    assert section.stale.startswith("'toy' has changed since these worlds were matched to it")


# --- The shipped one ------------------------------------------------------------------------------------------------------------


def test_the_shipped_worlds_belong_to_the_present_base_and_fit_its_declared_box():
    base, left, declaration = Scenario.load("base"), Scenario.load("matched"), Declaration.load("thesis")
    assert declaration.matched == "matched"
    again = "match base --budget standard, and copy its matched.toml to scenarios/"
    assert why_stale(base, left) == "", again
    assert why_unfit(base, bring_together(base, declaration, "quick").box, left) == "", again
    assert left.origin is not None
    assert left.origin.command.startswith("run_sim.py match base matching --until 2024-12")
    count = len(left.worlds["china.tolerance"])
    assert FEWEST_SCRAMBLINGS < count <= 256
    assert (scenario_folder() / "matched.toml").stat().st_size < 1_100_000
    assert left.set({address: base.parameters[address].value for address in left.worlds}).worlds == {}


def test_its_worlds_are_the_only_thing_in_which_the_shipped_one_differs_from_base():
    base, left = Scenario.load("base"), Scenario.load("matched")
    words = {"name": base.name, "title": base.title, "question": base.question}
    assert Scenario.from_dict({**left.with_worlds({}).to_dict(), **words}).hash == base.hash
