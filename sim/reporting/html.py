"""A report as one page of HTML: styles and figures inside, nothing fetched, no script."""

import html
import re
from collections.abc import Mapping
from itertools import chain
from pathlib import Path

from sim.reporting.document import BEHIND, MARK, Badge, Block, Cell, Code, Document, Figure, Items, Section, Table, Text

SIGNS = {"holds": "●", "fails": "○", "undecided": "◐", "reversed": "◀"}


def page(document: Document, drawings: Mapping[str, bytes]) -> str:
    """Give the whole report as a page that needs nothing beside it.

    Parameters
    ----------
    document : Document
    drawings : mapping
        The figures as SVG, by name.
    """
    contents = "".join(f'<li><a href="#{section.key}">{inline(section.title)}</a></li>' for section in document.sections)
    body = "".join(_section(section, drawings) for section in document.sections)
    contents = f'<nav aria-label="Contents"><h2>Contents</h2><ol>{contents}</ol></nav>\n'
    if document.front:
        front = "".join(_section(section, drawings) for section in document.front)
        main = (
            f'<main>\n<div class="front">\n{front}</div>\n<details id="behind">\n<summary>{BEHIND}</summary>\n{contents}'
            f'<div class="behind">\n{body}</div>\n</details>\n</main>'
        )
    else:
        main = f'{contents}<main class="behind">\n{body}</main>'
    style = Path(__file__).with_name("report.css").read_text("utf-8")
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html.escape(re.sub(r'\\(.)', r'\1', document.title))}</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        f'<header><h1>{inline(document.title)}</h1><p class="subtitle">{inline(document.subtitle)}</p></header>\n'
        f"{main}\n</body>\n</html>\n"
    )


def _section(section: Section, drawings: Mapping[str, bytes]) -> str:
    blocks = "\n".join(_block(block, drawings) for block in section.blocks)
    return f'<section id="{section.key}">\n<h2>{inline(section.title)}</h2>\n{blocks}\n</section>\n'


def _block(block: Block, drawings: Mapping[str, bytes]) -> str:
    match block:
        case Text(text, kind):
            return f'<p class="{kind}">{inline(text)}</p>' if kind else f"<p>{inline(text)}</p>"
        case Items(items):
            return "<ul>" + "".join(f"<li>{inline(item)}</li>" for item in items) + "</ul>"
        case Table():
            return _table(block)
        case Figure(name, _, caption, alt):
            drawing = inline_svg(drawings[name].decode(), name, alt)
            return f'<figure class="drawing"><div class="wide">{drawing}</div><figcaption>{inline(caption)}</figcaption></figure>'
        case Code(lines):
            return f"<pre><code>{html.escape('\n'.join(lines), quote=False)}</code></pre>"


def _table(table: Table) -> str:
    sides = [' class="right"' if side == "r" else "" for side in table.align]
    head = "".join(f'<th scope="col"{side}>{inline(name)}</th>' for name, side in zip(table.columns, sides, strict=True))
    rows = []
    for row in table.rows:
        first, *rest = zip(row, sides, strict=True)
        cells = [f'<th scope="row">{_cell(first[0])}</th>', *(f"<td{side}>{_cell(cell)}</td>" for cell, side in rest)]
        rows.append(f"<tr>{''.join(cells)}</tr>\n")
    return (
        f'<figure class="table"><figcaption>{inline(table.caption)}</figcaption><div class="wide" tabindex="0"><table>'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{''.join(rows)}</tbody></table></div></figure>"
    )


def _cell(cell: Cell) -> str:
    if not isinstance(cell, Badge):
        return inline(cell)
    sign = SIGNS.get(cell.word, "")
    detail = f' <span class="detail">{inline(cell.detail)}</span>' if cell.detail else ""
    return (
        f'<span class="word {html.escape(cell.word)}"><span aria-hidden="true">{sign}</span> {inline(cell.word)}</span>{detail}'
    )


def inline_svg(drawing: str, name: str, alt: str) -> str:
    """Make a drawing part of a page: no prolog, no outside names, and ids that no other drawing has."""
    drawing = drawing[drawing.index("<svg") :]
    drawing = re.sub(r"<metadata>.*?</metadata>", "", drawing, flags=re.DOTALL)
    drawing = re.sub(r' xmlns(:\w+)?="[^"]*"', "", drawing).replace("xlink:href", "href")
    for before, after in ((' id="', f' id="{name}-'), ("url(#", f"url(#{name}-"), ('href="#', f'href="#{name}-')):
        drawing = drawing.replace(before, after)
    size = re.match(r'<svg [^>]*?width="([\d.]+)pt"', drawing)
    width = float(size[1]) if size else 500.0
    opening = f'<svg role="img" aria-label="{html.escape(alt)}" style="width:{width / 0.68:.0f}px"'
    return re.sub(r'^<svg( width="[^"]*"| height="[^"]*")*', opening, drawing)


def inline(text: str) -> str:
    """Text with its marks as HTML, everything else escaped."""
    pieces, at = [], 0
    for found in MARK.finditer(text):
        pieces += [html.escape(text[at : found.start()], quote=False), _marked(found)]
        at = found.end()
    return "".join(chain(pieces, [html.escape(text[at:], quote=False)]))


def _marked(found: re.Match[str]) -> str:
    for kind, tag in (("strong", "strong"), ("stressed", "em")):
        if found[kind] is not None:
            return f"<{tag}>{inline(found[kind])}</{tag}>"
    if found["code"] is not None:
        return f"<code>{html.escape(found['code'], quote=False)}</code>"
    return html.escape(found["sign"], quote=False)
