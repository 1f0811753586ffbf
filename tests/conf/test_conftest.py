"""The ground that the other tests stand on."""

import socket

import pytest
from django.db import connection


@pytest.mark.django_db(transaction=True)
def test_a_test_with_real_transactions_can_be_cleaned_up_after() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW peygir.tests")
        assert cursor.fetchone() == ("on",)


def test_no_test_reaches_the_network() -> None:
    with socket.socket() as probe, pytest.raises(AssertionError, match="tried to reach"):
        probe.connect(("192.0.2.1", 80))
