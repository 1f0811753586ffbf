"""Every reason for which a policy is refused is said in Persian too."""

import re
from pathlib import Path

import pytest

from peygir.policy import load, reasons
from peygir.policy.check import check
from peygir.policy.errors import PolicyError
from peygir.policy.load import load_files
from tests.policy.broken import BROKEN
from tests.policy.conftest import Edit
from tests.policy.refused import REFUSED

OURS = [row for row in REFUSED if row[0] != "calendar.toml"]  # those are shown as they are


@pytest.mark.parametrize(("file", "pair", "key", "reason"), OURS)
def test_of_the_loader(edit: Edit, file: str, pair: tuple[str, str], key: str, reason: str) -> None:
    with pytest.raises(PolicyError) as caught:
        load_files("qom", edit(file, pair))
    assert reasons.is_known(caught.value.reason), caught.value.reason
    persian = reasons.say(caught.value.reason, "fa")
    assert re.search("[\u0600-\u06ff]", persian)
    assert "{" not in persian or "{" in caught.value.reason


@pytest.mark.parametrize(("rule", "file", "pairs", "key", "reason"), BROKEN)
def test_of_the_checker(
    edit: Edit, rule: str, file: str, pairs: list[tuple[str, str]], key: str, reason: str
) -> None:
    try:
        found = check(load_files("qom", edit(file, *pairs))).findings
    except PolicyError as refused:
        assert reasons.is_known(refused.reason)
        return
    for finding in found:
        assert reasons.is_known(finding.reason), finding.reason


def test_numbers_stand_in_the_readers_digits() -> None:
    assert reasons.say("must be at most 31 days", "fa") == "باید حداکثر ۳۱ روز باشد"
    assert reasons.say("must be at most 31 days", "en") == "must be at most 31 days"
    assert reasons.say("nobody answers for W01 in district 3", "fa") == (
        "در منطقهٔ ۳ کسی پاسخگوی W01 نیست"
    )


def test_a_parsers_own_reason_is_shown_as_it_is() -> None:
    assert reasons.say("sunset before sunrise", "fa") == "پذیرفته نشد: sunset before sunrise"


def test_plain_reasons_in_the_code_are_listed() -> None:
    """Those without a place to fill in; the others are met by the cases above."""
    folder = Path(load.__file__).parent
    pattern = re.compile(r'(?:refuse\([^"]*"[^"]*"|flow\(f?"[^"]*"|flow\(\w+), "([^"{]+)"\)')
    plain = {
        found for file in folder.glob("*.py") for found in pattern.findall(file.read_text("utf-8"))
    }
    assert len(plain) > 15
    assert [each for each in sorted(plain) if not reasons.is_known(each)] == []
