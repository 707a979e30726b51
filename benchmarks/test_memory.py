"""How much memory it takes: 1 GiB at most, however many runs."""

import pytest
from commands import command, peak_memory

LIMIT = 1024  # MiB


@pytest.mark.parametrize("runs", [1, 10_000, 100_000, 1_000_000])
def test_peak_memory(benchmark, runs, tmp_path):
    """Peak memory of the main command and its workers together."""
    peaks = []

    def main_command():
        peaks.append(peak_memory(command("run", "scenarios/base.toml", "--runs", runs, "--out", tmp_path / "out")))

    benchmark.pedantic(main_command, rounds=1, iterations=1)
    benchmark.extra_info["peak_mib"] = round(peaks[0])
    assert peaks[0] < LIMIT
