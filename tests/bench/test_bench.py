"""The measuring scripts work; nothing here is timed."""

import pytest

from bench import common, load, templates
from bench.rows import script, written
from peygir.policy.model import CityPolicy
from tests.city import Story


def test_a_percentile_is_a_value_that_so_many_do_not_exceed() -> None:
    assert common.percentile([3, 1, 2], 0.5) == 2
    assert common.percentile([5], 0.95) == 5


def test_json_becomes_a_format_with_slots_for_instants_ids_and_place() -> None:
    facts = {"case": {"code": "050901529351", "lat_e6": 1}, "due": 1_800_000_000, "p": [10**18, 5]}
    text, epochs, ids = templates.formatted(facts)
    assert text == '{"case":{"code":"%1$s","lat_e6":%2$s},"due":%4$s,"p":[%5$s,5]}'
    assert (epochs, ids) == ([1_800_000_000], [10**18])


def test_a_percent_sign_in_a_text_stays_one() -> None:
    assert templates.formatted({"t": "50%"})[0] == '{"t":"50%%"}'


def test_an_answer_is_whole_when_its_body_is() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n"
    result = load.Result()
    assert not load._whole(bytearray(head + b"ab"))
    assert load._whole(bytearray(head + b"abc")) == 3
    assert result.rate == 0.0


@pytest.mark.django_db
def test_the_rows_of_a_registration_become_a_script(qom: CityPolicy) -> None:
    before = written() - 1  # the test is one transaction
    Story(qom)
    text = script(before)
    for table in ("cases_case", "cases_clock", "ledger_event", "people_paper"):
        assert f"insert into {table} (" in text
    assert text.rstrip().endswith("commit;")
