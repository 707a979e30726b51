"""Settings: what was moved and taken out, as a scenario, as a file, and back."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import settings as tried
from hypothesis import strategies as st

from sim import Scenario, UserError, scenario_names
from sim.dashboard.controls import groups_of
from sim.dashboard.files import export, export_name, imported, link, linked, opened
from sim.dashboard.settings import Settings
from sim.dashboard.side_by_side import pair_of, run_both
from sim.mechanisms.knockouts import KNOCKOUTS
from sim.scenario.files import MOST_BYTES

CHOICES = {name: Settings.chosen(Scenario.load(name), shipped=True) for name in ("base", "mixed_signals", "beijing_absent")}
CONTROLS = {
    name: [control for group in groups_of(settings.origin) for part in group.parts for control in part.controls]
    for name, settings in CHOICES.items()
}


@st.composite
def settings(draw):
    """A scenario with some sliders moved and some limits taken out or put back."""
    name = draw(st.sampled_from(sorted(CHOICES)))
    changed = CHOICES[name]
    for control in draw(st.lists(st.sampled_from(CONTROLS[name]), max_size=5)):
        changed = changed.move(control.address, draw(st.sampled_from(control.values)))
    for limit in draw(st.lists(st.sampled_from(sorted(KNOCKOUTS)), max_size=3)):
        changed = changed.knock(limit, out=draw(st.booleans()))
    return changed


@tried(max_examples=10)
@given(settings())
def test_a_saved_file_is_an_equal_scenario_and_restores_what_was_set(changed):
    again = imported(export_name(changed), export(changed).encode())
    assert again.scenario.hash == changed.scenario.hash
    assert again.shipped
    assert again.out == changed.out
    assert all(again.value(address) == changed.value(address) for address in changed.numbers)


def test_a_saved_file_can_be_opened_from_the_command_line(tmp_path):
    changed = CHOICES["base"].move("china.resolve", 0.9).knock("beijing", out=True)
    path = tmp_path / export_name(changed)
    path.write_text(export(changed), "utf-8")
    assert Scenario.load(path).hash == opened(str(path)).scenario.hash == changed.scenario.hash
    assert opened(str(path)).numbers == {"china.resolve": 0.9}


@pytest.mark.parametrize("name", scenario_names())
def test_every_shipped_scenario_can_be_chosen_changed_and_saved(name, tmp_path):
    chosen = Settings.chosen(Scenario.load(name), shipped=True)
    assert not chosen.changed
    assert chosen.scenario is chosen.origin
    moved = chosen.move("world.war_intensity", 0.9).knock("trust", out=True)
    (tmp_path / "saved.toml").write_text(export(moved), "utf-8")
    assert f'extends = "{name}"' in export(moved)
    assert Scenario.load(tmp_path / "saved.toml").hash == moved.scenario.hash


def test_a_change_can_be_undone():
    base = CHOICES["base"]
    moved = base.move("china.resolve", 0.9).knock("west", out=True)
    assert moved.changed
    assert moved.scenario.parameters["china.resolve"].value == 0.9
    assert moved.scenario.knockouts == ("west",)
    back = moved.restore("china.resolve").knock("west", out=False)
    assert not back.changed
    assert back.scenario.hash == base.origin.hash


def test_a_rule_goes_by_its_presser_until_it_gets_a_number_of_its_own():
    address = "rules.china_oil_valve.resolve"
    base = CHOICES["base"]
    assert base.value(address) == base.value("china.resolve")
    firmer = base.move("china.resolve", 0.9)
    assert firmer.value(address) == 0.9
    own = firmer.move(address, 0.2)
    assert (own.value(address), own.value("china.resolve")) == (0.2, 0.9)
    assert own.scenario.parameters[address].value == 0.2


def test_a_number_that_each_run_draws_is_fixed_by_moving_it():
    drawn = CHOICES["mixed_signals"]
    assert drawn.origin.parameters["china.resolve"].drawn
    moved = drawn.move("china.resolve", 0.3).scenario.parameters["china.resolve"]
    assert (moved.value, moved.drawn) == (0.3, False)


def test_the_comparison_has_beijing_in_one_world_only():
    base = CHOICES["base"].knock("trust", out=True)
    for settings in (base, base.knock("beijing", out=True)):
        kept, without = settings.arms
        assert kept.knockouts == ("trust",)
        assert without.knockouts == ("beijing", "trust")


def test_a_file_that_changes_more_than_numbers_is_taken_and_saved_as_a_whole(tmp_path):
    text = 'extends = "base"\ntitle = "Fewer rules"\nremove = ["rules.china_oil_valve"]\n'
    taken = imported("fewer rules.toml", text.encode())
    assert not taken.shipped
    assert taken.scenario.title == "Fewer rules"
    moved = taken.move("china.resolve", 0.7).knock("west", out=True)
    (tmp_path / "whole.toml").write_text(export(moved), "utf-8")
    assert Scenario.load(tmp_path / "whole.toml").hash == moved.scenario.hash


def test_a_file_with_a_title_of_its_own_keeps_it_while_sliders_move():
    text = 'extends = "base"\ntitle = "Mine"\nquestion = "What if?"\n[countries.china]\nresolve = 0.7\n'
    taken = imported("mine.toml", text.encode())
    assert taken.shipped
    assert taken.numbers == {"china.resolve": 0.7}
    moved = taken.move("china.goodwill", 0.3)
    assert (moved.scenario.title, moved.scenario.name, moved.scenario.question) == ("Mine", "mine", "What if?")
    assert imported("mine.toml", export(moved).encode()).scenario.hash == moved.scenario.hash


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff\xfe", "not UTF-8"),
        (b"x = ", "not TOML"),
        (b"#" * (MOST_BYTES + 1), "larger than"),
        (b"", "missing"),
        (b'extends = "base"\n[countries.chin]\nresolve = 0.5\n', "chin"),
        (b'extends = "base"\n[countries.china]\nresolve = 5\n', "outside"),
        (b'extends = "base"\n[countries.china]\nresolve = "high"\n', "must be a number"),
        (b'extends = "base"\nknockouts = ["beijin"]\n', "did you mean 'beijing'?"),
        (b'extends = "elsewhere.toml"\n', "can extend shipped scenarios only"),
        (b'extends = "/etc/passwd"\n', "can extend shipped scenarios only"),
        (b'extends = ["base"]\n', "can extend shipped scenarios only"),
        (b"[" * 5000, "not TOML"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_its_name_and_the_reason(content, message):
    with pytest.raises(UserError, match=message) as refused:
        imported("my file.toml", content)
    assert "/tmp" not in str(refused.value)
    assert "my" in str(refused.value)


@given(name=st.text(max_size=300), content=st.binary(max_size=300))
def test_whatever_is_sent_is_taken_or_refused(name, content):
    with pytest.raises(UserError):
        imported(name, content)


@tried(max_examples=20)
@given(st.text(max_size=200))
def test_whatever_is_written_into_a_file_is_taken_or_refused(text):
    for content in (text, f'extends = "base"\n{text}', f'extends = "base"\ntitle = "{text}"'):
        with suppress(UserError):
            assert imported("any.toml", content.encode()).scenario.hash


def test_a_scenario_that_is_not_there_is_refused():
    with pytest.raises(UserError, match="no such file"):
        opened("nowhere.toml")


@tried(max_examples=15)
@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
def test_a_title_comes_back_from_a_saved_file_as_it_was(title):
    try:
        named = Settings.chosen(CHOICES["base"].origin.set("title", title), shipped=False)
    except UserError:
        return
    assert imported("any.toml", export(named).encode()).scenario.title == named.scenario.title


def test_a_file_with_joint_draws_is_written_in_full_and_read_again(tmp_path):
    changed = Scenario.load("base").with_worlds({"china.goodwill": [0.2, 0.5]}).set("china.resolve", 0.5)
    path = tmp_path / "mine.toml"
    path.write_text(export(Settings.of(changed, None)), encoding="utf-8")
    assert Scenario.load(path).hash == changed.hash


@tried(max_examples=10)
@given(settings())
def test_a_link_holds_the_same_settings(changed):
    again = linked(link(changed).removeprefix("/"))
    assert again.scenario.hash == changed.scenario.hash
    assert linked("") is None
    assert linked("token=x") is None


@pytest.mark.parametrize(
    "search",
    [
        "scenario=nowhere",
        "scenario=base&set=china.resolve=much",
        "scenario=base&set=china.resolve=9",
        "scenario=base&set=china.resolve=nan",
        "scenario=base&set=china.nothing=1",
        "scenario=base&without=nothing",
    ],
)
def test_a_link_that_cannot_be_used_is_refused(search):
    with pytest.raises(UserError):
        linked(search)


def test_worlds_of_a_posterior_are_what_runs_are_drawn_from(tmp_path):
    path = Scenario.load("base").with_worlds({"china.goodwill": [0.05], "china.concern": [3.0]}).save(tmp_path / "posterior.toml")
    for settings in (opened(path), imported("posterior.toml", path.read_bytes())):
        strict = run_both(pair_of(settings), runs=10)
        same = run_both(pair_of(CHOICES["base"].move("china.goodwill", 0.05).move("china.concern", 3.0)), runs=10)
        assert strict.rows == same.rows
        assert link(settings) == "", "a file of one's own is saved, not linked"
