"""The command of the dashboard. As in `sim.cli.app`, everything but typer is imported within a command."""

from importlib.util import find_spec
from typing import Annotated

import typer

from sim.cli.options import Base
from sim.errors import UserError, install

app = typer.Typer()

NEEDED = ("solara", "solara_assets", "altair")


@app.command()
def dashboard(
    scenario: Base = "base",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port on this machine; 0 takes a free one.")] = 8765,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Whether to open a browser.")] = True,
) -> None:
    """Open a page on this machine: move the rules, play a run, compare thousands with and without Beijing."""
    if any(find_spec(package) is None for package in NEEDED):
        raise UserError(f"the dashboard needs further packages; {install('dashboard')} run_sim.py dashboard")
    from sim.dashboard.files import opened

    settings = opened(scenario)
    from sim.dashboard.server import serve

    serve(settings, port, browser=browser, say=typer.echo)
