"""Signed notes and checkpoints: another project's example, and everything that is none."""

import pytest

from peygir.verify.merkle import EMPTY
from peygir.verify.notes import (
    LOG_KEY,
    NOTE_BYTES_MAX,
    WITNESS_KEY,
    BadNote,
    Note,
    Signature,
    Vkey,
    checkpoint_text,
    cosignature,
    cosigned_at,
    format_note,
    from_base64,
    is_signed_by,
    parse_checkpoint,
    parse_note,
    parse_signature,
    parse_vkey,
    signature_line,
    to_base64,
)
from tests.verify.logs import AT, LOG, ORIGIN, WITNESSES, Key

# The example in the documentation of golang.org/x/mod/sumdb/note.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngot"
    "pRZb6KE6RyyBwJnAM=\n"
).encode()
TEXT = checkpoint_text(ORIGIN, 5, EMPTY)
COUNCIL = WITNESSES[0]


def signed(*signatures: Signature, text: str = TEXT) -> Note:
    return parse_note(format_note(Note(text, signatures)))


class TestNotes:
    def test_a_note_of_another_project_holds(self) -> None:
        key, note = parse_vkey(GO_KEY), parse_note(GO_NOTE)
        assert is_signed_by(note, key)
        assert format_note(note) == GO_NOTE
        assert str(key) == GO_KEY
        assert not is_signed_by(note._replace(text=note.text + "x\n"), key)

    def test_the_text_ends_at_the_last_blank_line(self) -> None:
        note = signed(LOG.sign("a\n\nb\n"), text="a\n\nb\n")
        assert note.text == "a\n\nb\n"
        assert is_signed_by(note, LOG.vkey)

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"text\n",
            b"text\n\n",
            GO_NOTE[:-1],
            GO_NOTE.replace(b"\n\n", b"\n"),
            GO_NOTE.replace(b"problem,", b"pro\tblem"),
            GO_NOTE.replace(b"problem,", b"pro\rblem"),
            GO_NOTE.replace(b"problem,", b"pro\xffblem"),
            GO_NOTE.replace("—".encode(), b"-"),
            GO_NOTE + b"\n",
            GO_NOTE.replace(b"AM=\n", b"AM\n"),
            GO_NOTE.replace(b"AM=\n", b"AN=\n"),
            GO_NOTE + "— name x08goA==\n".encode(),
            GO_NOTE + "— na+me x08go/ZJ\n".encode(),
            GO_NOTE + "— name ن\n".encode(),
            GO_NOTE + "— name x08go/ZJ x\n".encode(),
            GO_NOTE + "— name x08go/ZJ\n".encode() * 64,
            b"x" * (NOTE_BYTES_MAX + 1),
        ],
    )
    def test_anything_else_is_none(self, data: bytes) -> None:
        with pytest.raises(BadNote):
            parse_note(data)

    def test_signatures_of_strangers_are_passed_over(self) -> None:
        stranger = Key("stranger.example")
        note = signed(stranger.sign(TEXT), LOG.sign(TEXT), Key(ORIGIN, seed="other").sign(TEXT))
        assert is_signed_by(note, LOG.vkey)
        assert not is_signed_by(signed(stranger.sign(TEXT)), LOG.vkey)

    def test_a_wrong_signature_in_the_log_s_name_spoils_the_note(self) -> None:
        assert not is_signed_by(signed(LOG.sign(TEXT), LOG.sign("other\n")), LOG.vkey)

    def test_a_line_is_read_as_it_is_written(self) -> None:
        signature = LOG.sign(TEXT)
        assert parse_signature(signature_line(*signature)[:-1]) == signature


class TestKeys:
    @pytest.mark.parametrize(
        "text",
        [
            "",
            "name",
            "name+00000000",
            GO_KEY.replace("c74f20a3", "c74f20a4"),
            GO_KEY.replace("Peter", "P eter"),
            GO_KEY[:-4],
            GO_KEY + "=",
            "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
            str(Vkey("name", 0x02, bytes(32))),
        ],
    )
    def test_what_is_no_key_is_refused(self, text: str) -> None:
        with pytest.raises(BadNote):
            parse_vkey(text)

    def test_a_key_for_witnesses_has_another_id(self) -> None:
        key = COUNCIL.vkey
        assert parse_vkey(f" {key}\n") == key
        assert key.id != key._replace(kind=LOG_KEY).id


class TestCheckpoints:
    def test_it_is_read_as_it_is_signed(self) -> None:
        point = parse_checkpoint(format_note(Note(TEXT, (LOG.sign(TEXT),))))
        assert (point.origin, point.size, point.root) == (ORIGIN, 5, EMPTY)
        text = TEXT + "extension\n"
        assert parse_checkpoint(format_note(Note(text, (LOG.sign(text),)))).size == 5

    @pytest.mark.parametrize(
        "text",
        [
            "origin\n",
            "origin\n5\n",
            f"\n5\n{to_base64(EMPTY)}\n",
            f"origin\n05\n{to_base64(EMPTY)}\n",
            f"origin\n-5\n{to_base64(EMPTY)}\n",
            f"origin\n٥\n{to_base64(EMPTY)}\n",
            f"origin\n{10**19}\n{to_base64(EMPTY)}\n",
            f"origin\n5\n{to_base64(EMPTY[:31])}\n",
            f"origin\n5\n{to_base64(EMPTY)[:-1]}\n",
            f"origin\n5\n{to_base64(EMPTY)}\n\nmore\n",
        ],
    )
    def test_anything_else_is_none(self, text: str) -> None:
        with pytest.raises(BadNote):
            parse_checkpoint(format_note(Note(text, (LOG.sign(text),))))


class TestCosignatures:
    def test_a_witness_signs_the_text_and_its_time(self) -> None:
        assert cosigned_at(signed(COUNCIL.sign(TEXT, AT)), COUNCIL.vkey) == AT
        assert cosigned_at(signed(LOG.sign(TEXT)), COUNCIL.vkey) is None

    def test_the_earliest_of_two_times_counts(self) -> None:
        note = signed(COUNCIL.sign(TEXT, AT + 9), COUNCIL.sign(TEXT, AT))
        assert cosigned_at(note, COUNCIL.vkey) == AT

    def test_another_time_than_the_signed_one_spoils_it(self) -> None:
        name, number, content = COUNCIL.sign(TEXT, AT)
        moved = Signature(name, number, cosignature(AT - 1, content[8:]))
        assert cosigned_at(signed(moved), COUNCIL.vkey) is None
        assert cosigned_at(signed(COUNCIL.sign(TEXT, 1 << 63)), COUNCIL.vkey) is None
        assert COUNCIL.vkey.kind == WITNESS_KEY


@pytest.mark.parametrize("text", ["QQ", "QQ==\n", "Q Q=", "QR==", "-_-_", "ن"])
def test_base64_has_one_spelling(text: str) -> None:
    with pytest.raises(BadNote):
        from_base64(text)
