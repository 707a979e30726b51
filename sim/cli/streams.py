"""Standard output and standard error as the command line writes to them: whatever reads them, the work is not lost."""

import codecs
import errno
import io
import json
import os
import sys
from typing import Any, TextIO

from sim.errors import UserError


class Stream(io.FileIO):
    """A standard stream. Once it cannot be written, what is left to say goes nowhere, and the work goes on.

    A reader that has had enough, such as ``head``, is no fault. What else is refused, such as by a full disk that output is
    sent to, is an error of standard output; of standard error, nobody can be told.
    """

    def write(self, data: Any) -> int:
        """Write bytes, or all of them to nowhere."""
        try:
            return super().write(data)
        except OSError as error:
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.fileno())
            if error.errno != errno.EPIPE and self.fileno() == 1:
                raise UserError(f"cannot be written: {error.strerror}; send it elsewhere", "standard output") from None
            return len(memoryview(data))


def _escaped(error: UnicodeError) -> tuple[str, int]:
    r"""Write signs that an encoding does not have as JSON does, ``\u2192``, so that what was JSON stays it."""
    assert isinstance(error, UnicodeEncodeError)
    return json.dumps(error.object[error.start : error.end])[1:-1], error.end


def prepare_streams() -> None:
    """Have standard output and standard error take every text, and outlive their readers."""
    codecs.register_error("escaped", _escaped)
    sys.stdout, sys.stderr = _prepared(sys.stdout, 1), _prepared(sys.stderr, 2)


def say_loading() -> None:
    """Tell a user at a terminal that something happens while packages are loaded; the next line is written over it."""
    if len(sys.argv) > 1 and not sys.argv[-1].startswith("--help") and sys.stderr.isatty():
        sys.stderr.write("loading …\r")
        sys.stderr.flush()


def _prepared(stream: TextIO | None, number: int) -> TextIO:
    if stream is None:  # it was closed
        return _stand_in()
    own = stream is (sys.__stdout__ if number == 1 else sys.__stderr__)  # and not of whoever calls from within Python
    if not own or not isinstance(getattr(stream.buffer, "raw", stream.buffer), io.FileIO):
        return stream
    stream.flush()
    buffer = io.BufferedWriter(Stream(number, "w", closefd=False))
    return io.TextIOWrapper(buffer, stream.encoding, "escaped", line_buffering=number == 2 or stream.isatty())


def _stand_in() -> TextIO:
    """Give a file for a closed stream, which takes its number: else the next file opened would, a result perhaps."""
    number = os.open(os.devnull, os.O_WRONLY)
    os.set_inheritable(number, True)  # a process that does chunks does not start without
    return os.fdopen(number, "w")
