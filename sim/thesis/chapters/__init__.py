"""The chapters of the report, each a function from a judgement to a section; what was not computed says so."""
