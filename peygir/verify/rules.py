"""A published rule set, as far as figures need it."""

from __future__ import annotations

import hashlib
from typing import Any

from peygir.verify.canonical import parse
from peygir.verify.errors import Incomplete, NotCanonical, Tampered
from peygir.verify.tiles import Reader

RULES_BYTES_MAX = 1 << 24
RULE_SET = "ruleset.published"
_TOLERANCE = 900  # of a channel that the rule set does not name
_SYSTEM, _FIELD = "system", "field"
_IN_FIELD = frozenset({"signature", "code"})  # given to a visitor's handset
_ON_SITE = frozenset({"case.inspected", "case.checked"})


class Rules:
    """Names, who bears what, tolerances, weights. Raises KeyError for one without the basics."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data
        self.digest: str = data["digest"]
        self.offset: int = data["calendar"]["offset_s"]
        self.tolerance: dict[str, int] = data["tolerance_s"]
        self.small: int = data["small_cell"]
        self.ranked_from: int = data["ranked_from"]
        self.weights: dict[str, Any] = data["weights"]
        self.bearers = {code: unit.get("scored", "") for code, unit in data["units"].items()}
        self.scored: list[str] = data["scored"]
        self.offices: frozenset[str] = frozenset(data.get("offices", ()))
        self.peers = {code: kind for kind, group in data["peers"].items() for code in group}
        self.heads: dict[str, str] = {
            post["unit"]: code for code, post in sorted(data["posts"].items()) if post.get("head")
        }

    def bearer(self, unit: str) -> str:
        """The district or organisation that answers for a unit; "" for none."""
        return self.bearers.get(unit) or ""

    def head_over(self, post: str) -> str:
        """The head of the district or organisation that a post belongs to; "" without one."""
        unit: str = self.data["posts"].get(post, {}).get("unit", "")
        return self.heads.get(self.bearer(unit)) or ""

    def tolerance_of(self, channel: str) -> int:
        """Seconds by which the time of a registration may lie before its witnesses'."""
        return self.tolerance.get(channel, self.tolerance.get(_SYSTEM, _TOLERANCE))

    def tolerance_for(self, leaf: dict[str, Any]) -> int:
        """The same for what happened to a case later: longer from a handset in the field."""
        is_field = leaf["t"] in _ON_SITE or leaf.get("mode") in _IN_FIELD
        return self.tolerance_of(_FIELD if is_field else _SYSTEM)

    def names(self, dimension: str, code: str) -> dict[str, str]:
        """{"fa", "en"} of a code of "unit", "district" and so on; the code itself without one."""
        table = self.data.get({"class": "classes"}.get(dimension, f"{dimension}s"), {})
        found = table.get(code, {})
        return {"fa": found.get("fa", code), "en": found.get("en", code)}


def rules_path(leaf: dict[str, Any]) -> str:
    """Where the rule set that a leaf names lies below a log's directory. Raises Tampered."""
    digest = str(leaf.get("digest"))
    if not (digest.isascii() and digest.isalnum()) or len(digest) > 128:
        raise Tampered(RULE_SET, "it names no file")
    return f"rules/{digest}.json"


def read_rules(reader: Reader, leaf: dict[str, Any]) -> Rules:
    """The rule set that a leaf names, from its file in the directory. Raises Incomplete."""
    path = rules_path(leaf)
    data = reader.file(path, RULES_BYTES_MAX)
    if hashlib.sha256(data).hexdigest() != leaf.get("file"):
        raise Incomplete(path, "it is not the file that the log names")
    try:
        return Rules(parse(data))
    except (NotCanonical, KeyError, TypeError, AttributeError) as error:
        raise Tampered(path, "it cannot be read: {why}", why=error) from None
