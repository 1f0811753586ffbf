"""From a stored letter to its paper and its file, in the city's own language."""

from collections.abc import Mapping
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from peygir.calendars.jalali import numeric
from peygir.calendars.persian import to_persian_digits
from peygir.cases.words import post_name
from peygir.desk.letters import ece, pdf
from peygir.desk.letters.page import Place
from peygir.desk.letters.shown import isolated
from peygir.look.numbers import fa
from peygir.people import letters, organisation, photos
from peygir.people.models import Letter
from peygir.policy.model import CityPolicy


def pdf_of(place: Place, letter: Letter) -> bytes:
    """The letter as a PDF file."""
    with translation.override(_language(place.policy)):
        return pdf.draw(_printed(place, letter))


def wire_of(place: Place, letter: Letter) -> ece.Wire:
    """The letter as it travels, its paper inside."""
    policy, language = place.policy, _language(place.policy)
    assert letter.dated is not None
    sender = ", ".join(
        [_city(policy, "municipality"), post_name(policy, letter.signatory, language)]
    )
    related = [("reply", letter.answers), ("following", letter.follows)]
    known = [(kind, one.number) for kind, one in related if one is not None and one.number]
    if letter.refers_to:
        known.append(("reply", letter.refers_to))
    return ece.Wire(
        number=letter.number,
        dated=letter.dated,
        sender=sender[:200],
        receiver=letter.addressee,
        subject=letter.subject,
        body=letter.body,
        copies=letter.copies,
        related=known,
        reply_by=letter.reply_by,
        pdf=pdf_of(place, letter),
    )


def _printed(place: Place, letter: Letter) -> pdf.Printed:
    policy, language = place.policy, _language(place.policy)
    number = to_persian_digits(letter.number)
    signers = (
        organisation.holders(letter.signatory, at=letter.signed_at) if letter.signed_at else []
    )
    post = post_name(policy, letter.signatory, language)
    pictures = [content for photo in letters.attached(letter) if (content := photos.content(photo))]
    return pdf.Printed(
        head=[_city(policy, "municipality"), _city(policy, "centre")],
        block=[
            (_("Number"), pdf.ltr(number) if number else "—"),
            (_("Date"), pdf.ltr(_day(letter)) if letter.dated else "—"),
            (_("Attachment"), _attached(len(pictures))),
        ],
        marks=_marks(letter),
        addressee=letter.addressee,
        subject=_("Subject: %(subject)s") % {"subject": letter.subject},
        body=isolated(letter.body),
        signature=[*[person.name(language) for person in signers[:1]], post],
        copies=letter.copies,
        copies_title=_("Copies:"),
        foot=_foot(policy),
        stamp="" if letter.serial is not None else _("draft"),
        pictures=pictures,
        picture_title=_("Attachment %(n)s"),
    )


def _attached(count: int) -> str:
    if not count:
        return _("none")
    words = ngettext("%(count)s picture", "%(count)s pictures", count)
    return words % {"count": fa(count)}


def _marks(letter: Letter) -> list[str]:
    said = []
    for one, words in (
        (letter.answers, _("In reply to letter %(number)s")),
        (letter.follows, _("Following letter %(number)s")),
    ):
        if one is not None and one.number:
            said.append(words % {"number": pdf.ltr(to_persian_digits(one.number))})
    if letter.refers_to:
        number = pdf.ltr(to_persian_digits(letter.refers_to))
        said.append(_("In reply to letter %(number)s") % {"number": number})
    return said


def _day(letter: Letter) -> str:
    assert letter.dated is not None
    return to_persian_digits(numeric(letter.dated))


def _foot(policy: CityPolicy) -> str:
    phone = to_persian_digits(str(policy.city.get("phone", "")))
    url = str(policy.city.get("url", ""))
    return " · ".join(part for part in (phone, pdf.ltr(url) if url else "") if part)


def _city(policy: CityPolicy, name: str) -> str:
    """A text of city.toml in the city's language."""
    found: Any = policy.city.get(name, {})
    given: Mapping[str, str] = found if isinstance(found, Mapping) else {}
    return str(given.get(_language(policy)) or given.get("fa", ""))


def _language(policy: CityPolicy) -> str:
    return str(policy.city.get("language", "fa"))
