"""The pictures of history matching: every figure of the record is on them, and what is known of it can be told."""

import numpy as np
import pandas as pd
import plots_data as data
import pytest
import xarray as xr
from figures_read import all_said, flaws, said

from sim.errors import UserError
from sim.evidence import observations
from sim.evidence.series import SERIES, months_of, targets
from sim.plots import (
    Picture,
    bands_of,
    implausibility_by_wave,
    matched_fans,
    profiles,
    ranges_before_after,
    scores,
    trade_offs,
)

LONG = data.LONG
RUNS = data.paths(months=17, runs=50)
TARGETS = targets(observations(), months_of(RUNS))
FITTED = [target.observation.id for target in TARGETS[::2]]


FEW = ("PRK_RUS_shells_cum", "PRK_RUS_troops", "RUS_PRK_treaty")


def fans(runs: xr.Dataset = RUNS, series: tuple[str, ...] | None = FEW, **options) -> Picture:
    wanted = {"fitted": FITTED, "until": "2024-06"} | options
    return matched_fans(runs.month.values, bands_of(runs, series), TARGETS, **wanted)


def waves(count: int = 3, worlds: int = 500) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    frames = []
    for wave in range(1, count + 1):
        found = rng.gamma(2, 2 / wave, worlds)
        found[0] = np.inf
        frames.append(pd.DataFrame({"wave": wave, "implausibility": found, "left": found < 3}))
    return pd.concat(frames)


def ranges(count: int = 30, **columns) -> pd.DataFrame:
    names = [f"{LONG}_{number}" for number in range(count)]
    table = pd.DataFrame(
        {"parameter": names, "low": 1.0, "high": 100.0, "measure": "log", "unit": "million USD/thousand barrels²"}
    )
    table = table.assign(q05=np.linspace(1, 30, count), q50=40.0, q95=np.linspace(99, 50, count))
    return table.assign(**{"informed": np.arange(count) % 3 > 0, **columns})


def slices(count: int = 14, **columns) -> pd.DataFrame:
    edges = np.geomspace(0.1, 10, 11)
    rng = np.random.default_rng(2)
    frames = [
        pd.DataFrame({"parameter": f"{LONG}_{n}", "low": edges[:-1], "high": edges[1:], "lowest": rng.gamma(3, 0.8, 10)})
        for n in range(count)
    ]
    return pd.concat(frames).assign(share=np.tile(np.linspace(0, 0.4, 10), count)).assign(**columns)


def worlds(count: int = 300) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    x, y = rng.uniform(1, 10, (2, count))
    table = pd.DataFrame({"wave": 1, "implausibility": y, "a.rises": x, "b.falls": 20 - x + 0.1 * y, "c.free": y, "d.fixed": 1.0})
    return table.assign(**{LONG: x * y})


def scored(**columns) -> pd.DataFrame:
    table = pd.DataFrame({"series": [series.title for series in SERIES.values()], "unit": [s.unit for s in SERIES.values()]})
    count = len(table)
    table = table.assign(figures=3, crps=np.linspace(0, 5e4, count), last_value=np.linspace(9e4, 0, count), trend=100.0)
    table.loc[3, ["last_value", "trend"]] = np.nan
    box = {"prior_crps": np.linspace(1e4, 6e4, count), "prior_within_50": 0.5, "prior_within_90": np.linspace(0.9, 1, count)}
    return table.assign(within_50=np.linspace(0, 1, count), within_90=0.9, **box).assign(**columns)


@pytest.fixture(scope="module")
def all_fans() -> Picture:
    """All series, and the bands of the whole box beside them."""
    return fans(series=None, prior=bands_of(data.paths(months=17, runs=20, seed=5)))


