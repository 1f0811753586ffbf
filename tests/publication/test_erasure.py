"""Names, telephones, addresses and files are planted everywhere; after the erasure nothing is left
of them, and the public log holds as before."""

import contextlib
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from peygir.cases import erasing
from peygir.cases.models import Case
from peygir.evaluation.models import ACCEPTED, PENDING, Appeal, Point
from peygir.ledger.models import Event
from peygir.ledger.scope import Scope
from peygir.notices.models import CANCELLED, Notice
from peygir.people import contacts, files, letters, papers, photos
from peygir.people.models import Call, Citizen, Inspection, OneTimeCode, Photo, Reporter
from peygir.policy.model import CityPolicy
from peygir.publication import figures, openings, receipts
from peygir.verify.cli import main
from peygir.verify.errors import OK
from peygir.verify.receipts import parse_code
from tests.city import NOON, Story, filling, reported
from tests.people.test_photos import jpeg, upload
from tests.publication.conftest import Seal

pytestmark = pytest.mark.django_db

NAME, STREET, WORDS = "پروانه زاغیان", "کوچهٔ نیلوفر هفدهم", "چاله‌ای که مادرم در آن افتاد"
PHONE, OTHER = "+989127770137", "+989127770138"
FRIEND = "همسایه‌اش بهاره کیوانی"
PLANTED = (NAME, "زاغیان", "نیلوفر", "مادرم در آن", PHONE, PHONE[3:], FRIEND, "کیوانی")
AGAIN = "جوی آب گرفته است"


@pytest.fixture
def kept(settings: Any, tmp_path: Path) -> Path:
    settings.PEYGIR_PHOTO_DIR = tmp_path / "photos"
    return tmp_path / "photos"


def told(policy: CityPolicy, sent_by: Any) -> Story:
    """A closed case with something private in every place that takes it."""
    caller = contacts.Caller(phone=PHONE, name=NAME)
    story = Story(policy, caller=caller, words=f"{WORDS}، {FRIEND}", address=STREET)
    case, citizen = story.case.id, contacts.by_phone(PHONE)
    assert citizen is not None
    operator = filling(policy, "reception-1")
    sent_by(story.at + timedelta(seconds=20))
    photos.store(case, upload(jpeg(place=True)), kind="report", actor=operator, at=story.at)
    pdf = b"%PDF-1.7\n" + NAME.encode() + b"\n%%EOF\n"
    files.keep(case, files.prepare(SimpleUploadedFile("a.pdf", pdf)), actor=operator, at=story.at)
    _letter(case, operator, story)
    Call.objects.create(
        id=1, direction="in", citizen=citizen, phone=PHONE, case_id=case, rang_at=story.at
    )
    Call.objects.create(id=2, direction="in", citizen=citizen, phone=PHONE, rang_at=story.at)
    note = papers.write(case, {"note": f"با {NAME} صحبت شد، {PHONE}"}, actor=operator, at=story.at)
    Inspection.objects.create(
        id=1, visit="00000000-0000-4000-8000-000000000137", case_id=case, staff_id=1,
        started_at=story.at, saved_at=story.at, received_at=story.at, finding="done",
        lat_e6=34_640_123, lon_e6=50_880_321, accuracy_m=5, findings_id=note["note"],
    )  # fmt: skip
    OneTimeCode.objects.create(
        purpose="visit", citizen=citizen, case_id=case, digest=b"x", made_at=story.at,
        expires_at=story.at,
    )  # fmt: skip
    story.after(hours=1).report()
    story.after(hours=1).satisfied()
    _appeals(story)
    return story


def _letter(case: int, actor: Any, story: Story) -> None:
    words = letters.Words(
        to_kind="other",
        addressee=NAME,
        subject=f"دربارهٔ {STREET}",
        body=WORDS,
        signatory="letters-head",
        copies=[FRIEND],
        refers_to="نامهٔ کیوانی",
    )
    letters.draft(case, words, referral=None, actor=actor, at=story.at)


