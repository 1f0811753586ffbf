"""The words of a notice, in its reader's language, from the texts of the city."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from string import Formatter
from typing import Any, Final

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.module_loading import import_string

from peygir.calendars.jalali import numeric
from peygir.calendars.persian import to_persian_digits
from peygir.cases.models import Case
from peygir.cases.words import unit_name
from peygir.look.dates import jalali_words, local
from peygir.notices import parts
from peygir.notices.models import Notice
from peygir.people.models import Paper
from peygir.policy.model import CityPolicy

_SPACES: Final = re.compile(" {2,}")  # around what was not known, such as a place
MARK: Final = "\u200e"  # keeps the groups of a code in order among Persian words
PAGES: Final = {"mail.inspections": "desk:analysis_inspections"}  # what a mail leads to
SMS_PARTS_MAX: Final = 4  # a longer report to the citizen is cut; the whole of it is on the portal


def sms(notice: Notice, policy: CityPolicy) -> str:
    """The text of an SMS: the city's words, then the unit's report to the citizen, if any."""
    values = _registered(notice, policy) | notice.params
    text = fill(policy, notice.template, notice.language, values)
    report = _report(notice.paper_id)
    return parts.shortened(f"{text}\n{report}", SMS_PARTS_MAX) if report else text


def mail(notice: Notice, policy: CityPolicy, language: str) -> tuple[str, str]:
    """Subject and body of an e-mail to staff."""
    values = dict(notice.params) | _about_case(notice, policy, language)
    values.setdefault("link", link(PAGES.get(notice.template, "desk:home")))
    if notice.case_id is None and "unit" in values:
        values["unit"] = unit_name(policy, values["unit"], language)
    subject = fill(policy, f"{notice.template}.subject", language, values)
    body = fill(policy, f"{notice.template}.body", language, values).strip()
    lines = _digest_lines(values.get("cases", []), policy, language)
    return subject, "\n".join([body, *lines, "", _signature(policy, language)])


def fill(policy: CityPolicy, key: str, language: str, values: dict[str, Any]) -> str:
    """The city's text `key` with its placeholders filled. Raises KeyError without such a text."""
    text = policy.texts[key].in_(language)
    names = {name for _, name, _, _ in Formatter().parse(text) if name}
    if "track" in names:
        values = {**values, "track": f"{_host()}/t/{values.get('code', '')}"}
    filled = text.format(**{n: _shown(policy, n, values.get(n, ""), language) for n in names})
    return _SPACES.sub(" ", filled).replace(" \n", "\n").strip()


def link(name: str, *args: str) -> str:
    """A full address of the staff pages; of the site itself where there are none."""
    try:
        return settings.PEYGIR_BASE_URL + reverse(name, args=args)
    except NoReverseMatch:
        return str(settings.PEYGIR_BASE_URL)


def _shown(policy: CityPolicy, name: str, value: Any, language: str) -> str:
    if name == "status":
        return policy.texts[f"status.{value}"].in_(language)
    if name == "body" and value in policy.organisation.outside_bodies:
        return body_name(policy, value, language)
    if name == "place":
        words = policy.organisation.districts.get(value)
        return words.in_(language) if words is not None else ""
    if name == "receipt" and value and not language.startswith("en"):
        return MARK + str(value)
    if name in ("otp", "link", "track", "receipt"):
        return str(value)  # a phone offers to fill in a code only in plain digits
    if name == "date" and isinstance(value, int):
        return _digits(numeric(local(datetime.fromtimestamp(value, UTC)).date()), language)
    if name == "due" and isinstance(value, int):
        with translation.override(language):
            return jalali_words(datetime.fromtimestamp(value, UTC))
    return _digits(str(value), language)


def _registered(notice: Notice, policy: CityPolicy) -> dict[str, Any]:
    """What the public log says of the case from its first second: its receipt and its district.

    Asked for only by texts that name it; the receipt is a function of what is stored.
    """
    text = policy.texts[notice.template].fa
    if notice.case_id is None or "{receipt}" not in text:
        return {}
    place = Case.objects.values_list("district", flat=True).get(pk=notice.case_id)
    return {"receipt": _receipt_of()(notice.case_id), "place": place}


@cache
def _receipt_of() -> Callable[[int], str]:
    """What `settings.RECEIPT` names: the code of a case's receipt."""
    found: Callable[[int], str] = import_string(settings.RECEIPT)
    return found


def _host() -> str:
    """The site's address without its scheme: phones make a link of it all the same."""
    return str(settings.PEYGIR_BASE_URL).split("//")[-1]


def _digits(text: str, language: str) -> str:
    return text if language.startswith("en") else to_persian_digits(text)


def _report(paper_id: int | None) -> str:
    if paper_id is None:
        return ""
    return Paper.objects.filter(pk=paper_id).values_list("text", flat=True).first() or ""


def _about_case(notice: Notice, policy: CityPolicy, language: str) -> dict[str, Any]:
    if notice.case_id is None:
        return {}
    case = Case.objects.get(pk=notice.case_id)
    return {
        "code": case.code,
        "stage": _stage(policy, case.stage, language),
        "unit": unit_name(policy, notice.unit or case.unit, language),
        "link": link("desk:case", case.code),
    }


def _stage(policy: CityPolicy, code: str, language: str) -> str:
    stage = policy.stages.get(code)
    return stage.words.in_(language) if stage else code


def body_name(policy: CityPolicy, code: str, language: str) -> str:
    """Who owns the matter and how to reach them: the number once, whatever the name has of it."""
    body = policy.organisation.outside_bodies[code]
    name, phone = body.in_(language), _digits(body.phone, language)
    return f"{name} ({phone})" if phone and phone not in name else name


def _digest_lines(cases: list[list[Any]], policy: CityPolicy, language: str) -> list[str]:
    """One line for each case of a digest: the subject that its own letter would have had."""
    return [
        "• " + fill(policy, f"{template}.subject", language, {"code": code})
        for code, template in cases
    ]


def _signature(policy: CityPolicy, language: str) -> str:
    labels = policy.city.get("labels")
    words = labels.get("signature", {}) if isinstance(labels, dict) else {}
    return str(words.get(language, words.get("fa", "")))
