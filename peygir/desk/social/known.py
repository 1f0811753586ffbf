"""What a case's papers know of those who reported it."""

from peygir.desk.social.anonymous import Known
from peygir.people import contacts, papers


def of(case_id: int) -> Known:
    people = [one.citizen for one in contacts.reporters(case_id) if one.citizen is not None]
    return Known(
        names=tuple(one.name for one in people if one.name),
        phones=tuple(one.phone for one in people if one.phone),
        addresses=tuple(paper.text for paper in papers.of(case_id, "address")),
    )
