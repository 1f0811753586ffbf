"""One value, one spelling: against another implementation of RFC 8785; ways to misspell."""

import json
from typing import Any

import hypothesis.strategies as st
import pytest
import rfc8785
from hypothesis import example, given

from peygir.verify.canonical import INTEGER_LIMIT, encode, from_base64url, parse, to_base64url
from peygir.verify.errors import NotCanonical

TEXTS = st.text(max_size=20)
KEYS = st.text(st.characters(max_codepoint=0x7F), max_size=8)
NUMBERS = st.integers(1 - INTEGER_LIMIT, INTEGER_LIMIT - 1)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner),
    max_leaves=8,
)
LEAVES = st.dictionaries(KEYS, VALUES)
DEEP: list[Any] = []
for _ in range(100_000):
    DEEP = [DEEP]


@given(LEAVES)
@example({"name": "پی\u200cگیری ۱۳۷", "t": "case.registered", "z": [True, {"a": -1}]})
def test_a_leaf_is_spelled_as_rfc_8785_says_and_read_back(leaf: dict[str, Any]) -> None:
    data = encode(leaf)
    assert data == rfc8785.dumps(leaf)
    assert parse(data) == leaf


@given(st.binary() | TEXTS.map(str.encode) | LEAVES.map(lambda leaf: json.dumps(leaf).encode()))
def test_whatever_is_accepted_is_the_one_spelling_of_what_it_says(data: bytes) -> None:
    try:
        leaf = parse(data)
    except NotCanonical:
        return
    assert rfc8785.dumps(leaf) == data


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b'{"a":1,"a":1}', "spelled"),
        (b'{"b":1,"a":1}', "spelled"),
        (b'{"a": 1}', "spelled"),
        (b'{"a":1}\n', "spelled"),
        (b'{"a":"\\u0041"}', "spelled"),
        (b'{"a":"\\/"}', "spelled"),
        (b'{"a":-0}', "spelled"),
        (b'{"a":1.0}', "whole"),
        (b'{"a":1e2}', "whole"),
        (b'{"a":NaN}', "whole"),
        (b'{"a":null}', "NoneType"),
        (b'{"a":[null]}', "NoneType"),
        (b'{"a":9007199254740992}', "large"),
        (b'{"a":{"b":-9007199254740992}}', "large"),
        (b'{"a":[9007199254740992]}', "large"),
        ('{"ن":1}'.encode(), "ASCII"),
        (b'{"a":"\\ud800"}', "UTF-8"),
        (b'{"a":"\xff"}', "UTF-8"),
        ('{"a":1}'.encode("utf-16"), "UTF-8"),
        (b"\xef\xbb\xbf{}", "JSON"),
        (b"[]", "object"),
        (b"{", "JSON"),
        (b"", "JSON"),
        (b'{"a":' + b"[" * 100_000, "deep"),
    ],
)
def test_any_other_spelling_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(NotCanonical, match=why):
        parse(data)


@pytest.mark.parametrize(
    "value",
    [None, 1.5, b"x", (1,), {1: 2}, {"ن": 1}, {"a": INTEGER_LIMIT}, ["\ud800"], {1}, DEEP],
    ids=lambda value: type(value).__name__,
)
def test_what_has_no_spelling_is_not_written(value: Any) -> None:
    with pytest.raises(NotCanonical):
        encode(value)


@given(st.binary(max_size=40))
def test_bytes_survive_base64url(data: bytes) -> None:
    text = to_base64url(data)
    assert "=" not in text
    assert from_base64url(text, len(data)) == data
    with pytest.raises(NotCanonical):
        from_base64url(text, len(data) + 1)


@pytest.mark.parametrize("text", ["QQ==", "QR", "Q", "Q Q", "ن", "+/+/", ""])
def test_base64url_of_one_byte_has_one_spelling(text: str) -> None:
    with pytest.raises(NotCanonical):
        from_base64url(text, 1)
