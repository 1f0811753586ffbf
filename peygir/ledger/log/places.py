"""Where the leaves of a case lie: the one thing that the public files do not tell at once."""

from collections.abc import Iterator, Sequence
from typing import Final

from peygir.ledger.log import files
from peygir.ledger.log.tiles import published
from peygir.ledger.statement import run

PLACES: Final = """
select e.leaf_index from ledger_chain c join ledger_event e using (subject_id)
where c.public = %s and e.leaf_index is not null order by e.leaf_index desc limit %s
"""

LEAVES: Final = """
select l."index", l.body from ledger_chain c
join ledger_event e using (subject_id) join ledger_leaf l on l.event_id = e.id
where c.public = any(%s) and l."index" < %s order by l."index"
"""


def of_case(public: bytes, most: int) -> list[int]:
    """Places over all years, the newest first, of at most `most` leaves of the case that the log
    calls `public` (16 bytes).

    Numbers of other subjects may be the same as a case's: whoever reads a leaf looks at its case.
    """
    return [place for (place,) in run(PLACES, [public, most])]


def leaves_of(publics: Sequence[bytes], end: int) -> list[tuple[int, bytes]]:
    """Place and bytes of the leaves below place `end` of all these cases, in their order."""
    return [(place, bytes(body)) for place, body in run(LEAVES, [list(publics), end])]


def stretches() -> Iterator[tuple[int, int, int]]:
    """Each year with the places of its log over all years: (year, first, end), oldest first."""
    first = 0
    for year in reversed(files.years()):
        point = published(files.year_folder(year))
        if point is not None:
            yield year, first, first + point.size
            first += point.size
