"""Worlds that the record does not rule out: what belongs to what is judged, and what does not."""

import os
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from small import BUDGET, TOY, box_problem, columns, declared, matched_toy, origin, toy

from sim import Scenario, UserError
from sim.experiments import design_tables
from sim.paths import scenario_folder
from sim.scenario.files import toml_text
from sim.thesis.declaration import Declaration
from sim.thesis.matched_worlds import why_stale, why_unfit
from sim.thesis.problem import bring_together, with_matched
from sim.thesis.statistics.worlds import FEWEST_SCRAMBLINGS


def refused(matched: Scenario | str | Path) -> str:
    with pytest.raises(UserError) as caught:
        with_matched(box_problem(), matched)
    return str(caught.value)


def test_a_scenario_without_worlds_is_no_matched_one():
    assert "toy: has no table of worlds" in refused(toy())
    assert "a single world" in refused(matched_toy(1))


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
    side = next(side for side in box_problem().box if side.address == "grandia.tolerance")
    given["grandia.tolerance"] = [side.high * (1 + 1e-7)] * 12
    assert with_matched(box_problem(), toy().with_worlds(given)).matched is not None
    given["grandia.tolerance"] = [side.high * 1.01] * 12
    assert "its worlds leave the declared box at grandia.tolerance" in refused(toy().with_worlds(given))


def test_worlds_of_other_months_are_refused():
    tree = matched_toy().to_dict()
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
    path.write_text(toml_text(matched_toy().to_dict()), "utf-8")
    made = with_matched(box_problem(), path)
    assert made.matched is not None
    assert made.matched.scenario == matched_toy()


def test_the_table_of_all_worlds_does_as_well_with_the_origin_that_lies_beside_it(tmp_path):
    path, given = tmp_path / "worlds.parquet", columns(600)
    pd.DataFrame({"wave": 1, **given}).to_parquet(path)
    (tmp_path / "matched.toml").write_text(toml_text(matched_toy().to_dict()), "utf-8")
    made = with_matched(box_problem(), path).matched
    assert made is not None
    assert (made.name, made.unfit, made.scenario.origin) == ("worlds.parquet", "", origin(toy()))
    assert list(made.scenario.worlds) == list(given)
    most = BUDGET["scramblings"] * BUDGET["worlds"]
    drawn = list(zip(*made.scenario.worlds.values(), strict=True))
    assert len(drawn) == most, "as many as the box has"
    assert set(drawn) <= set(zip(*given.values(), strict=True)), "each world is kept together"
    assert with_matched(box_problem(), path).matched == made


def test_a_table_that_is_none_is_refused(tmp_path):
    path = tmp_path / "odd.parquet"
    path.write_bytes(b"PAR1 no table")
    assert "odd.parquet: is no Parquet file" in refused(path)
    pd.DataFrame({"wave": [1, 2]}).to_parquet(path)
    assert "has no column of a number that varies" in refused(path)
    pd.DataFrame({name: column[:3] for name, column in columns().items() if name != "grandia.tolerance"}).to_parquet(path)
    assert "say nothing of grandia.tolerance" in refused(path)
    pd.DataFrame({**columns(3), "grandia.tolerance": [0.5, np.nan, 0.5]}).to_parquet(path)
    assert "grandia.tolerance" in refused(path)
    assert "nowhere.parquet: cannot be read: No such file" in refused(tmp_path / "nowhere.parquet")


def test_a_table_that_may_never_end_or_fills_the_memory_is_not_read(tmp_path, monkeypatch):
    (tmp_path / "zero.parquet").symlink_to("/dev/zero")
    os.mkfifo(tmp_path / "pipe.parquet")
    for name in ("zero", "pipe"):
        assert f"{name}.parquet: is not an ordinary file" in refused(tmp_path / f"{name}.parquet")
    pd.DataFrame(columns(3)).to_parquet(tmp_path / "large.parquet")
    monkeypatch.setattr(design_tables, "MOST_NUMBERS", 5)
    assert re.search(r"large\.parquet: has \d+ numbers; a table of points has at most 5", refused(tmp_path / "large.parquet"))


def test_a_table_with_two_columns_of_one_name_is_refused(tmp_path):
    table = pa.table(columns(3))
    twice = pa.Table.from_arrays([*table.columns, table.column(0)], names=[*table.column_names, table.column_names[0]])
    pq.write_table(twice, tmp_path / "twice.parquet")
    assert "two columns are named" in refused(tmp_path / "twice.parquet")


def test_what_is_given_replaces_what_is_declared(tmp_path):
    made = bring_together(toy(), declared(matched=str(tmp_path / "nowhere.toml")), "quick")
    assert with_matched(made, matched_toy()).matched.scenario == matched_toy()
    with pytest.raises(UserError, match="no such file"):
        with_matched(made, None)


def test_worlds_of_what_has_changed_since_are_said_to_be():
    assert why_stale(toy(), matched_toy()) == ""
    assert why_stale(matched_toy(), matched_toy()) == "", "what is judged draws from these worlds itself"
    assert why_stale(toy(), matched_toy(hash="ab" * 32)).startswith("'toy' has changed since")
    assert why_stale(toy(), matched_toy(scenario="base", hash="ab" * 32)).startswith(
        "These worlds were matched to 'base', not to 'toy'"
    )
    assert "does not say" in why_stale(toy(), toy().with_worlds(columns()))


def test_the_shipped_worlds_belong_to_the_present_base_and_fit_its_declared_box():
    base, left, declaration = Scenario.load("base"), Scenario.load("matched"), Declaration.load("thesis")
    assert declaration.matched == "matched"
    again = "match base --budget standard, and copy its matched.toml to scenarios/"
    assert why_stale(base, left) == "", again
    assert why_unfit(base, bring_together(base, declaration, "quick").box, left) == "", again
    assert left.origin is not None
    assert left.origin.command.startswith("run_sim.py match base matching --until 2024-12")
    count = len(left.worlds["china.goodwill"])
    assert FEWEST_SCRAMBLINGS < count <= 256
    assert (scenario_folder() / "matched.toml").stat().st_size < 1_100_000
    assert left.set({address: base.parameters[address].value for address in left.worlds}).worlds == {}


def test_its_worlds_are_the_only_thing_in_which_the_shipped_one_differs_from_base():
    base, left = Scenario.load("base"), Scenario.load("matched")
    words = {"name": base.name, "title": base.title, "question": base.question}
    assert Scenario.from_dict({**left.with_worlds({}).to_dict(), **words}).hash == base.hash
