"""The contract is a document, and what is really said conforms to it."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson
import pytest

from peygir.channels.office import incoming, link, message, models, project, say, steps
from peygir.channels.office.models import Handed
from peygir.channels.office.push import push
from peygir.channels.office.reconcile import reconcile
from peygir.policy.model import CityPolicy
from tests.city import reported
from tests.office.driver import Automation

pytestmark = pytest.mark.requirement("M1")
FILE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "office.openapi.json"
DOCUMENT: dict[str, Any] = orjson.loads(FILE.read_bytes())
SCHEMAS = DOCUMENT["components"]["schemas"]
METHODS = {"get", "put", "post", "delete", "patch"}
SAID = "آسفالت این نقطه امروز ترمیم شد."


def validator(schema: dict[str, Any]) -> Any:
    """A validator of one schema of the document, with the others at hand."""
    whole = {"$schema": DOCUMENT["jsonSchemaDialect"], "components": DOCUMENT["components"]}
    return jsonschema_rs.Draft202012Validator(whole | schema, validate_formats=True)


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in DOCUMENT["paths"].items():
        for method, operation in item.items():
            if method in METHODS:
                yield path, method, operation


def nested(value: Any) -> Iterator[dict[str, Any]]:
    """Every object inside `value`."""
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from nested(each)
    elif isinstance(value, list):
        for each in value:
            yield from nested(each)


class TestTheDocument:
    def test_is_of_openapi_3_1_with_all_that_it_needs(self) -> None:
        assert DOCUMENT["openapi"].startswith("3.1.")
        assert {"title", "version"} <= DOCUMENT["info"].keys()
        seen = [operation["operationId"] for _, _, operation in operations()]
        assert len(seen) == len(set(seen)) == 3
        for path, _, operation in operations():
            assert operation["responses"], path
            assert all(re.fullmatch(r"\d{3}|default", code) for code in operation["responses"])
            assert all(answer["description"] for answer in operation["responses"].values())
            named = set(re.findall(r"\{(\w+)\}", path))
            parameters = operation.get("parameters", [])
            assert named == {p["name"] for p in parameters if p["in"] == "path"}
            assert all(p["schema"] and p["in"] in ("path", "query", "header") for p in parameters)

    def test_every_reference_leads_somewhere(self) -> None:
        for found in nested(DOCUMENT):
            if "$ref" in found:
                assert found["$ref"].removeprefix("#/components/schemas/") in SCHEMAS

    @pytest.mark.parametrize("name", sorted(SCHEMAS))
    def test_every_schema_is_one(self, name: str) -> None:
        assert jsonschema_rs.meta.is_valid(SCHEMAS[name])
        validator({"$ref": f"#/components/schemas/{name}"})

    def test_every_object_says_all_that_it_may_hold(self) -> None:
        loose = [f for f in nested(SCHEMAS) if f.get("type") == "object"]
        assert all("additionalProperties" in found for found in loose)

    def test_words_and_limits_are_those_of_the_code(self) -> None:
        given = SCHEMAS["Message"]["properties"]
        assert set(given) == message.FIELDS
        assert given["kind"]["enum"] == list(steps.KINDS)
        assert given["id"]["pattern"] == f"^{message.ID.pattern}$"
        assert given["text"]["maxLength"] == message.TEXT_MAX
        outcomes = SCHEMAS["Referral"]["properties"]["outcome"]["enum"]
        assert set(outcomes) == {*project.OUTCOMES, None}
        assert SCHEMAS["Referral"]["properties"]["state"]["enum"] == [models.OPEN, models.CLOSED]
        assert SCHEMAS["Done"]["properties"]["result"]["enum"] == [models.DONE, models.PROPOSED]
        about = DOCUMENT["info"]["description"]
        assert f"{link.ANSWER_MAX // 1024**2} MiB within {link.WHOLE_S:.0f} s" in about
        assert f"{incoming.BODY_MAX // 1024} KiB" in about
        headers = {p["name"] for p in _operation("/channels/office/messages", "post")["parameters"]}
        assert headers == {incoming.TIMESTAMP, incoming.SIGNATURE}

    def test_every_refusal_of_ours_is_named(self) -> None:
        told = str(_operation("/channels/office/messages", "post")["responses"])
        unsaid = {"not_json", "too_large"}  # 400 and 413 say no more
        assert [code for code in say.WORDS if code not in unsaid and code not in told] == []


def _operation(path: str, method: str) -> dict[str, Any]:
    found: dict[str, Any] = DOCUMENT["paths"][path][method]
    return found


def _conforms(said: dict[str, Any]) -> None:
    """One request with its answer, held against the document."""
    operation = _operation(said["path"], said["method"])
    if said["request"] is not None and said["status"] != 422:
        content = operation["requestBody"]["content"]["application/json"]
        validator(content["schema"]).validate(said["request"])
    if said.get("key"):
        (key,) = (p for p in operation["parameters"] if p["name"] == "Idempotency-Key")
        validator(key["schema"]).validate(said["key"])
    answers = operation["responses"]
    answer = answers.get(str(said["status"])) or answers["default"]
    validator(answer["content"]["application/json"]["schema"]).validate(said["answer"])


@pytest.mark.django_db(transaction=True)
def test_what_both_sides_really_say_conforms(
    automation: Automation, city: CityPolicy, at: datetime
) -> None:
    for _ in range(5):
        reported(city, at=at)
    reported(city, at=at, district=3, words="زباله", category="W01")
    push(at=at)
    ours = Handed.objects.filter(post="d3-civil-head").order_by("case_id")
    first, second, third, fourth, fifth = (str(h.id) for h in ours)
    now = datetime.now(UTC)
    span = {"since": now.isoformat(), "until": (now + timedelta(days=1)).isoformat()}
    automation.say("acknowledge", first)
    automation.say("answer", first, text=SAID, to_citizen="ترمیم شد")
    automation.say("forward", second, text="در حوزهٔ ما نیست", target_post="d3-order-head")
    automation.say("return", third, text="در حوزهٔ ما نیست")
    expert = {"post": "d3-civil-expert", "personnel_number": "1002"}
    automation.say("answer", fourth, text=SAID, **expert)
    automation.say("delegate", "", delegate={"personnel_number": "1004", **span})
    push(at=datetime.now(UTC))
    reconcile(at=now + timedelta(minutes=1))
    automation.say("answer", first, text=SAID)
    automation.say("answer", fifth, text=SAID, personnel_number="7777")
    automation.forget_cursors()
    reconcile(at=now + timedelta(minutes=2))
    traffic = automation.state()["traffic"]
    for said in traffic:
        _conforms(said)
    seen = {(s["method"], s["status"]) for s in traffic}
    assert seen >= {
        ("put", 201), ("put", 200), ("get", 200), ("get", 410),
        ("post", 200), ("post", 409), ("post", 422),
    }  # fmt: skip
