"""A fold that is told leaves by hand, and the times that its tests speak of."""

from typing import Any

from peygir.verify.clamp import Window
from peygir.verify.figures import Basis, figures
from peygir.verify.fold import Fold
from peygir.verify.months import parse_period
from peygir.verify.rules import Rules
from tests.verify.fortnight import DAY, DIGEST, HOUR, START, rule_set

NOW = START + 10 * HOUR
NOON_BEFORE = START - 12 * HOUR  # on the last day of the month before
MEHR = parse_period("1405-07")
FREE = Window()


class Book:
    """A fold that is told leaves by hand."""

    def __init__(self) -> None:
        self.fold = Fold(lambda _leaf: Rules(rule_set()))
        self.index = 0
        self.numbers: dict[str, int] = {}
        self.tell("", "ruleset.published", START - DAY, digest=DIGEST, **{"from": 0})

    def tell(self, case: str, kind: str, at: int, window: Window = FREE, /, **fields: Any) -> None:
        leaf: dict[str, Any] = {"t": kind, "v": 1} | fields
        if kind != "ruleset.published":
            leaf["et"] = at
        if case:
            leaf |= {"case": case.ljust(22, "A"), "n": self.numbers.get(case, 0)}
            self.numbers[case] = leaf["n"] + 1
        self.fold.take(self.index, leaf, window)
        self.index += 1

    def register(self, case: str = "a", at: int = NOW, sla: int = DAY, **fields: Any) -> None:
        given = {"unit": "d1-civil", "grp": "streets", "cls": "civil", "dist": 1} | fields
        given = {"ch": "phone", "kind": "request", "due": at + sla, "sla": sla} | given
        self.tell(case, "case.registered", at, **given)

    def office(
        self, post: str, term: int, since: int, window: Window = FREE, *, kind: str = "term"
    ) -> None:
        leaf = {"t": f"office.{kind}", "v": 1, "post": post, "term": term, "since": since}
        self.fold.take(self.index, leaf, window)
        self.index += 1

    def terms(self, post: str, period: str = "1405-07") -> list[dict[str, Any]]:
        rows = self.made(period)["by"]["post"]
        row = next(row for row in rows if row["code"] == post)
        found: list[dict[str, Any]] = row.get("terms", [])
        return found

    def done(self, case: str, at: int, **fields: Any) -> None:
        self.tell(case, "case.work_done", at, **({"unit": "d1-civil", "told": True} | fields))

    def close(self, case: str, at: int, **fields: Any) -> None:
        given = {"end": "by_word", "ending": "satisfied", "word": "yes", "mode": "web"}
        self.tell(case, "case.closed", at, **(given | fields))

    def made(self, period: str = "1405-07") -> dict[str, Any]:
        return figures(self.fold, parse_period(period), Basis("x", self.index, ""))

    def totals(self, period: str = "1405-07") -> dict[str, int]:
        found: dict[str, int] = self.made(period)["totals"]
        return found

    def unit(self, code: str) -> dict[str, Any]:
        rows: list[dict[str, Any]] = self.made()["by"]["unit"]
        return next(row for row in rows if row["code"] == code)
