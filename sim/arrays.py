"""What most of the package computes with: arrays of numbers, one for each run."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
