"""A report as Markdown, with its figures as files beside it."""

import re

from sim.reporting.document import BEHIND, Badge, Block, Cell, Code, Document, Figure, Items, Table, Text

SAFE = {"<": "&lt;", "[": "\\["}  # a report has no links of its own


def markdown(document: Document, kind: str = "svg") -> str:
    """Give the whole report as Markdown, with its figures looked for in the folder ``figures`` as ``<name>.<kind>``."""
    parts = [f"# {_inline(document.title)}", _inline(document.subtitle)]
    for section in document.front:
        parts += [f"## {_inline(section.title)}", *(_block(block, kind) for block in section.blocks)]
    parts += [f"# {BEHIND}"] if document.front else []
    for number, section in enumerate(document.sections, 1):
        parts.append(f"## {number}. {_inline(section.title)}")
        parts += [_block(block, kind) for block in section.blocks]
    return "\n\n".join(parts) + "\n"


def _block(block: Block, kind: str) -> str:
    match block:
        case Text(text, "note"):
            return f"> {_inline(text)}"
        case Text(text):
            return _inline(text)
        case Items(items):
            return "\n".join(f"- {_inline(item)}" for item in items)
        case Table():
            return _table(block)
        case Figure(name, _, caption, alt):
            return f"![{_inline(alt)}](figures/{name}.{kind})\n\n*{_inline(caption)}*"
        case Code(lines):
            return "\n".join(["```sh", *lines, "```"])


def _table(table: Table) -> str:
    rule = [{"l": ":---", "r": "---:"}[side] for side in table.align]
    rows = [[_cell(cell) for cell in row] for row in table.rows]
    lines = [" | ".join(row) for row in ([_cell(name) for name in table.columns], rule, *rows)]
    return f"*{_inline(table.caption)}*\n\n" + "\n".join(f"| {line} |" for line in lines)


def _cell(cell: Cell) -> str:
    text = f"**{cell.word}** {cell.detail}".strip() if isinstance(cell, Badge) else cell
    return _inline(text).replace("|", "\\|")


def _inline(text: str) -> str:
    """Marks are those of Markdown already; what would be read as HTML, a link or a picture is kept from it. Code is safe."""
    return re.sub(r"\\.|`[^`]+`|[<[]", lambda found: SAFE.get(found[0], found[0]), text)
