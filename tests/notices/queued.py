"""A message that waits in the outbox."""

from typing import Any

from peygir.notices.models import Notice
from tests.city import NOON


def queued(citizen_id: int | None, key: str = "r", **fields: Any) -> Notice:
    """An urgent SMS to a citizen, due at noon, unless `fields` say otherwise."""
    given: dict[str, Any] = {
        "dedupe_key": key,
        "audience": "citizen",
        "citizen_id": citizen_id,
        "channel": "sms",
        "template": "sms.unknown_code",
        "urgent": True,
        "made_at": NOON,
        "not_before": NOON,
    }
    return Notice.objects.create(**(given | fields))
