"""A single run does what Mesa's own tutorials do with a model, and its numbers are those of `sim.run`."""

import copy
import multiprocessing
import pickle
from pathlib import Path

import mesa
import numpy as np
import pandas as pd
import pytest
from engine import BASE, TOY
from hypothesis import given, settings
from hypothesis import strategies as st
from make_transcripts import FENCE

from sim import SingleRun, run
from sim.errors import UserError
from sim.mechanisms.quantities import QUANTITIES
from sim.model.world import World

HOW_TO = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "mesa.md"
PAIR = "russia_north_korea"


def gone(months: int, **options) -> SingleRun:
    model = SingleRun(months=months, **options)
    model.run_model()
    return model


def agent(model: SingleRun, name: str):
    (found,) = model.agents.select(lambda a: a.name == name)
    return found


def numbers(model: SingleRun) -> list[float]:
    return [getattr(holder, name) for holder in (model, *model.agents) for name in sorted(holder.shown)]


def same(model: SingleRun, data) -> None:
    """Assert that the collected tables are, bit for bit, what `sim.run` recorded of one run."""
    table = model.datacollector.get_model_vars_dataframe()
    of_agents = model.datacollector.get_agent_vars_dataframe().set_index("name", append=True)
    assert set(data.data_vars) == {q.name for q in QUANTITIES if q.default} | {"outcomes"}
    for quantity in QUANTITIES:
        if not quantity.default:
            continue
        values = data[quantity.name].isel(run=0)
        if quantity.holder == "world":
            assert table[quantity.name].tolist() == values.values.tolist(), quantity.name
            continue
        for holder in values[quantity.holder].values:
            seen = values.sel({quantity.holder: holder}).values
            if quantity.holder == "country":
                ours = of_agents.xs(holder, level="name")[quantity.name]
            else:
                ours = table[f"{holder}__{quantity.name}"]
            np.testing.assert_array_equal(ours, seen, err_msg=f"{holder}: {quantity.name}")


@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 2**62 - 1), resolve=st.floats(0.0, 1.0), bargaining=st.sampled_from(["nash", "logit", "heuristic"]))
def test_its_numbers_are_those_of_one_run(seed, resolve, bargaining):
    model = gone(3, seed=seed, china__resolve=resolve, variants__bargaining=bargaining)
    same(model, run(BASE.set("variants.bargaining", bargaining), runs=1, months=3, seed=seed, values={"china.resolve": resolve}))


@pytest.mark.parametrize("scenario", ["iran_second_supplier"])
def test_any_scenario_may_be_a_single_run(scenario):
    same(gone(3, scenario=scenario, seed=1), run(scenario, runs=1, months=3, seed=1))


def test_a_number_that_is_given_holds_where_the_scenario_would_draw_it():
    drawn = BASE.set("china.resolve", {"drawn": True})
    assert agent(SingleRun(drawn, seed=1), "china").resolve != 0.25
    assert agent(SingleRun(drawn, seed=1, china__resolve=0.25), "china").resolve == 0.25


def test_without_a_seed_each_run_is_its_own_and_can_be_had_again():
    one, other = gone(3), gone(3)
    assert numbers(one) != numbers(other)
    assert numbers(gone(3, seed=one.seed)) == numbers(one)
    assert numbers(gone(3, seed=str(one.seed))) == numbers(one), "as a field of text on a page gives it"


def test_it_ends_with_the_last_month():
    model = SingleRun(TOY, seed=1)
    assert (model.month, model.months, model.running) == (0, TOY.months, True)
    model.run_model()
    assert (model.month, model.time, model.running) == (TOY.months, TOY.months, False)
    for beyond in (model.step, model.step, lambda: model.run_for(1), lambda: model.run_until(TOY.months + 1)):
        with pytest.raises(UserError, match=f"the run ends with month {TOY.months}; give months="):
            beyond()
    assert (model.month, model.time) == (TOY.months, TOY.months)
    assert len(model.datacollector.get_model_vars_dataframe()) == TOY.months


