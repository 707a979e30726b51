"""Files of a sweep that cannot be read any more: which it is, and how to mend it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sim.errors import UserError
from sim.experiments.store import damaged_parts

REMEDY = "run the command that made the sweep again: it does what is missing or damaged anew and keeps the rest"


def checked() -> Any:
    """Read Parquet so that a page whose checksum is wrong is an error, not a number."""
    from pyarrow.dataset import ParquetFileFormat, ParquetFragmentScanOptions

    return ParquetFileFormat(default_fragment_scan_options=ParquetFragmentScanOptions(page_checksum_verification=True))


@contextmanager
def mendable(directory: Path) -> Iterator[None]:
    """Say of a file of a sweep that cannot be read which it is, and how to mend it, with a `UserError`."""
    from pyarrow import ArrowException

    try:
        yield
    except (OSError, ArrowException) as error:
        if isinstance(error, MemoryError):
            raise
        damaged = damaged_parts(directory)
        text = "is damaged" if damaged else f"a file of the sweep is missing or damaged ({error})"
        raise UserError(f"{text}; {REMEDY}", str(damaged[0] if damaged else directory)) from None
