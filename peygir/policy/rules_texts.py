"""What must hold for words: both languages complete, and messages that fit into one SMS."""

import re
from collections.abc import Iterator
from string import Formatter

from peygir.policy.findings import Finding, Rule
from peygir.policy.graph import edges
from peygir.policy.model import CityPolicy, Words
from peygir.policy.parse_city import LANGUAGES, TEXT_FILES
from peygir.policy.vocabulary import STATUSES

PLACEHOLDERS = {
    "code": "0" * 12,  # tracking code, bare digits
    "date": "1405/12/29",
    "otp": "123456",
    "status": "",  # the longest of the city's own
    "body": "",  # the longest of the city's own
    "unit": "",
    "stage": "",
    "due": "",
    "link": "",
    "track": "",  # the site's host and the code
    "receipt": "XXXX-XXXX-XXXX-XXXX",  # of the public log
    "place": "",  # the longest of the city's own
    "count": "",
    "overdue": "",
    "warning": "",
}
IN_SMS = frozenset({"code", "date", "otp", "status", "body", "track", "receipt", "place"})

CALL_PARTS = ("opening", "result", "question", "satisfied", "dissatisfied", "later", "ending")
REQUIRED = (
    *(f"sms.{name}" for name in ("registered", "otp", "feedback_question", "status")),
    *(f"status.{name}" for name in STATUSES),
    *(
        f"mail.{name}.{part}"
        for name in ("warning", "breach", "rung", "approval", "digest")
        for part in ("subject", "body")
    ),
    *(f"script.feedback.{name}" for name in CALL_PARTS),
    *(f"portal.{name}" for name in ("intro", "urgent", "privacy", "promise", "unreachable")),
)
LETTERS = ("mail.letter.subject", "mail.letter.body")  # where official letters are written
INSPECTIONS = ("mail.inspections.subject", "mail.inspections.body")  # where a week's list is drawn
SMS_MAX = 160  # one message of plain Latin letters
SMS_MAX_UNICODE = 70  # one message of anything else
_PERSIAN = re.compile(r"[\u0600-\u06ff]")
_LATIN = re.compile(r"[A-Za-z]")


def required_texts_are_there(policy: CityPolicy) -> Iterator[Finding]:
    tells = {edge.tells: edge.key for edge in edges(policy) if edge.tells}
    for name, key in tells.items():
        if f"sms.{name}" not in policy.texts:
            yield Finding("policy.toml", f"{key}.tells", f"“sms.{name}” is not among the texts")
    letters = LETTERS if any(s.desk == "letters" for s in policy.stages.values()) else ()
    lists = INSPECTIONS if policy.inspections_weekly else ()
    for key in (*REQUIRED, *letters, *lists):
        if key not in policy.texts:
            yield Finding(TEXT_FILES["fa"], key, "is missing")


def placeholders_agree(policy: CityPolicy) -> Iterator[Finding]:
    for key, words in policy.texts.items():
        used = {}
        for language in LANGUAGES:
            names = _placeholders(words.in_(language))
            if names is None:
                yield Finding(TEXT_FILES[language], key, "has a brace that is no {placeholder}")
                break
            used[language] = names
            for name in sorted(names - (IN_SMS if _is_sms(key) else PLACEHOLDERS.keys())):
                yield Finding(TEXT_FILES[language], key, f"“{{{name}}}” cannot be filled here")
        if len(used) == len(LANGUAGES) and used["fa"] != used["en"]:
            alone = ", ".join(sorted(used["fa"] ^ used["en"]))
            yield Finding(TEXT_FILES["en"], key, f"only one language has {{{alone}}}")


def messages_fit(policy: CityPolicy) -> Iterator[Finding]:
    for key, words in policy.texts.items():
        if not _is_sms(key):
            continue
        for language in LANGUAGES:
            text = words.in_(language)
            for name in IN_SMS:
                text = text.replace(f"{{{name}}}", _sample(policy, name, language))
            most = SMS_MAX if text.isascii() else SMS_MAX_UNICODE
            if len(text) > most:
                reason = f"{len(text)} characters when filled; one SMS holds {most}"
                yield Finding(TEXT_FILES[language], key, reason)


