"""Every picture takes what the functions of sim give, and says in one line what it needs where it is given something else."""

from pathlib import Path

import pytest

import sim
from sim import plots
from sim.mechanisms.quantities import QUANTITY

TOY = Path(__file__).resolve().parents[1] / "toy" / "toy.toml"
OF_RUNS = {
    "fan_charts": plots.fan_charts,
    "evidence_charts": plots.evidence_charts,
    "limits_by_month": plots.limits_by_month,
    "pressure_levels": plots.pressure_levels,
    "distributions": plots.distributions,
}
OF_SWEEPS = {
    "heat_map": lambda given, **how: plots.heat_map(given, "grandia.resolve", "grandia.tolerance", "munitions", **how),
    "ridge": lambda given, **how: plots.ridge(given, "grandia.resolve", "munitions", **how),
    "parallel_coordinates": lambda given, **how: plots.parallel_coordinates(given, ["grandia.resolve"], "munitions", **how),
    "quantile_fan_by_point": lambda given, **how: plots.quantile_fan_by_point(given, "munitions_delivered", **how),
    "tornado": lambda given, **how: plots.tornado(given, "munitions", **how),
}


def words(figure) -> str:
    """All that a figure says."""
    from matplotlib.text import Text

    return "\n".join(text.get_text() for text in figure.findobj(Text))


@pytest.fixture(scope="module")
def toy():
    return sim.Scenario.load(TOY)


@pytest.fixture(scope="module")
def run(toy):
    return sim.run(toy, runs=4, months=6, record=list(QUANTITY), progress=False)


@pytest.fixture(scope="module")
def pair(toy):
    return sim.compare(toy, toy.without("beijing"), runs=4, months=6, record=list(QUANTITY), progress=False)


@pytest.fixture(scope="module")
def saved(toy, tmp_path_factory):
    return sim.run(toy, runs=4, months=6, out=tmp_path_factory.mktemp("saved") / "run", progress=False)


@pytest.fixture(scope="module")
def swept():
    inputs = {"grandia.resolve": (0.1, 0.9), "grandia.tolerance": (0.2, 1.2)}
    levers = {"without": ["", "beijing"]}
    return sim.sweep(
        TOY, inputs, levers, design="one_at_a_time", runs=2, months=4, record=["munitions_delivered"], progress=False
    )


@pytest.mark.parametrize("name", OF_RUNS)
def test_a_picture_of_runs_takes_a_run_a_comparison_a_saved_run_and_a_mapping(name, run, pair, saved):
    for given in (run, pair, saved, {"one": run, "two": saved}):
        figure = OF_RUNS[name](given)
        if figure is not None:  # nothing of the record is of the toy's months
            figure.draw_without_rendering()


@pytest.mark.parametrize("name", [name for name in OF_RUNS if name != "evidence_charts"])
def test_a_comparison_shows_both_scenarios_under_their_names_or_others(name, pair):
    assert "toy without beijing" in words(OF_RUNS[name](pair))
    figure = OF_RUNS[name](pair, title="Mine", labels=["with", "free"])
    assert {"Mine", "free"} <= set(words(figure).replace(":", "\n").replace(", ", "\n").splitlines())


def test_colours_are_those_that_are_given(pair):
    axes = plots.fan_charts(pair, colours=("#123456", "#654321")).axes[0]
    assert [line.get_color() for line in axes.get_lines()[:2]] == ["#123456", "#654321"]
    plots.distributions(pair, ["munitions"], colours=("#123456", "#654321")).draw_without_rendering()
    plots.pressure_levels(pair, colours=("#123456",)).draw_without_rendering()


def test_one_scenario_by_runs_and_by_arms_is_the_same_picture(run, pair):
    alone = [line.get_ydata().tolist() for line in plots.fan_charts(run).axes[0].get_lines()]
    assert alone == [line.get_ydata().tolist() for line in plots.fan_charts(pair.sel(scenario="toy")).axes[0].get_lines()]


def test_differences_and_networks_and_pages_take_what_they_can(run, pair, saved):
    assert "toy without beijing" in words(plots.compare_figure(pair))
    assert "Mine" in words(plots.compare_figure(pair, title="Mine", labels={"toy without beijing": "free"}))
    assert plots.trade_network(run)
    assert plots.trade_network(saved)
    assert plots.summary_page(saved)
    assert plots.flows_of(saved)


@pytest.mark.parametrize("name", OF_SWEEPS)
def test_a_picture_of_a_sweep_takes_the_sweep(name, swept):
    figure = OF_SWEEPS[name](swept, title="Mine")
    figure.draw_without_rendering()
    assert "Mine" in words(figure)


@pytest.mark.parametrize("name", OF_SWEEPS)
def test_a_picture_of_a_sweep_refuses_runs_in_one_line(name, run):
    with pytest.raises(sim.UserError, match="needs a sweep, or a table of pandas, not Dataset") as refused:
        OF_SWEEPS[name](run)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("given", ["base", 3, None, [1, 2]], ids=repr)
@pytest.mark.parametrize("name", OF_RUNS)
def test_a_picture_of_runs_refuses_another_kind_in_one_line(name, given):
    with pytest.raises(sim.UserError, match=r"needs runs, as sim\.run, sim\.compare or sim\.open_run give them") as refused:
        OF_RUNS[name](given)
    assert "\n" not in str(refused.value)


def test_what_else_is_wrong_is_said_with_its_remedy(toy, run, pair, swept):
    with pytest.raises(sim.UserError, match="see quantile_fan_by_point"):
        plots.fan_charts(swept)
    with pytest.raises(sim.UserError, match=r"needs what sim\.compare gives, not Dataset; for the runs of one scenario see"):
        plots.compare_figure(run)
    with pytest.raises(sim.UserError, match=r"choose it: data.sel\(scenario='toy'\)"):
        plots.trade_network(pair)
    with pytest.raises(sim.UserError, match="keep no quantity that is drawn here; run again"):
        plots.fan_charts(sim.run(toy, runs=2, months=2, record=[], progress=False))
    with pytest.raises(sim.UserError, match="keep no months; run again"):
        plots.fan_charts(run[["outcomes"]].drop_dims("month", errors="ignore"))
    with pytest.raises(sim.UserError, match="keep no 'limit_munitions'"):
        plots.limits_by_month(run[["pressure"]])
    with pytest.raises(sim.UserError, match="needs a name of its own for each of the 2 scenarios"):
        plots.fan_charts(pair, labels=["one"])
    with pytest.raises(sim.UserError, match="there is no 'toi'; did you mean 'toy'"):
        plots.distributions(pair, labels={"toi": "x"})
    with pytest.raises(sim.UserError, match="needs a saved run"):
        plots.summary_page(run)
