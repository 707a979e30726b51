"""The command of the dashboard. As in `sim.cli`, everything but typer is imported within a command."""
