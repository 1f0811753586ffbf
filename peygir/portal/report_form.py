"""What a citizen typed into the report page: read, judged, and kept for showing it again."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from peygir.boards.voices import asks
from peygir.calendars import phones
from peygir.calendars.persian import clean, to_latin_digits
from peygir.cases.device import is_hash
from peygir.cases.register import Report
from peygir.ledger.ids import new_id
from peygir.look.numbers import fa
from peygir.people import photos
from peygir.people.contacts import Caller
from peygir.policy.model import CityPolicy
from peygir.portal import voices
from peygir.portal.page import city_map, limits

FIELDS: Final = (
    "words", "kind", "category", "suggested", "district", "address", "lat", "lon", "photo_lat",
    "photo_lon", "phone", "name", "join", "about", "about_unit", "about_post", "once",
    "device",
)  # fmt: skip
ADDRESS_MAX: Final = 300
NAME_MAX: Final = 120
RAW_MAX: Final = 1_000  # characters of a short field that are looked at and shown again
WHOLE: Final = ("words", "address")  # own sentences: too long is said, nothing of them is cut
KEPT_FAULTS: Final = ("about", "photo", "attachment")  # said when the kind is changed, too
DEGREES: Final = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,12})?")
ONCE_FOR: Final = timedelta(days=7)
JOIN_FOR: Final = timedelta(hours=6)
NO_PLACE: Final = "-"  # in photo_lat: the citizen does not want the photo's place


@dataclass(slots=True, kw_only=True)
class Typed:
    """The form as typed (`values`), its faults (field -> sentences) and what it means."""

    values: dict[str, str]
    errors: dict[str, list[str]] = field(default_factory=dict)
    pictures: list[photos.Picture] = field(default_factory=list)
    papers: list[bytes] = field(default_factory=list)  # checked PDFs
    kept: int = 0  # photos stored under `case_id`, these included
    about: voices.About = field(default_factory=voices.About)
    case_id: int = 0
    join: int | None = None
    district: int | None = None
    category: str = ""
    point: tuple[int, int] | None = None
    caller: Caller | None = None

    def fault(self, name: str, sentence: str) -> None:
        self.errors.setdefault(name, []).append(sentence)

    def report(self, *, language: str, photo_ids: list[int]) -> Report:
        lat_e6, lon_e6 = self.point or (None, None)
        return Report(
            words=self.values["words"],
            channel="web",
            kind=self.values["kind"],
            category=self.category,
            district=self.district,
            address=self.values["address"],
            lat_e6=lat_e6,
            lon_e6=lon_e6,
            caller=self.caller,
            photos=photo_ids,
            case_id=self.case_id,
            language=language,
            about_case=self.about.case_id,
            about_post=self.about.post,
            about_unit=self.about.unit if not self.about.post else "",
            device=self.values["device"],
        )


def empty(policy: CityPolicy, **given: str) -> Typed:
    """A form nobody has typed into, with its own future case number."""
    values = dict.fromkeys(FIELDS, "") | {"kind": next(iter(policy.kinds)), "once": once()} | given
    return Typed(values=values)


def once() -> str:
    """A signed case number: the same form sent twice makes one case."""
    return signing.dumps(new_id(), salt="portal.once")


def joinable(case_id: int) -> str:
    """A signed permission to join a case that was shown as nearby; hides its number and code."""
    return signing.dumps(case_id, salt="portal.join")


def read(
    posted: Mapping[str, str],
    uploads: list[UploadedFile],
    policy: CityPolicy,
    *,
    kept: int = 0,
    attached: list[UploadedFile] | None = None,
    kept_files: int = 0,
    whole: bool = True,
) -> Typed:
    """Everything that was typed, with all faults at once. `kept`: photos already stored for it.

    `whole`: it is being sent; else somebody only turned to another kind of message, and nothing
    that is missing yet is a fault.
    """
    given = {name: posted.get(name, "").replace("\x00", "") for name in FIELDS}
    values = {n: text if n in WHOLE else text[:RAW_MAX] for n, text in given.items()}
    typed = Typed(values=values)
    typed.case_id = _signed(values["once"], "portal.once", ONCE_FOR) or new_id()
    values["once"] = signing.dumps(typed.case_id, salt="portal.once")
    if not is_hash(values["device"]):
        values["device"] = ""  # no script of ours made it: the report counts without
    typed.join = _signed(values["join"], "portal.join", JOIN_FOR)
    _read_words(typed, policy)
    _read_photos(typed, uploads, limits(policy)["photos"] - kept)
    if asks(policy, values["kind"]).place:
        _read_place(typed, policy)
    else:
        typed.category, typed.join = "", None
    if asks(policy, values["kind"]).file:
        _read_attached(typed, attached or [], voices.FILES_MAX - kept_files)
    typed.about = voices.read(policy, values, whole=whole)
    for name, sentence in typed.about.faults:
        typed.fault(name, sentence)
    _read_phone(typed)
    if not whole:
        typed.errors = {n: said for n, said in typed.errors.items() if n in KEPT_FAULTS}
    return typed


def _read_attached(typed: Typed, attached: list[UploadedFile], most: int) -> None:
    pictures, typed.papers, faults = voices.read_files(attached, most)
    typed.pictures += pictures
    for sentence in faults:
        typed.fault("attachment", sentence)


def case_id_of(posted: Mapping[str, str]) -> int | None:
    """The case number that the form carries, if it is one that we gave out."""
    return _signed(posted.get("once", ""), "portal.once", ONCE_FOR)


def _read_words(typed: Typed, policy: CityPolicy) -> None:
    values = typed.values
    values["words"] = clean(values["words"])
    most = limits(policy)["text"]
    if not values["words"]:
        typed.fault("words", _("Say in one sentence what the problem is."))
    elif len(values["words"]) > most:
        over = _("The text is too long: at most %(most)s letters; it has %(has)s.")
        typed.fault("words", over % {"most": fa(most), "has": fa(len(values["words"]))})
    if values["kind"] not in policy.kinds:
        values["kind"] = next(iter(policy.kinds))
    typed.category = values["suggested"] or values["category"]
    if typed.category and typed.category not in policy.categories:
        values["category"] = values["suggested"] = typed.category = ""
        typed.fault("category", _("Choose the subject from the list, or leave it to us."))


def _read_photos(typed: Typed, uploads: list[UploadedFile], most: int) -> None:
    if len(uploads) > most:
        typed.fault("photo", _("Too many photos. Send the clearest ones."))
        uploads = uploads[: max(0, most)]
    for upload in uploads:
        try:
            typed.pictures.append(photos.prepare(upload))
        except photos.PhotoError as error:
            typed.fault("photo", error.sentence)


def _read_place(typed: Typed, policy: CityPolicy) -> None:
    values = typed.values
    values["address"] = clean(values["address"])
    if len(values["address"]) > ADDRESS_MAX:
        typed.fault("address", _("The address is too long. Street, alley and number are enough."))
    district = to_latin_digits(values["district"])
    if district:
        number = int(district) if re.fullmatch(r"[0-9]{1,3}", district) else None
        if number in policy.organisation.districts:
            typed.district = number
        else:
            values["district"] = ""
            typed.fault("district", _("Choose the district from the list, or leave it to us."))
    if values["lat"] or values["lon"]:
        typed.point = _point(values["lat"], values["lon"], policy)
        if typed.point is None:
            values["lat"] = values["lon"] = ""
            typed.fault("address", _("This place is outside the city. Write the address instead."))
    elif values["photo_lat"] != NO_PLACE:
        typed.point = _point(values["photo_lat"], values["photo_lon"], policy)
        for picture in typed.pictures:
            if typed.point is None and picture.lat_e6 is not None and picture.lon_e6 is not None:
                typed.point = inside(picture.lat_e6, picture.lon_e6, policy)
    if typed.join is None and not (values["address"] or typed.point or typed.district):
        typed.fault("address", _("Say where it is: an address, your place, or a district."))


def _read_phone(typed: Typed) -> None:
    values = typed.values
    values["name"] = " ".join(clean(values["name"]).split())[:NAME_MAX]
    if not values["phone"].strip():
        return
    try:
        phone = phones.parse_mobile(values["phone"])
    except phones.PhoneError as error:
        typed.fault("phone", phone_sentence(error))
    else:
        typed.caller = Caller(phone=phone, name=values["name"])


def phone_sentence(error: phones.PhoneError) -> str:
    """What to do about a number that is none."""
    return {
        "empty": _("Write your mobile number."),
        "not_mobile": _("This is not a mobile number; text messages cannot reach it."),
        "foreign": _("This is a number of another country; write one of ours."),
        "characters": _("Write the number with digits only."),
        "length": _("A mobile number has 11 digits; look at it again."),
        "invalid": _("There is no such mobile number; look at it again."),
    }[error.reason]


def inside(lat_e6: int, lon_e6: int, policy: CityPolicy) -> tuple[int, int] | None:
    """The point in microdegrees, None when it lies outside the city's frame."""
    south, west, north, east = (float(each) for each in city_map(policy)["bbox"])
    fits = south <= lat_e6 / 1e6 <= north and west <= lon_e6 / 1e6 <= east
    return (lat_e6, lon_e6) if fits else None


def _point(lat: str, lon: str, policy: CityPolicy) -> tuple[int, int] | None:
    degrees = [to_latin_digits(text.strip()) for text in (lat, lon)]
    if not all(DEGREES.fullmatch(text) for text in degrees):
        return None
    return inside(round(float(degrees[0]) * 1e6), round(float(degrees[1]) * 1e6), policy)


def _signed(text: str, salt: str, age: timedelta) -> int | None:
    try:
        value = signing.loads(text, salt=salt, max_age=age)
    except signing.BadSignature:
        return None
    return value if isinstance(value, int) else None
