"""Ensembles: a run is the same whatever stands beside it, and a result is whole or absent."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import xarray as xr

import sim
from sim.mechanisms.quantities import OUTCOMES, QUANTITIES
from sim.runs import in_memory, on_disk
from sim.runs.replays import replay
from sim.runs.results import QUANTILES
from sim.runs.sums import write_sums

TOY = Path(__file__).parents[1] / "toy" / "toy.toml"
FILES = ("outcomes.parquet", "trajectories.nc", "manifest.json")


@pytest.fixture(scope="module")
def toy() -> sim.Scenario:
    """A small world whose war and knowledge of it are uncertain enough for runs to differ."""
    return sim.Scenario.load(TOY)


@pytest.fixture
def small_chunks(monkeypatch):
    """Cut so that few runs make many chunks."""
    monkeypatch.setattr(on_disk, "CHUNK", 5)
    monkeypatch.setattr(on_disk, "PATH_RUNS", 2)


@pytest.fixture
def tiny_disk(tmp_path) -> Iterator[Path]:
    """A real file system of 64 KiB, which every run directory fills."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip(f"a small file system cannot be mounted here: {mounted.stderr.decode().strip()}")
    yield place
    left_open = subprocess.run(["umount", str(place)], check=False).returncode
    if left_open:
        subprocess.run(["umount", "--lazy", str(place)], check=True)
    assert not left_open


def bits(data: xr.Dataset) -> dict[str, bytes]:
    return {name: np.ascontiguousarray(variable.values).tobytes() for name, variable in data.data_vars.items()}


def test_a_run_of_exactly_six(toy):
    data = sim.run(toy, runs=6)
    assert data.sizes["run"] == 6
    assert data.sizes["month"] == toy.months
    assert data["outcomes"].dims == ("outcome", "run")
    assert data["munitions_delivered"].dims == ("month", "partnership", "run")
    assert data["war_intensity"].dims == ("month", "run")
    assert data["treasury"].dims == ("month", "country", "run")
    assert data["outcomes"].notnull().all()


def test_every_recorded_variable_has_its_unit_and_meaning(toy):
    data = sim.run(toy, runs=2, months=3)
    for quantity in QUANTITIES:
        if quantity.default:
            assert data[quantity.name].attrs == {"units": quantity.unit, "long_name": quantity.meaning}
        else:
            assert quantity.name not in data
    assert list(data["outcome_unit"].values) == [outcome.unit for outcome in OUTCOMES]
    assert str(data["month"].values[0])[:7] == toy.start
    assert data.attrs["hash"] == toy.hash
    assert data.attrs["seed"] == 0


def test_countries_without_a_quantity_are_missing_and_the_others_are_not(toy):
    data = sim.run(toy, runs=2, months=2, record=["fire"])
    roles = {name: country.role for name, country in toy.countries.items()}
    for name in data["country"].values:
        assert bool(data["fire"].sel(country=name).isnull().all()) == (roles[str(name)] != "belligerent")


def test_lanes_carry_their_ends_and_good(toy):
    data = sim.run(toy, runs=2, months=2, record=["lane_flow"])
    for name, lane in toy.lanes.items():
        one = data["lane_flow"].sel(lane=name)
        assert (one["exporter"], one["importer"], one["good"]) == (lane.exporter, lane.importer, lane.good)


def test_outcomes_agree_with_the_recorded_paths(toy):
    data = sim.run(toy, runs=7)
    out = data["outcomes"]
    np.testing.assert_allclose(
        out.sel(outcome="munitions"), data["munitions_effective"].sum(["month", "partnership"]), rtol=1e-12
    )
    np.testing.assert_allclose(out.sel(outcome="instability"), data["instability"].max(["month", "country"]), rtol=1e-12)
    np.testing.assert_array_equal(out.sel(outcome="technology"), data["technology"].isel(month=-1, partnership=0))


def test_chunks_change_no_bit(toy, monkeypatch):
    whole = bits(sim.run(toy, runs=11))
    for size in (1, 2, 7):
        monkeypatch.setattr(in_memory, "CHUNK", size)
        assert bits(sim.run(toy, runs=11)) == whole


def test_processes_change_no_bit(toy, monkeypatch):
    whole = bits(sim.run(toy, runs=11, processes=1))
    monkeypatch.setattr(in_memory, "CHUNK", 3)
    assert bits(sim.run(toy, runs=11, processes=2)) == whole


