"""How a change of one value is said: «مهلت خدمات شهری از ۲۴ ساعت به ۱۲ ساعت»."""

from collections.abc import Mapping
from typing import Any, Final

from peygir.calendars.durations import parse
from peygir.calendars.errors import CalendarError
from peygir.calendars.persian import to_persian_digits
from peygir.policy.model import Words
from peygir.policy.sayings import ACTORS, EVIDENCE, ONLY_FOR, TOLD, say_span

Path = tuple[str, ...]
LONG: Final = 90  # characters of a text that are shown

#: What a key is called at the end of a place.
KEYS: Final = {
    "fa": Words(fa="نام فارسی", en="Persian name"),
    "en": Words(fa="نام انگلیسی", en="English name"),
    "due": Words(fa="مهلت", en="time allowed"),
    "class": Words(fa="ردهٔ", en="class"),
    "function": Words(fa="وظیفهٔ", en="function"),
    "group": Words(fa="گروه", en="group"),
    "long_running": Words(fa="زمان‌بر بودن", en="long-running"),
    "lexicon": Words(fa="واژه‌های پیشنهاددهندهٔ", en="words that suggest it"),
    "ask": Words(fa="پرسش از تماس‌گیرنده دربارهٔ", en="question to the caller"),
    "urgent_when": Words(fa="نشانهٔ فوریت", en="sign of urgency"),
    "holder": Words(fa="مسئول", en="holder"),
    "limit": Words(fa="سقف دفعاتِ", en="limit"),
    "over": Words(fa="کمترین فاصله تا نخستین بار", en="least time since the first"),
    "then": Words(fa="مقصد پس از سقف", en="leads to after the limit"),
    "to": Words(fa="مقصد", en="leads to"),
    "by": Words(fa="چه کسی برمی‌دارد", en="who takes it"),
    "needs": Words(fa="آنچه لازم است", en="what it needs"),
    "may_have": Words(fa="آنچه می‌تواند همراه باشد", en="what may come along"),
    "approval": Words(fa="تأیید", en="approval"),
    "only_for": Words(fa="ویژه بودن", en="only for"),
    "longest": Words(fa="بیشترین زمان", en="longest time"),
    "within": Words(fa="تا چه هنگام", en="until when"),
    "repeat": Words(fa="تکرار", en="repeat"),
    "warnings": Words(fa="هشدارهای پیش از مهلتِ", en="warnings before the deadline"),
    "breach": Words(fa="هنگام پایان مهلتِ", en="when the time is over"),
    "rungs": Words(fa="پله‌های", en="rungs"),
    "tells": Words(fa="پیام به شهروند", en="message to the citizen"),
    "superior": Words(fa="مافوق", en="superior"),
    "parent": Words(fa="واحد بالادست", en="unit above"),
    "roles": Words(fa="نقش‌های", en="roles"),
    "start": Words(fa="مرحلهٔ آغازین", en="first stage"),
    "attempts": Words(fa="شمار تماس‌ها", en="number of calls"),
    "weekly": Words(fa="بازرسی‌های هر هفته", en="inspections of a week"),
}
#: What a table of named things is called.
TABLES: Final = {
    "classes": Words(fa="ردهٔ", en="class"),
    "stages": Words(fa="مرحلهٔ", en="stage"),
    "steps": Words(fa="گام", en="step"),
    "anywhere": Words(fa="گام هر مرحلهٔ", en="step of any stage"),
    "after_closing": Words(fa="گام پس از خاتمهٔ", en="step after closing"),
    "endings": Words(fa="پایان", en="ending"),
    "kinds": Words(fa="نوع پیام", en="kind of message"),
    "pauses": Words(fa="دلیل توقف", en="reason to pause"),
    "categories": Words(fa="موضوع", en="subject"),
    "groups": Words(fa="گروه", en="group"),
    "units": Words(fa="واحد", en="unit"),
    "posts": Words(fa="پست", en="post"),
    "outside_bodies": Words(fa="دستگاه", en="outside body"),
    "districts": Words(fa="منطقهٔ", en="district"),
}
LADDERS: Final = {
    "ladder": Words(fa="نردبان واحد", en="the unit's ladder"),
    "citizen_clock": Words(fa="ساعت شهروند", en="the citizen's clock"),
}
DISTRICT: Final = Words(fa="واحد همان منطقه", en="the district's own department")
POINTS: Final = {
    "breach": Words(fa="امتیاز منفی پایان مهلت", en="negative points for a missed deadline"),
    "rung": Words(fa="امتیاز منفی هر پلهٔ بعد", en="negative points for each further rung"),
    "version": Words(fa="نسخهٔ قاعدهٔ امتیاز", en="version of the points"),
}

SCORES: Final = Words(fa="امتیاز واحدها", en="scores of units")


