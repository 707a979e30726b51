"""What the page shows of a run and of an ensemble, as HTML. All text is escaped: a scenario may come from a stranger."""

import base64
from collections.abc import Iterable
from html import escape
from pathlib import Path

from sim.dashboard.side_by_side import Drawn, SideBySide
from sim.dashboard.story import TRACES, Story
from sim.dashboard.svg import NARROW, WIDE, chart_svg, legend, network_svg
from sim.dashboard.words import explained

KINDS = {".svg": "image/svg+xml", ".png": "image/png", ".csv": "text/csv"}


def passage(content: str) -> str:
    """Give a passage of the page's own, with the words that it explains."""
    return f'<p class="cap-small">{explained(content)}</p>'


def element(tag: str, content: str, classes: str = "") -> str:
    """Give a text within a tag."""
    return f'<{tag} class="{classes}">{escape(content)}</{tag}>'


def story_html(story: Story) -> str:
    """Show how far a run is: flows, trajectories, and what has happened."""
    scenario, flows = story.setting, story.flows
    names = {name: country.name for name, country in scenario.countries.items()}
    when = month_name(scenario.start, story.month) if story.month else "before it begins"
    swatches = [f'<span><i style="background:{colour}"></i>{escape(good)}</span>' for colour, good in legend(flows)]
    charts = [chart_svg(each.title, each.unit, story.paths[each.title], scenario.months, scenario.start) for each in TRACES]
    lines = [line.split(": ", 1) for line in reversed(story.chronicle)] or [["", "Nothing yet."]]
    return "".join(
        (
            element("p", f"Month {story.month} of {scenario.months}: {when}", "cap-month"),
            f'<div class="cap-on-desk">{network_svg(flows, names, WIDE)}</div>',
            f'<div class="cap-on-phone">{network_svg(flows, names, NARROW)}</div>',
            f'<div class="cap-legend">{"".join(swatches)}',
            "<span>Broad lines are worth more; the scale is logarithmic.</span></div>",
            f'<div class="cap-charts">{"".join(charts)}</div>',
            passage(
                "Beijing presses where its [stance](stance) is cold, as it is when [the tie](tie) goes beyond its "
                "[tolerance](tolerance). The more [openly](openness) the tie is shown, the more of it counts."
            ),
            element("h3", "What has happened, latest first"),
            '<ul class="cap-chronicle">',
            *(f"<li><b>{escape(date)}</b>{escape(said)}</li>" for date, said in lines),
            "</ul>",
        )
    )


def ensemble_html(done: SideBySide) -> str:
    """Show the table and the pictures of an ensemble."""
    head = "".join(
        (
            element("th", "By the last month"),
            element("th", done.names[0], "with"),
            element("th", done.names[1], "without"),
            element("th", "difference"),
        )
    )
    rows = "".join(
        f"<tr><td>{escape(row.title)}</td>{_cell(done.names[0], row.first)}{_cell(done.names[1], row.second)}"
        f"{_cell('difference', row.difference)}</tr>"
        for row in done.rows
    )
    return "".join(
        (
            f'<table class="cap-table"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>',
            passage(
                "Means of each [outcome](outcome) over the runs, and the mean difference run by run; in brackets, "
                "[what the number of runs leaves open](Monte Carlo error). The pictures below show medians, which may "
                "differ by more or less."
            ),
            element("h3", "Month by month"),
            element(
                "p",
                "The line is the median run, the dark band holds half of the runs, the light band nine in ten. "
                "Dashed: the other world's median. Point at a month for its values.",
                "cap-small",
            ),
            _figures((svg, f"months_{place}.svg", svg.encode()) for place, svg in enumerate(done.fans, 1)),
            f'<p class="cap-row">{_save("runs.csv", done.table.encode(), "Save these numbers (CSV)")}</p>',
            element("h3", "All runs by their outcome"),
            element(
                "p",
                "The higher the hill, the more runs. Below it: half of the runs (thick), nine in ten (thin), the median (dot). "
                f"Blue: {done.names[0]}; orange: {done.names[1]}.",
                "cap-small",
            ),
            _figures((_image(each), f"outcome_{place}.png", each.png) for place, each in enumerate(done.outcomes, 1)),
        )
    )


def month_name(start: str, month: int) -> str:
    """Give a month, counted from 1 at the start, as "YYYY-MM"."""
    year, first = (int(part) for part in start.split("-"))
    years, zero_based = divmod(first + month - 2, 12)
    return f"{year + years}-{zero_based + 1:02d}"


def _cell(says: str, content: str) -> str:
    return f'<td data-says="{escape(says)}">{escape(content)}</td>'


def _figures(drawn: Iterable[tuple[str, str, bytes]]) -> str:
    """Pictures, each with a link by which it is saved: as they stand on the page, the name of a file, and its content."""
    kept = (f"<figure>{shown}<figcaption>{_save(name, content)}</figcaption></figure>" for shown, name, content in drawn)
    return f'<div class="cap-figures">{"".join(kept)}</div>'


def _image(drawn: Drawn) -> str:
    return f'<img alt="{escape(drawn.says)}" src="{_data("picture.png", drawn.png)}">'


def _save(name: str, content: bytes, says: str = "Save this picture") -> str:
    """Link that saves what it holds, without a script and without asking the server."""
    return f'<a class="cap-save" download="{name}" href="{_data(name, content)}">{says}</a>'


def _data(name: str, content: bytes) -> str:
    return f"data:{KINDS[Path(name).suffix]};base64,{base64.b64encode(content).decode()}"
