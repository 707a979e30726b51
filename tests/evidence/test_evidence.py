"""The table of observations, its schema, and the way each series is compared with the model."""

import csv
import math
import os
import re
import runpy
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import UserError
from sim.evidence import COLUMNS, LAST_MONTH, Observation, known_by, last_day, observations
from sim.evidence.series import SERIES, conversions, months_of, targets, unmapped, why_left_out
from sim.mechanisms.quantities import QUANTITIES

MONTHS = [date(2023 + (7 + i) // 12, (7 + i) % 12 + 1, 1) for i in range(17)]
UNITS = {quantity.name: quantity.unit for quantity in QUANTITIES}


def row(**fields: object) -> Observation:
    base = {
        "id": "X1", "series": "PRK_RUS_shells_cum", "unit": "shells", "start": date(2023, 8, 1), "end": date(2023, 10, 31),
        "low": None, "central": 1e6, "high": None, "grade": "A", "source": "a source", "address": "",
        "known_on": date(2023, 12, 31),
    }  # fmt: skip
    return Observation(**(base | fields))


def write(path: Path, *rows: dict[str, str], columns: list[str] | None = None) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns or list(COLUMNS))
        writer.writeheader()
        writer.writerows(rows)
    return path


GOOD = {
    "id": "X1", "series": "PRK_RUS_shells_cum", "period_start": "2025-01-01", "period_end": "2025-01-31", "central": "9000000",
    "unit": "shells", "grade": "A", "source_title": "a source", "known_on": "2025-02",
}  # fmt: skip


def runs_of(months: list[date] = MONTHS, runs: int = 3) -> xr.Dataset:
    """Flows that a reader can sum in the head: 100 rounds, 10 soldiers, 5 tests a month, and so on, in every run."""
    time = np.array(months, dtype="datetime64[ns]")
    shape = (len(months), 1, runs)
    tie = {"munitions_delivered": 100.0, "fire_share": 0.4, "troops_sent": 10.0, "oil_delivered": 50.0}
    data = {name: (("month", "partnership", "run"), np.full(shape, value)) for name, value in tie.items()}
    events = np.zeros(shape)
    events[[2, 10]] = 1.0
    treaty = np.zeros(shape)
    treaty[10, :, 1:] = 1.0  # none in the first run
    data |= {"visit": (("month", "partnership", "run"), events), "treaty": (("month", "partnership", "run"), treaty)}
    country = ("month", "country", "run")
    data |= {
        "tests": (country, np.full((len(months), 2, runs), 5.0)),
        "components_from_patrons": (country, np.full((len(months), 2, runs), 600.0)),
        "foreign_workers": (country, np.full((len(months), 2, runs), 13_000.0)),
        "stance": (country, np.full((len(months), 2, runs), -0.25)),
    }
    lanes = [("china", "north_korea", "trade"), ("north_korea", "china", "trade"), ("china", "north_korea", "oil")]
    lanes += [("china", "russia", "trade"), ("china", "russia", "components"), ("russia", "china", "oil")]
    flow = np.ones((len(months), len(lanes), runs)) * np.array([170, 25, 30, 9_000, 600, 5_000.0])[:, None]
    flow[12:, 3] = 9_960.0
    data["lane_flow"] = (("month", "lane", "run"), flow)
    coords = {"month": time, "partnership": ["russia_north_korea"], "country": ["russia", "north_korea"]}
    ends = {end: ("lane", [lane[i] for lane in lanes]) for i, end in enumerate(("exporter", "importer", "good"))}
    return xr.Dataset(data, coords | ends)


def test_the_shipped_table_is_whole():
    rows = observations()
    assert len(rows) == 332
    assert all(item.source for item in rows)
    assert date(2025, 6, 30) < max(item.end for item in rows if item.series in SERIES) <= last_day(LAST_MONTH)


def test_every_series_is_mapped_or_has_a_reason():
    names = {item.series for item in observations()}
    assert names == set(SERIES) | {name for name, _ in unmapped()}
    for name, unit in unmapped():
        assert (name in SERIES) == bool(unit)


def test_mapped_series_ask_for_recorded_quantities_and_convert_to_their_own_unit():
    for series in SERIES.values():
        assert all(name in UNITS for name in series.needs)
    for (name, _, _), conversion in conversions().items():
        assert conversion.unit == SERIES[name].unit
        assert 0 <= conversion.low <= conversion.central <= conversion.high
        assert conversion.source


def test_a_vintage_keeps_what_was_known_by_then():
    early = observations(vintage="2023-12")
    assert early
    assert all(item.known_on <= date(2023, 12, 31) for item in early)
    assert known_by([row(known_on=date(2024, 2, 29))], "2024-02")
    assert not known_by([row(known_on=date(2024, 2, 29))], "2024-02-28")


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_last_day(day: date):
    assert last_day(day.isoformat()) == day
    assert last_day(f"{day:%Y-%m}").month == day.month
    assert last_day(f"{day:%Y}") == date(day.year, 12, 31)


@pytest.mark.parametrize("text", ["", "2024-13", "2024-02-30", "soon", "2024-1-1-1", "0000"])
def test_no_date(text: str):
    with pytest.raises(UserError):
        last_day(text)


@pytest.mark.parametrize(
    ("low", "central", "high", "interval"),
    [
        (None, 5.0, None, (5, 5)),
        (1.0, 5.0, 9.0, (1, 9)),
        (1.0, None, 9.0, (1, 9)),
        (None, None, 9.0, (-math.inf, 9)),
        (1.0, None, None, (1, math.inf)),
        (5.0, 5.0, None, (5, math.inf)),  # "over five"
        (None, 5.0, 5.0, (-math.inf, 5)),  # "up to five"
        (1.0, 5.0, None, (1, 5)),
        (None, 5.0, 9.0, (5, 9)),
    ],
)
def test_the_interval_says_what_an_empty_end_means(low, central, high, interval):
    assert row(low=low, central=central, high=high).interval == interval


def test_a_file_of_ones_own_is_read(tmp_path: Path):
    (item,) = observations(write(tmp_path / "own.csv", GOOD))
    assert (item.series, item.central, item.known_on) == ("PRK_RUS_shells_cum", 9e6, date(2025, 2, 28))


def test_optional_columns_may_be_left_out(tmp_path: Path):
    needed = [name for name, (_, required) in COLUMNS.items() if required]
    assert len(observations(write(tmp_path / "own.csv", GOOD, columns=needed))) == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"central": "many"}, "no number"),
        ({"central": "nan"}, "not finite"),
        ({"central": "inf"}, "not finite"),
        ({"central": ""}, "all empty"),
        ({"low": "10", "high": "5", "central": ""}, "upside down"),
        ({"low": "1e8"}, "upside down"),
        ({"period_end": "2024-12-31"}, "ends before it starts"),
        ({"period_end": "January"}, "no day"),
        ({"known_on": "later"}, "no date"),
        ({"grade": "D"}, "grade 'D'"),
        ({"unit": ""}, "must not be empty"),
    ],
)
def test_a_malformed_row_is_named(tmp_path: Path, change: dict[str, str], message: str):
    with pytest.raises(UserError, match=message) as error:
        observations(write(tmp_path / "own.csv", GOOD | change))
    assert "line 2, X1" in error.value.message
    assert error.value.place.endswith("own.csv")


