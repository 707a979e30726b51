"""Seasons of ordinary trade: by name, what share of its ordinary volume moves in each month of the calendar."""

# January to December; the mean of each is one, so that a season moves trade within the year and not its sum.
SEASONS = {
    "even": (1.0,) * 12,
    # China and Russia by customs of 2023-24: a dip at the Chinese New Year, more towards the year's end.
    "new_year": (0.95, 0.89, 1.0, 0.99, 0.99, 1.0, 0.97, 1.04, 1.05, 1.0, 1.04, 1.08),
    # China and North Korea by customs of 2023-24: frost and New Year, rains in July, the plan's end in December.
    "land_border": (0.95, 0.7, 1.0, 1.0, 0.95, 0.95, 0.85, 0.95, 1.08, 1.07, 1.18, 1.32),
}


def season(name: str, start: str, month: int) -> float:
    """Share of the mean volume that a season gives to a month.

    Parameters
    ----------
    name : str
        Name in ``SEASONS``.
    start : str
        First month of the scenario, "YYYY-MM".
    month : int
        Month of the run, counted from 1.
    """
    return SEASONS[name][(int(start[5:7]) + month - 2) % 12]
