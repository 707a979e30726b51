"""The command of history matching. As in `sim.cli`, everything but typer is imported within a command."""