FIGURES = {
    "fans fitted to the end": lambda: fans(until="2030-01", fitted=[target.observation.id for target in TARGETS]),
    "fans fitted to before the start": lambda: fans(until="2020-01", fitted=[], columns=1),
    "fans without figures": lambda: matched_fans(
        RUNS.month.values, bands_of(RUNS, ["RUS_PRK_refined_oil"]), (), fitted=[], until="2024-06"
    ),
    "fan of one month": lambda: fans(data.paths(months=1, runs=2)),
    "waves": lambda: implausibility_by_wave(waves()),
    "a wave of one world": lambda: implausibility_by_wave(waves(1, 1)),
    "waves of which all failed": lambda: implausibility_by_wave(waves().assign(implausibility=np.nan, left=False)),
    "ten waves": lambda: implausibility_by_wave(waves(10), 2.5),
    "ranges": lambda: ranges_before_after(ranges()),
    "one range": lambda: ranges_before_after(ranges(1)),
    "ranges of nothing": lambda: ranges_before_after(ranges(high=1.0)),
    "ranges at their ends": lambda: ranges_before_after(ranges(3, q05=0.0, q50=0.0, q95=1e9, measure="linear")),
    "profiles": lambda: profiles(slices(), units={f"{LONG}_0": "share"}, log=[f"{LONG}_{n}" for n in range(20)]),
    "profiles without worlds": lambda: profiles(slices(3, lowest=np.nan, share=np.nan)),
    "profiles ruled out": lambda: profiles(slices(1, lowest=np.inf, share=0.0)),
    "pairs": lambda: trade_offs(worlds(), units={LONG: "million USD/thousand barrels²"}, log=[LONG]),
    "pairs of many": lambda: trade_offs(worlds(5_000), [("a.rises", LONG)], columns=1),
    "pairs of one world": lambda: trade_offs(worlds(1), [("a.rises", "b.falls"), (LONG, "d.fixed")]),
    "scores": lambda: scores(scored()),
    "scores of one": lambda: scores(scored()[:1]),
    "scores unknown": lambda: scores(scored(crps=np.nan, prior_crps=np.nan, last_value=np.nan, trend=np.nan)),
}  # fmt: skip


@pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES.keys())
def test_all_of_a_figure_can_be_read(draw):
    assert flaws(draw()) == []


def test_all_of_many_fans_can_be_read(all_fans):
    assert flaws(all_fans) == []


def test_every_figure_of_the_record_is_drawn_full_where_it_was_fitted(all_fans):
    faces = [line.get_markerfacecolor() for axes in all_fans.axes for line in axes.lines if line.get_marker() in ("o", "s", "^")]
    marked = [target for target in TARGETS if target.series.kind not in ("events", "first")]
    assert len(faces) == len(marked)
    assert faces.count("white") == sum(target.observation.id not in FITTED for target in marked)


def test_series_that_count_the_same_share_a_panel(all_fans):
    titles = [axes.get_title("left") for axes in all_fans.axes if axes.axison]
    assert "China-North Korea trade" in titles
    assert not any("containers" in title or "part of a year" in title for title in titles)


def test_bands_are_summed_up_as_their_series_is():
    bands = bands_of(RUNS)
    totals = np.cumsum(SERIES["PRK_RUS_troops"].paths(RUNS), axis=0)
    np.testing.assert_allclose(bands["PRK_RUS_troops"][2], np.median(totals, axis=1))
    np.testing.assert_allclose(bands["RUS_PRK_refined_oil"][2], np.median(SERIES["RUS_PRK_refined_oil"].paths(RUNS), axis=1))
    assert np.isnan(bands["PRK_missile_events_quarter"][:, :2]).all()
    signed = np.cumsum(SERIES["RUS_PRK_treaty"].paths(RUNS), axis=0) > 0
    np.testing.assert_allclose(bands["RUS_PRK_treaty"][0], signed.mean(axis=1))
    assert set(bands_of(RUNS[["oil_delivered"]])) == {"RUS_PRK_refined_oil"}
    with pytest.raises(UserError, match="troops_sent"):
        bands_of(RUNS[["oil_delivered"]], ["PRK_RUS_troops"])


def test_what_was_not_fitted_and_what_comes_after_is_explained(all_fans):
    words = all_said(all_fans)
    for phrase in ("figure that was not", "grade C", "summit, as it was", "whole box", "Fitted to 2024-06; shaded: after it"):
        assert phrase in words


