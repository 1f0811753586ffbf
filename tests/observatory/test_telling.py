"""An entry of the log in words."""

import re
from typing import Any

import pytest
from django.utils.translation import override

from peygir.observatory.telling import details, type_words
from peygir.publication.shape import LOG, NEEDED

RULES = {
    "units": {"parks": {"fa": "پارک‌ها", "en": "Parks"}},
    "posts": {"parks-head": {"fa": "رئیس", "en": "Head of parks"}},
    "pauses": {"permit": {"fa": "مجوز", "en": "Waiting for a permit"}},
    "endings": {"done": {"fa": "رضایت", "en": "The citizen is satisfied"}},
}


@pytest.mark.parametrize(
    ("leaf", "said"),
    [
        ({"to": "parks", "post": "parks-head"}, ["to Parks", "Head of parks"]),
        ({"to": "elsewhere"}, ["to elsewhere"]),
        ({"due": 1790109000}, ["deadline: 1405/07/01 00:00"]),
        ({"until": 1790109000, "why": "permit"},
         ["until: 1405/07/01 00:00", "Waiting for a permit"]),
        ({"ending": "done", "word": "yes"}, ["The citizen is satisfied", "satisfied"]),
        ({"word": "no"}, ["not satisfied"]),
        ({"found": "not_done"}, ["not done"]),
        ({"lvl": 2, "lvls": 5, "pts": -2}, ["level 2 of 5", "-2 points"]),
        ({"cyc": 2}, ["cycle 2"]),
        ({"cyc": 1, "lvls": 0, "pts": 0}, []),
        ({"calls": 3, "messages": 2, "follow_ups": 0},
         ["calls: 3", "messages: 2", "follow-ups: 0"]),
        ({"period": "1405-07"}, ["1405-07"]),
        ({"post": "parks-head", "term": 2, "since": 1790109000},
         ["since: 1405/07/01 00:00", "Head of parks", "Term 2"]),
    ],
)  # fmt: skip
def test_what_it_says_besides_when_and_where(leaf: dict[str, Any], said: list[str]) -> None:
    with override("en"):
        assert [re.sub(r"<[^>]+>", "", str(each)) for each in details(leaf, RULES)] == said


def test_every_kind_of_entry_has_a_name() -> None:
    with override("fa"):
        for kind in (*NEEDED, *LOG, "stats.published", "cp.anchored", "key.rotated"):
            assert re.search("[آ-ی]", type_words(kind)), kind
