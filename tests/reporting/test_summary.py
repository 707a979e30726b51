"""What shows itself by its finding."""

from sim.reporting.summary import Summarised


class Finding(Summarised):
    def _sentences(self):
        return ["**Yes**, by `a < b`.", "And *no*."]


def test_it_is_plain_in_a_prompt_and_marked_in_a_notebook():
    assert repr(Finding()) == str(Finding()) == Finding().summary() == "Yes, by a < b.\nAnd no."
    assert "<p><strong>Yes</strong>, by <code>a &lt; b</code>.</p>" in Finding()._repr_html_()