def test_the_first_run_may_be_any(toy):
    whole, part = sim.run(toy, runs=9, seed=4), sim.run(toy, runs=3, first=5, seed=4)
    assert bits(whole.isel(run=slice(5, 8))) == bits(part)
    assert list(part["run"].values) == [5, 6, 7]


def test_permuted_keys_permute_the_results(toy):
    order = np.random.default_rng(0).permutation(8)
    whole, mixed = sim.run(toy, runs=8), sim.run(toy, runs=8, keys=order)
    assert bits(whole.isel(run=order)) == bits(mixed)


def test_each_run_may_have_its_own_numbers(toy):
    patron = next(name for name, country in toy.countries.items() if country.role == "patron")
    levels = np.array([0.0, 0.3, 0.9])
    mixed = sim.run(toy, runs=3, keys=[5, 5, 5], values={f"{patron}.resolve": levels, "world.oil_price": 70.0})
    for run, level in enumerate(levels):
        alone = sim.run(toy.set({f"{patron}.resolve": float(level), "world.oil_price": 70.0}), runs=1, first=5)
        np.testing.assert_array_equal(mixed["outcomes"].isel(run=run), alone["outcomes"].isel(run=0))


def test_outcomes_at_a_month_are_those_of_a_run_that_ends_there(toy):
    data = sim.run(toy, runs=4, at=(20, 7))
    assert data["outcomes_at"].dims == ("at", "outcome", "run")
    for month in (7, 20):
        short = sim.run(toy, runs=4, months=month, record=[])
        np.testing.assert_array_equal(data["outcomes_at"].sel(at=month), short["outcomes"])


def test_seeds_differ(toy):
    assert bits(sim.run(toy, runs=3, seed=1)) != bits(sim.run(toy, runs=3, seed=2))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"runs": 0}, "runs: must be a whole number from 1 on, not 0"),
        ({"runs": 2.5}, "runs: must be a whole number"),
        ({"runs": True}, "runs: must be a whole number"),
        ({"runs": 10**9 + 1}, "runs: 1,000,000,001 runs are too many: at most 1,000,000,000"),
        ({"processes": 0}, "processes: must be a whole number from 1 to 1,024, not 0"),
        ({"processes": 1e3}, "processes: must be a whole number"),
        ({"months": -1}, "months: must be a whole number from 1 on, not -1"),
        ({"months": 5_000}, "beyond the year"),
        ({"months": 10**15}, "beyond the year"),
        ({"seed": -1}, "seed: must be a whole number"),
        ({"first": -1}, "first: must be a whole number"),
        ({"record": ["munition_delivered"]}, "did you mean 'munitions_delivered'?"),
        ({"at": [25]}, "month 25 is not one of the 24 months"),
        ({"keys": [1, 2]}, "keys: must be one number for each of the 3 runs"),
        ({"values": {"grandia.resolv": 0.5}}, "did you mean 'grandia.resolve'?"),
        ({"values": {"grandia.resolve": [0.5, 0.5]}}, "must be one number for each of the 3 runs"),
    ],
)
@pytest.mark.parametrize("on_disk", [False, True])
def test_arguments_that_make_no_sense_are_refused(toy, tmp_path, arguments, said, on_disk):
    with pytest.raises(sim.UserError) as error:
        sim.run(toy, **{"runs": 3, **arguments}, **({"out": tmp_path / "out"} if on_disk else {}))
    assert said in str(error.value)
    assert not list(tmp_path.iterdir())


