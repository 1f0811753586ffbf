"""The SQL function `fa_key` sorts as its Python twin does."""

import random

import pytest
from django.db import connection

from peygir.calendars.persian import FA_KEY_SQL, fa_key
from peygir.calendars.sorting import ALPHABET, DIGITS, IGNORED, LATIN

LETTERS = "".join((*ALPHABET, *DIGITS, *LATIN, IGNORED)) + " -/،()"


@pytest.mark.django_db
def test_the_database_and_python_make_the_same_key_and_order() -> None:
    dice = random.Random(137)
    names = ["".join(dice.choices(LETTERS, k=dice.randint(0, 24))) for _ in range(500)]
    names += ["منطقهٔ ۲", "منطقه ١٠", "0000000000", "007", "12345678901 2", "آب‌نما"]
    with connection.cursor() as cursor:
        cursor.execute(FA_KEY_SQL)
        cursor.execute(
            "SELECT fa_key(name) FROM unnest(%s::text[]) WITH ORDINALITY AS list(name, place)"
            " ORDER BY place",
            [names],
        )
        assert [key for (key,) in cursor.fetchall()] == [fa_key(name) for name in names]
        cursor.execute(
            'SELECT name FROM unnest(%s::text[]) AS name ORDER BY fa_key(name) COLLATE "C", name',
            [names],
        )
        in_order = [fa_key(name) for (name,) in cursor.fetchall()]
        assert in_order == sorted(in_order)