class Names:
    """Names of the things in a city's files, as they were called before; else their codes."""

    def __init__(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
        self._sources = (old, new)

    def of(self, file: str, path: Path, language: str) -> str:
        """The name of the table at `path`, in quotation marks."""
        for source in self._sources:
            at: Any = source.get(file) or {}
            for step in path:
                at = at.get(step, {}) if isinstance(at, dict) else {}
            if isinstance(at, dict) and isinstance(at.get(language), str):
                return _quoted(at[language], language)
        return _quoted(path[-1], language)


def sentence(names: Names, file: str, path: Path, old: Any, new: Any) -> Words:
    """What it means that the value at `path` is `new` and was `old` (None: was not there)."""
    return Words(
        fa=_sentence(names, file, path, old, new, "fa"),
        en=_sentence(names, file, path, old, new, "en"),
    )


def _sentence(names: Names, file: str, path: Path, old: Any, new: Any, lang: str) -> str:
    subject = _subject(names, file, path, lang)
    if old is None and isinstance(new, dict):
        return f"{subject} افزوده شد" if lang == "fa" else f"{subject} is new"
    if new is None and isinstance(old, dict):
        return f"{subject} حذف شد" if lang == "fa" else f"{subject} is gone"
    was, now = (_value(names, file, path, value, lang) for value in (old, new))
    if old is None:
        return f"{subject}: {now} (تازه)" if lang == "fa" else f"{subject}: {now} (new)"
    if new is None:
        return f"{subject} حذف شد؛ {was} بود" if lang == "fa" else f"{subject} is gone; was {was}"
    return f"{subject} از {was} به {now}" if lang == "fa" else f"{subject}: from {was} to {now}"


def _subject(names: Names, file: str, path: Path, lang: str) -> str:
    """What is spoken about, from the inside to the outside."""
    if file.startswith("texts."):
        of = Words(fa=f"متن «{'.'.join(path)}»", en=f"text “{'.'.join(path)}”").in_(lang)
        return f"{of} ({file[6:8]})"
    if path[0] == "points" and path[-1] in POINTS:
        return POINTS[path[-1]].in_(lang)
    if path[0] == "scores":
        of = SCORES.in_(lang)
        key = ".".join(path[1:])
        return f"{of}، {key}" if lang == "fa" else f"{of}, {key}"
    if path[0] == "inspections":
        return _key(path[-1], lang)
    if path[0] == "functions":
        return Words(fa=f"مسئول وظیفهٔ «{path[-1]}»", en=f"who answers for “{path[-1]}”").in_(lang)
    if path[0] in LADDERS and len(path) > 1:
        of = LADDERS[path[0]].in_(lang)
        return f"{_key(path[-1], lang)} {of}" if lang == "fa" else f"{of}: {_key(path[-1], lang)}"
    return _placed(names, file, path, lang)


def _placed(names: Names, file: str, path: Path, lang: str) -> str:
    things: list[str] = []
    last = 0
    for place in range(len(path) - 1):
        if path[place] in TABLES:
            name = names.of(file, path[: place + 2], lang)
            things.append(f"{TABLES[path[place]].in_(lang)} {name}")
            last = place + 2
    rest = [_key(word, lang) for word in path[last:]]
    if not things:
        return f"{file} › {'.'.join(path)}"
    inner = things[::-1]
    if lang == "fa":
        return " ".join([*[f"{word}" for word in rest[::-1]], "، ".join(inner)])
    return ", ".join([*inner, *rest])


def _key(word: str, lang: str) -> str:
    return KEYS[word].in_(lang) if word in KEYS else word


def _value(names: Names, file: str, path: Path, value: Any, lang: str) -> str:
    key = path[-1]
    if isinstance(value, bool):
        return Words(fa="بله" if value else "خیر", en="yes" if value else "no").in_(lang)
    if isinstance(value, int | float):
        return to_persian_digits(str(value)) if lang == "fa" else str(value)
    if isinstance(value, list):
        joined = ("، " if lang == "fa" else ", ").join(
            _value(names, file, path, each, lang) for each in value
        )
        return _short(joined) or Words(fa="هیچ", en="nothing").in_(lang)
    if isinstance(value, dict):
        return _rung(value, lang)
    return _text(names, path, key, str(value), lang)


def _rung(value: Mapping[str, Any], lang: str) -> str:
    told, after = str(value.get("told")), str(value.get("after"))
    if set(value) != {"told", "after"} or told not in TOLD:
        return _short(str(dict(value)))
    return f"{_span(after, lang) or after}: {TOLD[told].in_(lang)}"


def _text(names: Names, path: Path, key: str, value: str, lang: str) -> str:
    if span := _span(value, lang):
        return span
    if key == "class":
        return names.of("policy.toml", ("classes", value), lang)
    if key == "group":
        return names.of("categories.toml", ("groups", value), lang)
    if key in ("to", "then", "start"):
        return names.of("policy.toml", ("stages", value), lang)
    if path[0] == "functions" or key in ("holder", "parent", "unit"):
        if value == "district":
            return DISTRICT.in_(lang)
        return names.of("organisation.toml", ("units", value), lang)
    if key == "superior":
        return names.of("organisation.toml", ("posts", value), lang)
    for known in (TOLD, EVIDENCE, ACTORS, ONLY_FOR):
        if value in known and key not in ("fa", "en"):
            return known[value].in_(lang)
    if value == "class":
        return Words(fa="مهلت رده", en="the class's time").in_(lang)
    return _quoted(_short(value), lang)


def _span(value: str, lang: str) -> str:
    try:
        return say_span(parse(value), lang)
    except CalendarError:
        return ""


def _short(text: str) -> str:
    return text if len(text) <= LONG else f"{text[:LONG]}…"


def _quoted(text: str, lang: str) -> str:
    return f"«{text}»" if lang == "fa" else f"“{text}”"
