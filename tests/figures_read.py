"""What can be read off a figure: its text, what of it is cut off, and what lies over something else."""

from matplotlib.text import Text

from sim.plots.style import Picture

SMALLEST = 7.5  # points
WIDEST = 9.5  # inches: a phone then shows letters at a third of their size, and they are enlarged with two fingers


def texts(figure: Picture) -> list[Text]:
    """All text that is shown, once the layout is settled."""
    figure.draw_without_rendering()
    return [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]


def said(figure: Picture) -> list[str]:
    return [text.get_text() for text in texts(figure)]


def all_said(figure: Picture) -> str:
    """All text in one, without the breaks of lines."""
    return " ".join(" ".join(said(figure)).split())


def cut_off(figure: Picture) -> list[str]:
    """Text that is not wholly on the page; labels of ticks beyond the axis are never drawn."""
    page = figure.bbox.padded(2)
    out = []
    for text in texts(figure):
        box = text.get_window_extent()
        inside = page.x0 <= box.x0 and box.x1 <= page.x1 and page.y0 <= box.y0 and box.y1 <= page.y1
        if not inside and not _of_hidden_tick(figure, text):
            out.append(text.get_text())
    return out


def flaws(figure: Picture) -> list[str]:
    """What keeps a figure from being read: text cut off, or under a legend or title, or too small on a phone, or too wide."""
    found = [f"cut off: {text}" for text in cut_off(figure)]
    over = {f"legend {number}": legend.get_window_extent() for number, legend in enumerate(figure.legends)}
    if figure._suptitle is not None:
        over["title"] = figure._suptitle.get_window_extent()
    for number, axes in enumerate(figure.axes):
        panel = axes.get_tightbbox() if axes.axison else None
        found += [f"{name} over panel {number}" for name, box in over.items() if panel and panel.padded(-1).overlaps(box)]
        written = [*axes.texts, axes.xaxis.label, axes.yaxis.label, *axes.get_xticklabels(), *axes.get_yticklabels()]
        found += [f"too small: {text.get_text()}" for text in written if text.get_text() and text.get_fontsize() < SMALLEST]
    return [*found, f"{figure.get_figwidth()} inches wide"] if figure.get_figwidth() > WIDEST else found


def _of_hidden_tick(figure: Picture, text: Text) -> bool:
    for axes in figure.axes:
        if not axes.axison and text not in axes.texts:
            return True
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in [*axis.get_major_ticks(), *axis.get_minor_ticks()]:
                if text in (tick.label1, tick.label2):
                    return not low <= tick.get_loc() <= high
    return False