def test_it_runs_for_a_while_as_other_models_do():
    model = SingleRun(months=6, seed=1)
    model.run_for(2)
    model.run_until(5)
    assert (model.month, model.running) == (5, True)


def test_governments_are_agents_whose_attributes_are_numbers():
    model = gone(3, seed=7)
    assert isinstance(model, mesa.Model)
    assert [type(value) for value in numbers(model)] == [float] * len(numbers(model))
    russia = agent(model, "russia")
    world = model.world
    assert russia.fire == world.read("fire").item(), "the recorded quantity, and not the number it starts from"
    assert russia.horizon == BASE.parameters["russia.horizon"].value
    assert {"treasury", "fire", "horizon"} <= set(dir(russia))
    assert "tension" not in dir(russia)
    assert not hasattr(russia, "tension")
    assert f"{PAIR}__trust" in dir(model)


def test_they_say_who_they_are():
    model = SingleRun(months=3, seed=7)
    assert repr(model) == "<SingleRun base: month 0 of 3, seed 7>"
    assert repr(agent(model, "russia")) == "<Country russia: belligerent, treasury 3,000, welfare 0 million USD>"


def test_sets_of_agents_work_as_in_the_tutorial():
    model = gone(2, seed=7)
    agents = model.agents
    money = [country.treasury for country in agents]
    assert agents.get("treasury") == money
    assert agents.agg("treasury", np.mean) == np.mean(money)
    assert agents.agg("treasury", [min, max]) == [min(money), max(money)]
    assert agents.select(lambda a: a.role == "ally").get("name") == ["japan", "south_korea"]
    assert agents.groupby("role").count() == {"belligerent": 1, "supplier": 1, "patron": 1, "leader": 1, "ally": 2}
    assert agents.sort("treasury").to_list()[0].treasury == max(money)
    assert agents.get("tension", handle_missing="default", default_value=0.0)[1] > 0.0
    assert sum(map(len, agents.map("__repr__"))) > 0
    met = []
    agents.do(lambda a: met.append(a.name))
    assert met == list(BASE.countries)
    agents.shuffle_do(lambda a: met.append(a.name))
    assert sorted(met[6:]) == sorted(met[:6])
    with pytest.raises(AttributeError, match="tensio"):
        agents.get("tensio")


def test_a_government_cannot_act_alone_nor_leave():
    model = SingleRun(months=2, seed=1)
    russia = agent(model, "russia")
    for leave in (
        russia.remove,
        model.remove_all_agents,
        lambda: model.deregister_agent(russia),
        lambda: model.agents.do("remove"),
    ):
        with pytest.raises(UserError, match=r"^russia: governments are the cast of the scenario, and none can be removed"):
            leave()
    for act in (russia.step, lambda: model.agents.do("step")):
        with pytest.raises(UserError, match=r"russia: a government cannot step alone; call step\(\) of the model"):
            act()
    assert len(model.agents) == 6
    guest = mesa.Agent(model)
    model.step()
    guest.remove()
    assert len(model.agents) == 6


def test_what_follows_from_the_run_cannot_be_set_and_all_else_can():
    model = SingleRun(months=2, seed=1)
    for holder, name in ((agent(model, "russia"), "treasury"), (model, "oil_price")):
        with pytest.raises(UserError, match=f"^{name}: follows from the run and cannot be set"):
            setattr(holder, name, 1.0)
    model.agents.set("colour", "red")
    assert set(model.agents.get("colour")) == {"red"}


