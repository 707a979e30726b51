"""Scenario tables of joint draws: each run takes one world, whatever the chunk, and what is wrong in a table is named."""

import json
from pathlib import Path

import numpy as np
import pytest
from engine import BASE, TOY

import sim
from sim.errors import UserError
from sim.mechanisms.noise import Noise
from sim.model.draws import expand_numbers
from sim.scenario.files import toml_text
from sim.scenario.scenario import Origin, Scenario, scenario_schema

FILE = Path(__file__).parent / "toy" / "toy.toml"
WORLDS = {"grandia.resolve": [0.1, 0.2, 0.3], "ostia.munitions": [1000.0, 2000.0, 3000.0]}
DRAWN = TOY.with_worlds(WORLDS)


def write(folder: Path, text: str, name: str = "mine.toml") -> Path:
    path = folder / name
    path.write_text(f'extends = "{FILE}"\n{text}', encoding="utf-8")
    return path


def numbers(scenario: Scenario, runs: int = 3_000, values=None) -> dict[str, np.ndarray]:
    return expand_numbers(scenario, Noise(1, np.arange(runs)), runs, values or {})


def test_each_run_takes_one_world_and_all_are_taken_alike():
    drawn = numbers(DRAWN)
    rows = np.round(drawn["grandia.resolve"] * 10).astype(int)
    assert (drawn["ostia.munitions"] == rows * 1000.0).all()
    assert np.abs(np.bincount(rows)[1:] / 3_000 - 1 / 3).max() < 0.04


def test_a_run_is_the_same_whatever_the_chunk():
    whole = sim.run(DRAWN, runs=12, months=4, seed=5)
    parts = [sim.run(DRAWN, runs=runs, first=first, months=4, seed=5) for first, runs in ((0, 5), (5, 1), (6, 6))]
    assert whole["outcomes"].values.tobytes() == np.concatenate([part["outcomes"].values for part in parts], axis=1).tobytes()


def test_a_value_given_by_the_caller_goes_before_the_worlds():
    drawn = numbers(DRAWN, 4, {"grandia.resolve": 0.9})
    assert drawn["grandia.resolve"].tolist() == [0.9] * 4
    assert set(drawn["ostia.munitions"]) <= set(WORLDS["ostia.munitions"])


def test_a_world_goes_before_a_number_that_is_drawn_by_itself():
    both = TOY.set("grandia.resolve", {"drawn": True}).with_worlds(WORLDS)
    assert set(numbers(both)["grandia.resolve"]) == set(WORLDS["grandia.resolve"])


def test_a_scenario_without_worlds_keeps_its_hash_and_one_with_them_has_its_own():
    assert "worlds" not in TOY.to_dict()
    assert DRAWN.hash != TOY.hash
    assert DRAWN.with_worlds({}) == TOY
    assert DRAWN.with_worlds({}).hash == TOY.hash


def test_round_trip():
    again = Scenario.from_dict(json.loads(json.dumps(DRAWN.to_dict())))
    assert again == DRAWN
    assert again.hash == DRAWN.hash


def test_what_is_set_holds_in_all_runs():
    changed = DRAWN.set("grandia.resolve", 0.7)
    assert list(changed.worlds) == ["ostia.munitions"]
    assert set(numbers(changed)["grandia.resolve"]) == {0.7}
    assert changed.set("ostia.munitions", 5.0).worlds == {}
    assert DRAWN.set("grandia.width", 0.3).worlds == DRAWN.worlds
    assert DRAWN.without("beijing").worlds == DRAWN.worlds


def test_a_number_that_is_set_is_drawn_no_longer():
    drawn = TOY.set("grandia.resolve", {"drawn": True})
    assert len(set(numbers(drawn, 10)["grandia.resolve"])) == 10
    assert set(numbers(drawn.set("grandia.resolve", 0.7))["grandia.resolve"]) == {0.7}


def test_what_is_removed_takes_its_columns_along():
    strength = "rules.grandia_components.strength"
    ruled = TOY.with_worlds({**WORLDS, strength: [0.1, 0.2, 0.3]})
    assert list(ruled.without_rule("grandia_components").worlds) == list(WORLDS)
    assert list(ruled.with_rule("grandia_components", strength=0.2).worlds) == list(WORLDS)
    assert list(ruled.without_rule("grandia_oil_valve").worlds) == [*WORLDS, strength]


def test_worlds_are_inherited_along_extends(tmp_path: Path):
    write(tmp_path, '[worlds]\n"grandia.resolve" = [0.1, 0.2]\n"ostia.munitions" = [1000, 2000]\n', "parent.toml")

    def child(text: str) -> dict[str, tuple[float, ...]]:
        path = tmp_path / "child.toml"
        path.write_text(f'extends = "parent"\n{text}', encoding="utf-8")
        return Scenario.load(path).worlds

    assert child("") == {"grandia.resolve": (0.1, 0.2), "ostia.munitions": (1000.0, 2000.0)}
    assert list(child("[countries.grandia]\nresolve = 0.9\n")) == ["ostia.munitions"]
    assert child('[worlds]\n"grandia.width" = [0.3]\n') == {"grandia.width": (0.3,)}
    assert child("[worlds]\n") == {}
    assert child('remove = ["worlds"]\n') == {}
    assert child('remove = ["rules.grandia_components"]\n') == child("")


