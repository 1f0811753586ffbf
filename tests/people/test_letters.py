"""Numbers of letters: one after the other, without a gap, however many are sent at once."""

from datetime import date, timedelta
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.http import Http404

from peygir.ledger.entry import Actor
from peygir.people import erasing, letters
from peygir.people.models import Letter, LetterSerial
from tests.city import NOON

ACTOR = Actor(kind="post", post="letters-head", staff_id=1)
DAY = date(2026, 11, 21)
LAST_DAY, NEW_YEAR = date(2027, 3, 20), date(2027, 3, 21)
PDF = b"%PDF-1.7\n%%EOF\n"


def signed(case_id: int = 7) -> Letter:
    words = letters.Words(
        to_kind="other",
        addressee="رئیس محترم",
        subject="موضوع",
        body="متن",
        signatory="letters-head",
    )
    letter = letters.draft(case_id, words, referral=6, actor=ACTOR, at=NOON)
    return letters.sign(letter.pk, actor=ACTOR, at=NOON)


def send(day: date = DAY) -> Letter:
    return letters.send(signed().pk, day=day, at=NOON)


@pytest.mark.django_db
def test_numbers_count_within_the_jalali_year() -> None:
    assert [send().number for _ in range(3)] == ["1405/1", "1405/2", "1405/3"]
    assert send(LAST_DAY).number == "1405/4"
    assert send(NEW_YEAR).number == "1406/1"


@pytest.mark.django_db
def test_what_failed_leaves_no_gap() -> None:
    send()
    letter = signed()
    with transaction.atomic():
        assert letters.send(letter.pk, day=DAY, at=NOON).serial == 2
        transaction.set_rollback(True)
    assert Letter.objects.get(pk=letter.pk).serial is None
    assert send().number == "1405/2"


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("I10")
def test_letters_that_are_sent_at_once_have_each_their_own_number() -> None:
    made = [signed().pk for _ in range(8)]
    start = Barrier(len(made))
    faults: list[BaseException] = []

    def one(letter_id: int, fails: bool) -> None:
        start.wait()
        try:
            with transaction.atomic():
                letters.send(letter_id, day=DAY, at=NOON)
                if fails:
                    raise ValueError
        except ValueError:
            pass
        except BaseException as error:  # a thread's error must not get lost
            faults.append(error)
        finally:
            connection.close()

    threads = [Thread(target=one, args=(pk, n % 4 == 3)) for n, pk in enumerate(made)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not faults
    numbers = sorted(Letter.objects.exclude(serial=None).values_list("serial", flat=True))
    assert numbers == [1, 2, 3, 4, 5, 6]
    assert LetterSerial.objects.get().last == 6
    Letter.objects.all().delete()
    LetterSerial.objects.all().delete()


@pytest.mark.django_db
def test_a_letter_is_where_it_must_be() -> None:
    letter = signed()
    assert str(letter) == f"letter {letter.pk}"
    with pytest.raises(letters.WrongState):
        letters.sign(letter.pk, actor=ACTOR, at=NOON)
    with pytest.raises(letters.WrongState):
        letters.close(letter.pk)
    letters.send(letter.pk, day=DAY, at=NOON)
    with pytest.raises(letters.WrongState):
        letters.take_back(letter.pk)
    with pytest.raises(letters.WrongState):
        letters.send(letter.pk, day=DAY, at=NOON)
    with pytest.raises(letters.WrongState):
        letters.sign(1, actor=ACTOR, at=NOON)
    assert str(LetterSerial.objects.get()) == "1405/1"


@pytest.mark.django_db
def test_the_database_itself_refuses_a_number_twice_and_a_draft_with_one() -> None:
    first, second = send(), signed()
    with pytest.raises(IntegrityError), transaction.atomic():
        Letter.objects.filter(pk=second.pk).update(state="sent", year=1405, serial=first.serial)
    with pytest.raises(IntegrityError), transaction.atomic():
        Letter.objects.filter(pk=second.pk).update(year=1405, serial=99)


@pytest.mark.django_db
def test_an_erased_case_keeps_numbers_and_loses_words_and_scans(
    settings: Any, tmp_path: Path
) -> None:
    settings.PEYGIR_PHOTO_DIR = tmp_path
    letter = send()
    reply = letters.Reply(theirs="12/5", dated=DAY, body="پاسخ", scan=("pdf", PDF))
    came = letters.receive(letter.pk, reply, actor=ACTOR, at=NOON + timedelta(days=1))
    assert len(list(tmp_path.rglob("*.pdf"))) == 1
    assert [one.pk for one in letters.of(7)] == [letter.pk, came.pk]
    erasing.erase(7, at=NOON)
    assert not list(tmp_path.rglob("*.pdf"))
    kept = letters.of(7)
    assert [(one.number, one.subject, one.body, one.search) for one in kept] == [
        ("1405/1", "", "", ""), ("12/5", "", "", ""),
    ]  # fmt: skip
    with pytest.raises(Http404):
        letters.serve(kept[1])
    with pytest.raises(letters.WrongState):
        letters.close(letter.pk)