def test_a_result_beyond_memory_is_refused_with_the_arithmetic(toy):
    with pytest.raises(sim.UserError, match="GiB") as error:
        sim.run(toy, runs=10_000_000)
    text = str(error.value)
    assert "10,000,000 runs × (24 months ×" in text
    assert "record=[" in text
    assert 'out="folder"' in text
    with pytest.raises(sim.UserError):
        sim.run(toy, runs=1 + in_memory.MOST_BYTES // (8 * len(OUTCOMES)), record=[])


def test_a_scenario_may_be_given_by_name_or_path(toy):
    assert sim.run(TOY, runs=3, record=[]).identical(sim.run(toy, runs=3, record=[]))
    replayed = {"knockouts": {"beijing_action": [True] * 3}, "record": []}
    assert sim.run(str(TOY), 3, beliefs_of=TOY, **replayed).identical(sim.run(toy, 3, beliefs_of=toy, **replayed))
    pair = {"runs": 2, "months": 2, "record": []}
    assert sim.compare("base", "ceasefire", **pair).identical(sim.compare(*map(sim.Scenario.load, ("base", "ceasefire")), **pair))
    with pytest.raises(sim.UserError, match="did you mean 'ceasefire'"):
        sim.compare("base", "ceasfire")
    with pytest.raises(sim.UserError, match="needs a scenario, its name, or the path of its file, not NoneType"):
        sim.run(None)


# --- run directories ----------------------------------------------------------------------------------------------------------


def test_a_run_directory_holds_what_it_should(toy, tmp_path, small_chunks):
    saved = sim.run(toy, runs=12, seed=3, out=tmp_path / "batch")
    assert {path.name for path in saved.directory.iterdir()} == {*FILES, "sums.sha256", "log.jsonl"}
    data = sim.run(toy, runs=12, seed=3, record=["trust", "munitions", "oil_price"])
    np.testing.assert_array_equal(saved.outcomes, data["outcomes"])
    np.testing.assert_array_equal(saved.outcomes["run"], np.arange(12))
    table = pq.ParquetFile(saved.directory / "outcomes.parquet")
    assert [table.metadata.row_group(group).num_rows for group in range(table.num_row_groups)] == [5, 5, 2]
    assert table.schema_arrow.field("munitions").metadata[b"unit"] == b"thousand rounds"
    # quantiles are those of the first block, paths those of the first runs
    for name in ("trust", "munitions", "oil_price"):
        np.testing.assert_array_equal(saved.paths[name], data[name].isel(run=slice(0, 2)))
        np.testing.assert_array_equal(saved.quantiles[name], np.quantile(data[name].isel(run=slice(0, 5)), QUANTILES, axis=-1))
        assert saved.quantiles[name].attrs == data[name].attrs
    assert saved.quantiles["trust"].dims == ("quantile", "month", "partnership")
    assert saved.quantiles["limit_share"].dims == ("dimension", "limit", "month")
    np.testing.assert_allclose(saved.quantiles["limit_share"].sum("limit"), 1.0)
    assert saved.quantiles.attrs["quantile_runs"] == 5
    assert saved.paths.sizes["run"] == 2
    assert "quantile" not in saved.paths.dims


def test_the_manifest_is_enough_to_do_it_again(toy, tmp_path):
    changed = toy.set("grandia.resolve", 0.77).without("beijing_threat")
    saved = sim.run(changed, runs=3, months=5, seed=8, first=2, out=tmp_path / "batch")
    manifest = json.loads((saved.directory / "manifest.json").read_text())
    again = sim.Scenario.from_dict(manifest["scenario"])
    assert again == changed
    assert again.hash == manifest["hash"]
    assert {"python", "numpy", "beijing-cap"} == set(manifest["versions"])
    data = sim.run(again, runs=manifest["runs"], months=manifest["months"], seed=manifest["seed"], first=manifest["first"])
    np.testing.assert_array_equal(saved.outcomes, data["outcomes"])


def test_the_log_holds_times_and_the_host(toy, tmp_path, small_chunks):
    saved = sim.run(toy, runs=12, record=[], out=tmp_path / "batch")
    lines = [json.loads(line) for line in (saved.directory / "log.jsonl").read_text().splitlines()]
    assert [line["event"] for line in lines] == ["started", *["chunk"] * 3, "finished"]
    assert {"host", "processes"} <= set(lines[0])
    assert sum(line.get("runs", 0) for line in lines) == 12


@pytest.mark.slow
def test_bytes_do_not_depend_on_processes(toy, tmp_path, small_chunks):
    for processes in (1, 2, 3):
        sim.run(toy, runs=23, months=4, processes=processes, out=tmp_path / str(processes))
    for name in FILES:
        one, two, three = ((tmp_path / str(count) / name).read_bytes() for count in (1, 2, 3))
        assert one == two == three


def test_months_of_judgement_have_columns_of_their_own(toy, tmp_path, small_chunks):
    saved = sim.run(toy, runs=9, at=(6, 12), record=["trust"], out=tmp_path / "batch")
    data = sim.run(toy, runs=9, at=(6, 12), record=[])
    for month in (6, 12):
        np.testing.assert_array_equal(saved.column(f"munitions@{month}"), data["outcomes_at"].sel(at=month, outcome="munitions"))


def test_an_existing_folder_is_refused_and_left_alone(toy, tmp_path):
    (tmp_path / "batch").mkdir()
    (tmp_path / "batch" / "mine.txt").write_text("mine")
    with pytest.raises(sim.UserError, match="exists already"):
        sim.run(toy, runs=2, out=tmp_path / "batch")
    assert [path.name for path in tmp_path.rglob("*")] == ["batch", "mine.txt"]


def test_a_path_through_a_file_is_refused(toy, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(sim.UserError, match="is a file, not a folder"):
        sim.run(toy, runs=2, out=tmp_path / "file" / "deep" / "batch")


def test_a_name_that_is_too_long_is_refused(toy, tmp_path):
    with pytest.raises(sim.UserError, match="too long"):
        sim.run(toy, runs=2, out=tmp_path / ("x" * 300))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("processes", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_a_full_disk_leaves_nothing(toy, tiny_disk, small_chunks, processes):
    with pytest.raises(sim.UserError, match="the disk is full"):
        sim.run(toy, runs=2_000, months=3, processes=processes, out=tiny_disk / "new" / "batch")
    assert not list(tiny_disk.iterdir())


def test_a_read_only_folder_is_refused(toy, tiny_disk):
    subprocess.run(["mount", "-o", "remount,ro", str(tiny_disk)], check=True)
    with pytest.raises(sim.UserError, match="read-only"):
        sim.run(toy, runs=2, out=tiny_disk / "batch")


@pytest.mark.slow
def test_a_failure_in_the_midst_leaves_nothing_and_the_next_run_works(toy, tmp_path, small_chunks, monkeypatch):
    def fail(*_):
        raise RuntimeError("in the midst")

    with monkeypatch.context() as patch:
        patch.setattr(on_disk, "_write_trajectories", fail)
        with pytest.raises(RuntimeError, match="in the midst"):
            sim.run(toy, runs=23, record=[], processes=2, out=tmp_path / "deep" / "batch")
    assert not list(tmp_path.iterdir())
    sim.run(toy, runs=23, record=[], processes=2, out=tmp_path / "deep" / "batch")


@pytest.mark.parametrize("content", [b"", b"junk", None])
def test_a_table_of_outcomes_that_is_damaged_or_of_another_run_is_named(toy, tmp_path, content):
    saved = sim.run(toy, runs=3, months=2, record=[], out=tmp_path / "batch")
    other = sim.run(toy, runs=2, months=2, record=[], out=tmp_path / "other")
    table = saved.directory / "outcomes.parquet"
    table.write_bytes((other.directory / "outcomes.parquet").read_bytes() if content is None else content)
    with pytest.raises(sim.UserError, match=r"outcomes\.parquet: is damaged: .*run its scenario again"):
        _ = sim.open_run(saved.directory).outcomes


def test_what_is_no_run_directory_is_refused(toy, tmp_path):
    with pytest.raises(sim.UserError, match=r"no finished run: it has no sums\.sha256"):
        sim.open_run(tmp_path)
    saved = sim.run(toy, runs=2, months=2, record=[], out=tmp_path / "batch")
    for text in ("{", "[]", "{}", '{"runs": 2, "scenario": 3}'):
        (saved.directory / "manifest.json").write_text(text)
        with pytest.raises(sim.UserError, match=r"manifest\.json: is damaged"):
            sim.open_run(saved.directory)


@pytest.mark.parametrize("extra", [{}, {"keys": np.arange(12)[::-1]}, {"values": {"grandia.resolve": np.linspace(0, 1, 12)}}])
def test_a_replay_is_the_run_bit_for_bit(toy, tmp_path, small_chunks, extra):
    record = ["fire", "trust", "lane_flow", "oil_price"]
    saved = sim.run(toy, runs=12, months=9, seed=5, first=7, record=record, out=tmp_path / "batch", **extra)
    for run in (7, 8, 13, 18):
        again = replay(saved, run)
        assert again.same_outcomes
        assert again.same_paths is (True if run < 9 else None)
    with pytest.raises(sim.UserError, match="runs 7 to 18"):
        replay(saved, 6)


def test_a_replay_notices_what_has_changed(toy, tmp_path):
    saved = sim.run(toy, runs=2, months=4, out=tmp_path / "batch")
    manifest = json.loads((saved.directory / "manifest.json").read_text())
    (saved.directory / "manifest.json").write_text(json.dumps({**manifest, "seed": 1}))
    write_sums(saved.directory, "run", FILES)
    again = replay(sim.open_run(saved.directory), 0)
    assert not again.same_outcomes
    assert not again.same_paths


# --- comparisons --------------------------------------------------------------------------------------------------------------


def test_a_comparison_is_each_run_and_their_difference(toy):
    other = toy.without("beijing")
    pair = sim.compare(toy, other, runs=5, seed=2)
    assert list(pair["scenario"].values) == ["toy", "toy without beijing"]
    for place, scenario in enumerate((toy, other)):
        alone = sim.run(scenario, runs=5, seed=2)
        assert bits(alone) == bits(pair.isel(scenario=place).drop_vars("difference"))
    assert pair["difference"].dims == ("scenario", "outcome", "run")
    np.testing.assert_array_equal(pair["difference"][1], pair["outcomes"][1] - pair["outcomes"][0])
    assert (pair["difference"][0] == 0).all()


def test_the_arms_of_a_comparison_can_be_labelled(toy):
    other = toy.set("grandia.resolve", 0.2)
    pair = sim.compare(toy, other, labels=("as it is", "touchy"), runs=3, months=4)
    named = sim.compare(toy, other.set("name", "touchy"), runs=3, months=4)
    assert list(pair["scenario"].values) == ["as it is", "touchy"]
    assert (
        pair["difference"].sel(scenario="touchy").values.tobytes() == named["difference"].sel(scenario="touchy").values.tobytes()
    )
    for wrong in ("ab", ["one"], [1, 2]):
        with pytest.raises(sim.UserError, match="needs a name for each of the 2 scenarios"):
            sim.compare(toy, other, labels=wrong, runs=2)


def test_different_casts_are_set_side_by_side(toy):
    two = sim.Scenario.load(TOY.with_name("two.toml"))
    pair = sim.compare(two, toy, runs=3, months=4)
    assert pair.sizes["country"] == 3
    assert pair["treasury"].sel(scenario="two", country="grandia").isnull().all()
    assert pair["treasury"].sel(scenario="toy", country="grandia").notnull().all()
    alone = sim.run(toy, runs=3, months=4)
    for country in toy.countries:
        np.testing.assert_array_equal(
            pair["treasury"].sel(scenario="toy", country=country), alone["treasury"].sel(country=country)
        )


def test_scenarios_that_do_not_go_together_are_refused(toy):
    with pytest.raises(sim.UserError, match="two or more"):
        sim.compare(toy, runs=2)
    with pytest.raises(sim.UserError, match=r"two scenarios are named 'toy'; .* labels="):
        sim.compare(toy, toy, runs=2)
    with pytest.raises(sim.UserError, match="different lengths"):
        sim.compare(toy, toy.set("months", 5).without("beijing"), runs=2)
    with pytest.raises(sim.UserError, match="different months"):
        sim.compare(toy, sim.Scenario.load("base"), runs=2)


def test_no_bar_is_shown_where_nobody_looks(toy, capfd):
    sim.run(toy, runs=3)
    assert capfd.readouterr() == ("", "")


def test_temporary_folders_lie_beside_the_result(toy, tmp_path, small_chunks, monkeypatch):
    seen: list[str] = []
    real = on_disk.write_manifest

    def look(folder, manifest):
        seen.extend(path.name for path in tmp_path.iterdir())
        real(folder, manifest)

    monkeypatch.setattr(on_disk, "write_manifest", look)
    sim.run(toy, runs=3, record=[], out=tmp_path / "batch")
    assert len(seen) == 2, "and the lock"
    assert all(name.startswith(".batch.") for name in seen)
    assert [path.name for path in tmp_path.iterdir()] == ["batch"]


def test_variants_of_one_name_are_labelled_by_what_makes_them_another():
    base = sim.Scenario.load("base")
    found = sim.compare(base, base.set("china.resolve", 0.8), base.without("beijing"), runs=2, months=2, record=[])
    assert list(found["scenario"].values) == ["base", "base, china.resolve 0.8", "base without beijing"]
