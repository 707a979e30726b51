"""What the page shows of a run and of an ensemble, as HTML. All text is escaped: a scenario may come from a stranger."""

import base64
from html import escape

from sim.dashboard.side_by_side import ARMS, Drawn, SideBySide
from sim.dashboard.story import TRACES, Story
from sim.dashboard.svg import NARROW, WIDE, chart_svg, legend, network_svg


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
            element("th", ARMS[0], "with"),
            element("th", ARMS[1], "without"),
            element("th", "difference"),
        )
    )
    rows = "".join(
        f'<tr><td>{escape(row.title)}</td><td data-says="{ARMS[0]}">{escape(row.with_beijing)}</td>'
        f'<td data-says="{ARMS[1]}">{escape(row.without)}</td><td data-says="difference">{escape(row.difference)}</td></tr>'
        for row in done.rows
    )
    return "".join(
        (
            f'<table class="cap-table"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>',
            element(
                "p",
                "Medians of the runs. The difference is a mean, run by run; in brackets, what the number of runs leaves open.",
                "cap-small",
            ),
            element("h3", "Month by month"),
            element(
                "p",
                "The line is the median run, the dark band holds half of the runs, the light band nine in ten. "
                "Dashed: the other world's median.",
                "cap-small",
            ),
            _figures(done.fans),
            element("h3", "All runs by their outcome"),
            element(
                "p",
                "The higher the hill, the more runs. Below it: half of the runs (thick), nine in ten (thin), the median (dot). "
                "Blue: with Beijing; orange: Beijing indifferent.",
                "cap-small",
            ),
            _figures(done.outcomes),
        )
    )


def month_name(start: str, month: int) -> str:
    """Give a month, counted from 1 at the start, as "YYYY-MM"."""
    year, first = (int(part) for part in start.split("-"))
    years, zero_based = divmod(first + month - 2, 12)
    return f"{year + years}-{zero_based + 1:02d}"


def _figures(drawn: tuple[Drawn, ...]) -> str:
    images = (
        f'<img alt="{escape(each.says)}" src="data:image/png;base64,{base64.b64encode(each.png).decode()}">' for each in drawn
    )
    return f'<div class="cap-figures">{"".join(images)}</div>'
