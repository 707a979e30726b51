"""Labelled Datasets to netCDF 4 and back, through h5py in one go.

xarray's own writer and reader look up every dimension again for every variable, and take ten times as long for a file of many
small variables. What is written here they read, too.
"""

import io
from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import h5py
    import xarray as xr

ROOT = "/"
OF_THE_FORMAT = {"CLASS", "NAME", "REFERENCE_LIST", "DIMENSION_LIST", "_Netcdf4Dimid"}  # attributes that are no content


def to_netcdf(groups: Mapping[str, "xr.Dataset"]) -> bytes:
    """Content of a netCDF 4 file that holds a Dataset in each group, by its name; that of the root is ``/``.

    Each group has dimensions of its own, and every dimension has to have labels, which become the scale that its variables share.
    Variables hold numbers, texts, or dates that are whole days apart.
    """
    import h5py

    file = io.BytesIO()
    with h5py.File(file, "w", track_order=True) as root:
        for name, dataset in groups.items():
            _write(dataset, root.require_group(name) if name == ROOT else root.create_group(name, track_order=True))
    return file.getvalue()


def from_netcdf(path: Path, group: str = ROOT) -> "xr.Dataset":
    """Read one group of a file that `to_netcdf` made."""
    import h5py
    import xarray as xr

    with h5py.File(path) as root:
        held = root[group]
        found = {name: data for name, data in held.items() if isinstance(data, h5py.Dataset)}
        scales = {data: name for name, data in found.items() if data.is_scale}
        variables = {name: _read(data, scales) for name, data in found.items()}
        return xr.decode_cf(xr.Dataset(variables, attrs=_attributes(held)))


def _write(dataset: "xr.Dataset", group: "h5py.Group") -> None:
    group.attrs.update(_told(dataset.attrs))
    written = {}
    for name in (*dataset.dims, *(name for name in dataset.variables if name not in dataset.dims)):
        values, attributes = _encoded(dataset.variables[name].values)
        beside = sorted(_beside(dataset, name))
        attributes |= dataset.variables[name].attrs | ({"coordinates": " ".join(beside)} if beside else {})
        written[name] = group.create_dataset(name, data=values, fillvalue=attributes.get("_FillValue"))
        written[name].attrs.update(_told(attributes))
    for number, name in enumerate(dataset.dims):
        written[name].make_scale(name)
        written[name].attrs["_Netcdf4Dimid"] = np.int32(number)
    for name, data in written.items():
        if name not in dataset.dims:
            for place, dimension in enumerate(dataset.variables[name].dims):
                data.dims[place].attach_scale(written[dimension])


def _beside(dataset: "xr.Dataset", name: Hashable) -> set[str]:
    """Coordinates of a variable beside the labels of its dimensions."""
    if name in dataset.coords:
        return set()
    return {str(other) for other in dataset[name].coords if other not in dataset.dims}


def _encoded(values: np.ndarray[Any, Any]) -> tuple[np.ndarray[Any, Any], dict[str, Any]]:
    """Give an array as HDF5 takes it, and the attributes that say how it is to be read."""
    import h5py

    if values.dtype.kind == "M":
        first = values[0].astype("datetime64[D]")
        days = (values.astype("datetime64[D]") - first).astype(np.int64)
        return days, {"units": f"days since {first} 00:00:00", "calendar": "proleptic_gregorian"}
    if values.dtype.kind == "U":
        return values.astype(h5py.string_dtype()), {}
    return values, {"_FillValue": np.nan} if values.dtype.kind == "f" else {}


def _told(attributes: Mapping[Any, Any]) -> dict[str, Any]:
    """Give attributes as netCDF takes them: a text, or an array of numbers."""
    return {str(name): value if isinstance(value, str) else np.atleast_1d(value) for name, value in attributes.items()}


def _read(
    data: "h5py.Dataset", scales: Mapping["h5py.Dataset", str]
) -> tuple[tuple[str, ...], np.ndarray[Any, Any], dict[str, Any]]:
    """Give dimensions, values and attributes of a variable, as `xarray.Dataset` takes them."""
    dimensions = (scales[data],) if data in scales else tuple(scales[axis[0]] for axis in data.dims)
    return dimensions, data.asstr()[()].astype(str) if data.dtype.kind == "O" else data[()], _attributes(data)


def _attributes(held: "h5py.Group | h5py.Dataset") -> dict[str, Any]:
    found = {name: value for name, value in held.attrs.items() if name not in OF_THE_FORMAT}
    return {name: value if isinstance(value, str) or value.size > 1 else value[0] for name, value in found.items()}
