"""Reading what was typed into a letter and its reply; the words that a new letter starts with."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.utils import translation
from django.utils.translation import gettext as _

from peygir.boards import letters as board
from peygir.calendars.jalali import numeric
from peygir.cases.models import Case
from peygir.desk.access import StaffRequest
from peygir.desk.case import title
from peygir.desk.follow.common import day_of, instant_of, number_of, text_of
from peygir.desk.letters import ece
from peygir.look.dates import jalali_words, local
from peygir.look.numbers import fa
from peygir.people import letters, photos
from peygir.people.files import FileError
from peygir.people.models import Letter
from peygir.people.papers import TEXT_MAX
from peygir.people.photos import PhotoError
from peygir.policy.model import CityPolicy

LINE_MAX: Final = 160
SUBJECT_MAX: Final = 200
NUMBER_MAX: Final = 60
ATTACHABLE: Final = ("report", "before", "after", "visit")  # never a citizen's signature
REPLY_DAYS: Final = 10  # that a new letter gives its addressee, until somebody says otherwise

Options = list[tuple[str, str]]


@dataclass(slots=True, kw_only=True)
class Read:
    """A letter as typed; `words` is None while something is wrong."""

    words: letters.Words | None = None
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class ReadReply:
    reply: letters.Reply | None = None
    errors: dict[str, str] = field(default_factory=dict)


def addressees(policy: CityPolicy, language: str) -> list[tuple[str, Options]]:
    """Whom a letter may go to: value is kind:code."""
    org = policy.organisation
    bodies = [(f"body:{c}", w.in_(language)) for c, w in org.outside_bodies.items()]
    council = [
        (f"council:{c}", u.words.in_(language)) for c, u in org.units.items() if u.kind == "council"
    ]
    units = [
        (f"unit:{c}", u.words.in_(language)) for c, u in org.units.items() if u.kind != "council"
    ]
    groups = [(_("Outside bodies"), bodies), (_("City council"), council), (_("Units"), units)]
    return [(name, options) for name, options in groups if options]


def signatories(policy: CityPolicy, unit: str, language: str) -> Options:
    """Posts that may stand under a letter of `unit`: its head and the heads above it."""
    org = policy.organisation
    heads = [org.head_of(code) for code in org.ancestors(unit)]
    return [(code, org.posts[code].words.in_(language)) for code in heads if code]


def template(
    policy: CityPolicy, case: Case, unit: str, *, at: Any, own: letters.Words | None = None
) -> dict[str, str]:
    """What a new letter says before anybody has changed it, in the city's own language."""
    reply_by = local(at).date() + timedelta(days=REPLY_DAYS)
    with translation.override(str(policy.city.get("language", "fa"))):
        language = translation.get_language() or "fa"
        is_sorted = case.category in policy.categories
        about = title(policy, case, language) if is_sorted else _kind(policy, case, language)
        district = policy.organisation.districts.get(case.district) if case.district else None
        names = {
            "code": fa(case.code),  # dashes would turn its parts round in a Persian line
            "about": about,
            "district": district.in_(language) if district else policy.words.in_(language),
            "date": jalali_words(local(case.opened_at).date()),
            "reply": jalali_words(reply_by),
        }
        body = _(
            "Greetings,\n"
            "A citizen's message with the number %(code)s about “%(about)s”, %(district)s, was "
            "registered on %(date)s and is not resolved in spite of what the executive office "
            "did.\n"
            "Please have the matter examined and send your official answer by %(reply)s."
        )
        body %= names
        subject = _("%(about)s, %(district)s") % names if is_sorted else ""
    heads = signatories(policy, unit, "fa")
    return {
        "subject": subject.strip("،, "),
        "body": body,
        "reply_by": numeric(reply_by),
        "signatory": heads[0][0] if heads else "",
    }


def _kind(policy: CityPolicy, case: Case, language: str) -> str:
    """What a message is called that nobody has sorted yet."""
    kind = policy.kinds.get(case.kind)
    return kind.in_(language) if kind else ""


def typed_of(letter: Letter) -> dict[str, Any]:
    """A stored draft as the form shows it."""
    return {
        "to": f"{letter.to_kind}:{letter.to_code}" if letter.to_code else "",
        "addressee": letter.addressee,
        "subject": letter.subject,
        "body": letter.body,
        "signatory": letter.signatory,
        "reply_by": numeric(local(letter.reply_by - timedelta(minutes=1)).date())
        if letter.reply_by
        else "",
        "answers": str(letter.answers_id or ""),
        "follows": str(letter.follows_id or ""),
        "refers_to": letter.refers_to,
        "copies": "\n".join(letter.copies),
        "attachments": [str(pk) for pk in letter.attachments],
    }


def read(request: StaffRequest, case: Case, unit: str) -> Read:
    """The typed letter, everything that is wrong with it at once."""
    found = Read()
    wrong = found.errors
    kind, code, addressee = _addressee(request, wrong)
    subject = _line(request, "subject", SUBJECT_MAX, wrong, needed=True)
    body = _line(request, "body", TEXT_MAX, wrong, needed=True)
    signatory = request.POST.get("signatory", "")
    if signatory not in dict(signatories(request.policy, unit, "fa")):
        wrong["signatory"] = _("Choose who signs.")
    copies = [one.strip() for one in text_of(request, "copies").split("\n") if one.strip()]
    if len(copies) > letters.COPIES_MAX or any(len(one) > LINE_MAX for one in copies):
        wrong["copies"] = _("At most %(most)s copies, one in a line.") % {
            "most": fa(letters.COPIES_MAX)
        }
    reply_by = None
    if request.POST.get("reply_by", "").strip():
        day = day_of(request.POST["reply_by"])
        if day is None or not 0 < (day - local(request.at).date()).days <= 365:
            wrong["reply_by"] = _("Give a day that lies ahead, such as 1405/09/20.")
        else:
            reply_by = instant_of(request.policy, day + timedelta(days=1))
    found.words = letters.Words(
        to_kind=kind,
        to_code=code,
        addressee=addressee,
        subject=subject,
        body=body,
        signatory=signatory,
        copies=copies,
        attachments=_attached(request, case, wrong),
        answers=_letter(request, case, "answers", wrong),
        follows=_letter(request, case, "follows", wrong),
        refers_to=_line(request, "refers_to", NUMBER_MAX, wrong),
        reply_by=reply_by,
    )
    if wrong:
        found.words = None
    return found