@pytest.mark.parametrize(("given", "told"), [
    ({"china__resolv": 0.5}, "china__resolv: there is no such keyword; did you mean 'china__resolve'?"),
    ({"month": 3}, "month: there is no such keyword; did you mean 'months'?"),
    ({"rng": 3}, "rng: there is no such keyword; give seed="),
    ({"china__resolve": 3.0}, "china.resolve.value: is 3, outside"),
    ({"china__resolve": "high"}, "must be a number, not 'high'"),
    ({"variants__bargaining": "nosh"}, "'nosh' is no known variant; did you mean 'nash'?"),
    ({"scenario": "bas"}, "did you mean 'base'?"),
    ({"months": 0}, "months: must be greater than or equal to 1"),
    ({"seed": -1}, "seed: must be a whole number from 0 on, not -1"),
    ({"seed": 2**62}, "seed: must be a whole number"),
    ({"seed": "chance"}, "seed: must be a whole number"),
    ({"seed": True}, "seed: must be a whole number"),
])  # fmt: skip
def test_a_wrong_keyword_is_answered_in_one_line(given, told):
    with pytest.raises(UserError) as error:
        SingleRun(**given)
    assert told in str(error.value)
    assert "\n" not in str(error.value)


def test_a_collector_of_ones_own_takes_the_place_of_the_built_in_one():
    model = SingleRun(months=3, seed=7)
    model.datacollector = mesa.DataCollector(
        model_reporters={"oil": "oil_price", "poorest": lambda m: m.agents.agg("treasury", min), "limit": f"{PAIR}__limit_oil"},
        agent_reporters={"money": "treasury", "rich": lambda a: a.treasury > 10_000.0},
    )
    model.datacollector.collect(model)
    model.run_model()
    table = model.datacollector.get_model_vars_dataframe()
    assert table["oil"].tolist()[1:] == run("base", runs=1, months=3, seed=7).oil_price.values.ravel().tolist()
    assert table["limit"].isna().tolist() == [True, False, False, False], "nothing binds before the first month"
    assert table["poorest"].iloc[0] == BASE.parameters["north_korea.treasury"].value
    agents = model.datacollector.get_agent_vars_dataframe()
    assert len(agents) == 4 * 6
    assert agents.groupby("Step")["rich"].sum().tolist() == [4] * 4


def test_the_built_in_collector_has_a_row_for_each_country_and_month():
    model = gone(3, seed=7)
    mesa.Agent(model)  # one of the user's own has none of these numbers
    model.datacollector.collect(model)
    table = model.datacollector.get_agent_vars_dataframe()
    assert table.index.names == ["Step", "AgentID"]
    assert len(table.dropna(subset="name")) == 3 * 6
    assert table.loc[2.0, "name"].tolist() == list(BASE.countries)
    assert (table["tension"].notna() == (table["role"] == "supplier")).all()


@pytest.fixture
def start_method():
    """Mesa sets the way in which processes start, for good."""
    before = multiprocessing.get_start_method(allow_none=True)
    yield
    multiprocessing.set_start_method(before, force=True)


@pytest.mark.skipif(not hasattr(mesa, "batch_run"), reason="Mesa 4 has another way to run many")
@pytest.mark.filterwarnings("ignore:The `iterations` keyword:DeprecationWarning")
@pytest.mark.usefixtures("start_method")
def test_a_batch_takes_plain_keyword_arguments():
    parameters = {"scenario": "base", "months": 4, "china__resolve": [0.1, 0.9]}
    table = pd.DataFrame(
        mesa.batch_run(
            SingleRun, parameters, iterations=2, max_steps=3, number_processes=1, data_collection_period=1, display_progress=False
        )
    )
    assert len(table) == 2 * 2 * 3 * 6
    assert table["RunId"].nunique() == table["seed"].nunique() == 4, "each with a fresh seed, which is in its rows"
    one = table[(table["RunId"] == 3) & (table["name"] == "russia")]
    again = run("base", runs=1, months=3, seed=int(one["seed"].iloc[0]), values={"china.resolve": 0.9})
    assert one["treasury"].tolist() == again.treasury.sel(country="russia", run=0).values.tolist()


@pytest.mark.skipif(not hasattr(mesa, "batch_run"), reason="Mesa 4 has another way to run many")
@pytest.mark.usefixtures("start_method")
def test_a_batch_with_seeds_can_be_done_again():
    def batch():
        arms = [BASE, BASE.without("beijing")]
        return mesa.batch_run(SingleRun, {"scenario": arms, "months": 2}, rng=[1, 2], display_progress=False)

    one, again = pd.DataFrame(batch()), pd.DataFrame(batch())
    assert one["seed"].unique().tolist() == [1, 2]
    assert one["scenario"].unique().tolist() == ["base", "base without beijing"]
    pd.testing.assert_frame_equal(one, again)