def test_all_malformed_rows_are_named_at_once(tmp_path: Path):
    with pytest.raises(UserError) as error:
        observations(write(tmp_path / "own.csv", GOOD | {"grade": "D"}, GOOD | {"id": "X2", "central": "many"}))
    assert "X1" in error.value.message
    assert "X2" in error.value.message


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"id,series\n", "columns are missing"),
        (",".join([*COLUMNS, "serie"]).encode(), "did you mean 'series'"),
        (b"\xff\xfe", "not UTF-8"),
        (b"", "columns are missing"),
        ((",".join(COLUMNS) + "\nX1,PRK").encode(), "number of fields"),
        ((",".join(COLUMNS) + "\n" + ",".join(["x"] * 30)).encode(), "number of fields"),
    ],
)
def test_an_unusable_file_is_refused(tmp_path: Path, content: bytes, message: str):
    (tmp_path / "own.csv").write_bytes(content)
    with pytest.raises(UserError, match=message):
        observations(tmp_path / "own.csv")


def test_what_may_never_end_is_not_read(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")
    for place, message in (
        ("/dev/zero", "is not an ordinary file"),
        (tmp_path / "pipe", "is not an ordinary"),
        (tmp_path, "is a folder"),
    ):
        with pytest.raises(UserError, match=message):
            observations(place)


def test_a_missing_file_or_a_twin_is_refused(tmp_path: Path):
    with pytest.raises(UserError, match="cannot be read"):
        observations(tmp_path / "none.csv")
    with pytest.raises(UserError, match="comes twice"):
        observations(write(tmp_path / "own.csv", GOOD, GOOD))


@pytest.mark.parametrize(
    ("change", "low", "high", "value"),
    [
        ({}, 1_000, 1_000, 300),  # three months of 100 thousand rounds
        ({"end": date(2023, 11, 15)}, 1_000, 1_000, 350),  # and half of November
        ({"series": "PRK_RUS_containers_cum", "unit": "containers", "central": 2_000.0}, 500, 960, 300),
        ({"series": "PRK_share_of_RUS_shell_use", "unit": "percent", "central": 50.0}, 0.5, 0.5, 0.4),
        ({"series": "PRK_RUS_troops", "unit": "soldiers (cum.)", "central": 11.0}, 11, 11, 30),
        ({"series": "RUS_PRK_refined_oil", "unit": "barrels/year", "central": 1.2e6}, 100, 100, 50),
        ({"series": "PRK_CHN_trade_month", "unit": "USD million/month, two-way", "central": 193.0}, 193, 193, 195),
        ({"series": "CHN_to_PRK_exports_month", "unit": "USD million/month", "central": 160.0}, 160, 160, 170),
        ({"series": "RUS_CHN_trade_period", "unit": "USD bn/month", "central": 20.0}, 20_000, 20_000, 14_600),
        ({"series": "CHN_to_RUS_exports_yoy", "unit": "percent y/y", "central": -5.0}, -5, -5, 0),
        ({"series": "PRK_missile_events_quarter", "unit": "missile-category events", "central": 8.0}, 8, 8, 15),
    ],
)
def test_worked_examples(change, low, high, value):
    (target,) = targets([row(**change)], MONTHS)
    assert (target.low, target.high) == pytest.approx((low, high))
    np.testing.assert_allclose(target.predict(runs_of()), value)


def test_an_amount_over_a_period_becomes_a_rate():
    item = row(series="PRK_CHN_trade_cum", unit="USD", start=date(2024, 1, 1), end=date(2024, 7, 31), central=1.4e9)
    (target,) = targets([item], MONTHS)
    assert target.central == pytest.approx(200, rel=2e-3)


def test_a_change_on_the_year_starts_from_the_first_month():
    item = row(series="CHN_to_RUS_exports_yoy", unit="percent y/y", central=10.0, start=date(2024, 9, 1), end=date(2024, 9, 30))
    (target,) = targets([item], MONTHS)
    np.testing.assert_allclose(target.predict(runs_of()), 10.0)


def test_events_are_counted_and_the_first_is_dated():
    days = [date(2023, 10, 4), date(2024, 6, 19)]
    meetings = [
        row(id=f"X{i}", series="Kim_Putin_summit", unit="meeting", start=d, end=d, central=1.0) for i, d in enumerate(days)
    ]
    treaty = row(series="RUS_PRK_treaty", unit="signed 19 June, in force 4 Dec 2024", start=days[1], end=date(2024, 12, 4))
    first, second, signed = targets([*meetings, treaty], MONTHS)
    assert (first.central, second.central, signed.central) == (1, 2, 11)
    np.testing.assert_array_equal(first.predict(runs_of()), 1)
    np.testing.assert_array_equal(second.predict(runs_of()), 2)
    np.testing.assert_array_equal(signed.predict(runs_of()), [18, 11, 11])  # none: one more than the horizon


def test_every_mapped_row_to_december_2024_can_be_predicted():
    made = targets(observations(), MONTHS)
    assert {target.series.name for target in made} == set(SERIES)
    runs = runs_of()
    for target in made:
        assert target.low <= target.high
        assert target.predict(runs).shape == (3,)
        assert np.isfinite(target.predict(runs)).all()


def test_longer_runs_predict_the_same():
    longer = [date(2023 + (7 + i) // 12, (7 + i) % 12 + 1, 1) for i in range(30)]
    for target in targets(observations(), MONTHS):
        np.testing.assert_array_equal(target.predict(runs_of()), target.predict(runs_of(longer)))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"series": "CHN_FDI"}, "not modelled"),
        ({"end": date(2025, 1, 5)}, "after the last month"),
        ({"start": date(2025, 6, 1), "end": date(2025, 6, 5)}, "after the last month"),
        ({"start": date(2020, 1, 1), "end": date(2020, 2, 1)}, "before the first month"),
        ({"series": "PRK_missile_events_quarter", "start": date(2023, 7, 1)}, "before the first month"),
        ({"series": "RUS_PRK_refined_oil", "unit": "barrels/year", "start": date(2023, 1, 1)}, "more than half"),
    ],
)
def test_what_is_left_out_has_a_reason(change, reason):
    assert reason in why_left_out(row(**change), MONTHS)
    assert targets([row(**change)], MONTHS) == ()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"series": "PRK_RUS_shell_cum"}, "unknown series 'PRK_RUS_shell_cum'; did you mean 'PRK_RUS_shells_cum'?"),
        ({"unit": "crates"}, "unit 'crates' of PRK_RUS_shells_cum has no conversion; known: 152-mm eq. shells, shells"),
    ],
)
def test_a_row_of_an_unknown_series_or_unit_is_left_out_and_the_others_are_kept(change, reason):
    odd, sound = row(id="odd", **change), row(id="sound")
    assert why_left_out(odd, MONTHS).startswith(reason)
    assert [target.observation.id for target in targets([odd, sound], MONTHS)] == ["sound"]


