"""The pictures: drawn without a display, from quantiles or from runs, with the labels and the evidence that belong on them."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import plots_data as data
import pytest
import xarray as xr

from sim import Scenario, run
from sim.errors import UserError
from sim.evidence import observations
from sim.mechanisms.quantities import LIMITS, OUTCOMES, QUANTITIES
from sim.plots import (
    Flow,
    Picture,
    compare_figure,
    distributions,
    draw_all,
    evidence_charts,
    fan_charts,
    flows_of,
    limits_by_month,
    pressure_levels,
    save,
    summary_page,
    trade_network,
)
from sim.plots.fans import PANELS, SO_FAR, fans
from sim.plots.network import PLACES, places_of, width
from sim.plots.outcomes import SHOWN, TITLES
from sim.plots.style import readable

PRESSERS = {name: rule["presser"] for name, rule in data.BASE["rules"].items()}
ENDS = {name: (tie["belligerent"], tie["supplier"]) for name, tie in data.BASE["partnerships"].items()}


@pytest.fixture(scope="module")
def summary() -> xr.Dataset:
    return data.summary()


@pytest.fixture(scope="module")
def paths() -> xr.Dataset:
    return data.paths()


@pytest.fixture(scope="module")
def charts(summary, paths) -> Picture:
    """Fan charts of all that there is."""
    return fan_charts(summary, paths)


def titles(figure: Picture) -> list[str]:
    return [axes.get_title("left") for axes in figure.axes if axes.get_title("left")]


def test_fan_charts_have_a_panel_for_each_main_flow_with_its_unit(charts):
    assert titles(charts) == [panel.title for panel in PANELS]
    assert all(axes.get_ylabel() for axes in charts.axes if axes.get_title("left"))


def test_quantiles_alone_leave_out_what_they_do_not_tell(summary):
    drawn = titles(fan_charts(summary))
    assert "Munitions delivered a month" in drawn
    assert "Munitions delivered so far" not in drawn


def test_runs_in_memory_need_nothing_beside_them(paths):
    assert titles(fan_charts(paths)) == [panel.title for panel in PANELS]


def test_a_fan_of_a_sum_is_the_quantile_of_the_sums(paths):
    panel = next(panel for panel in PANELS if panel.title == "Munitions delivered so far")
    (fan,) = fans(panel, paths, None).values()
    sums = np.cumsum(paths["munitions_delivered"].values[:, 0], axis=0)
    np.testing.assert_allclose(fan[2], np.median(sums, axis=1))
    np.testing.assert_allclose(fan[4], np.quantile(sums, 0.95, axis=1))


def test_a_fan_of_three_months_starts_with_the_third(paths):
    panel = next(panel for panel in PANELS if 1 < panel.over < SO_FAR)
    (fan,) = fans(panel, paths, None).values()
    tests = paths["tests"].sel(country="north_korea").values
    assert np.isnan(fan[:, :2]).all()
    np.testing.assert_allclose(fan[2, 5], np.median(tests[3:6].sum(axis=0)))


def test_quantiles_and_runs_give_the_same_fan(summary, paths):
    panel = PANELS[0]
    np.testing.assert_allclose(fans(panel, summary, None)["russia_north_korea"], fans(panel, paths, None)["russia_north_korea"])


def test_evidence_is_drawn_on_and_can_be_left_off(charts, summary, paths):
    def marks(figure: Picture) -> int:
        return sum(line.get_marker() in ("o", "s") for axes in figure.axes for line in axes.lines)

    assert marks(charts) > 30
    assert marks(fan_charts(summary, paths, evidence=())) == 0


def test_evidence_of_another_cast_is_not_drawn(paths):
    elsewhere = paths.assign_coords(partnership=["narnia_archenland"])
    figure = fan_charts(elsewhere[["munitions_delivered"]])
    assert titles(figure) == ["Munitions delivered a month", "Munitions delivered so far"]
    assert all(len(axes.lines) == 1 for axes in figure.axes[:2])


def test_evidence_charts_end_with_the_record(summary, paths):
    figure = evidence_charts(summary, paths)
    assert titles(figure) == [panel.title for panel in PANELS if panel.evidence]
    assert evidence_charts(summary, paths, evidence=()) is None
    later = summary.assign_coords(month=summary["month"] + np.timedelta64(3_650, "D"))
    assert evidence_charts(later, None, observations()) is None


def test_months_of_a_short_run_are_drawn():
    runs = data.paths(months=1, runs=2)
    fan_charts(runs).draw_without_rendering()


def test_limits_from_shares_and_from_codes(summary, paths):
    assert titles(limits_by_month(summary)) == ["Munitions", "Technology", "Troops", "Oil", "Openness"]
    figure = limits_by_month(paths)
    names = {text.get_text() for text in figure.axes[-1].get_legend().get_texts()}
    assert "Beijing" in names
    assert len(names) == len(LIMITS)


def test_rules_are_grouped_by_who_presses(summary):
    assert titles(pressure_levels(summary, PRESSERS)) == [
        "China",
        "United States",
        "Japan",
        "South Korea",
        "Beijing's resolve, as believed",
    ]
    assert titles(pressure_levels(summary))[0] == "All rules"


def test_a_rule_that_never_presses_is_called_idle(summary):
    quiet = summary.copy(deep=True)
    quiet["pressure"].loc[{"rule": "seoul_red_line"}] = 0.0
    names = [text.get_text() for axes in pressure_levels(quiet, PRESSERS).axes[:4] for text in axes.get_legend().get_texts()]
    assert [name for name in names if name.endswith(": idle")] == ["Seoul red line: idle"]


def test_who_has_none_of_it_is_left_out_beside_those_who_have(paths):
    two = xr.concat([paths["oil_delivered"], 0 * paths["oil_delivered"]], "partnership")
    pair = two.assign_coords(partnership=["russia_north_korea", "russia_iran"]).to_dataset()
    panel = next(panel for panel in PANELS if panel.quantity == "oil_delivered")
    assert list(fans(panel, pair, None)) == ["russia_north_korea"]
    assert len(fans(panel, 0 * pair, None)) == 2


def test_a_world_without_rules_has_no_levels(summary):
    bare = summary.isel(rule=[])
    assert titles(pressure_levels(bare)) == ["Beijing's resolve, as believed"]


def test_distributions_of_several_scenarios():
    figure = distributions({"base": data.outcomes(), "other": data.outcomes(seed=2)})
    assert titles(figure) == [TITLES[name] for name in SHOWN]
    units = {outcome.name: outcome.unit for outcome in OUTCOMES}
    assert all(axes.get_xlabel().startswith(units[name]) for axes, name in zip(figure.axes, SHOWN, strict=True))
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["base", "other"]


def test_every_outcome_can_be_drawn():
    distributions({"base": data.outcomes(runs=50)}, [outcome.name for outcome in OUTCOMES]).draw_without_rendering()


def test_an_outcome_that_is_the_same_in_every_run_is_said_and_not_drawn():
    outcomes = data.outcomes(runs=5).copy()
    outcomes.loc[{"outcome": "oil"}] = 0.0
    axes = distributions({"base": outcomes, "other": outcomes}, ["oil"]).axes[0]
    assert [text.get_text() for text in axes.texts] == ["0 in every run"]
    assert not axes.patches
    assert not axes.lines


@pytest.mark.parametrize(
    "values", [np.zeros(5), np.full(5, np.nan), np.array([3.0]), np.array([1e12, -1e12]), np.arange(5) * 1e-9]
)
def test_odd_outcomes_are_drawn(values):
    outcomes = data.outcomes(runs=len(values)).copy()
    outcomes.loc[{"outcome": "oil"}] = values
    distributions({"base": outcomes}, ["oil"]).draw_without_rendering()


def test_unknown_outcomes_are_refused():
    with pytest.raises(UserError, match="did you mean 'munitions'"):
        distributions({"base": data.outcomes()}, ["munition"])
    with pytest.raises(UserError, match="one scenario or more"):
        distributions({})


def test_many_scenarios_are_named_beside_their_row():
    figure = distributions({f"scenario {number}": data.outcomes(runs=20, seed=number) for number in range(10)}, ["oil"])
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()][9] == "scenario 9"
    assert not figure.legends


def test_differences_are_from_the_first_scenario():
    figure = compare_figure(data.comparison())
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["base without beijing", "beijing_cracks_down"]
    assert "'base'" in figure.get_suptitle()


def test_flows_of_a_month_and_a_year(summary, paths):
    lanes = len(data.BASE["lanes"])
    assert len(flows_of(summary, "2024-06")) == lanes
    month = {(flow.exporter, flow.importer, flow.good): flow.value for flow in flows_of(paths, "2024-06", ENDS)}
    assert month["china", "russia", "components"] > 0
    assert month["russia", "north_korea", "money"] > 0
    year = flows_of(paths, "2024", ENDS)
    chosen = paths["lane_flow"].sel(month="2024").mean(["month", "run"])
    assert year[0].value == pytest.approx(float(chosen[0]))


@pytest.mark.parametrize("when", ["1999", "2024-13", "2", "", "soon", "2024-0"])
def test_a_month_outside_is_refused(summary, when):
    with pytest.raises(UserError, match="no month or year"):
        flows_of(summary, when)


def test_flows_need_lanes(summary):
    with pytest.raises(UserError, match="lane_flow"):
        flows_of(summary.drop_vars("lane_flow"), "2024")


def test_a_network_of_strangers_and_of_nothing():
    flows = [Flow("atlantis", "mu", "oil", 5.0), Flow("mu", "atlantis", "trade", 500.0), Flow("mu", "lemuria", "magic", 0.0)]
    trade_network(flows).draw_without_rendering()
    trade_network([]).draw_without_rendering()
    trade_network([Flow("china", "mu", "oil", 1e9), Flow("mu", "russia", "oil", 1e-9)]).draw_without_rendering()


def test_places_are_apart():
    names = [*PLACES, "atlantis", "mu", "lemuria"]
    points = np.array(list(places_of(names).values()))
    distances = np.linalg.norm(points[:, None] - points[None], axis=2) + np.eye(len(points))
    assert distances.min() > 0.1


def test_lines_widen_with_their_value():
    assert 0 < width(0) < width(10) < width(1_000) < width(1e5) < 8


def test_the_page_names_scenario_and_seed(summary, paths):
    figure = summary_page(summary, data.outcomes(), data.MANIFEST, paths)
    svg = figure.to_bytes("svg").decode()
    for word in (
        "scenario base, from 2023-08",
        "60 months, 10,000 runs, seed 7",
        "Effective rounds delivered",
        "What limits oil",
    ):
        assert word in svg


def small() -> Picture:
    """The quickest of the figures."""
    return distributions({"base": data.outcomes(runs=50)}, ["oil"])


def test_files_are_the_same_each_time(tmp_path: Path):
    first = save(small(), tmp_path / "first", ("png", "svg"))
    second = save(small(), tmp_path / "second", ("png", "svg"))
    assert [path.suffix for path in first] == [".png", ".svg"]
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_notebooks_show_a_picture_by_itself():
    assert small()._repr_png_().startswith(b"\x89PNG")


def test_pictures_leave_the_callers_style_alone():
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    small().to_bytes("png")
    assert dict(mpl.rcParams) == before


def test_pictures_need_no_pyplot_and_no_display():
    script = "import sys, sim.plots; print('matplotlib.pyplot' in sys.modules, 'mesa' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env={"PATH": ""})
    assert done.stdout.split() == ["False", "False"]


def test_names_become_words():
    assert readable("china_snubs_north_korea") == "China snubs North Korea"
    assert readable("us_interdiction") == "US interdiction"
    assert readable("red_line") == "Red line"


def test_panels_name_recorded_quantities():
    names = {quantity.name for quantity in QUANTITIES}
    assert all(panel.quantity in names for panel in PANELS if panel.quantity)
    json.dumps([panel.unit for panel in PANELS])


@pytest.fixture(scope="module")
def saved(tmp_path_factory) -> Path:
    """A small run directory with only a few quantities recorded."""
    folder = tmp_path_factory.mktemp("runs") / "small"
    run(
        Scenario.load("base"),
        runs=8,
        months=18,
        out=folder,
        record=["munitions_delivered", "lane_flow", "payment"],
        progress=False,
    )
    return folder


@pytest.mark.slow
def test_what_was_not_recorded_is_not_drawn(saved):
    written = {path.name for path in draw_all(saved, kinds=("png",))}
    assert written == {f"{name}.png" for name in ("summary", "flows", "evidence", "outcomes", "limits", "network")}
    assert all((saved / "figures" / name).stat().st_size > 10_000 for name in written)


@pytest.mark.slow
def test_pictures_are_drawn_again_over_the_old(saved):
    first = [(path, path.read_bytes()) for path in draw_all(saved, kinds=("png",))]
    assert [(path, path.read_bytes()) for path in draw_all(saved, kinds=("png",))] == first


@pytest.mark.slow
@pytest.mark.parametrize("name", ["base", "iran_second_supplier"])
def test_every_picture_of_a_real_run(tmp_path, name):
    run(Scenario.load(name), runs=8, months=18, out=tmp_path / "run", progress=False)
    assert [path.stem for path in draw_all(tmp_path / "run", kinds=("png",))] == [
        "summary", "flows", "evidence", "outcomes", "limits", "pressure", "network",
    ]  # fmt: skip


def test_a_run_in_memory_is_drawn_without_files():
    runs = run(Scenario.load("base"), runs=6, months=3, progress=False)
    assert titles(limits_by_month(runs))
    assert titles(distributions({"base": runs["outcomes"]}))
    assert "Munitions delivered so far" in titles(fan_charts(runs))


def test_no_run_directory_is_refused(tmp_path):
    with pytest.raises(UserError, match="is no finished run"):
        draw_all(tmp_path)


def test_a_figure_that_grows_beyond_a_limit_names_its_file_and_what_to_do(tmp_path):
    script = (
        "import resource; from sim.plots.style import picture, save; from pathlib import Path\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (50, 50))\n"
        "save(picture(3, 3), Path('mine'))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "UserError: mine.png: the file grows beyond what is allowed; lift the limit (ulimit -f)" in done.stderr
