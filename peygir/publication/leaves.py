"""Events as leaves of the public log (`settings.LEAVES`). What no leaf may say: ADR 0022."""

import hashlib
import hmac
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from django.conf import settings

from peygir.cases.models import Case, Referral
from peygir.cases.policies import by_digest
from peygir.ledger.entry import Recorded
from peygir.ledger.log.draft import ChainState, Draft
from peygir.ledger.models import Chain, Leaf
from peygir.people.models import CaseKey
from peygir.publication import meaning, rules, vocabulary
from peygir.publication.commit import AUDITOR, PRIVATE, committed, public_id
from peygir.publication.shape import VERSION, check
from peygir.verify.canonical import to_base64url

Body = dict[str, Any]

REGISTERED: Final = "case.registered"
ERASED: Final = "papers.erased"
POLICY: Final = frozenset({"policy.adopted", "policy.took_force", "policy.extended"})
BLINDED: Final = (("c", PRIVATE), ("ca", AUDITOR))
NOT_YET: Final = {"case": "A" * 22, "n": 0, "prev": ""}  # what the log itself adds


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What leaves need beside the events: read in a few queries for a whole batch."""

    codes: Mapping[int, str] = field(default_factory=dict)  # case -> tracking code
    sealed: frozenset[int] = frozenset()
    keys: Mapping[int, bytes] = field(default_factory=dict)  # case -> its key, until it is erased
    posts: Mapping[tuple[int, int], str] = field(default_factory=dict)  # (case, referral) -> post
    publics: Mapping[int, bytes] = field(default_factory=dict)  # cases that others are merged into


def leaves(events: Sequence[Recorded], chains: Mapping[int, ChainState]) -> Iterator[Draft]:
    """The drafts of `events`, in their order; a rule set goes before the first case under it.

    A case that began before the log did is not in it. Runs inside the sequencer's transaction.
    """
    known = know(events, chains)
    begun = {subject for subject in chains if chains[subject].public}
    published = rules.Published()
    told: set[int] = set()
    for event in events:
        if event.kind in POLICY:
            yield _ruleset(event, published)
        elif event.kind == "appeal.accepted" and _is_told(event.facts.get("event"), told):
            yield _reversal(event)
        elif event.kind == ERASED and event.subject_id in begun:
            yield of_case(event, _erased(event, known), known)
        elif event.subject == "case":
            draft = _case(event, known, begun)
            if draft is not None:
                if event.kind == REGISTERED and event.policy not in published:
                    yield Draft(event_id=None, subject_id=None, body=published.add(event.policy))
                told.add(event.id)
                yield draft


def know(events: Sequence[Recorded], chains: Mapping[int, ChainState]) -> Known:
    """Everything that the leaves of `events` need and that is not in them."""
    ids = {event.subject_id for event in events if event.subject == "case"}
    leads = {lead for event in events if (lead := _lead(event)) is not None}
    erased = {event.subject_id for event in events if event.kind == ERASED}
    rows = list(Case.objects.filter(pk__in=ids | erased).values_list("pk", "code", "sealed"))
    keys = CaseKey.objects.filter(case_id__in=ids | leads).values_list("case_id", "key")
    fired = {e.subject_id for e in events if e.kind == "clock.fired" and e.clock}
    posts = Referral.objects.filter(case_id__in=fired).exclude(post="") if fired else ()
    kept = Chain.objects.filter(pk__in=leads) if leads else ()
    found = {case: bytes(key) for case, key in keys}
    return Known(
        codes={pk: code for pk, code, _sealed in rows},
        sealed=frozenset(pk for pk, _code, sealed in rows if sealed),
        keys=found,
        posts={(each.case_id, each.number): each.post for each in posts},
        publics={lead: public_id(found[lead]) for lead in leads if lead in found}
        | {chain.subject_id: bytes(chain.public) for chain in kept},
    )


def telling(event: Recorded, known: Known) -> Callable[[int], Body] | None:
    """The leaf of an event about a case, by its place in the case's chain, but for what the log
    adds (`case`, `n`, `prev`); None: it has none."""
    plain = _plain(event, known)
    return None if plain is None else partial(_body, event, known, plain)


def hidden(event: Recorded, known: Known) -> Body | None:
    """What the leaf of an event hides from the public and shows to an auditor; None: nothing."""
    body = _plain(event, known)
    return None if body is None else _exact(event, known, body)


def _plain(event: Recorded, known: Known) -> Body | None:
    """The leaf as it were if nothing of the case were sealed."""
    post = known.posts.get((event.subject_id, event.clock or 0), "")
    plain = meaning.of_event(event, by_digest(event.policy), post)
    lead = _lead(event)
    if plain is not None and lead is not None and lead in known.publics:
        plain["into"] = to_base64url(known.publics[lead])
    return plain


def _exact(event: Recorded, known: Known, plain: Mapping[str, Any]) -> Body | None:
    """Subject and place; of a sealed case also what an open leaf would have said."""
    exact = meaning.auditable(event)
    return {**plain, **(exact or {})} if event.subject_id in known.sealed else exact


def _body(event: Recorded, known: Known, plain: Mapping[str, Any], n: int) -> Body:
    case = event.subject_id
    exact = _exact(event, known, plain)
    private = {"papers": (event.papers or b"").hex(), "code": known.codes.get(case, "")}
    key = known.keys.get(case)
    if case in known.sealed:
        body: Body = {"t": _sealed_type(plain), "v": VERSION}
    else:
        body = {**plain, "v": VERSION}
    if case in known.sealed or event.kind == REGISTERED or event.papers is not None:
        body["c"] = _committed(key, event, n, PRIVATE, private)
    if exact is not None:
        body["ca"] = _committed(key, event, n, AUDITOR, exact)
    check(NOT_YET | body)
    vocabulary.check(body, event.policy)
    return body


def _committed(
    key: bytes | None, event: Recorded, n: int, which: bytes, values: Mapping[str, Any]
) -> str:
    """Of a case whose key is gone: 32 bytes that hold nothing, and the same whenever asked."""
    if key is not None:
        return committed(key, n, which, values)
    said = b"erased" + event.id.to_bytes(8, "big") + which
    return to_base64url(hmac.new(settings.SECRET_KEY.encode(), said, hashlib.sha256).digest())


def _case(event: Recorded, known: Known, begun: set[int]) -> Draft | None:
    case = event.subject_id
    if event.kind != REGISTERED and case not in begun:
        return None
    body = telling(event, known)
    if body is None:
        return None
    begun.add(case)
    return of_case(event, body, known)


def of_case(event: Recorded, body: Body | Callable[[int], Body], known: Known) -> Draft:
    key = known.keys.get(event.subject_id)
    public = None
    if event.kind == REGISTERED:
        public = public_id(key or event.id.to_bytes(8, "big") + settings.SECRET_KEY.encode())
    return Draft(event_id=event.id, subject_id=event.subject_id, body=body, public=public)


def _erased(event: Recorded, known: Known) -> Body:
    """Of a sealed case nobody learns that its words are gone: it is one more step."""
    if event.subject_id in known.sealed:
        body = {"t": _sealed_type({"t": ERASED}), "v": VERSION}
        body |= {name: _committed(None, event, 0, which, {}) for name, which in BLINDED}
    else:
        body = {"t": "erasure.done", "v": VERSION, "et": int(event.happened_at.timestamp())}
    check(NOT_YET | body)
    return body


def _is_told(event_id: int | None, told: set[int]) -> bool:
    """Whether the log has a leaf of this event, or is about to (`told`)."""
    if event_id is None:
        return False
    return event_id in told or Leaf.objects.filter(event_id=event_id).exists()


def _reversal(event: Recorded) -> Draft:
    """An objection to a point was accepted: what it cost is made up for."""
    body = {
        "t": "points.reversed",
        "v": VERSION,
        "et": int(event.happened_at.timestamp()),
        "pts": event.facts["points"],
        "unit": event.unit,
    }
    check({"ref": 0} | body)
    of = event.facts["event"]
    return Draft(event_id=event.id, subject_id=None, body=body, ref_event=of)


def _ruleset(event: Recorded, published: rules.Published) -> Draft:
    facts = event.facts
    since = facts.get("valid_from", int(event.happened_at.timestamp()))
    units = [[each["unit"], each["since"]] for each in facts.get("rollout", ())]
    body = published.add(event.policy, since=since, units=units)
    return Draft(event_id=event.id, subject_id=None, body=body)


def _lead(event: Recorded) -> int | None:
    """The case that this event merges its own into."""
    lead = event.facts.get("evidence", {}).get("merged_into") if event.subject == "case" else None
    return lead if "ends" in event.facts else None


def _sealed_type(plain: Mapping[str, Any]) -> str:
    if plain["t"] == REGISTERED:
        return REGISTERED
    return "case.closed" if "end" in plain else "case.stepped"
