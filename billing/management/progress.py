"""A bar that shows how far a long command is: on a terminal only, and only once a second has passed."""

import time
from types import TracebackType
from typing import Self, TextIO

WIDTH = 30
PATIENCE = 1.0
# Seconds between two drawings.
PAUSE = 0.1


class Bar:
    """`expected` may be an estimate: the bar is full only when the work is done. `verb`: what is done to each."""

    def __init__(self, stream: TextIO, expected: int, verb: str = "compared") -> None:
        self._verb = verb
        self._stream = stream if stream.isatty() else None
        self._expected = max(expected, 1)
        self._drawn_at = time.monotonic() + PATIENCE - PAUSE
        self._length = 0

    def show(self, label: str, done: int) -> None:
        if self._stream is None or time.monotonic() - self._drawn_at < PAUSE:
            return
        share = min(done / self._expected, 0.99)
        full = int(share * WIDTH)
        self._draw(f"[{'#' * full}{'.' * (WIDTH - full)}] {share:4.0%}  {done:,} {self._verb}, now {label}")
        self._drawn_at = time.monotonic()

    def _draw(self, line: str) -> None:
        assert self._stream is not None
        self._stream.write("\r" + line.ljust(self._length))
        self._stream.flush()
        self._length = len(line)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """The bar goes; what the command prints remains."""
        if self._length:
            self._draw("")
            self._draw("")
