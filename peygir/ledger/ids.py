"""Identifiers made by the application, so that one statement can write rows that name each
other."""

import secrets
import time

RANDOM_BITS = (
    22  # 4 million values per millisecond: a clash is refused by the primary key, not hidden
)


def new_id() -> int:
    """A positive 63-bit integer: milliseconds since 1970, then random bits. Grows with time."""
    return (time.time_ns() // 1_000_000) << RANDOM_BITS | secrets.randbits(RANDOM_BITS)