def test_each_wave_has_its_share_left_and_worlds_beyond_are_counted():
    table = waves()
    labels = [label.get_text() for label in implausibility_by_wave(table).axes[0].get_yticklabels()]
    first = table[table["wave"] == 1]["left"].mean()
    assert labels[0] == f"Wave 1\n500 worlds\n{100 * first:.3g}% left"
    beyond = (table["implausibility"] >= 9).sum()
    assert f"{beyond} worlds at 9 or more, or failed" in all_said(implausibility_by_wave(table))


def test_ranges_come_informed_first_and_narrowed_most_first():
    figure = ranges_before_after(ranges(6))
    labels = ["".join(label.get_text().split()) for label in figure.axes[0].get_yticklabels()]
    assert labels == [f"{LONG}_{number}" for number in (5, 4, 2, 1, 3, 0)]
    assert "Not shown: 4 further parameters" in all_said(ranges_before_after(ranges(6), most=2))


def test_a_log_range_is_drawn_on_its_log():
    table = ranges(1, informed=True).assign(q05=10.0, q50=10.0, q95=100.0)
    left = ranges_before_after(table).axes[0].patches[1]
    assert (left.get_x(), left.get_width()) == pytest.approx((0.5, 0.5))


def test_slices_above_the_cut_are_shaded():
    table = slices(1, lowest=np.arange(10) / 2)
    figure = profiles(table)
    shares, best = (axes for axes in figure.axes if axes.axison)
    assert len([patch for patch in best.patches if patch.get_hatch()]) == 4
    assert not [patch for patch in shares.patches if patch.get_hatch()]
    assert "slice ruled out" in said(figure)
    assert "slice ruled out" not in said(profiles(slices(1, lowest=1.0)))


def test_the_strongest_pairs_are_found_and_what_does_not_vary_is_none():
    figure = trade_offs(worlds(), most=2)
    assert said(figure)[-1] == "300 worlds that are left"
    names = {axes.get_xlabel().replace("\n", "") for axes in figure.axes} | {
        axes.get_ylabel().replace("\n", "") for axes in figure.axes
    }
    assert {"a.rises", "b.falls"} <= names
    assert any(text.startswith("Rank correlation −0.99") for text in said(figure))
    assert not any("d.fixed" in name for name in names)


def test_scores_are_shares_of_the_worst():
    table = scored()[:1].assign(crps=2.0, prior_crps=3.0, last_value=4.0, trend=1.0)
    assert [bar.get_width() for bar in scores(table).axes[0].patches] == [0.5, 0.75, 1.0, 0.25]


def test_the_whole_box_stands_beside_what_is_left():
    figure = scores(scored()[:1].assign(within_50=0.2, prior_within_50=0.4))
    drawn = {(line.get_marker(), float(line.get_xdata()[0])) for line in figure.axes[1].lines if line.get_linestyle() == "None"}
    assert {("o", 0.2), ("o", 0.4)} <= drawn
    assert "whole box" in said(figure)


def test_shares_of_slices_stand_above_the_best_world_with_their_mean():
    shares, best = (axes for axes in profiles(slices(1)).axes if axes.axison)
    np.testing.assert_allclose(shares.patches[0].get_data().values, np.linspace(0, 0.4, 10))
    assert shares.lines[0].get_ydata()[0] == pytest.approx(0.2)
    assert best.lines[0].get_ydata()[0] == 3.0


@pytest.mark.parametrize(
    ("draw", "match"),
    [
        (lambda: matched_fans(RUNS.month.values, {}, TARGETS, fitted=[], until="2024-06"), "no bands"),
        (lambda: implausibility_by_wave(waves()[:0]), "no rows"),
        (lambda: implausibility_by_wave(waves().drop(columns="left")), "no column 'left'"),
        (lambda: ranges_before_after(ranges(3).drop(columns="q95")), "no column 'q95'"),
        (lambda: trade_offs(worlds()[["a.rises"]]), "no pair"),
        (lambda: trade_offs(worlds(), [("a.rises", "b.fall")]), "did you mean 'b.falls'"),
        (lambda: scores(scored().drop(columns="trend")), "no column 'trend'"),
        (lambda: fans(until="soon"), "soon"),
    ],
)
def test_what_cannot_be_drawn_is_refused(draw, match):
    with pytest.raises(UserError, match=match):
        draw()
