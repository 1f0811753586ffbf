"""Reading a step's form: from what was typed to codes, numbers, ids and texts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from peygir.boards import cases as board
from peygir.boards.search import code_of
from peygir.calendars.errors import JalaliError
from peygir.calendars.jalali import YEAR_MAX, YEAR_MIN, from_jalali
from peygir.calendars.persian import clean, to_latin_digits
from peygir.cases.clocks import seconds
from peygir.desk import steps
from peygir.desk.access import StaffRequest
from peygir.desk.steps import Field, Open
from peygir.look.dates import jalali_words, local
from peygir.look.numbers import fa
from peygir.people.papers import TEXT_MAX
from peygir.people.photos import PhotoError, Picture, prepare

PHOTOS_MAX: Final = 5
END_OF_DAY: Final = time(23, 59)  # a promise for a day holds until the day is over


@dataclass(slots=True, kw_only=True)
class Filled:
    """A form as read. `errors`: field name -> sentence. `photos`: evidence -> checked pictures."""

    evidence: dict[str, Any] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    photos: dict[str, list[Picture]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


def read(request: StaffRequest, opened: Open, language: str) -> Filled:
    """What was typed for `opened`, nothing written. What only the engine knows the act refuses."""
    filled = Filled()
    for one in sorted(opened.fields, key=lambda field: bool(field.otherwise)):
        READERS[one.kind](request, one, filled, language)
    _fill_in(request, opened, filled, language)
    return filled


def _typed(request: StaffRequest, name: str, most: int = 200) -> str:
    return clean(request.POST.get(name, "")[: most + 1]).strip()


def _text(request: StaffRequest, one: Field, filled: Filled, language: str) -> None:
    """Own words, else a written answer, else the step's other text if that was ticked."""
    typed = clean(request.POST.get(one.name, "")).strip()
    if not typed and one.answers:
        chosen = request.POST.get(f"{one.name}__answer", "")
        typed = next((body for key, _title, body in one.answers if key == chosen), "")
    if not typed and one.same_as and request.POST.get(f"{one.name}__same"):
        typed = filled.texts.get("result_text", "")
    if not typed and one.otherwise:
        typed = filled.texts.get(one.otherwise, "")
    if len(typed) > TEXT_MAX:
        most = {"most": fa(TEXT_MAX)}
        filled.errors[one.name] = _("This is too long; at most %(most)s characters.") % most
    elif typed:
        filled.texts[one.evidence] = typed
    elif one.required:
        filled.errors[one.name] = _("This is needed.")


def _photos(request: StaffRequest, one: Field, filled: Filled, language: str) -> None:
    sent: list[UploadedFile] = request.FILES.getlist(one.name)
    if len(sent) > PHOTOS_MAX:
        most = {"most": fa(PHOTOS_MAX)}
        filled.errors[one.name] = _("At most %(most)s photos at once.") % most
        return
    try:
        pictures = [prepare(each) for each in sent]
    except PhotoError as wrong:
        filled.errors[one.name] = wrong.sentence
        return
    if pictures:
        filled.photos[one.evidence] = pictures
    elif one.required:
        filled.errors[one.name] = _("This is needed.")


def _choice(request: StaffRequest, one: Field, filled: Filled, language: str) -> None:
    chosen = _typed(request, one.name, 60)
    known = {code for _heading, options in one.groups for code, _words in options}
    if not chosen:
        if one.required:
            filled.errors[one.name] = _("This is needed.")
    elif chosen not in known:
        filled.errors[one.name] = _("Please choose one from the list.")
    elif one.evidence in ("district", "rating"):
        filled.evidence[one.evidence] = int(chosen)
    elif one.evidence == "call":
        moment = seconds(request.at)
        filled.evidence["call"] = {
            "outcome": chosen,
            "started": moment,
            "ended": moment,
            "staff": request.user.pk,
        }
    else:
        filled.evidence[one.evidence] = chosen


def _said(request: StaffRequest, one: Field, filled: Filled, language: str) -> None:
    filled.evidence["citizen_word"] = {"via": "call", "at": seconds(request.at)}


def _code(request: StaffRequest, one: Field, filled: Filled, language: str) -> None:
    typed = _typed(request, one.name, 60)
    if not typed:
        filled.errors[one.name] = _("This is needed.")
        return
    code = code_of(typed)
    case = board.by_code(request.actor, code) if code else None
    if case is None:
        filled.errors[one.name] = _("No case with this code was found; check its twelve digits.")
    else:
        filled.evidence[one.evidence] = case.pk


def _day(request: StaffRequest, one: Field, filled: Filled, language: str) -> None:
    """So many days ahead, or a Jalali date in three fields; the promise holds to the day's end."""
    ahead = _typed(request, f"{one.name}__in", 4)
    if ahead in {str(days) for days in steps.PROMISES_DAYS}:
        day = local(request.at).date() + timedelta(days=int(ahead))
    else:
        parts = [to_latin_digits(_typed(request, f"{one.name}__{p}", 4)) for p in ("y", "m", "d")]
        if not any(parts[1:]):
            if one.required:
                filled.errors[one.name] = _("Choose a date.")
            return
        if not all(p.isascii() and p.isdigit() for p in parts) or not (
            YEAR_MIN <= int(parts[0]) <= YEAR_MAX
        ):
            filled.errors[one.name] = _("Give day, month and year in numbers.")
            return
        try:
            day = from_jalali(int(parts[0]), int(parts[1]), int(parts[2]))
        except JalaliError:
            filled.errors[one.name] = _("There is no such day in the calendar.")
            return
    filled.evidence[one.evidence] = seconds(_instant(request.at, day, END_OF_DAY))


def _moment(request: StaffRequest, one: Field, filled: Filled, language: str) -> None:
    day, clock = _typed(request, f"{one.name}__day", 2), _typed(request, f"{one.name}__time", 8)
    hour, _colon, minute = to_latin_digits(clock).replace(".", ":").partition(":")
    known = {str(d) for d in steps.CALLBACK_DAYS}
    try:
        at_clock = time(int(hour), int(minute or 0))
    except ValueError:
        at_clock = None
    if day not in known or at_clock is None:
        filled.errors[one.name] = _("Choose a day and a time such as 17:30.")
        return
    date = local(request.at).date() + timedelta(days=int(day))
    filled.evidence[one.evidence] = seconds(_instant(request.at, date, at_clock))


def _instant(at: datetime, day: Any, clock: time) -> datetime:
    return datetime.combine(day, clock, local(at).tzinfo)


def _fill_in(request: StaffRequest, opened: Open, filled: Filled, language: str) -> None:
    """Written answers leave room for a date and a body: the promised date, else today."""
    promised = filled.evidence.get("promised_for")
    day = local(request.at).date()
    if isinstance(promised, int):
        day = local(datetime.fromtimestamp(promised, request.at.tzinfo)).date()
    body = request.policy.organisation.outside_bodies.get(filled.evidence.get("outside_body", ""))
    for name, text in filled.texts.items():
        text = text.replace("{date}", jalali_words(day))
        filled.texts[name] = text.replace("{body}", body.in_(language) if body else "{body}")


Reader = Callable[[StaffRequest, Field, Filled, str], None]
READERS: Final[Mapping[str, Reader]] = {
    "text": _text,
    "photos": _photos,
    "choice": _choice,
    "said": _said,
    "code": _code,
    "day": _day,
    "moment": _moment,
}