def _appeals(story: Story) -> None:
    """Objections to points, one decided and one not, that speak of the citizen."""
    event = Event.objects.filter(subject_id=story.case.id).latest("id")
    for number, state in ((1, ACCEPTED), (2, PENDING)):
        point = Point.objects.create(
            event_id=event.pk + number, case_id=story.case.id, scored="d3", unit="d3-civil",
            reason="breach", level=1, levels=1, points=-1, rule_version=1, at=story.at,
        )  # fmt: skip
        Appeal.objects.create(
            point=point, reason=f"{NAME} خانه نبود" if state == ACCEPTED else "مهلت کوتاه بود",
            answer=FRIEND if state == ACCEPTED else "", filed_at=story.at, filed_post="d3-mayor",
            state=state, decided_at=story.at if state == ACCEPTED else None,
        )  # fmt: skip


def in_database(needle: str) -> list[str]:
    """The tables that hold `needle` in any column, in any spelling of theirs."""
    found = []
    for table in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(
                f"select exists (select from {table} t where t::text like %s or t::text like %s)",
                [f"%{needle}%", f"%{needle.encode().hex()}%"],
            )
            if cursor.fetchone() == (True,):
                found.append(table)
    return found


def in_files(folder: Path, needle: str) -> list[Path]:
    spelled = needle.encode()
    return [path for path in folder.rglob("*") if path.is_file() and spelled in path.read_bytes()]


def erase(story: Story) -> None:
    story.after(days=1)
    head, deputy = filling(story.policy, "centre-head"), filling(story.policy, "mayor")
    erasing.ask(story.case.code, "request", actor=head, at=story.at)
    second = type(deputy)(**{f: getattr(deputy, f) for f in deputy.__slots__} | {"staff_id": 2})
    erasing.confirm(story.case.code, actor=second, at=story.at)


@pytest.mark.requirement("T12")
class TestWhatWasSaid:
    def test_is_nowhere_any_more(
        self, qom: CityPolicy, folders: Path, kept: Path, sealed: Seal, sent_by: Any
    ) -> None:
        story = told(qom, sent_by)
        stays = reported(qom, caller=contacts.Caller(phone=OTHER), words=AGAIN)
        sealed(story.at)
        for needle in PLANTED:
            assert in_database(needle), needle
        assert in_files(kept, NAME)
        assert len([path for path in kept.rglob("*") if path.is_file()]) == 3
        erase(story)
        sealed(story.at + timedelta(minutes=1))
        for needle in PLANTED:
            assert in_database(needle) == [], needle
            assert in_files(folders, needle) == [], needle
        assert [path for path in kept.rglob("*") if path.is_file()] == []
        photo = Photo.objects.filter(case_id=story.case.id, kind="report").get()
        assert (photo.lat_e6, photo.sha256) == (None, "")
        assert not OneTimeCode.objects.exists()
        assert Inspection.objects.get().lat_e6 is None
        assert in_database(AGAIN), "of another case everything stays"
        assert Reporter.objects.get(case_id=stays.case.id).citizen is not None
        assert Appeal.objects.get(state=PENDING).reason

    def test_is_on_no_public_page(
        self, qom: CityPolicy, folders: Path, kept: Path, sealed: Seal, sent_by: Any
    ) -> None:
        story = told(qom, sent_by)
        code = receipts.code_of(story.case.id)
        sealed(story.at)
        erase(story)
        sealed(story.at + timedelta(minutes=1))
        client = Client()
        shown = [f"/log/{path.relative_to(folders)}" for path in folders.rglob("*")]
        pages = ["/", "/receipt/", "/observatory/", f"/track/{story.case.code}/"]
        read = 0
        for path in [*pages, *shown]:
            answer = client.get(path, follow=True)
            said = b"".join(answer)  # streamed or not
            read += answer.status_code == 200
            assert not [needle for needle in PLANTED if needle.encode() in said], path
        assert read > 10
        answer = client.post("/receipt/", {"code": code}, follow=True)
        assert answer.status_code == 200
        assert "پاک" in answer.content.decode(), "it says that the words were erased"

    def test_a_citizen_of_two_cases_is_known_for_the_other(
        self, qom: CityPolicy, folders: Path, kept: Path, sealed: Seal, sent_by: Any
    ) -> None:
        story = told(qom, sent_by)
        other = reported(qom, caller=contacts.Caller(phone=PHONE), words=AGAIN).case
        story.at = max(story.at, NOON)
        erase(story)
        citizen = contacts.by_phone(PHONE)
        assert citizen is not None
        assert [each.case_id for each in Reporter.objects.filter(citizen=citizen)] == [other.id]
        about = Notice.objects.filter(citizen_id=citizen.pk).values_list("case_id", flat=True)
        assert set(about) == {other.id}
        assert Call.objects.get(pk=1).citizen is None
        assert Call.objects.get(pk=2).phone == PHONE

    def test_messages_that_wait_are_not_sent(
        self, qom: CityPolicy, folders: Path, kept: Path, sealed: Seal, sent_by: Any
    ) -> None:
        story = Story(qom, caller=contacts.Caller(phone=PHONE, name=NAME))
        story.after(hours=1).report()
        story.after(hours=1).satisfied()
        assert Notice.objects.filter(state="queued", audience="citizen").exists()
        erase(story)
        found = Notice.objects.filter(case_id=story.case.id)
        assert set(found.values_list("state", "failure")) == {(CANCELLED, "erased")}


