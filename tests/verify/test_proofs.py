"""A leaf proved without its log."""

from pathlib import Path

import pytest

from peygir.verify.merkle import EMPTY
from peygir.verify.notes import BadNote
from peygir.verify.proofs import Proof, check_proof, format_proof, make_proof, parse_proof
from peygir.verify.tiles import Reader, Tree
from tests.verify.logs import LOG, Key, Log, city


@pytest.fixture
def log(tmp_path: Path) -> Log:
    log = city(tmp_path)
    log.write()
    return log


def proof_of(log: Log, leaf: int) -> Proof:
    return make_proof(Tree(Reader(log.directory), 802), leaf, log.checkpoint())


@pytest.mark.parametrize("leaf", [0, 255, 256, 801])
def test_a_leaf_is_proved_and_no_other(log: Log, leaf: int) -> None:
    proof = parse_proof(format_proof(proof_of(log, leaf)))
    assert check_proof(proof, log.hash(leaf), [LOG.vkey]).size == 802
    with pytest.raises(BadNote, match="not in the tree"):
        check_proof(proof, log.hash(7), [LOG.vkey])
    with pytest.raises(BadNote, match="not in the tree"):
        check_proof(proof._replace(leaf=7), log.hash(leaf), [LOG.vkey])


def test_only_a_trusted_key_proves(log: Log) -> None:
    proof = proof_of(log, 5)
    for key in (Key("other").vkey, Key(LOG.vkey.name, seed="other").vkey):
        with pytest.raises(BadNote, match="no key that is trusted"):
            check_proof(proof, log.hash(5), [key])


def test_what_is_carried_along_survives(log: Log) -> None:
    proof = proof_of(log, 5)._replace(extra=b"anything")
    data = format_proof(proof)
    assert data.startswith(b"c2sp.org/tlog-proof@v1\nextra YW55dGhpbmc=\nindex 5\n")
    assert parse_proof(data) == proof
    alone = Log(log.directory)
    alone.raw(b"leaf")
    assert parse_proof(format_proof(Proof(0, (), alone.checkpoint()))).path == ()


@pytest.mark.parametrize(
    "change",
    [
        (b"proof@v1", b"proof@v2"),
        (b"index 5", b"index 05"),
        (b"index 5", b"index -5"),
        (b"index 5", b"leaf 5"),
        (b"index 5\n", b""),
        (b"index 5\n", b"extra !\nindex 5\n"),
        (b"index 5\n", b"index 5\nQUFB\n"),
        (b"index 5\n", b"index 5\n" + b"QUFB\n" * 64),
        (b"index 5\n", "index ۵\n".encode()),
        (b"\n\n", b"\n"),
        (b"\n802\n", b"\n0802\n"),
    ],
)
def test_anything_else_is_no_proof(log: Log, change: tuple[bytes, bytes]) -> None:
    data = format_proof(proof_of(log, 5))
    assert change[0] in data
    with pytest.raises(BadNote):
        parse_proof(data.replace(*change))


def test_nothing_at_all_is_no_proof() -> None:
    for data in (b"", b"\n\n", b"c2sp.org/tlog-proof@v1\n\n", EMPTY):
        with pytest.raises(BadNote):
            parse_proof(data)
