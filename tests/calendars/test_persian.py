"""Persian text: display form, search key, key words, sort key."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peygir.calendars.persian import (
    FA_KEY_SQL,
    clean,
    fa_key,
    search_key,
    to_latin_digits,
    to_persian_digits,
    words,
)

ANY_TEXT = st.text(st.characters(), max_size=60) | st.text(
    "اآأبپتثجچحخدذرزژسشصضطظعغفقکكگلمنوهةۀیيىئء \u200c\u200e\u064b\u0651\u0654\u0640\t\n۱٢3"
    "هاترینات،.-_",
    max_size=40,
)


def test_digits_change_between_three_sets() -> None:
    assert to_latin_digits("۰۱۲۳۴۵۶۷۸۹ ٠١٢٣٤٥٦٧٨٩ a1") == "0123456789 0123456789 a1"
    assert to_persian_digits("0123456789 ٠١٢٣٤٥٦٧٨٩") == "۰۱۲۳۴۵۶۷۸۹ ۰۱۲۳۴۵۶۷۸۹"


class TestCleanText:
    @pytest.mark.parametrize(
        ("raw", "shown"),
        [
            ("كوچه علي", "کوچه علی"),
            ("مي\u200cروم", "می\u200cروم"),
            ("می\u200c\u200cروم \u200cو\u200c ", "می\u200cروم و"),
            ("\u202bسلام\u202c \u2067x\u2069\ufeff", "سلام x"),
            ("  یک \t  دو\u00a0سه  ", "یک دو سه"),
            ("یک\r\nدو\rسه\u2028چهار", "یک\nدو\nسه\nچهار"),
            ("یک\n\n\n\n  \nدو\n", "یک\n\nدو"),
            ("الف\x00ب\x07", "الفب"),
            ("\ud800", "\N{REPLACEMENT CHARACTER}"),
            ("ا\u0653ب", "آب"),
            ("خانهٔ ۱۲", "خانهٔ ۱۲"),
            ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ],
    )
    def test_keeps_what_was_meant(self, raw: str, shown: str) -> None:
        assert clean(raw) == shown

    @given(ANY_TEXT)
    def test_is_stable_and_fits_the_database(self, text: str) -> None:
        once = clean(text)
        assert clean(once) == once
        assert "\x00" not in once
        once.encode()


class TestSearchKey:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("كوچه", "کوچه"),
            ("خانۀ ما", "خانه ما"),
            ("خانهٔ ما", "خانه ما"),
            ("جادة", "جاده"),
            ("آسفالت", "اسفالت"),
            ("أحمد إسلام", "احمد اسلام"),
            ("مُدیر", "مدیر"),
            ("ســـلام", "سلام"),
            ("۱۲ متری", "١٢ متری"),
            ("پیاده‌رو", "پیاده رو"),
            ("زباله‌ها", "زباله"),
            ("زباله‌های", "زبالهها"),
            ("خیابانها", "خیابان"),
            ("بزرگترین", "بزرگ"),
            ("جنازه‌هایی", "جنازه"),
            ("ﻻﻟﻪ", "لاله"),
            ("Pothole", "POTHOLE"),
            ("چاله،آب", "چاله آب"),
            ("\u200fچاله\u200e", "چاله"),
        ],
    )
    def test_is_one_for_spellings_people_mix(self, one: str, other: str) -> None:
        assert search_key(one) == search_key(other) != ""

    def test_never_leaves_fewer_than_three_letters(self) -> None:
        assert search_key("دفتر") == "دفتر"
        assert search_key("کمتر تان") == "کمتر تان"
        assert search_key("ها") == "ها"

    @given(ANY_TEXT)
    def test_of_a_key_is_the_key(self, text: str) -> None:
        key = search_key(text)
        assert search_key(key) == key
        assert not any(unicodedata.category(c).startswith(("M", "P", "C")) for c in key)


def test_key_words_are_distinct_and_carry_meaning() -> None:
    assert words("سلام لطفا زباله‌های کوچه ۱۲ را جمع کنید، زباله!") == ("زباله", "12", "جمع")
    assert words("و") == ()
    assert len(words(" ".join(f"w{n}" for n in range(500)))) == 60


class TestSortKey:
    def test_follows_the_persian_alphabet(self) -> None:
        names = [
            "۱۲", "آرش", "ارژنگ", "بهار", "پارک", "تهرانپارس", "ثامن", "جم", "چمن", "حافظ",
            "خاوران", "داور", "ذوب", "رود", "زهرا", "ژاله", "سعدی", "شهر", "صدر", "ضیا", "طوس",
            "ظفر", "علی", "غدیر", "فلک", "قدس", "کوه", "گل", "لاله", "مهر", "نور", "وحید", "هادی",
            "یاس", "Azadi",
        ]  # fmt: skip
        assert sorted(set(names), key=fa_key) == names

    def test_puts_district_two_before_ten_in_any_digits(self) -> None:
        names = ["منطقه 1", "منطقه ۲", "منطقه ٣", "منطقه ۱۰", "منطقه 11", "منطقه ۱۲۳۴۵۶۷۸۹"]
        assert sorted(set(names), key=fa_key) == names

    def test_is_equal_for_spellings_of_one_name(self) -> None:
        assert fa_key("كوي علي") == fa_key("کوی علی")
        assert fa_key("مَهر") == fa_key("مهر")
        assert fa_key("نیم\u200cفاصله") == fa_key("نیمفاصله")
        assert fa_key("007") == fa_key("۷")
        assert fa_key("Abc") == fa_key("aBC")

    def test_stands_in_the_sql_text_as_an_immutable_function(self) -> None:
        assert "IMMUTABLE STRICT PARALLEL SAFE" in FA_KEY_SQL
        assert FA_KEY_SQL.count("$fa_key$") == 2
