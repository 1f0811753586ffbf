"""Who a notice reaches, asked when it is delivered: people come and go, posts stay."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from peygir.cases.models import Case
from peygir.notices import dev
from peygir.notices.message import Permanent
from peygir.notices.models import Notice
from peygir.people import organisation
from peygir.people.models import Citizen, Post, Staff

CLIMB_MAX: Final = 12  # posts above one another; more is a circle


def address(notice: Notice, at: datetime) -> tuple[str, str]:
    """Phone or e-mail address, and the reader's language. Raises Permanent when there is none."""
    if notice.audience == "citizen":
        assert notice.citizen_id is not None
        found = Citizen.objects.filter(pk=notice.citizen_id)
        phone = found.values_list("phone", flat=True).first()
        if not phone:
            raise Permanent("no_phone")
        return phone, notice.language
    assert notice.staff_id is not None
    staff = Staff.objects.filter(pk=notice.staff_id, is_active=True).first()
    if staff is None:
        raise Permanent("nobody")
    return mail_of(staff, shown=notice.simulated), staff.language


def mail_of(staff: Staff, *, shown: bool) -> str:
    """The person's e-mail address; where messages are only shown, a made-up one will do."""
    if staff.email:
        return staff.email
    if shown or dev.is_open():
        return f"{staff.username}@example.invalid"
    raise Permanent("no_address")


def impartial(staff: Iterable[Staff], case_id: int | None, at: datetime) -> list[Staff]:
    """Those of `staff` who may hear of the case: of a complaint about an official neither that
    post nor anybody below it, whatever else they fill or stand in for (T7)."""
    sealed = Case.objects.filter(pk=case_id or 0, sealed=True)
    post = sealed.values_list("about_post", flat=True).first()
    if post is None:
        return list(staff)
    return [one for one in staff if post not in organisation.actor_of(one, at=at).above]


def of(post: str, unit: str, at: datetime) -> list[Staff]:
    """Who answers at `at` for a post, or for a unit as everybody who fills one of its posts.

    An empty post's superior is told instead, up to the top: a deadline never reaches nobody.
    """
    if unit:
        posts = list(Post.objects.filter(unit=unit, is_open=True).order_by("code"))
        found = {s.pk: s for p in posts for s in organisation.holders(p.code, at=at)}
        if found or not posts:
            return list(found.values())
        post = next((p.code for p in posts if p.head), posts[0].code)
    for _ in range(CLIMB_MAX):
        holders = organisation.holders(post, at=at)
        if holders:
            return holders
        above = Post.objects.filter(code=post).values_list("superior", flat=True).first()
        if above is None:
            break
        post = above
    return []
