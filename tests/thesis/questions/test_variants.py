"""Ways of writing the model."""

from small import BUDGET, problem, quiet, toy

from sim.thesis.questions import variants

PROBLEM = problem()


def test_variants_are_tried_one_at_a_time_or_crossed():
    single = variants.forms(PROBLEM)
    assert [(form.bargaining, form.response) for form in single] == [
        ("nash", "smoothstep"),
        ("heuristic", "smoothstep"),
        ("nash", "threshold"),
    ]
    crossed = variants.forms(problem(budgets={"quick": {**BUDGET, "crossed": True}}))
    assert len(crossed) == 4
    assert crossed[0] == single[0]


def test_only_what_punishes_is_written_otherwise():
    written = variants.written(PROBLEM, variants.Form("nash", "bayes", "threshold"))
    assert {name: rule.response for name, rule in written.rules.items()} == {
        "grandia_oil_valve": "threshold",
        "grandia_components": "threshold",
        "grandia_snubs_ostia": "smoothstep",
    }
    assert variants.written(PROBLEM, variants.own_form(PROBLEM)).hash == toy().hash


def test_the_first_row_is_that_of_the_scenario_itself():
    rows = variants.find(PROBLEM, {"variants": variants.simulate(PROBLEM, quiet)}, None).variants.rows
    assert [row.base for row in rows] == [True, False, False]
    assert rows[0].bargaining == "nash"
