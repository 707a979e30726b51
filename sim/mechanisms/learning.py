"""What the partners come to believe about a presser's resolve, from what it did when it could have acted.

Each way of learning is a function of the belief, its weight, the occasion (0 to 1: how far the presser's own rule
called for pressure), the act (0 to 1: how far it carried that out) and the adaptive rate, all of shape (R,).
"""

from collections.abc import Callable

from sim.arrays import Array

Learning = Callable[[Array, Array, Array, Array, Array], tuple[Array, Array]]


def bayes(belief: Array, weight: Array, occasion: Array, act: Array, rate: Array) -> tuple[Array, Array]:
    """Beta-Bernoulli learning with fractional occasions: the belief is the mean of a Beta of total count ``weight``.

    References
    ----------
    Gelman et al. (2013), Bayesian Data Analysis, 3rd ed., section 2.4.
    """
    heavier = weight + occasion
    return (belief * weight + act * occasion) / heavier, heavier


def adaptive(belief: Array, weight: Array, occasion: Array, act: Array, rate: Array) -> tuple[Array, Array]:
    """Move by a fixed share of the surprise per occasion (exponential smoothing)."""
    return belief + rate * occasion * (act - belief), weight


def none(belief: Array, weight: Array, occasion: Array, act: Array, rate: Array) -> tuple[Array, Array]:
    """Keep the first belief."""
    return belief, weight


LEARNING: dict[str, Learning] = {"bayes": bayes, "adaptive": adaptive, "none": none}
