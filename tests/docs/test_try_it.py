"""What docs/how-to/try-it.md invites to try is so."""

import re
import tomllib

import pytest
from django.db import IntegrityError, connection, transaction

from peygir.demo.cast import PASSWORD
from peygir.policy.model import CityPolicy
from tests.city import reported
from tests.docs import pages

PAGE = pages.DOCS / "how-to" / "try-it.md"
STATEMENTS = pages.blocks(PAGE, "sql")[0].splitlines()


@pytest.mark.requirement("Q2")
@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_database_refuses_what_the_page_tries(qom: CityPolicy, statement: str) -> None:
    reported(qom)
    with pytest.raises(IntegrityError), transaction.atomic():
        _commit(statement)


def _commit(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        cursor.execute("set constraints all immediate")  # as at the end of a transaction


def test_the_accounts_are_those_of_the_demo() -> None:
    demo = tomllib.loads((pages.ROOT / "cities/qom/demo.toml").read_text(encoding="utf-8"))
    named = re.findall(r"^\| `(\w+)` \|", pages.text(PAGE), re.MULTILINE)
    assert named == list(demo["accounts"])


@pytest.mark.parametrize("name", ["README.md", "README.fa.md", "docs/how-to/try-it.md"])
def test_the_password_is_the_demos(name: str) -> None:
    assert f"`{PASSWORD}`" in pages.text(pages.ROOT / name)
