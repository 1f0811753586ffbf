"""Writing down what people wrote: erasable, and blinded for the ledger."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import connection

from peygir.calendars.persian import clean, search_key
from peygir.ledger.entry import Actor, blind
from peygir.ledger.ids import new_id
from peygir.people.models import Paper

SEARCHED = frozenset({"words", "address"})
TEXT_MAX = 8_000  # characters; doors refuse more with a clear message


def write(case_id: int, texts: Mapping[str, str], *, actor: Actor, at: datetime) -> dict[str, int]:
    """Store each text under its kind; gives kind -> paper id. Empty texts are left out."""
    made = [paper(case_id, kind, text, actor, at) for kind, text in texts.items() if text.strip()]
    if made:
        Paper.objects.bulk_create(made)
    return {each.kind: each.id for each in made}


def paper(case_id: int, kind: str, text: str, actor: Actor, at: datetime) -> Paper:
    shown = clean(text)
    return Paper(
        id=new_id(),
        case_id=case_id,
        kind=kind,
        text=shown,
        search=search_key(shown) if kind in SEARCHED else "",
        staff_id=actor.staff_id,
        at=at,
    )


def blinded(case_id: int, texts: Sequence[str]) -> bytes | None:
    """The digest of `texts` under the case's key; None without texts or once the case is erased."""
    if not texts:
        return None
    with connection.cursor() as cursor:
        cursor.execute("select key from people_casekey where case_id = %s", [case_id])
        found = cursor.fetchone()
    return None if found is None else blind(bytes(found[0]), *map(clean, texts))


def of(case_id: int, *kinds: str) -> list[Paper]:
    """Papers of a case, oldest first, of the given kinds (all when none is given)."""
    found = Paper.objects.filter(case_id=case_id)
    return list((found.filter(kind__in=kinds) if kinds else found).order_by("at", "id"))