def read_reply(request: StaffRequest, sent: Letter) -> ReadReply:
    """The typed reply; a file in our XML profile fills in what was left empty."""
    found = ReadReply()
    wrong = found.errors
    wire = _wire(request, wrong)
    typed = {name: text_of(request, name) for name in ("theirs", "dated", "reply_text")}
    if wire is not None:
        theirs = typed["theirs"] or wire.number
        dated = day_of(typed["dated"]) if typed["dated"] else wire.dated
        text = typed["reply_text"] or wire.body
    else:
        theirs, dated, text = typed["theirs"], day_of(typed["dated"]), typed["reply_text"]
    if not theirs or len(theirs) > NUMBER_MAX:
        wrong["theirs"] = _("The number that stands on the reply is needed.")
    today = local(request.at).date()
    if dated is None or not date(2000, 1, 1) <= dated <= today:
        wrong["dated"] = _("Give the day that stands on the reply, such as 1405/09/20.")
    scan = _scan(request, wrong) or _scan_of(wire, wrong)
    if not text or len(text) > TEXT_MAX:
        wrong["reply_text"] = _("What was answered is needed, in at most %(most)s characters.") % {
            "most": fa(TEXT_MAX)
        }
    if not wrong and dated is not None:
        found.reply = letters.Reply(theirs=theirs, dated=dated, body=text, scan=scan)
    return found


def _addressee(request: StaffRequest, wrong: dict[str, str]) -> tuple[str, str, str]:
    """Kind, code and name; the name may be written as it should stand on the letter."""
    chosen, typed = request.POST.get("to", "")[:80], text_of(request, "addressee")
    kind, _colon, code = chosen.partition(":")
    if len(typed) > LINE_MAX:
        wrong["addressee"] = _("This is too long; at most %(most)s characters.") % {
            "most": fa(LINE_MAX)
        }
    if not chosen:
        if not typed:
            wrong["addressee"] = _("Choose whom the letter goes to, or write it.")
        return "other", "", typed
    known = {value: name for _g, group in addressees(request.policy, "fa") for value, name in group}
    if chosen not in known:
        wrong["to"] = _("Please choose one from the list.")
        return "other", "", typed
    return kind, code, typed or known[chosen]


def _line(
    request: StaffRequest, name: str, most: int, wrong: dict[str, str], *, needed: bool = False
) -> str:
    text = text_of(request, name)
    if needed and not text:
        wrong[name] = _("This is needed.")
    elif len(text) > most:
        wrong[name] = _("This is too long; at most %(most)s characters.") % {"most": fa(most)}
    return text


def _letter(request: StaffRequest, case: Case, name: str, wrong: dict[str, str]) -> int | None:
    """Another letter of the same case."""
    typed = request.POST.get(name, "")
    if not typed:
        return None
    number = number_of(typed)
    found = board.one(request.actor, number) if number else None
    if found is None or found.case_id != case.pk or not found.number:
        wrong[name] = _("Please choose one from the list.")
        return None
    return found.pk


def _attached(request: StaffRequest, case: Case, wrong: dict[str, str]) -> list[int]:
    """The photos of this case that go along, in the order in which they were taken."""
    wanted = set(request.POST.getlist("attachments"))
    known = [photo.pk for photo in photos.of(case.pk, *ATTACHABLE)]
    chosen = [pk for pk in known if str(pk) in wanted]
    if len(chosen) != len(wanted) or len(chosen) > letters.ATTACHED_MAX:
        wrong["attachments"] = _("Choose at most %(most)s photos of this message.") % {
            "most": fa(letters.ATTACHED_MAX)
        }
    return chosen


def _scan(request: StaffRequest, wrong: dict[str, str]) -> tuple[str, bytes] | None:
    upload = request.FILES.get("scan")
    if not isinstance(upload, UploadedFile):
        return None
    try:
        return letters.prepare(upload)
    except (FileError, PhotoError) as error:
        wrong["scan"] = error.sentence
        return None


def _scan_of(wire: ece.Wire | None, wrong: dict[str, str]) -> tuple[str, bytes] | None:
    """The PDF inside an XML letter, if it is one."""
    if wire is None or wire.pdf is None:
        return None
    if not wire.pdf.startswith(b"%PDF-") or b"%%EOF" not in wire.pdf[-2048:]:
        wrong["xml"] = _("The file inside this letter is no PDF.")
        return None
    return "pdf", wire.pdf


def _wire(request: StaffRequest, wrong: dict[str, str]) -> ece.Wire | None:
    upload = request.FILES.get("xml")
    if not isinstance(upload, UploadedFile):
        return None
    if (upload.size or 0) > ece.BYTES_MAX:
        wrong["xml"] = _("This file is too large.")
        return None
    try:
        return ece.read(upload.read())
    except ece.EceError:
        wrong["xml"] = _("This file is no letter in the form that we can read.")
        return None
