"""The role of the serving processes: events are added, never changed, whoever asks."""

import pytest
from django.db import ProgrammingError, connection, transaction

from peygir.conf.database import APP_ROLE
from peygir.conf.role import prepare_role
from peygir.ledger.models import Event, Leaf

pytestmark = pytest.mark.django_db
TABLE = Event._meta.db_table
LEAF = Leaf._meta.db_table


def refused(statement: str) -> bool:
    """Whether PostgreSQL refuses `statement` to the role for want of a right."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL ROLE {APP_ROLE}")
            cursor.execute(statement)
    except ProgrammingError as error:
        return "permission denied" in str(error) or "must be owner" in str(error)
    return False


@pytest.fixture(autouse=True)
def _role() -> None:
    assert prepare_role()


class TestTheServingRole:
    @pytest.mark.parametrize(
        "statement",
        [
            f"UPDATE {TABLE} SET facts = '{{}}'",
            f"DELETE FROM {TABLE}",
            f"TRUNCATE {TABLE}",
            f"DROP TABLE {TABLE}",
            f"ALTER TABLE {TABLE} DISABLE TRIGGER ALL",
            f"UPDATE {LEAF} SET body = ''",
            f"DELETE FROM {LEAF}",
            f"TRUNCATE {LEAF}",
            f"ALTER TABLE {LEAF} DISABLE TRIGGER ledger_leaf_guard",
            "DELETE FROM django_migrations",
            "CREATE TABLE mine (x int)",
        ],
    )
    def test_it_may_not(self, statement: str) -> None:
        assert refused(statement)

    @pytest.mark.parametrize(
        "statement",
        [
            f"SELECT * FROM {TABLE} LIMIT 1",
            f"UPDATE {TABLE} SET leaf_index = 1 WHERE false",
            f"INSERT INTO {LEAF} (index, body) VALUES (1, '')",
            "DELETE FROM ledger_unsealed",
            "DELETE FROM django_session",
        ],
    )
    def test_it_may(self, statement: str) -> None:
        assert not refused(statement)

    def test_preparing_it_again_changes_nothing(self) -> None:
        assert prepare_role()
