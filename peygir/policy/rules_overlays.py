"""What must hold for overlays: switched by two, for a time, and nothing goes silent meanwhile."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Final

from peygir.policy import rules_texts
from peygir.policy.findings import Finding, Rule
from peygir.policy.model import CityPolicy, Words
from peygir.policy.overlay import Overlay
from peygir.policy.spans import wall

FILE: Final = "overlays.toml"
LONGEST: Final = timedelta(days=90)
DUE_MAX: Final = timedelta(days=30)  # of any deadline while an overlay holds
#: The one message to everybody who reported an incident; an overlay that groups must say it.
INCIDENT: Final = "sms.incident"


def laid_over(policy: CityPolicy, overlay: Overlay) -> CityPolicy:
    """`policy` with the times allowed that hold under `overlay`. Its texts stay."""
    classes = {
        code: replace(one, due=overlay.due_by_class.get(code, one.due))
        for code, one in policy.classes.items()
    }
    stages = {
        code: replace(one, due=overlay.due_by_stage.get(code, one.due))
        for code, one in policy.stages.items()
    }
    return replace(policy, classes=classes, stages=stages)


def people_can_switch(policy: CityPolicy) -> Iterator[Finding]:
    posts = policy.organisation.posts.values()
    for overlay in policy.overlays.values():
        key = f"overlays.{overlay.code}"
        for name, role in (("by", overlay.by), ("second", overlay.second)):
            holders = sum(role in post.roles for post in posts)
            if holders < (2 if overlay.by == overlay.second else 1):
                yield Finding(FILE, f"{key}.{name}", f"no post for it has the role “{role}”")
        if overlay.longest > LONGEST:
            yield Finding(FILE, f"{key}.longest", f"is longer than {LONGEST.days} days")
        if overlay.pause_classes and overlay.pause is None:
            yield Finding(FILE, f"{key}.pause_classes", "has no meaning without “pause”")


def deadlines_stay(policy: CityPolicy) -> Iterator[Finding]:
    for overlay in policy.overlays.values():
        for name in ("due_by_class", "due_by_stage"):
            for code, span in getattr(overlay, name).items():
                if wall(span, policy.calendar) > DUE_MAX:
                    reason = f"may last longer than {DUE_MAX.days} days"
                    yield Finding(FILE, f"overlays.{overlay.code}.{name}.{code}", reason)


def texts_hold(policy: CityPolicy) -> Iterator[Finding]:
    """Each replaces a text that there is, in both languages, and fits where it is sent."""
    for overlay in policy.overlays.values():
        key = f"overlays.{overlay.code}.texts"
        for name in overlay.texts:
            if name not in policy.texts and name != INCIDENT:
                yield Finding(FILE, f"{key}.fa.{name}", "replaces no text of the city")
        if overlay.kind == "crisis" and INCIDENT not in overlay.texts:
            yield Finding(FILE, f"{key}.fa.{INCIDENT}", "is missing")
        said = replace(policy, texts=dict(overlay.texts))
        statuses = {k: w for k, w in policy.texts.items() if k.startswith("status.")}
        for rule in (rules_texts.placeholders_agree, rules_texts.messages_fit):
            for finding in rule(replace(said, texts=statuses | dict(overlay.texts))):
                yield Finding(FILE, f"{key}.{finding.key}", finding.reason)
        yield from _languages(overlay, key)


def _languages(overlay: Overlay, key: str) -> Iterator[Finding]:
    own = {"": overlay.words, "banner.": overlay.banner, **overlay.texts}
    if overlay.advice is not None:
        own["advice."] = overlay.advice
    for name, words in own.items():
        for language in rules_texts.wrong_languages(words):
            reason = "is not English" if language == "en" else "has no Persian letter"
            yield Finding(FILE, f"{key}.{name}{language}", reason)


OVERLAYS = (
    Rule(
        Words(
            fa="هر لایهٔ بحران یا مناسبت دو تأییدکننده و پایان دارد",
            en="Every overlay has two people to switch it on, and an end",
        ),
        people_can_switch,
    ),
    Rule(
        Words(
            fa="مهلت‌های زمان بحران هم پایان دارند",
            en="Deadlines stay bounded while an overlay holds",
        ),
        deadlines_stay,
    ),
    Rule(
        Words(
            fa="متن‌های بحران در هر دو زبان کامل است و جا می‌شود",
            en="What an overlay says is complete in both languages, and fits",
        ),
        texts_hold,
    ),
)
