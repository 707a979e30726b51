"""The commands of sweeps. As in `sim.cli`, everything but typer is imported within a command."""
