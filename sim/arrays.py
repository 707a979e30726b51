"""What most of the package computes with: arrays of numbers, one for each run."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

EPSILON = 1e-9  # amounts below this count as none, and no division is by less
