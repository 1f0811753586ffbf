"""`manage.py translations extract|compile|check`: message catalogues with Babel, no gettext."""

from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

METHODS = [("**.py", "python"), ("**/jinja2/**.html", "jinja2"), ("**/jinja2/**.txt", "jinja2")]
KEYWORDS: dict[str, tuple[Any, ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
JINJA = {"trimmed": "true", "newstyle_gettext": "true", "silent": "false"}
OPTIONS_MAP = {pattern: JINJA for pattern, method in METHODS if method == "jinja2"}
SOURCE = Path(settings.BASE_DIR) / "peygir"


class Command(BaseCommand):
    """Bring the catalogue up to date, compile it, or prove that it is complete."""

    help = "Extract, compile or check the translations."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """One word: what to do."""
        parser.add_argument("what", choices=["extract", "compile", "check"])

    def handle(self, *args: Any, what: str, **kwargs: Any) -> None:
        """Do it for every language but English, which is the language of the message ids."""
        for language, _ in settings.LANGUAGES:
            if language == "en":
                continue
            folder = Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES"
            catalogue = folder / "django.po"
            if what == "extract":
                _extract(catalogue, language)
            elif what == "compile":
                _compile(catalogue)
            else:
                _check(catalogue, language)


def _found() -> Catalog:
    """Every message in the code and templates, without places, so that diffs stay small."""
    found = Catalog(charset="utf-8")
    places = extract_from_dir(
        str(SOURCE),
        METHODS,
        OPTIONS_MAP,
        KEYWORDS,
        comment_tags=("Translators:",),
        strip_comment_tags=True,
    )
    for _name, _line, message, comments, context in places:
        found.add(message, None, auto_comments=comments, context=context)
    return found


def _read(path: Path, language: str) -> Catalog:
    if not path.exists():
        return Catalog(
            locale=language,
            header_comment="# The words of Peygir. English ids; see `manage.py translations`.",
            project="Peygir",
            version="1",
            msgid_bugs_address="-",
            last_translator="-",
            language_team="-",
            charset="utf-8",
            fuzzy=False,
        )
    with path.open("rb") as file:
        return read_po(file, locale=language)


def _extract(path: Path, language: str) -> None:
    catalogue = _read(path, language)
    catalogue.update(_found(), no_fuzzy_matching=True, update_creation_date=False)
    catalogue.obsolete.clear()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, sort_output=True, width=100, ignore_obsolete=True)


def _compile(path: Path) -> None:
    """Write the .mo beside the .po, unless it is newer already."""
    target = path.with_suffix(".mo")
    if not path.exists():
        return
    if target.exists() and target.stat().st_mtime > path.stat().st_mtime:
        return
    catalogue = _read(path, path.parents[1].name)
    draft = target.with_suffix(".mo.draft")
    with draft.open("wb") as file:
        write_mo(file, catalogue)
    draft.replace(target)


def _check(path: Path, language: str) -> None:
    """Raise CommandError with every message that lacks a translation or has a broken one."""
    catalogue = _read(path, language)
    wrong = []
    for message in _found():
        if not message.id:
            continue
        translated = catalogue.get(_plain_id(message), message.context)
        if translated is None or not _is_complete(translated):
            wrong.append(f"missing: {message.id!r}")
        elif translated.fuzzy:
            wrong.append(f"unsure: {message.id!r}")
        else:
            wrong += [f"{error}: {message.id!r}" for error in translated.check(catalogue)]
    if wrong:
        raise CommandError(f"{path}: {len(wrong)} to do\n" + "\n".join(sorted(wrong)))


def _plain_id(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _is_complete(message: Message) -> bool:
    words = message.string
    if isinstance(words, str):
        return bool(words)
    return words is not None and len(words) > 0 and all(words)
