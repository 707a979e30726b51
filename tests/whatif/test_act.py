"""Acts in plain words: every channel can be asked for, and what is not understood is said in one line."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim import Scenario, UserError
from sim.mechanisms.channels import CHANNELS
from sim.whatif.act import Act, act, phrases, read

BASE = Scenario.load("base")
WORDS = ("china", "cuts", "oil", "to", "north_korea", "by", "50%", "from", "2024-07", "with", "3", "million")
RULE, VALVE = "china_oil_north_korea", "china_oil_valve"
OIL = Act("china", "oil", "north_korea", 0.5, "2024-07", "2025-06")


def users() -> list[tuple[str, str, str]]:
    """For each channel two countries of the base scenario between which it can be used."""
    found = []
    for channel in CHANNELS:
        for presser in BASE.countries:
            for target in BASE.countries:
                try:
                    act(
                        BASE,
                        presser,
                        channel,
                        target,
                        size=None if CHANNELS[channel].good or not CHANNELS[channel].carrot else 1.0,
                    )
                except UserError:
                    continue
                found.append((presser, channel, target))
    return list({channel: (presser, channel, target) for presser, channel, target in reversed(found)}.values())


@pytest.mark.parametrize(
    "text",
    [
        "china cuts oil to north_korea by 50% from 2024-07 to 2025-06",
        "China halves its oil to North Korea from 2024-07 until 2025-06.",
        "from 2024-07 to 2025-06 China reduces the oil to north korea by half",
        "china uses oil on north_korea by 50 percent since 2024-07, until 2025-06",
        "china sends less oil to north_korea by 50.0 % from 2024-07 to 2025-06",
    ],
)
def test_one_act_can_be_said_in_several_ways(text):
    assert read(text, BASE) == OIL


@pytest.mark.parametrize(("presser", "channel", "target"), users(), ids=lambda name: str(name))
def test_every_channel_can_be_asked_for_in_each_of_its_ways_and_tells_itself_so_that_it_can_be_read(presser, channel, target):
    size = 20.0 if CHANNELS[channel].carrot and not CHANNELS[channel].good else None
    for phrase in phrases(CHANNELS[channel]):
        worth = " with 20 million USD a month" if size else ""
        made = read(f"{presser} {phrase} {target} by 40%{worth} from 2024-01 to 2024-12", BASE)
        assert made == Act(presser, channel, target, 0.4, "2024-01", "2024-12", size)
        assert read(str(made), BASE) == made


def test_every_channel_of_the_base_scenario_was_tried_above():
    assert {channel for _, channel, _ in users()} == set(CHANNELS)


def test_an_act_has_a_share_months_and_names_by_which_people_go():
    assert read("The US sanctions China", BASE) == Act("united_states", "secondary_sanctions", "china", 1.0, "2023-08", "2028-07")
    assert read("japan sanctions russia by 20% in 2024-03", BASE) == Act("japan", "payments", "russia", 0.2, "2024-03", "2024-03")
    assert read("china stops oil to north_korea", BASE).strength == 1.0
    assert OIL.months("2023-08") == range(12, 24)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("chnia cuts oil to north_korea by 50%", "'chnia' is no country of this scenario; did you mean 'china'?"),
        ("china cuts oil to nroth_korea by 50%", "'nroth_korea' is no country of this scenario; did you mean 'north_korea'?"),
        ("china cuts purchases of oli from russia by 5%", "did you mean 'cuts purchases of oil from'?"),
        ("china uses oli on north_korea", "'oli' is no known channel; did you mean 'oil'?"),
        ("china cuts oil to north_korea", "does not say by how much; add a share, such as by 50%"),
        ("china cuts oil to north_korea by fifty", "'by fifty' is no share; write it in percent"),
        ("china cuts oil to north_korea by 150%", "the share is 150%; it must be above 0% and at most 100%"),
        ("china cuts oil to north_korea by 0%", "the share is 0%; it must be above 0% and at most 100%"),
        ("china halves oil to north_korea by 20%", "says twice by how much"),
        ("china cuts oil to north_korea by 5% from 2024-13", "'2024-13' is no month; write it as 2024-07"),
        ("china cuts oil to north_korea by 5% from 2034-01", "2034-01 is not among the months that are run, 2023-08 to 2028-07"),
        ("china cuts oil to north_korea by 5% from 2025-06 to 2024-07", "it ends in 2024-07, before it begins in 2025-06"),
        ("china cuts oil to north_korea by 5% from 2024-07 since 2024-08", "says twice when it begins"),
        ("china cuts oil to north_korea by 5% from July 2024", "'from july 2024' is not understood; write an act as: china cuts"),
        ("china cuts oil to japan by 5%", "'oil' cannot be turned on 'japan' in the role of ally; known: russia, north_korea"),
        ("russia sells more oil to north_korea by 5%", "no oil moves from russia to north_korea in this scenario; it moves from"),
        ("russia cuts oil to russia by 5%", "'russia' cannot press itself"),
        ("china aids north_korea", "'aid' is a favour: say what it is worth"),
        ("china aids north_korea with 3", "'with 3' is no amount; write it as with 20 million USD a month"),
        ("china cuts oil to north_korea by 5% with 3 million USD", "'oil' has no worth of its own"),
        ("china", "does not say what is done"),
        ("", "'' is no country of this scenario"),
    ],
)
def test_what_is_not_understood_is_said_in_one_line_with_its_remedy(text, said):
    with pytest.raises(UserError) as refused:
        read(text, BASE)
    assert said in str(refused.value)
    assert str(refused.value).startswith("act: ")
    assert "\n" not in str(refused.value)


@given(st.text(max_size=60) | st.lists(st.sampled_from(WORDS)).map(" ".join))
def test_any_text_is_read_or_refused_and_never_more(text):
    with suppress(UserError):  # and nothing else
        made = read(text, BASE)
        assert read(str(made), BASE) == made


def test_an_act_beyond_the_months_that_are_run_is_refused():
    with pytest.raises(UserError, match="2025-06 is not among the months that are run, 2023-08 to 2024-07"):
        read("china cuts oil to north_korea by 50% from 2024-01 to 2025-06", BASE, months=12)


def test_it_is_a_rule_that_is_carried_out_in_full_and_works_as_one_of_its_channel_that_is_there():
    changed = OIL.added_to(BASE)
    assert OIL.rule_in(BASE) == RULE
    rule = changed.rules[RULE]
    assert (rule.response, rule.since, rule.until) == ("scheduled", "2024-07", "2025-06")
    numbers = {name: changed.parameters[f"rules.{RULE}.{name}"].value for name in ("strength", "resolve")}
    assert numbers == {"strength": 0.5, "resolve": 1.0}
    for name in ("leakage_max", "leakage_growth", "cost"):
        here, there = (scenario.parameters[f"rules.{rule}.{name}"].value for scenario, rule in ((changed, RULE), (BASE, VALVE)))
        assert here == there
    assert changed.without_rule(RULE).hash == BASE.hash


def test_the_same_act_twice_is_two_rules():
    once = OIL.added_to(BASE)
    assert set(OIL.added_to(once).rules) - set(once.rules) == {f"{RULE}_2"}
