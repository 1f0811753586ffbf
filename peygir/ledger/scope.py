"""What a check of derived rows against their events is given: see `settings.REPLAY_CHECKS`."""

from collections.abc import Callable


class Scope:
    """How much is checked, and who is told how far it got.

    `sample`: that many cases chosen at random; None: all of them. `advance(done, total)` is called
    after every batch; `counted` says afterwards how many things each check looked at.
    """

    def __init__(
        self, *, sample: int | None = None, advance: Callable[[int, int], None] | None = None
    ) -> None:
        self.sample = sample
        self.advance = advance or (lambda done, total: None)
        self.counted: dict[str, int] = {}
