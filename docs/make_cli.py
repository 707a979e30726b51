"""Write docs/reference/cli.md from the help of the command line.

``uv run docs/make_cli.py`` writes it; a test fails while it is behind the code.
"""

from pathlib import Path
from typing import Any

import typer
from make_reference import code, table
from typer.main import get_command

from sim.cli.app import app

PAGE = Path(__file__).resolve().parent / "reference" / "cli.md"
PROGRAM = "beijing-cap"

HEAD = f"""# Command line

`{PROGRAM}` is the installed program. In a checkout, `uv run run_sim.py` is the same. `--help` after any command shows what
stands here.

An error that you can mend ends with one message and code 2, an interrupt with code 130, and any other failure with code 1.
"""


def page() -> str:
    """Every command, with its arguments and options."""
    commands: dict[str, Any] = get_command(app).commands
    parts = [HEAD, table(("command", "what it does"), [(f"[`{name}`](#{name})", _help(each)) for name, each in commands.items()])]
    parts += [section(name, command) for name, command in commands.items()]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def section(name: str, command: Any) -> str:
    """Describe one command."""
    context = typer.Context(command, info_name=f"{PROGRAM} {name}")
    usage = " ".join([PROGRAM, name, *command.collect_usage_pieces(context)])
    rows = []
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record and parameter.name != "help":
            rows.append((code(record[0]), record[1]))
    return f"## {name}\n\n{_help(command)}\n\n```console\n{usage}\n```\n\n{table(('argument or option', 'meaning'), rows)}"


def _help(command: Any) -> str:
    return " ".join((command.help or "").split())


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
