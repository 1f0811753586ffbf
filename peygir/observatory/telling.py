"""An entry of the public log in words: what it tells, with its times, words and points."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from peygir.look import dates
from peygir.look.numbers import fa, isolate
from peygir.observatory.figures import instant, name_of


def details(leaf: Mapping[str, Any], rules: Mapping[str, Any]) -> list[str | SafeString]:
    """What an entry says besides when and where, a few words for each."""
    return [*_times(leaf), *_codes(leaf, rules), *_numbers(leaf)]


def _times(leaf: Mapping[str, Any]) -> Iterator[SafeString]:
    for field, words in (
        ("due", gettext("deadline:")),
        ("until", gettext("until:")),
        ("since", gettext("since:")),
    ):
        if type(leaf.get(field)) is int:
            yield format_html("{} {}", words, dates.jalali_short(instant(leaf[field]), True))


def _codes(leaf: Mapping[str, Any], rules: Mapping[str, Any]) -> Iterator[str]:
    if "to" in leaf:
        yield gettext("to %(unit)s") % {"unit": named(rules, "units", leaf["to"])}
    if "post" in leaf:
        yield named(rules, "posts", leaf["post"])
    if "why" in leaf:
        yield named(rules, "pauses", leaf["why"])
    if "ending" in leaf:
        yield named(rules, "endings", leaf["ending"])
    if "word" in leaf:
        yield word_words(leaf["word"])
    if "found" in leaf:
        yield found_words(leaf["found"])
    if "claim" in leaf:
        yield from _claim(leaf)


def _numbers(leaf: Mapping[str, Any]) -> Iterator[str]:
    if leaf.get("lvls"):
        yield gettext("level %(level)s of %(levels)s") % {
            "level": fa(leaf["lvl"]), "levels": fa(leaf["lvls"]),
        }  # fmt: skip
    if leaf.get("pts"):
        yield gettext("%(n)s points") % {"n": isolate(leaf["pts"])}
    if leaf.get("cyc", 1) > 1:
        yield gettext("cycle %(n)s") % {"n": fa(leaf["cyc"])}
    for field, words in (
        ("calls", gettext("calls: %(n)s")),
        ("messages", gettext("messages: %(n)s")),
        ("follow_ups", gettext("follow-ups: %(n)s")),
    ):
        if type(leaf.get(field)) is int:
            yield words % {"n": fa(leaf[field])}
    if "term" in leaf:
        yield gettext("Term %(n)s") % {"n": fa(leaf["term"])}
    if "period" in leaf:
        yield str(leaf["period"])


def word_words(word: str) -> str:
    return {
        "yes": gettext("satisfied"),
        "partly": gettext("partly satisfied"),
        "no": gettext("not satisfied"),
    }.get(word, word)


def found_words(found: str) -> str:
    return {
        "done": gettext("done as reported"),
        "partly": gettext("partly done"),
        "not_done": gettext("not done"),
    }.get(found, found)


def _claim(leaf: Mapping[str, Any]) -> Iterator[str]:
    """What was found of a drawn claim, how it was chosen, and that it puts a finding right."""
    yield {
        "held": gettext("the work is done"),
        "false": gettext("it is not done, or only in part"),
        "unclear": gettext("nobody could tell"),
    }.get(leaf["claim"], leaf["claim"])
    yield gettext("at random") if leaf.get("by") == "lot" else gettext("by risk")
    if leaf.get("fix"):
        yield gettext("puts an earlier finding right")


def named(rules: Mapping[str, Any], table: str, code: object) -> str:
    if code is None:
        return ""
    row = rules.get(table, {}).get(str(code))
    return name_of({"code": code} | row) if row else str(code)


def type_words(kind: str) -> str:
    """What an entry tells."""
    known = {
        "case.registered": gettext("registered"),
        "case.stepped": gettext("went a step on"),
        "case.routed": gettext("sent to a unit"),
        "case.recategorised": gettext("given another subject"),
        "case.work_done": gettext("work reported done"),
        "case.promised": gettext("promised until a day"),
        "case.confirmed": gettext("answered by the citizen"),
        "case.disputed": gettext("the citizen disagrees"),
        "case.inspected": gettext("inspected on site"),
        "case.checked": gettext("claim inspected"),
        "case.reopened": gettext("opened again"),
        "case.merged": gettext("joined with another"),
        "case.closed": gettext("closed"),
        "case.objected": gettext("the citizen objected"),
        "case.overdue": gettext("a deadline passed"),
        "case.paused": gettext("waits"),
        "case.resumed": gettext("goes on"),
        "office.term": gettext("a term of office began"),
        "office.vacant": gettext("an office was left"),
        "points.reversed": gettext("points given back"),
        "ruleset.published": gettext("rules published"),
        "stats.published": gettext("figures published"),
        "intake.daily": gettext("contacts of a day"),
        "erasure.done": gettext("words erased"),
        "cp.anchored": gettext("signed state kept"),
        "audit.seed": gettext("lots drawn"),
        "audit.result": gettext("audit signed"),
        "key.rotated": gettext("key followed by another"),
        "key.delegated": gettext("key of receipts named"),
        "key.revoked": gettext("key revoked"),
    }
    return known.get(kind, kind)
