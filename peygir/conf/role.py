"""The database role of the processes that serve: it can add events and leaves of the public log,
never change or delete them.

The ledger's triggers refuse changes too. The role is the second lock: a mistake in our own SQL, or
a stolen web process, does not own the tables and so cannot take the trigger away.
"""

from django.apps import apps
from django.db import ProgrammingError, connection, transaction

from peygir.conf.database import APP_ROLE

INSERT_ONLY = ("ledger.Event", "ledger.Leaf")
UPDATED_COLUMNS = {"ledger.Event": ("leaf_index",)}  # set once, by sealing


def prepare_role() -> bool:
    """Make the role and its rights match the tables; run after migrating.

    False when this account may not make roles (then a database administrator creates
    `peygir_app` and grants it to the account, and this is run again).
    """
    try:
        with transaction.atomic():
            _create()
            _grant()
    except ProgrammingError:  # InsufficientPrivilege
        return False
    return True


def _create() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP_ROLE])
        if not cursor.fetchone():
            cursor.execute(f"CREATE ROLE {APP_ROLE} NOLOGIN")
        cursor.execute("SELECT pg_has_role(current_user, %s, 'MEMBER')", [APP_ROLE])
        if not cursor.fetchone()[0]:
            cursor.execute(f"GRANT {APP_ROLE} TO CURRENT_USER")


def _grant() -> None:
    quote = connection.ops.quote_name
    statements = [
        f"GRANT USAGE ON SCHEMA public TO {APP_ROLE}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APP_ROLE}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {APP_ROLE}",
        f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {APP_ROLE}",
    ]
    for label in INSERT_ONLY:
        table = quote(apps.get_model(label)._meta.db_table)
        statements.append(f"REVOKE UPDATE, DELETE ON {table} FROM {APP_ROLE}")
        columns = [quote(name) for name in UPDATED_COLUMNS.get(label, ())]
        statements += [f"GRANT UPDATE ({name}) ON {table} TO {APP_ROLE}" for name in columns]
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
