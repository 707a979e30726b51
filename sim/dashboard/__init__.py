"""The dashboard: a page on the loopback address that steps a run and runs ensembles."""
