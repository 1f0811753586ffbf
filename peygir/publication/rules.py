"""Rule sets: all that an outsider needs to compute the city's figures, as one canonical file.

Names of units, posts, subjects and endings; times allowed; what counts for the score. Never the
name of a person, and no text of a message.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from peygir.calendars.durations import Span
from peygir.cases.models import PolicyVersion
from peygir.cases.policies import by_digest
from peygir.ledger.log import files
from peygir.ledger.models import Head
from peygir.policy.model import CityPolicy, Words
from peygir.policy.vocabulary import SCORED_KINDS
from peygir.publication.meaning import ending_kind
from peygir.publication.models import RuleSet
from peygir.publication.shape import CHANNELS, SYSTEM, VERSION, check
from peygir.publication.terms import offices
from peygir.verify.canonical import encode

LATE_CHANNELS: Final = ("letter", "in_person")  # entered from paper, a day later at times
ZONE_AT: Final = datetime(2025, 1, 1, tzinfo=UTC)  # the zone's offset; Iran has had one since 2022

Rules = dict[str, Any]


def rule_set(policy: CityPolicy) -> Rules:
    """The rule set of a policy: pure, so that the same policy gives the same file."""
    org, scores = policy.organisation, policy.scores
    online, handset = (int(each.total_seconds()) for each in (scores.online, scores.handset))
    offset = _offset(policy.calendar.zone)
    return {
        "v": VERSION,
        "digest": policy.digest,
        "city": {"code": policy.name, **_words(policy.words)},
        "calendar": {
            "kind": "jalali",
            "zone": policy.calendar.zone,
            "offset_s": offset,
            "first_weekday": "saturday",
        },
        "units": {code: _unit(policy, code) for code in org.units},
        "posts": {
            post.code: {"unit": post.unit, "head": post.head, **_words(post.words)}
            for post in org.posts.values()
        },
        "districts": {str(number): _words(words) for number, words in org.districts.items()},
        "groups": {code: _words(words) for code, words in policy.groups.items()},
        "categories": {
            one.code: {"grp": one.group, "cls": one.class_code, **_words(one.words)}
            for one in policy.categories.values()
        },
        "kinds": {
            code: {"sealed": kind.sealed, **_words(kind)} for code, kind in policy.kinds.items()
        },
        "classes": {
            one.code: {"outside": one.outside, **_allowed(one.due), **_words(one.words)}
            for one in policy.classes.values()
        },
        "endings": {
            one.code: {"kind": ending_kind(one), **_words(one.words)}
            for one in policy.endings.values()
        },
        "pauses": {
            one.code: {"longest_s": int(one.longest.total_seconds()), **_words(one.words)}
            for one in policy.pauses.values()
        },
        "channels": [*CHANNELS, SYSTEM],
        "points": {
            "version": policy.points.version,
            "breach": policy.points.breach,
            "rung": policy.points.rung,
        },
        "offices": offices(policy),
        "scored": [code for code, unit in org.units.items() if unit.kind in SCORED_KINDS],
        "peers": {
            kind: [code for code, unit in org.units.items() if unit.kind == kind]
            for kind in SCORED_KINDS
        },
        "weights": {
            "version": scores.version,
            "parts": dict(scores.parts),
            "classes": dict(scores.classes),
            "penalties": dict(scores.penalties),
            "penalty_cap": scores.penalty_cap,
            "rank_by": scores.rank_by,
        },
        "tolerance_s": {
            **{each: handset if each in LATE_CHANNELS else online for each in CHANNELS},
            SYSTEM: online,
            "field": handset,
        },
        "small_cell": scores.small_cell,
        "ranked_from": scores.ranked_from,
        "late_window_s": int(scores.late_window.total_seconds()),
    }


def _offset(zone: str) -> int:
    """Of a zone's time from UTC, in seconds."""
    found = ZONE_AT.astimezone(ZoneInfo(zone)).utcoffset()
    assert found is not None, "an aware time has one"
    return int(found.total_seconds())


@lru_cache(maxsize=16)
def file_of(digest: str) -> bytes:
    """The rule set of an adopted policy as it is published."""
    return encode(rule_set(by_digest(digest)))


class Published:
    """The rule sets that this year's log names, and the adding of one."""

    def __init__(self) -> None:
        self.year = Head.objects.values_list("year", flat=True).get()
        self.files = dict(RuleSet.objects.filter(year=self.year).values_list("digest", "file"))

    def __contains__(self, digest: str) -> bool:
        return digest in self.files

    def add(
        self, digest: str, *, since: int | None = None, units: Sequence[Sequence[Any]] = ()
    ) -> Mapping[str, Any]:
        """Publish the file once, and give the leaf that names it.

        `since`: epoch seconds from which it is in force (None: as the version was adopted);
        `units`: [unit, epoch seconds] where it takes force unit by unit.
        """
        if digest not in self.files:
            self.files[digest] = _publish(self.year, digest)
        body: Rules = {
            "t": "ruleset.published",
            "v": VERSION,
            "digest": digest,
            "file": self.files[digest],
            "from": _valid_from(digest) if since is None else since,
        }
        if units:
            body["units"] = [list(pair) for pair in units]
        check(body)
        return body


def _publish(year: int, digest: str) -> str:
    """Write the file unless it is there; what is there stays, whatever this release would say."""
    path = files.rules_file(year, digest)
    data = path.read_bytes() if path.exists() else file_of(digest)
    files.write_once(path, data)
    files.settle([path])
    named = hashlib.sha256(data).hexdigest()
    RuleSet.objects.create(year=year, digest=digest, file=named)
    return named


def _valid_from(digest: str) -> int:
    start = PolicyVersion.objects.values_list("valid_from", flat=True).get(pk=digest)
    return int(start.timestamp())


def _unit(policy: CityPolicy, code: str) -> Rules:
    unit = policy.organisation.units[code]
    found: Rules = {"kind": unit.kind, "scored": policy.organisation.scored(code)}
    if unit.parent is not None:
        found["parent"] = unit.parent
    if unit.district is not None:
        found["dist"] = unit.district
    return found | _words(unit.words)


def _allowed(span: Span) -> Rules:
    """A time allowed: `sla_s` seconds, or `sla_days` working days."""
    if span.mode == "working_days":
        return {"mode": span.mode, "sla_days": span.days}
    return {"mode": span.mode, "sla_s": int(span.amount.total_seconds())}


def _words(words: Words) -> Rules:
    return {"fa": words.fa, "en": words.en}
