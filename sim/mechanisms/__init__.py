"""Pure functions of arrays and the tables that name what they take: no agent, no file."""
