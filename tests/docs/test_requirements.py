"""Every requirement has a test that proves it, and every mark names a requirement."""

import pytest

from tests.docs.marks import Proof, proofs
from tests.docs.wanted import OTHERS, QOM


@pytest.mark.parametrize("row", QOM)
def test_a_requirement_has_a_test(row: str) -> None:
    assert [proof.place for proof in proofs() if row in proof.ids]


def test_every_mark_names_a_requirement() -> None:
    named = {row for proof in proofs() for row in proof.ids}
    assert sorted(named - set(QOM) - set(OTHERS)) == [], "add it to tests/docs/wanted.py"


def test_a_proof_reads_as_a_sentence() -> None:
    proof = Proof(file="tests/x.py", place="TestFirstAnswerClock.test_counts_only_hours", ids=())
    assert proof.sentence == "First answer clock: counts only hours"
