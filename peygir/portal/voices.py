"""The report form of a city with several kinds of voice: what one chose, and what that one asks."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from peygir.boards import voices
from peygir.calendars.codes import CodeError, check
from peygir.cases.models import Case
from peygir.people import files, photos
from peygir.policy.model import CityPolicy

FIELDS: Final = ("about", "about_unit", "about_post")
FILES_MAX: Final = 3
CODE: Final = re.compile(r"[a-z0-9_-]{1,48}")


@dataclass(slots=True, kw_only=True)
class About:
    """What a voice speaks of, as typed. `case_id`: of the code, when there is such a case."""

    case_id: int | None = None
    post: str = ""
    unit: str = ""
    faults: list[tuple[str, str]] = field(default_factory=list)


def read(policy: CityPolicy, values: Mapping[str, str], *, whole: bool) -> About:
    """What was said of the earlier message, the official, the unit. `whole`: it is being sent, so
    that what is missing is a fault."""
    asks, about = voices.asks(policy, values["kind"]), About()
    org = policy.organisation
    if asks.case:
        _read_case(about, values["about"], needed=asks.case_needed and whole)
    if (asks.unit or asks.post) and values["about_unit"] in org.units:
        about.unit = values["about_unit"]
    if asks.unit and not about.unit and whole:
        about.faults.append(("about_unit", _("Choose whom the message is for.")))
    if asks.post and values["about_post"] in org.posts:
        about.post = values["about_post"]
    elif asks.post and whole:
        about.faults.append(("about_post", _("Choose who the complaint is about.")))
    return about


def _read_case(about: About, typed: str, *, needed: bool) -> None:
    if not typed.strip():
        if needed:
            about.faults.append(("about", _("Write the tracking code of the earlier message.")))
        return
    try:
        code = check(typed)
    except CodeError:
        about.faults.append(("about", _("A tracking code has 12 digits. Look at it again.")))
        return
    about.case_id = voices.earlier(code)
    if about.case_id is None:
        about.faults.append(("about", _("No message has this code. Look at it again.")))


def read_files(
    uploads: Sequence[UploadedFile], most: int
) -> tuple[list[photos.Picture], list[bytes], list[str]]:
    """Pictures, papers and faults of what was attached."""
    pictures: list[photos.Picture] = []
    papers: list[bytes] = []
    faults: list[str] = []
    if len(uploads) > most:
        faults.append(_("Too many files. Send the most important ones."))
    for upload in uploads[: max(0, most)]:
        try:
            if files.is_pdf(upload):
                papers.append(files.prepare(upload))
            else:
                pictures.append(photos.prepare(upload))
        except files.FileError as error:
            faults.append(error.sentence)
        except photos.PhotoError as error:
            wrong = files.FileError("type").sentence if error.code == "type" else error.sentence
            faults.append(wrong)
    return pictures, papers, faults


def shown(
    policy: CityPolicy, values: Mapping[str, str], language: str, opened: Case | None
) -> dict[str, Any]:
    """What the form shows of kinds and of whom they are about. `opened`: the earlier case, where
    this visitor may see all of it; of any other nothing is told, not even who answered for it."""
    asks = voices.asks(policy, values["kind"])
    special = voices.special_kinds(policy)
    plain = voices.plain_kinds(policy)
    return {
        "asks": asks,
        "ways": [(code, policy.kinds[code].in_(language)) for code in special],
        "plain": plain[0] if plain else "",
        "is_plain": values["kind"] in plain,
        "kinds": [(code, policy.kinds[code].in_(language)) for code in plain],
        "kind_words": policy.kinds[values["kind"]].in_(language),
        "kind_help": help_of(policy, values["kind"], language),
        "units": voices.units(policy, language) if asks.unit or asks.post else [],
        "officials": _officials(policy, values, language, opened) if asks.post else [],
        "files_max": FILES_MAX,
    }


def _officials(
    policy: CityPolicy, values: Mapping[str, str], language: str, opened: Case | None
) -> list[tuple[str, str]]:
    if values["about_unit"] in policy.organisation.units:
        found = voices.officials(policy, values["about_unit"])
    elif opened is not None and not opened.sealed:
        found = voices.of_case(policy, opened)
    else:
        found = voices.officials(policy, "")
    return [(code, voices.called(policy, code, language)) for code in found]


def help_of(policy: CityPolicy, kind: str, language: str) -> str:
    found = policy.texts.get(f"kind.{kind}")
    return found.in_(language) if found else ""
