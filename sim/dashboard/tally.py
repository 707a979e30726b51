"""How far an ensemble is, and whether it is still wanted: in memory that the page shares with the processes that are at it."""

import struct
from contextlib import suppress
from multiprocessing.shared_memory import SharedMemory
from types import TracebackType
from typing import Self
from weakref import WeakSet

WORD = struct.calcsize("d")


class Unwanted(Exception):
    """Nobody waits for this work any more."""


class Tally:
    """Runs done in each part of a work, and a word that stops it. Pickled, it is the same tally in another process.

    Each part counts in a place of its own, so nobody waits for a lock.

    Parameters
    ----------
    parts : int
        Of the work, such as the worlds of a comparison.
    """

    def __init__(self, parts: int) -> None:
        self._parts = parts
        self._memory: SharedMemory | None = SharedMemory(create=True, size=WORD * (1 + parts))
        self._bytes = _bytes_of(self._memory)
        _open.add(self)
        self.reset()

    def __getstate__(self) -> tuple[int, str]:
        assert self._memory is not None
        return self._parts, self._memory.name

    def __setstate__(self, state: tuple[int, str]) -> None:
        """Share the memory of the process that began the work. Where it was given back meanwhile, the work is unwanted."""
        self._parts, name = state
        try:
            self._memory = SharedMemory(name)
            self._bytes = _bytes_of(self._memory)
        except FileNotFoundError:
            self._memory, self._bytes = None, memoryview(bytearray(WORD * (1 + self._parts)))
            self.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Give the memory back."""
        _open.discard(self)
        assert self._memory is not None  # it is the process that began the work
        with suppress(FileNotFoundError):  # the program is ending, and has given it back before
            self._memory.unlink()

    @property
    def done(self) -> float:
        """Runs of all parts that are done."""
        return sum(self._read(1 + part) for part in range(self._parts))

    def add(self, part: int, runs: float) -> None:
        """Count runs of a part.

        Raises
        ------
        Unwanted
            If the work was stopped.
        """
        if self._read(0):
            raise Unwanted
        self._write(1 + part, self._read(1 + part) + runs)

    def stop(self) -> None:
        """Have all parts end when they count next."""
        self._write(0, 1.0)

    def reset(self) -> None:
        """Begin from nothing."""
        for place in range(1 + self._parts):
            self._write(place, 0.0)

    def _read(self, place: int) -> float:
        value: float = struct.unpack_from("d", self._bytes, WORD * place)[0]
        return value

    def _write(self, place: int, value: float) -> None:
        struct.pack_into("d", self._bytes, WORD * place, value)


def _bytes_of(memory: SharedMemory) -> memoryview:
    assert memory.buf is not None  # it is never closed before its tally goes
    return memory.buf


_open: "WeakSet[Tally]" = WeakSet()  # of this process


def stop_all() -> None:
    """Stop all work, and give back the memory by which it is stopped, as the program is ending."""
    for tally in list(_open):
        tally.stop()
        tally.__exit__(None, None, None)
