"""Pictures, from plain data or Datasets. Nothing here runs a simulation, needs a display or touches pyplot's state."""

from sim.plots.fans import evidence_charts, fan_charts
from sim.plots.months import limits_by_month, pressure_levels
from sim.plots.network import Flow, flows_of, trade_network
from sim.plots.outcomes import compare_figure, distributions
from sim.plots.page import summary_page
from sim.plots.posterior_numbers import numbers_before_after
from sim.plots.saved_run import draw_all
from sim.plots.sensitivity import indices, tornado
from sim.plots.style import Picture, save
from sim.plots.sweep_maps import heat_map
from sim.plots.sweep_points import parallel_coordinates, scatter_boxes
from sim.plots.sweep_spreads import quantile_fan_by_point, ridge

__all__ = [
    "Flow",
    "Picture",
    "compare_figure",
    "distributions",
    "draw_all",
    "evidence_charts",
    "fan_charts",
    "flows_of",
    "heat_map",
    "indices",
    "limits_by_month",
    "numbers_before_after",
    "parallel_coordinates",
    "pressure_levels",
    "quantile_fan_by_point",
    "ridge",
    "save",
    "scatter_boxes",
    "summary_page",
    "tornado",
    "trade_network",
]