@pytest.mark.parametrize(
    ("table", "key", "message"),
    [
        ('"grandia.resolv" = [0.1]', "worlds.grandia.resolv", "did you mean 'grandia.resolve'"),
        ('"grandia.resolve" = 0.1', "worlds.grandia.resolve", "must be a list of numbers"),
        ('"grandia.resolve" = []', "worlds.grandia.resolve", "must be a list of numbers"),
        ('"grandia.resolve" = [0.1, "high"]', "worlds.grandia.resolve", "holds 'high' in world 2"),
        ('"grandia.resolve" = [true]', "worlds.grandia.resolve", "holds True in world 1"),
        ('"grandia.resolve" = [0.5, nan]', "worlds.grandia.resolve", "holds nan in world 2"),
        ('"grandia.resolve" = [0.5, inf]', "worlds.grandia.resolve", "holds inf in world 2"),
        (f'"grandia.resolve" = [1{"0" * 400}]', "worlds.grandia.resolve", "in world 1"),
        ('"grandia.resolve" = [0.5, 0.6, 1.5]', "worlds.grandia.resolve", "holds 1.5 in world 3; it must be a number within"),
        ('"grandia.resolve" = [0]\n"grandia.width" = [0.5, 0.6]\n"ostia.resolve" = [0]', "worlds.grandia.width", "has 2 numbers"),
        ('"rules.grandia_components.resolve" = [0.5]', "worlds.rules.grandia_components.resolve", "there is no such parameter"),
        ("grandia.resolve = [0.5]", "worlds.grandia", "there is no such parameter"),
    ],
)
def test_a_table_that_makes_no_sense_is_refused_by_its_key(tmp_path: Path, table: str, key: str, message: str):
    with pytest.raises(UserError) as caught:
        Scenario.load(write(tmp_path, f"[worlds]\n{table}\n"))
    assert message in str(caught.value)
    assert f"mine.toml: {key}" in str(caught.value)


def test_worlds_must_be_a_table(tmp_path: Path):
    with pytest.raises(UserError, match=r"worlds: must be a table"):
        Scenario.load(write(tmp_path, "worlds = [1, 2]\n"))


def test_no_country_takes_the_name_of_the_table():
    tree = TOY.to_dict()
    tree["countries"]["worlds"] = tree["countries"]["grandia"]
    with pytest.raises(UserError, match="the name 'worlds' is taken"):
        Scenario.from_dict(tree)


def test_the_schema_for_editors_knows_the_table():
    jsonschema = pytest.importorskip("jsonschema")
    validator = jsonschema.Draft7Validator(json.loads(json.dumps(scenario_schema())))
    validator.validate({"extends": "base", "worlds": WORLDS})
    assert not validator.is_valid({"extends": "base", "worlds": {"china.resolve": 0.5}})


def test_some_hundred_worlds_of_all_numbers_load_in_time(tmp_path: Path):
    random = np.random.default_rng(1)
    columns = {name: random.uniform(p.low, p.high, 250) for name, p in BASE.parameters.items() if p.high > p.low}
    lines = [f'"{name}" = [\n' + "".join(f"{value:.6g},\n" for value in column) + "]" for name, column in columns.items()]
    path = tmp_path / "mine.toml"
    path.write_text('extends = "base"\n[worlds]\n' + "\n".join(lines), encoding="utf-8")
    assert len(Scenario.load(path).worlds) == len(columns)


@pytest.mark.parametrize("scenario", [TOY, DRAWN, BASE], ids=["plain", "worlds", "base"])
def test_a_scenario_written_as_a_file_is_read_as_the_same(tmp_path: Path, scenario: Scenario):
    path = tmp_path / "mine.toml"
    path.write_text(toml_text(scenario.to_dict()), encoding="utf-8")
    assert Scenario.load(path) == scenario


def test_long_columns_are_broken_into_lines(tmp_path: Path):
    many = TOY.with_worlds({"grandia.resolve": np.linspace(0, 1, 2_000)})
    text = toml_text(many.to_dict())
    assert max(len(line) for line in text.splitlines()) < 1_000
    assert Scenario.load(write(tmp_path, text[text.index("[worlds]") :])).worlds == many.worlds


# --- Where the draws come from --------------------------------------------------------------------------------------------------

ORIGIN = Origin(scenario="toy", hash=TOY.hash, until="2001-12", vintage="2002-01", command="run_sim.py infer toy.toml")
FOUND = TOY.with_worlds(WORLDS, ORIGIN)


def test_worlds_keep_their_origin_and_other_worlds_have_none():
    assert Scenario.from_dict(json.loads(json.dumps(FOUND.to_dict()))) == FOUND
    assert FOUND.set("grandia.width", 0.3).origin == ORIGIN
    assert FOUND.with_worlds(WORLDS) == DRAWN
    assert FOUND.with_worlds({}) == TOY
    assert FOUND.set(dict.fromkeys(WORLDS, 0.5)).origin is None, "no world is left"


def test_an_origin_is_inherited_with_its_worlds(tmp_path: Path):
    (tmp_path / "parent.toml").write_text(toml_text(FOUND.to_dict()), encoding="utf-8")

    def child(text: str) -> Scenario:
        path = tmp_path / "child.toml"
        path.write_text(f'extends = "parent"\n{text}', encoding="utf-8")
        return Scenario.load(path)

    assert child("").origin == ORIGIN
    assert child('[worlds]\n"grandia.width" = [0.3]\n').origin is None


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('hash = "abc"', "mine.toml: origin.hash: must be a SHA-256"),
        ('until = "2001"', "origin.until: must be a month"),
        ('untill = "2001-12"', "origin.untill: is unknown here; did you mean 'until'?"),
        ("command = 3", "origin.command"),
    ],
)
def test_an_origin_that_makes_no_sense_is_refused_by_its_key(tmp_path: Path, line: str, message: str):
    others = {name: each for name, each in ORIGIN.model_dump().items() if name != line.split()[0]}
    text = toml_text({"origin": others, "worlds": WORLDS})
    with pytest.raises(UserError) as caught:
        Scenario.load(write(tmp_path, text.replace("[origin]", f"[origin]\n{line}")))
    assert message in str(caught.value)