def test_runs_of_another_world_are_refused():
    (target,) = targets([row()], MONTHS)
    with pytest.raises(UserError, match="munitions_delivered"):
        target.predict(runs_of().drop_vars("munitions_delivered"))
    with pytest.raises(UserError, match="hold nothing to compare"):
        target.predict(runs_of().isel(partnership=[]))


def test_months_of_a_dataset():
    assert months_of(runs_of()) == MONTHS


def test_the_page_that_compares_base_and_record_is_current(root, tmp_path):
    """The words of `docs/evidence.md` are those that its script writes, and its numbers agree to one part in a hundred."""
    script = runpy.run_path(str(root / "docs" / "make_evidence.py"))
    made = script["main"](tmp_path).read_text(encoding="utf-8")
    kept = (root / "docs" / "evidence.md").read_text(encoding="utf-8")
    number = re.compile(r"[+-]?\d[\d,]*(?:\.\d+)?")
    hint = "run `uv run docs/make_evidence.py` and look at what changed"
    assert number.sub("#", made) == number.sub("#", kept), hint
    values = [[float(text.replace(",", "")) for text in number.findall(page)] for page in (made, kept)]
    np.testing.assert_allclose(values[0], values[1], rtol=0.01, atol=0.011, err_msg=hint)
    assert (tmp_path / "figures" / "evidence.png").stat().st_size > 10_000
