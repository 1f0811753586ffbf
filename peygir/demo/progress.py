"""A progress bar for commands: on a terminal a bar, in a log nothing but the end."""

from typing import Any


class Progress:
    """Shows how far a command got. `stream`: a command's stderr."""

    def __init__(self, stream: Any, total: int) -> None:
        self.stream = stream
        self.total = max(total, 1)
        self.shows = bool(getattr(stream, "isatty", lambda: False)())
        self.last = -1

    def to(self, done: int, words: str = "") -> None:
        """`done` of `total` are done; redraws only when something changed to the eye."""
        share = min(100 * done // self.total, 100)
        if not self.shows or (share == self.last and not words):
            return
        self.last = share
        bar = "█" * (share * 30 // 100)
        self.stream.write(f"\r  {bar:<30} {share:3} % {words}", ending="")
        self.stream.flush()

    def end(self) -> None:
        if self.shows:
            self.to(self.total)
            self.stream.write("")
