"""Run the command line of the simulation from a checkout: ``uv run run_sim.py --help``."""

from sim.cli.start import main

if __name__ == "__main__":
    main()
