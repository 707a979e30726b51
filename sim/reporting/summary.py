"""What shows itself by its finding in a few words, where a notebook or a prompt shows it."""

from sim.reporting.document import bare
from sim.reporting.html import inline

MORE = "Its `figures` and `tables` have the rest."


class Summarised:
    """What shows itself by its finding in plain words, and not by all of its fields."""

    def _sentences(self) -> list[str]:
        """Sentences or paragraphs, with the marks of a report."""
        raise NotImplementedError

    def summary(self) -> str:
        """Tell the finding in plain words, as a notebook shows it."""
        return "\n".join(bare(text) for text in self._sentences())

    def __repr__(self) -> str:
        return self.summary()

    def __str__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        return "".join(f"<p>{inline(text)}</p>" for text in [*self._sentences(), MORE])
