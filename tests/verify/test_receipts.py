"""Codes that people type, and promises that a city signs."""

from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given

from peygir.verify.receipts import (
    BadCode,
    Promise,
    find_leaf,
    format_promise,
    lookup_line,
    lookup_path,
    parse_code,
    parse_promise,
    promise_message,
    receipt_code,
)
from peygir.verify.tiles import Reader
from tests.verify.logs import AT, Key, city

HASHES = st.binary(min_size=32, max_size=32)
RECEIPT = Key("example/receipt")
PROMISE = Promise("example/receipt", AT, bytes(range(32)))
SIGNED = format_promise(PROMISE, RECEIPT.vkey.id, RECEIPT.private.sign(promise_message(PROMISE)))


class TestCodes:
    @given(HASHES)
    def test_a_code_gives_back_how_the_hash_begins(self, value: bytes) -> None:
        code = receipt_code(value)
        assert parse_code(code) == value[:10]
        assert len(code) == 19
        assert not set(code) & set("ILOU")

    def test_it_may_be_typed_in_any_of_these_ways(self) -> None:
        code = "0123-4567-89AB-CDEF"
        expected = parse_code(code)
        assert receipt_code(expected) == code
        for text in (
            "0123456789abcdef",
            " o123 4567 89AB CDEF ",
            "۰۱۲۳-۴۵۶۷-۸۹ab-cdef",
            "٠١٢٣٤٥٦٧٨٩ABCDEF",
            "0i23-4567-89AB-CDEF",
            "0L23-4567-89AB-CDEF",
            "\u2066\u200e0123-4567-89AB-CDEF\u200e\u2069",
        ):
            assert parse_code(text) == expected, text

    @pytest.mark.parametrize("text", ["", "0123", "0123-4567-89AB-CDEU", "x" * 61, "۰" * 17])
    def test_anything_else_is_none(self, text: str) -> None:
        with pytest.raises(BadCode):
            parse_code(text)

    def test_the_list_does_not_tell_which_code_is_looked_up(self) -> None:
        value = bytes(range(32))
        assert lookup_path(value[:10]) == f"receipts/{receipt_code(value)[:2]}.txt"
        assert lookup_line(value, 7) == f"{receipt_code(value)} 7\n"

    def test_a_leaf_is_found_by_the_tiles_alone(self, tmp_path: Path) -> None:
        log = city(tmp_path)
        reader = Reader(log.write())
        for leaf in (0, 255, 256, 801):
            assert find_leaf(reader, 802, log.hash(leaf)[:10]) == leaf
        inside = log.hash(3)[1:11]  # bytes of a hash that do not begin it
        assert find_leaf(reader, 802, inside) is None


class TestPromises:
    def test_a_promise_is_read_as_it_was_signed(self) -> None:
        assert len(SIGNED) == 146
        strangers = [Key("a").vkey, Key("example/receipt", seed="b").vkey]
        assert parse_promise(f"{SIGNED}\n", [*strangers, RECEIPT.vkey]) == PROMISE

    @pytest.mark.parametrize("at", [0, 10, 30, 140])
    def test_a_changed_promise_is_none(self, at: int) -> None:
        letter = "B" if SIGNED[at] != "B" else "C"
        with pytest.raises(BadCode, match="no receipt key"):
            parse_promise(SIGNED[:at] + letter + SIGNED[at + 1 :], [RECEIPT.vkey])

    def test_a_promise_of_a_stranger_is_none(self) -> None:
        with pytest.raises(BadCode, match="no receipt key"):
            parse_promise(SIGNED, [Key("example/other").vkey])

    @pytest.mark.parametrize("text", ["", SIGNED[:-1], SIGNED + "A", "ن" * 146])
    def test_a_word_of_another_shape_is_none(self, text: str) -> None:
        with pytest.raises(BadCode, match="not a promise"):
            parse_promise(text, [RECEIPT.vkey])
