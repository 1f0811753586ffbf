"""What a city has prepared for a crisis or a season, and a policy with that laid over it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from peygir.calendars.durations import Span
from peygir.policy.model import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """A time-boxed change of a policy: nothing of it holds until two people have switched it on."""

    code: str
    words: Words
    kind: Literal["crisis", "season"]
    by: str  # the role that may switch it on, and off
    second: str  # the role whose second confirmation it takes; never the same person
    longest: timedelta
    banner: Words  # what has happened, in one sentence, on every page
    advice: Words | None = None  # what people should do
    short: bool = False  # reports need only words and a place
    one_tap: tuple[str, ...] = ()  # categories that the short form offers as buttons
    due_by_class: Mapping[str, Span] = field(default_factory=dict)
    due_by_stage: Mapping[str, Span] = field(default_factory=dict)
    pause: str | None = None  # the whitelisted reason for which clocks may stand still
    pause_classes: tuple[str, ...] = ()  # of these classes only; empty: of all
    texts: Mapping[str, Words] = field(default_factory=dict)  # instead of the city's, by key


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Where an overlay holds; an empty part is no limit."""

    districts: tuple[int, ...] = ()
    classes: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()

    def holds(self, district: int | None, class_code: str, category: str) -> bool:
        """Whether a case of this place and subject is meant; what is not known yet is not."""
        return (
            _within(district, self.districts)
            and _within(class_code, self.classes)
            and _within(category, self.categories)
        )


def _within(value: object, limit: Collection[object]) -> bool:
    return not limit or value in limit
