"""The catalogue of translations: English message ids in the code, Persian words in one PO file.

The file is written without places, dates or wrapped lines and sorted by message id, so that two
people who add words do not collide. Babel does all of it; no gettext program is needed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

LANGUAGE = "fa"  # English is the language of the message ids and needs no file
SOURCE = Path(__file__).resolve().parents[1]
CATALOGUE = SOURCE / "look" / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"

# After a number the Persian noun stays singular, so one form is enough.
_HEADER = """\
# Persian words of Peygir. Update with `manage.py messages extract`.
msgid ""
msgstr ""
"Language: fa\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""
_METHODS = [("**.py", "python"), ("**/jinja2/**.html", "jinja2"), ("**/jinja2/**.txt", "jinja2")]
_JINJA = {
    "extensions": "jinja2.ext.do",
    "trimmed": "true",
    "newstyle_gettext": "true",
    "silent": "false",
}
_OPTIONS = {pattern: _JINJA for pattern, method in _METHODS if method == "jinja2"}
_SINGLE = ("_", "gettext", "gettext_lazy", "gettext_noop")
_KEYWORDS: dict[str, Any] = dict.fromkeys(_SINGLE) | {
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


@dataclass(frozen=True)
class Problem:
    """Why the catalogue is not finished: `kind` is missing, unsure, unused, or Babel's error."""

    kind: str
    message_id: str


def extract(path: Path = CATALOGUE, *, source: Path = SOURCE, drop_unused: bool = False) -> Catalog:
    """Bring the file up to date with code and templates, keeping every translation.

    Words whose message is gone stay as comments and come back with it, unless `drop_unused`.
    """
    with _alone(path):
        return _extract(path, source, drop_unused=drop_unused)


def merge(words: Path, path: Path = CATALOGUE, *, source: Path = SOURCE) -> int:
    """Take the translations of another PO file for messages known here; return how many."""
    given = _read(words)
    with _alone(path):
        catalogue = _extract(path, source, drop_unused=False)
        taken = 0
        for message in given:
            known = catalogue.get(_first_id(message), message.context)
            if message.id and known is not None and _is_complete(message):
                known.string = _shaped(message, known)
                known.flags.discard("fuzzy")
                taken += 1
        _write(path, catalogue)
    return taken


def compile_mo(path: Path = CATALOGUE) -> Path:
    """Write the .mo beside the .po, the old one staying readable until the new one is whole.

    Two processes may do so at once: each has a draft of its own.
    """
    target = path.with_suffix(".mo")
    draft = target.with_suffix(f".mo.draft{os.getpid()}")
    with draft.open("wb") as file:
        write_mo(file, _read(path))
    return draft.replace(target)


def problems(path: Path = CATALOGUE, *, source: Path = SOURCE) -> list[Problem]:
    """Everything that keeps the catalogue from being complete, certain and up to date."""
    catalogue = _read(path)
    wrong: list[Problem] = []
    wanted = _found(source)
    for message in wanted:
        if not message.id:
            continue
        name = _first_id(message)
        known = catalogue.get(name, message.context)
        if known is None or not _is_complete(known):
            wrong.append(Problem("missing", name))
        elif known.fuzzy:
            wrong.append(Problem("unsure", name))
        else:
            wrong += [Problem(str(error), name) for error in known.check(catalogue)]
    for message in catalogue:
        if message.id and wanted.get(_first_id(message), message.context) is None:
            wrong.append(Problem("unused", _first_id(message)))
    wrong += [Problem("unused", _first_id(message)) for message in catalogue.obsolete.values()]
    return sorted(wrong, key=lambda problem: (problem.kind, problem.message_id))


def _extract(path: Path, source: Path, *, drop_unused: bool) -> Catalog:
    catalogue = _read(path)
    kept = {_key(message): message for message in catalogue.obsolete.values()}
    catalogue.update(_found(source), no_fuzzy_matching=True, update_creation_date=False)
    for message in catalogue:
        old = kept.pop(_key(message), None)
        if old is not None and not _is_complete(message):
            message.string = _shaped(old, message)
    if drop_unused:
        catalogue.obsolete.clear()
    _write(path, catalogue)
    return catalogue


def _found(source: Path) -> Catalog:
    """Every message in the code and the templates. A template that does not parse raises."""
    found = Catalog(charset="utf-8")
    places = extract_from_dir(
        source,
        _METHODS,
        _OPTIONS,
        _KEYWORDS,
        comment_tags=("Translators:",),
        strip_comment_tags=True,
    )
    for _name, _line, message, comments, context in places:
        found.add(message, None, auto_comments=sorted(comments), context=context)
    return found


def _read(path: Path) -> Catalog:
    if not path.exists():
        return Catalog(locale=LANGUAGE, charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=LANGUAGE)


def _write(path: Path, catalogue: Catalog) -> None:
    out = BytesIO()
    write_po(out, catalogue, no_location=True, omit_header=True, sort_output=True, width=0)
    draft = path.with_suffix(".po.draft")
    draft.write_bytes(_HEADER.encode() + out.getvalue().strip() + b"\n")
    draft.replace(path)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One writer at a time; where the system has no such locks (Windows) the last one wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        import fcntl
    except ImportError:
        yield
        return
    folder = os.open(path.parent, os.O_RDONLY)  # the folder itself is the lock: no file is left
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _key(message: Message) -> tuple[str, str]:
    return _first_id(message), message.context or ""


def _first_id(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _is_complete(message: Message) -> bool:
    words = message.string
    return bool(words) if isinstance(words, str) else bool(words) and all(words or ())


def _shaped(given: Message, wanted: Message) -> str | tuple[str, ...]:
    """The words of `given` in the form that `wanted` needs: one text, or one per plural form."""
    words = given.string if isinstance(given.string, str) else (given.string or ("",))[0]
    return words if isinstance(wanted.id, str) else (words,)
