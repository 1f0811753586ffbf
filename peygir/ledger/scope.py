"""What a check of derived rows against their events is given: see `settings.REPLAY_CHECKS`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db.models import Q


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of everything, so that a night's work does not grow with the years.

    `cases`: what belongs to these cases. `events`: what belongs to events from behind the first id
    up to the second one. `rules`: what belongs to neither, such as the organisation. A check leaves
    out what it has nothing to say about.
    """

    cases: Sequence[int] = ()
    events: tuple[int, int] | None = None
    rules: bool = False

    def of_events(self, case: str = "subject_id", event: str = "id") -> Q:
        """Those of its events; or rows of them, by the names of their two fields."""
        found = Q(pk__in=[])
        if self.cases:
            found |= Q(**{f"{case}__in": [*self.cases]})
        if self.events is not None:
            after, upto = self.events
            found |= Q(**{f"{event}__gt": after, f"{event}__lte": upto})
        return found


class Scope:
    """How much is checked, and who is told how far it got.

    `sample`: that many cases chosen at random; None: all of them. `part`: nothing but this.
    `advance(done, total)` is called after every batch; `counted` says afterwards how many things
    each check looked at.
    """

    def __init__(
        self,
        *,
        sample: int | None = None,
        part: Part | None = None,
        advance: Callable[[int, int], None] | None = None,
    ) -> None:
        self.sample = sample
        self.part = part
        self.advance = advance or (lambda done, total: None)
        self.counted: dict[str, int] = {}

    @property
    def has_rules(self) -> bool:
        """Whether what belongs to no case and no event is checked."""
        return self.part is None or self.part.rules
