"""Numbers, ranges, lists and tables of a match as text."""

from collections.abc import Iterable, Sequence


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Lay rows out as a table in Markdown."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines)


def listed(names: Sequence[str], most: int = 12) -> str:
    """Name them all, or the first and how many more."""
    shown = list(names[:most]) + ([f"{len(names) - most} more"] if len(names) > most else [])
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def rank_word(rank: int) -> str:
    """Name a place from the top."""
    return {1: "highest", 2: "second-highest", 3: "third-highest"}.get(rank, f"{rank}th-highest")


def number(value: float | None) -> str:
    """Write a number to three figures, a large one whole."""
    if value is None:
        return "?"
    return f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:.3g}"


def span(low: float | None, high: float | None) -> str:
    """Write a range of which an end may be open."""
    if low is None:
        return f"up to {number(high)}"
    if high is None:
        return f"over {number(low)}"
    return number(low) if low == high else f"{number(low)} to {number(high)}"


def three(values: tuple[float, float, float]) -> str:
    """Write the middle one and, in brackets, the ends."""
    low, middle, high = (number(value) for value in values)
    return f"{middle} ({low} to {high})"