@pytest.mark.parametrize("again", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_a_copy_goes_on_by_itself_as_the_original_would(again):
    model = SingleRun(months=6, seed=7)
    model.run_for(3)
    twin = again(model)
    twin.run_model()
    assert (model.month, twin.month) == (3, 6)
    model.run_model()
    assert numbers(twin) == numbers(model)
    for good, stock in model.world.ledger.stock.items():
        assert (twin.world.ledger.stock[good] == stock).all()
    assert [a.model for a in twin.agents] == [twin] * 6


def test_a_class_of_ones_own_may_build_on_it():
    class Watched(SingleRun):
        def __init__(self, seed=None, patience=1.0):
            super().__init__(months=3, seed=seed, china__resolve=patience / 2)
            self.news = []

        def step(self):
            super().step()
            self.news += self.world.events()

    model = Watched(seed=1)
    model.run_model()
    assert {event.month for event in model.news} <= {1, 2, 3}
    assert agent(model, "china").resolve == 0.5


@pytest.mark.parametrize("model", [World(BASE, seed=5), SingleRun(BASE, seed=5)])
def test_the_scenario_of_a_model_is_ours_and_not_an_empty_one(model):
    assert (model.scenario.name, model.scenario.months) == ("base", 60)
    assert model.scenario.parameters == BASE.parameters
    assert model.scenario is next(iter(model.agents)).scenario


@pytest.mark.slow  # with the extra of the dashboard
def test_mesas_page_plays_it_and_starts_it_anew():
    solara = pytest.importorskip("solara")
    widgets = pytest.importorskip("ipyvuetify")
    from mesa.visualization import Slider, SolaraViz, make_plot_component

    first = SingleRun(months=4, seed=42)
    model = solara.reactive(first)
    params = {
        "scenario": {"type": "Select", "value": "base", "values": ["base", "iran_second_supplier"], "label": "Scenario"},
        "months": 4,
        "seed": 42,
        "china__resolve": Slider("Resolve of Beijing", 0.5, 0.0, 1.0, 0.1),
    }
    plots = [make_plot_component(f"{PAIR}__munitions_delivered"), make_plot_component({"oil_price": "black"}, backend="altair")]

    @solara.component
    def Page():
        with solara.AppLayout():
            SolaraViz(model, components=plots, model_params=params)

    _, page = solara.render(Page(), handle_error=False)

    def press(label: str) -> None:
        next(button for button in page.find(widgets.Btn).widgets if label in button.children).click()

    for _ in range(4):
        press("Step")
    assert (first.month, first.running) == (4, False)
    press("Reset")
    assert model.value is not first
    assert (model.value.month, model.value.months, model.value.seed, model.value.running) == (0, 4, 42, True)
    assert agent(model.value, "china").resolve == 0.5
    chosen = next(iter(page.find(widgets.Select).widgets))
    chosen.v_model = "iran_second_supplier"
    slider = next(s for s in page.find(widgets.Slider).widgets if s.label == "Resolve of Beijing")
    slider.v_model = 0.8
    press("Reset")
    assert (model.value.scenario.name, len(model.value.agents)) == ("iran_second_supplier", 7)
    assert agent(model.value, "china").resolve == 0.8
    press("Step")
    assert len(model.value.datacollector.get_model_vars_dataframe()) == 1
    page.close()


@pytest.mark.slow  # with the extra of the dashboard
def test_the_page_of_the_how_to_can_be_drawn():
    solara = pytest.importorskip("solara")
    (text,) = [code for _, title, code in FENCE.findall(HOW_TO.read_text("utf-8")) if title == "page.py"]
    names: dict = {}
    exec(text, names)
    _, page = solara.render(names["page"], handle_error=False)
    page.close()
