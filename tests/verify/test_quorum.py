"""Who must have seen a checkpoint, by the grammar of policies, and the time that counts."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from peygir.verify.notes import BadNote, Note, parse_note
from peygir.verify.quorum import (
    POLICY_BYTES_MAX,
    Policy,
    cosigners,
    is_met,
    parse_policy,
    witnessed_at,
)
from tests.verify.logs import AT, LOG, POLICY_TEXT, WITNESSES, Log, policy

W = [str(each.vkey) for each in WITNESSES]


@pytest.fixture
def log(tmp_path: Path) -> Log:
    log = Log(tmp_path)
    log.raw(b"leaf")
    return log


def note(log: Log, times: Sequence[int]) -> Note:
    return parse_note(log.checkpoint(times=times))


def of(*lines: str) -> Policy:
    return parse_policy("\n".join(lines).encode())


class TestGrammar:
    def test_the_city_s_own_is_two_of_three(self) -> None:
        rules = policy()
        assert rules.logs == (LOG.vkey,)
        assert list(rules.witnesses) == ["w0", "w1", "w2"]
        assert rules.groups == {"civic": (2, ("w0", "w1", "w2"))}
        assert rules.quorum == "civic"

    def test_groups_of_groups(self) -> None:
        rules = of(
            f"\twitness a {W[0]} https://a.example/",
            f"witness b {W[1]}",
            f"witness c {W[2]}",
            "",
            "  # the press",
            "group press any b c",
            "group all all a press",
            "quorum all",
        )
        assert rules.groups["all"] == (2, ("a", "press"))
        assert [is_met(rules, names) for names in ("a", "bc", "ab", "ac")] == [
            False,
            False,
            True,
            True,
        ]

    def test_a_single_witness_or_none_at_all(self) -> None:
        assert is_met(of(f"witness a {W[0]}", "quorum a"), ["a"])
        assert not is_met(of(f"witness a {W[0]}", "quorum a"), [])
        assert is_met(of("quorum none"), [])

    @pytest.mark.parametrize(
        ("lines", "why"),
        [
            ([], "no quorum"),
            (["quorum nobody"], "not defined"),
            (["quorum none", "quorum none"], "line 2"),
            (["witness a"], "not a line"),
            (["log"], "not a line"),
            (["member a"], "not a line"),
            (["group g 1"], "not a line"),
            ([f"log {W[0]}"], "another kind"),
            ([f"witness a {LOG.vkey}"], "another kind"),
            (["log nonsense"], "vkey"),
            ([f"log {LOG.vkey}", f"log {LOG.vkey}"], "there already"),
            ([f"witness a {W[0]}", f"witness b {W[0]}"], "there already"),
            ([f"witness a {W[0]}", f"witness a {W[1]}"], "taken"),
            ([f"witness none {W[0]}"], "taken"),
            ([f"witness a {W[0]}", "group a 1 a"], "taken"),
            (["group g 1 a", f"witness a {W[0]}"], "not defined"),
            ([f"witness a {W[0]}", "group g 2 a"], "than it has"),
            ([f"witness a {W[0]}", "group g 0 a"], "needs a number"),
            ([f"witness a {W[0]}", "group g some a"], "needs a number"),
            ([f"witness a {W[0]}", "group g 1 a a"], "twice"),
            ([f"witness a {W[0]}", "group g 1 a", "group h 1 a"], "two groups"),
            (["quorum\u0007 none"], "control"),
            (["# " + "x" * POLICY_BYTES_MAX], "too long"),
        ],
    )
    def test_what_is_no_policy_is_refused_with_its_line(self, lines: list[str], why: str) -> None:
        with pytest.raises(BadNote, match=why):
            of(*lines)

    def test_names_may_be_in_any_alphabet(self) -> None:
        rules = parse_policy(f"witness شورا {W[0]}\nquorum شورا\n".encode())
        assert is_met(rules, rules.witnesses)
        parse_policy(b"# \xff\n" + POLICY_TEXT.encode())


class TestTime:
    """P3: bounded by clocks that the city does not control."""

    @pytest.mark.parametrize(
        ("times", "expected"),
        [
            ([AT, AT + 5, AT + 2], AT + 2),  # the second lowest
            ([AT, AT + 1, AT + 365 * 86_400], AT + 1),  # one clock a year ahead
            ([AT, AT + 1, 0], AT),  # one clock at the beginning of time
            ([AT, AT + 300], AT + 300),  # two that agree: the later one
            ([AT, AT + 301], None),  # two that do not
            ([AT], None),  # no quorum
            ([], None),
        ],
    )
    def test_one_wrong_clock_moves_nothing(
        self, log: Log, times: list[int], expected: int | None
    ) -> None:
        assert witnessed_at(policy(), note(log, times)) == expected

    @pytest.mark.parametrize("forged", [(), (0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2)])
    @pytest.mark.parametrize(
        "times", [(AT, AT + 2, AT + 5), (AT, AT + 300, AT + 900), (AT, AT + 400, AT + 500)]
    )
    def test_no_forged_signature_counts_whichever_is_looked_at(
        self, log: Log, times: tuple[int, ...], forged: tuple[int, ...]
    ) -> None:
        given = note(log, times)
        names = [WITNESSES[at].vkey.name for at in forged]
        spoiled = [
            each._replace(content=each.content[:-1] + bytes([each.content[-1] ^ 1]))
            if each.name in names
            else each
            for each in given.signatures
        ]
        right = sorted(time for at, time in enumerate(times) if at not in forged)
        expected = right[1] if len(right) == 3 else None
        if len(right) == 2 and right[1] - right[0] <= 300:
            expected = right[1]
        assert witnessed_at(policy(), given._replace(signatures=tuple(spoiled))) == expected

    def test_two_who_are_no_quorum_need_the_third(self, log: Log) -> None:
        rules = of(
            *(f"witness w{at} {each}" for at, each in enumerate(W)),
            "group all all w0 w1 w2",
            "quorum all",
        )
        assert witnessed_at(rules, note(log, [AT, AT + 1, AT + 2])) == AT + 1
        assert witnessed_at(rules, note(log, [AT, AT + 1])) is None

    def test_the_lower_middle_one_of_more(self, log: Log) -> None:
        alone = of(f"witness a {W[0]}", "quorum a")
        assert witnessed_at(alone, note(log, [AT])) == AT
        assert witnessed_at(of(f"witness a {W[0]}", "quorum none"), note(log, [])) is None

    def test_only_witnesses_of_the_policy_count(self, log: Log) -> None:
        alone = of(f"witness b {W[1]}", "quorum b")
        assert cosigners(alone, note(log, [AT, AT + 1])) == {"b": AT + 1}
