"""The secret of the device that reported: made there, known here by its hash until the citizen's
word reveals it, so that nobody else can say that word from it."""

from typing import Any

from peygir.ledger.models import Event
from peygir.verify.canonical import from_base64url
from peygir.verify.device import SECRET_BYTES, fits
from peygir.verify.errors import NotCanonical


def is_hash(text: str) -> bool:
    """Whether a form brought a hash: 32 bytes in base64url, spelled in the only way."""
    try:
        from_base64url(text, SECRET_BYTES)
    except NotCanonical:
        return False
    return True


def hash_of(case_id: int) -> str:
    """What the registration keeps; "" where no device sent one."""
    begun = Event.objects.filter(subject="case", subject_id=case_id, kind="case.registered")
    facts = begun.values_list("facts", flat=True).first()
    return str(facts.get("device", "")) if facts else ""


def revealed(case_id: int, secret: str) -> dict[str, Any]:
    """What the citizen's word takes along of a secret that came with it: nothing of a wrong one, or
    of one that the public knows already."""
    if not fits(secret, hash_of(case_id)):
        return {}
    told = Event.objects.filter(subject="case", subject_id=case_id)
    if told.filter(facts__evidence__citizen_word__has_key="secret").exists():
        return {}
    return {"secret": secret}
