"""Reads overlays.toml: what a city has prepared for a crisis or a season. It may be left out."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from peygir.calendars.durations import Span
from peygir.policy.model import Words
from peygir.policy.overlay import Overlay
from peygir.policy.parse_city import LANGUAGES, flat
from peygir.policy.reading import Table
from peygir.policy.vocabulary import OVERLAY_KINDS, SWITCHES


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Codes that an overlay may name."""

    classes: Collection[str]
    stages: Collection[str]
    categories: Collection[str]
    pauses: Collection[str]


def read_overlays(top: Table, known: Known) -> dict[str, Overlay]:
    """The overlays by code. Raises PolicyError."""
    found = {code: _overlay(code, table, known) for code, table in top.tables("overlays").items()}
    top.done()
    return found


def _overlay(code: str, table: Table, known: Known) -> Overlay:
    kind: Literal["crisis", "season"] = "crisis"
    if table.word("kind", OVERLAY_KINDS) == "season":
        kind = "season"
    overlay = Overlay(
        code=code,
        words=table.words(),
        kind=kind,
        by=table.word("by", SWITCHES),
        second=table.word("second", SWITCHES),
        longest=table.delta("longest"),
        banner=table.inner_words("banner"),
        advice=table.maybe_words("advice"),
        short=table.flag("short"),
        one_tap=table.words_of("one_tap", known.categories),
        due_by_class=_dues(table, "due_by_class", known.classes),
        due_by_stage=_dues(table, "due_by_stage", known.stages),
        pause=table.maybe_word("pause", known.pauses),
        pause_classes=table.words_of("pause_classes", known.classes),
        texts=_texts(table.table("texts")) if table.has("texts") else {},
    )
    table.done()
    return overlay


def _dues(table: Table, name: str, known: Collection[str]) -> dict[str, Span]:
    if not table.has(name):
        return {}
    inner = table.table(name)
    found = {}
    for code in inner.names():
        if code not in known:
            inner.refuse(code, f"“{code}” is none of {', '.join(sorted(known))}")
        found[code] = inner.span(code)
    inner.done()
    return found


def _texts(table: Table) -> dict[str, Words]:
    said = {language: flat(table.table(language)) for language in LANGUAGES}
    table.done()
    for language, other in (("fa", "en"), ("en", "fa")):
        for key in said[language]:
            if key not in said[other]:
                table.refuse(f"{other}.{key}", f"is missing; {language} has it")
    return {key: Words(fa=fa, en=said["en"][key]) for key, fa in said["fa"].items()}
