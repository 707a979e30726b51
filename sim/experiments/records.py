"""Records: what a test finds, as plain data that JSON can hold."""

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """A frozen table whose keys are fixed and whose numbers are finite: what is unknown or without bound is null."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True)


class Interval(Record):
    """An estimate with its 95 % Monte-Carlo interval."""

    estimate: float | None
    """Null where it cannot be told."""
    low: float | None
    """Null where it has no lower bound."""
    high: float | None
    """Null where it has no upper bound."""
