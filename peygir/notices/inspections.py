"""That a list of claims was drawn, told to those who inspect: one mail to each of them."""

from datetime import datetime
from typing import Final

from peygir.cases import may
from peygir.notices import quiet
from peygir.notices.models import Notice
from peygir.people import organisation
from peygir.policy.model import CityPolicy

TEMPLATE: Final = "mail.inspections"


def announce(policy: CityPolicy, *, key: str, count: int, at: datetime) -> int:
    """Queue it for the daytime of a working day; gives how many are told. `key`: of the list.

    A city that has no words for it tells nobody: whoever inspects sees the list on the page.
    """
    if f"{TEMPLATE}.subject" not in policy.texts:
        return 0
    roles = may.PAGES["inspections_record"]
    posts = [code for code, post in policy.organisation.posts.items() if roles & {*post.roles}]
    staff = {one.pk: one for post in posts for one in organisation.holders(post, at=at)}
    notices = [
        Notice(
            dedupe_key=f"inspections:{key}:{one.pk}",
            audience="staff",
            staff_id=one.pk,
            channel="email",
            language=one.language,
            template=TEMPLATE,
            params={"count": count},
            made_at=at,
            not_before=quiet.staff_time(at, policy.calendar),
        )
        for one in staff.values()
    ]
    return len(Notice.objects.bulk_create(notices, ignore_conflicts=True))
