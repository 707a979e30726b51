"""Figures and tables of a result by their names, each made only when it is asked for."""

from collections.abc import Callable, Iterator, Mapping

from sim.errors import suggest


class ByName[T](Mapping[str, T]):
    """A mapping whose values are made when they are first asked for, and then kept.

    Parameters
    ----------
    kind : str
        What the values are, for messages: "figure".
    makers : mapping
        What makes each value, by its name.
    """

    def __init__(self, kind: str, makers: Mapping[str, Callable[[], T]]) -> None:
        self._kind, self._makers = kind, dict(makers)
        self._made: dict[str, T] = {}

    def __getitem__(self, name: str) -> T:
        if name not in self._makers:
            raise KeyError(f"there is no {self._kind} {name!r}; {suggest(str(name), self._makers)}")
        if name not in self._made:
            self._made[name] = self._makers[name]()
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)

    def __contains__(self, name: object) -> bool:
        return name in self._makers

    def __repr__(self) -> str:
        return f"{self._kind}s: {', '.join(self)}"

    def _ipython_key_completions_(self) -> list[str]:
        return list(self)