def languages_are_not_mixed(policy: CityPolicy) -> Iterator[Finding]:
    for file, key, words in _all_words(policy):
        wrong = set(wrong_languages(words))
        if "fa" in wrong:
            yield Finding(file[0], f"{key}fa", "has no Persian letter")
        if "en" in wrong:
            yield Finding(file[1], f"{key}en", "is not English")


def _all_words(policy: CityPolicy) -> Iterator[tuple[tuple[str, str], str, Words]]:
    """Each text with its two files and the beginning of its key."""
    flow = ("policy.toml", "policy.toml")
    for name, table in (
        ("kinds", policy.kinds),
        ("classes", {c.code: c.words for c in policy.classes.values()}),
        ("stages", {s.code: s.words for s in policy.stages.values()}),
        ("endings", {e.code: e.words for e in policy.endings.values()}),
        ("pauses", {p.code: p.words for p in policy.pauses.values()}),
    ):
        for code, words in table.items():
            yield flow, f"{name}.{code}.", words
    for edge in edges(policy):
        yield flow, f"{edge.key}.", edge.step.words
    subjects = ("categories.toml", "categories.toml")
    for code, words in policy.groups.items():
        yield subjects, f"groups.{code}.", words
    for category in policy.categories.values():
        for part, text in (
            ("", category.words),
            ("urgent_when.", category.urgent_when),
            ("ask.", category.ask),
        ):
            if text is not None:
                yield subjects, f"categories.{category.code}.{part}", text
    organisation = ("organisation.toml", "organisation.toml")
    for unit in policy.organisation.units.values():
        yield organisation, f"units.{unit.code}.", unit.words
    for post in policy.organisation.posts.values():
        yield organisation, f"posts.{post.code}.", post.words


def wrong_languages(words: Words) -> Iterator[str]:
    """The languages in which `words` are not what they should be."""
    if not _PERSIAN.search(words.fa):
        yield "fa"
    if _PERSIAN.search(words.en) or not _LATIN.search(words.en):
        yield "en"


def _is_sms(key: str) -> bool:
    return key.startswith("sms.")


def _placeholders(text: str) -> set[str] | None:
    """The names in braces; None when a brace is not closed or holds more than a name."""
    try:
        parsed = list(Formatter().parse(text))
    except ValueError:
        return None
    names = {name for _, name, _, _ in parsed if name is not None}
    odd = any(spec or conversion for _, _, spec, conversion in parsed)
    return None if odd or not all(name.isidentifier() for name in names) else names


def _sample(policy: CityPolicy, name: str, language: str) -> str:
    if name == "body":
        return max((w.in_(language) for w in policy.organisation.outside_bodies.values()), key=len)
    if name == "status":
        texts = (w for key, w in policy.texts.items() if key.startswith("status."))
        return max((w.in_(language) for w in texts), key=len)
    if name == "place":
        places = policy.organisation.districts.values()
        return max((words.in_(language) for words in places), key=len)
    if name == "receipt" and language == "fa":  # a mark keeps its groups in order
        return "\u200e" + PLACEHOLDERS[name]
    if name == "track":  # as sent: the site's host, then the code
        return f"{str(policy.city['url']).split('//')[-1]}/t/{'0' * 12}"
    return PLACEHOLDERS[name]


TEXTS = (
    Rule(
        Words(
            fa="هر پیام و متن لازم نوشته شده است",
            en="Every message that a step sends, and every text that pages need, is written",
        ),
        required_texts_are_there,
    ),
    Rule(
        Words(
            fa="جاهای خالی متن‌ها در هر دو زبان یکی است",
            en="Both languages fill in the same places",
        ),
        placeholders_agree,
    ),
    Rule(
        Words(fa="هر پیامک در یک پیام جا می‌شود", en="Every SMS fits into one message"),
        messages_fit,
    ),
    Rule(
        Words(
            fa="هر دو زبان کامل است",
            en="Both languages are complete, and neither stands in the other's place",
        ),
        languages_are_not_mixed,
    ),
)
