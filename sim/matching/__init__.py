"""History matching: worlds that the evidence does not rule out, and how well they foretell what came after."""
