"""Files of Datasets: other readers find what was written, and so do we."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sim.runs.netcdf import from_netcdf, to_netcdf

LABELS = st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), min_size=1, max_size=4, unique=True)


@st.composite
def datasets(draw):
    """Datasets of the form of trajectories: labelled holders and months, numbers, units, a coordinate beside the labels."""
    holders, months = draw(LABELS), draw(st.integers(1, 3))
    month = np.datetime64(draw(st.sampled_from(["1999-12", "2023-08"])), "M") + np.arange(months).astype("timedelta64[M]")
    numbers = arrays(float, (months, len(holders)), elements=st.floats(allow_nan=True))
    named = {"units": draw(st.text(st.characters(codec="ascii", exclude_characters="\0"))), "long_name": "what moved"}
    return xr.Dataset(
        {"flow": (("month", "holder"), draw(numbers), named), "count": ("holder", np.arange(len(holders)))},
        coords={
            "month": month.astype("datetime64[ns]"), "holder": holders, "kind": ("holder", holders[::-1]), "level": [0.1, 0.5],
        },
        attrs={"title": "Flüsse", "knockouts": "", "seed": draw(st.integers(0, 2**62))},
    )  # fmt: skip


@settings(max_examples=5)  # xarray takes its time
@given(datasets(), datasets())
def test_each_group_is_read_back_as_it_was_by_us_and_by_xarray(tmp_path_factory, root, paths):
    file = tmp_path_factory.mktemp("netcdf") / "file.nc"
    file.write_bytes(to_netcdf({"/": root, "paths": paths}))
    for name, given_ in (("/", root), ("paths", paths)):
        xr.testing.assert_identical(from_netcdf(file, name), given_)
        xr.testing.assert_identical(xr.load_dataset(file, engine="h5netcdf", group=name), given_)


@settings(max_examples=5)
@given(datasets())
def test_other_readers_find_what_the_writer_of_xarray_says(tmp_path_factory, dataset):
    folder = tmp_path_factory.mktemp("netcdf")
    (folder / "ours.nc").write_bytes(to_netcdf({"/": dataset}))
    dataset.to_netcdf(folder / "theirs.nc", engine="h5netcdf")
    ours, theirs = (xr.load_dataset(folder / name, engine="h5netcdf", decode_cf=False) for name in ("ours.nc", "theirs.nc"))
    xr.testing.assert_identical(ours, theirs)


def test_variables_stand_in_their_order_and_the_same_again_is_the_same_bytes(tmp_path):
    dataset = xr.Dataset({name: ("holder", [1.0, np.nan]) for name in "zebra"}, coords={"holder": ["b", "a"]})
    file = tmp_path / "file.nc"
    file.write_bytes(to_netcdf({"/": dataset}))
    assert list(from_netcdf(file).data_vars) == list(xr.load_dataset(file, engine="h5netcdf").data_vars) == list("zebra")
    assert to_netcdf({"/": dataset}) == file.read_bytes()


def test_a_dimension_needs_labels(tmp_path):
    with pytest.raises(KeyError, match="holder"):
        to_netcdf({"/": xr.Dataset({"flow": ("holder", [1.0])})})
