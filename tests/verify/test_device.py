"""A confirmation from the device that reported: its secret is known by its hash, fits once, and a
made-up one is evidence."""

import hashlib
import json
from pathlib import Path

import pytest

from peygir.verify import errors
from peygir.verify.canonical import parse, to_base64url
from peygir.verify.device import fits
from peygir.verify.fold import Fold
from peygir.verify.folding import Shard, fold_share, merge_folds
from peygir.verify.matters import Matter, Matters
from tests.verify.book import NOW, Book
from tests.verify.fortnight import DAY, START, of_case
from tests.verify.test_statistics import City

pytestmark = pytest.mark.requirement("T13")

SECRET = to_base64url(bytes(range(32)))
HASH = to_base64url(hashlib.sha256(bytes(range(32))).digest())
OTHER = to_base64url(bytes(32))


class TestFits:
    def test_the_hash_is_of_the_bytes(self) -> None:
        assert fits(SECRET, HASH)
        assert len(HASH) == 43

    @pytest.mark.parametrize(
        "secret", ["", OTHER, HASH, SECRET[:-1], SECRET + "A", SECRET + "=", SECRET[:-1] + "9", "ز"]
    )
    def test_nothing_else_does(self, secret: str) -> None:
        assert not fits(secret, HASH)

    def test_of_a_case_without_one_nothing_fits(self) -> None:
        assert not fits(SECRET, "")


class TestCounted:
    def book(self, device: str = HASH) -> Book:
        book = Book()
        book.register(**({"cc": device} if device else {}))
        book.done("a", NOW + DAY)
        return book

    def told(self, book: Book) -> tuple[int, int, list[int]]:
        found = book.made()
        assert found["coverage"]["confirmed"] == found["totals"].get("confirmed", 0)
        assert found["coverage"]["device"] == found["totals"].get("by_device", 0)
        return found["coverage"]["confirmed"], found["coverage"]["device"], book.fold.strange

    def test_with_the_secret_apart_from_without(self) -> None:
        with_it, without = self.book(), self.book()
        with_it.close("a", NOW + 2 * DAY, cs=SECRET)
        without.close("a", NOW + 2 * DAY)
        assert self.told(with_it) == (1, 1, [])
        assert self.told(without) == (1, 0, [])

    @pytest.mark.parametrize("device", [HASH, ""])
    def test_a_made_up_one_is_noted_and_counts_for_nothing(self, device: str) -> None:
        book = self.book(device)
        book.close("a", NOW + 2 * DAY, cs=OTHER)
        assert self.told(book) == (1, 0, [book.index - 1])

    def test_what_staff_wrote_down_is_no_confirmation_by_it(self) -> None:
        book = self.book()
        book.close("a", NOW + 2 * DAY, mode="call", cs=SECRET)
        assert self.told(book) == (0, 0, [])

    def test_once_revealed_it_proves_nothing_a_second_time(self) -> None:
        """Also when the closed case was packed in between."""
        book = self.book()
        book.close("a", NOW + 2 * DAY, cs=SECRET)
        again = {"cyc": 2, "due": NOW + 4 * DAY, "sla": DAY}
        book.tell("a", "case.reopened", NOW + 3 * DAY, **again)
        book.done("a", NOW + 3 * DAY + 60)
        book.close("a", NOW + 4 * DAY, cs=SECRET)
        assert self.told(book) == (2, 1, [])

    def test_a_closing_that_closes_nothing(self) -> None:
        book = self.book()
        book.close("a", NOW + 2 * DAY)
        book.close("a", NOW + 2 * DAY, cs=SECRET)
        assert self.told(book) == (1, 0, [])


class TestRemembered:
    @pytest.mark.parametrize("device", [HASH, ""])
    @pytest.mark.parametrize("is_revealed", [True, False])
    def test_with_its_case_and_only_where_it_has_one(self, device: str, is_revealed: bool) -> None:
        closed, plain, matters = Matter(), Matter(), Matters()
        for each in (closed, plain):
            each.is_open = False
        closed.device, closed.is_revealed = device, is_revealed
        matters.put("a" * 22, closed)
        matters.put("b" * 22, plain)
        sizes = [len(packed) for packed in matters._closed.values()]
        assert sizes[0] - sizes[1] == (32 if device else 0)
        found = matters.get("a" * 22)
        assert found is not None
        assert found.plain() == closed.plain()
        assert Matter.again(json.loads(json.dumps(closed.plain()))).plain() == closed.plain()


class TestVerify:
    def close(self, city: City, secret: str) -> int:
        at = START + DAY
        first = next(parse(e) for e in city.log.entries if b'"t":"case.registered"' in e)
        fields = {k: v for k, v in first.items() if k not in ("t", "v", "case", "n", "prev")}
        of_case(city.log, "mine", "case.registered", fields | {"et": at, "cc": HASH})
        end = {"end": "by_word", "ending": "satisfied", "word": "yes", "mode": "web", "cs": secret}
        return of_case(city.log, "mine", "case.closed", end | {"et": at + 60})

    def test_the_true_one_holds(self, tmp_path: Path) -> None:
        city = City(tmp_path / "1405")
        self.close(city, SECRET)
        city.publish()
        assert city.run() == errors.OK

    @pytest.mark.parametrize(
        ("lang", "said"), [("en", "it reveals a secret that is not"), ("fa", "رازی را آشکار می‌کند")]
    )
    def test_a_made_up_one_is_tampered(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], lang: str, said: str
    ) -> None:
        city = City(tmp_path / "1405")
        leaf = self.close(city, OTHER)
        city.publish()
        assert city.run(lang=lang) == errors.TAMPERED
        told = capsys.readouterr()
        assert said in told.out + told.err
        digits = str.maketrans("۰۱۲۳۴۵۶۷۸۹", "0123456789")
        assert str(leaf) in (told.out + told.err).translate(digits)

    def test_whichever_process_sees_it(self, tmp_path: Path) -> None:
        city = City(tmp_path / "1405")
        leaf = self.close(city, OTHER)
        shards = [Shard(city.log.write(), len(city.log.entries))]
        parts: list[Fold] = [fold_share(shards, [], None, 3, share) for share in range(3)]
        for part in parts[1:]:
            merge_folds(parts[0], part)
        assert parts[0].strange == [leaf]

    @pytest.mark.parametrize("cc", [7, "short", "=" * 43, [HASH]])
    def test_a_hash_that_is_none_ends_in_a_typed_code(self, tmp_path: Path, cc: object) -> None:
        city = City(tmp_path / "1405")
        city.publish()
        first = next(parse(e) for e in city.log.entries if b'"t":"case.registered"' in e)
        fields = {k: v for k, v in first.items() if k not in ("t", "v", "case", "n", "prev")}
        of_case(city.log, "mine", "case.registered", fields | {"cc": cc})
        end = {"end": "exception", "ending": "unreachable", "et": START + DAY}
        of_case(city.log, "mine", "case.closed", end)
        with pytest.raises(errors.Tampered):
            city.publish()
