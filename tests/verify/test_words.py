"""Whatever the checks say, they can say in Persian."""

import pickle
from string import Formatter

import pytest

from peygir.verify.errors import Fault, Incomplete, Tampered
from peygir.verify.words import PERSIAN, in_language, shown
from tests.verify.sentences import spoken


def test_every_sentence_has_its_persian() -> None:
    assert sorted(spoken() - PERSIAN.keys()) == []


@pytest.mark.parametrize("sentence", PERSIAN)
def test_both_languages_hold_the_same_fields(sentence: str) -> None:
    english, persian = (
        {(name, form) for _, name, form, _ in Formatter().parse(text) if name is not None}
        for text in (sentence, PERSIAN[sentence])
    )
    assert english == persian


def test_numbers_and_reasons_are_in_the_reader_s_language() -> None:
    sentence = "too few witnesses have seen it; they have seen {size:,} leaves"
    assert "۱٬۲۳۴" in in_language(sentence, "fa", size=1234)
    assert "1,234" in in_language(sentence, "en", size=1234)
    reason = in_language("it is not canonical: {why}", "fa", why="not JSON")
    assert reason == "نوشتهٔ یکتا نیست: JSON نیست"
    assert "os error" in in_language("the file cannot be read ({why})", "fa", why="os error")


def test_a_fault_says_where_and_what() -> None:
    fault = Tampered("leaf 5", "it has no kind")
    assert str(fault) == "leaf 5: it has no kind"
    assert fault.words("fa") == "ردیف 5: نوع ندارد"
    assert fault.code == 1
    assert fault.others == ()


def test_a_fault_survives_the_way_between_processes() -> None:
    fault = Incomplete("tile/0", "tile {number} is damaged", number=3)
    again = pickle.loads(pickle.dumps(fault))
    assert (type(again), again.where, again.what) == (Incomplete, "tile/0", "tile 3 is damaged")
    assert isinstance(again, Fault)


def test_control_characters_are_spelled_out_and_persian_is_not() -> None:
    assert shown("a\x1b]0;x\x07\r\n\x7f\u2066") == r"a\x1b]0;x\x07\r\n\x7f\u2066"
    for sentence in PERSIAN.values():
        assert shown(sentence) == sentence