class TestTheLog:
    def test_holds_as_before_and_opens_nothing(
        self, qom: CityPolicy, folders: Path, kept: Path, sealed: Seal, sent_by: Any
    ) -> None:
        story = told(qom, sent_by)
        sealed(story.at)
        place = receipts.find(parse_code(receipts.code_of(story.case.id)))
        assert place is not None
        before = _leaves(folders)
        erase(story)
        sealed(story.at + timedelta(minutes=1))
        figures.publish(at=story.at + timedelta(minutes=2))
        sealed(story.at + timedelta(minutes=3))
        assert _verified(folders, "log") == OK
        assert _verified(folders, "stats", "live") == OK
        after = _leaves(folders)
        assert all(after[index] == data for index, data in before.items())
        assert receipts.told_of(place)[-1]["t"] == "erasure.done"
        auditor = filling(qom, "auditor")
        with pytest.raises(openings.CannotOpen, match="erased"):
            openings.open_leaf(place, policy=qom.digest, actor=auditor, at=story.at)

    def test_says_nothing_of_a_sealed_case_but_that_it_went_on(
        self, qom: CityPolicy, folders: Path, sealed: Seal
    ) -> None:
        from peygir.people.erasing import erase as destroy

        case = reported(qom).case
        Case.objects.filter(pk=case.id).update(sealed=True)
        event = Event.objects.get(subject_id=case.id)
        with connection.cursor() as cursor:  # as it is registered where complaints are
            cursor.execute("alter table ledger_event disable trigger ledger_event_guard")
            facts = event.facts | {"case": event.facts["case"] | {"sealed": True}}
            Event.objects.filter(pk=event.pk).update(facts=facts)
            cursor.execute("alter table ledger_event enable trigger ledger_event_guard")
        sealed(NOON + timedelta(seconds=15))
        destroy(case.id, at=NOON + timedelta(minutes=1))
        sealed(NOON + timedelta(minutes=2))
        place = receipts.find(parse_code(receipts.code_of(case.id)))
        assert place is not None
        first, last = receipts.told_of(place)
        assert last["t"] == "case.stepped"
        assert set(last) == {"t", "v", "case", "n", "prev", "c", "ca"} == set(first)

    def test_and_rows_are_still_what_the_events_say(
        self, qom: CityPolicy, folders: Path, kept: Path, sealed: Seal, sent_by: Any
    ) -> None:
        from django.conf import settings
        from django.utils.module_loading import import_string

        story = Story(qom, caller=contacts.Caller(phone=PHONE, name=NAME))
        story.after(hours=1).report()
        story.after(hours=1).satisfied()
        sealed(story.at)
        erase(story)
        sealed(story.at + timedelta(minutes=1))
        for name in settings.REPLAY_CHECKS:
            assert list(import_string(name)(Scope())) == [], name
        assert Citizen.objects.filter(phone=None, name="").exists()


def _leaves(folders: Path) -> dict[int, bytes]:
    from peygir.ledger.models import Head
    from peygir.verify.logcheck import read_leaves
    from peygir.verify.tiles import Reader

    return dict(read_leaves(Reader(folders / "1405"), Head.objects.get().size))


def _verified(folders: Path, command: str, *more: str) -> int:
    given = [command, str(folders / "1405"), *more, "--vkey", str(folders / "vkeys.txt")]
    given += ["--jobs", "1"]
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return main(given)
