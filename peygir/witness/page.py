"""The page of a witness: what it has seen, for readers of Persian and of English."""

from datetime import UTC, datetime
from html import escape
from typing import Final

from peygir.verify.months import DAY_SECONDS, jalali_of
from peygir.witness.memory import Memory

HOURS_SHOWN: Final = 48
REFUSALS_SHOWN: Final = 50

PERSIAN: Final = str.maketrans("0123456789,", "۰۱۲۳۴۵۶۷۸۹٬")
MONTHS: Final = (
    "فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن",
    "اسفند",
)  # fmt: skip

CSS: Final = """
:root { color-scheme: light dark; background: Canvas; color: CanvasText; }
a { color: LinkText; }
body { font-family: Vazirmatn, Tahoma, system-ui, sans-serif; line-height: 1.7;
 max-inline-size: 60rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.5rem; overflow-wrap: anywhere; }
code { overflow-wrap: anywhere; direction: ltr; unicode-bidi: isolate; }
.wide { overflow-x: auto; }
.wide th, .wide td, .wide code { white-space: nowrap; }
table { border-collapse: collapse; inline-size: 100%; }
th, td { text-align: start; padding: .35rem .75rem; border-block-end: 1px solid GrayText; }
.alarm { border-inline-start: .4rem solid #c62828; padding-inline-start: 1rem; }
"""

WORDS: Final = {
    "fa": {
        "title": "شاهد دفترهای عمومی",
        "about": "این شاهد هر وضعیت امضاشدهٔ دفتر را با آنچه پیش‌تر دیده می‌سنجد. تنها چیزی را "
        "امضا می‌کند که فقط به دفتر پیشین افزوده باشد؛ پس هیچ‌کس نمی‌تواند گذشته را بی‌خبر عوض کند.",
        "key": "کلید این شاهد",
        "logs": "دفترها",
        "log": "دفتر",
        "size": "ردیف‌ها",
        "root": "ریشه",
        "at": "کی دید (به وقت گرینویچ)",
        "none": "هنوز دفتری دیده نشده است.",
        "refused": "ناسازگاری‌ها",
        "alarm": "این درخواست‌ها با آنچه این شاهد دیده ناسازگار بود و امضا نشد. "
        "نسخهٔ امضاشدهٔ شهر نزد این شاهد مانده است.",
        "fork": "دفتری دیگر با همان نام",
        "rollback": "بازگشت به گذشته",
        "history": "ساعت‌های گذشته",
        "other": "English",
        "other_path": "/en",
    },
    "en": {
        "title": "Witness of public logs",
        "about": "This witness compares each signed state of a log with what it saw before. It "
        "signs only what adds to the log, so that nobody can change the past unnoticed.",
        "key": "Key of this witness",
        "logs": "Logs",
        "log": "Log",
        "size": "Leaves",
        "root": "Root",
        "at": "Seen at (UTC)",
        "none": "No log has been seen yet.",
        "refused": "Contradictions",
        "alarm": "These requests contradicted what this witness had seen, and were not signed. "
        "What the city had signed is kept here.",
        "fork": "another log of the same name",
        "rollback": "back into the past",
        "history": "The last hours",
        "other": "فارسی",
        "other_path": "/",
    },
}


def page(memory: Memory, language: str) -> bytes:
    """The page as HTML, in "fa" or "en"."""
    words = WORDS[language]
    direction = "rtl" if language == "fa" else "ltr"
    parts = [
        f'<!doctype html><html lang="{language}" dir="{direction}"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{words['title']} · {escape(memory.name)}</title>",
        '<link rel="stylesheet" href="/witness.css"></head><body><main>',
        f"<h1>{words['title']}: <bdi>{escape(memory.name)}</bdi></h1><p>{words['about']}</p>",
        f"<p>{words['key']}: <code>{escape(str(memory.vkey))}</code></p>",
        _refusals(memory, words),
        f"<h2>{words['logs']}</h2>",
        _logs(memory, words),
        _history(memory, words),
        f'<p><a href="{words["other_path"]}">{words["other"]}</a></p></main></body></html>',
    ]
    return "".join(parts).encode()


def _logs(memory: Memory, words: dict[str, str]) -> str:
    rows = [
        [
            f"<code>{escape(each['origin'])}</code>",
            _number(each["size"], words),
            _time(each["at"], words),
            f"<code>{escape(each['root'])}</code>",
        ]
        for each in memory.all_seen()
    ]
    heads = [words["log"], words["size"], words["at"], words["root"]]
    return _table(heads, rows) if rows else f"<p>{words['none']}</p>"


def _refusals(memory: Memory, words: dict[str, str]) -> str:
    found = memory.refusals()[:REFUSALS_SHOWN]
    if not found:
        return ""
    rows = [
        [f"<code>{escape(origin)}</code>", words.get(why, escape(why)), _time(at, words)]
        for at, why, origin in found
    ]
    shown = _table([words["log"], words["refused"], words["at"]], rows)
    told = f"<h2>{words['refused']}</h2><p>{words['alarm']}</p>"
    return f'<section class="alarm">{told}{shown}</section>'


def _history(memory: Memory, words: dict[str, str]) -> str:
    found = memory.history(HOURS_SHOWN)
    if not found:
        return ""
    rows = [
        [
            f"<code>{escape(each['origin'])}</code>",
            _number(each["size"], words),
            _time(each["at"], words),
        ]
        for each in found
    ]
    shown = _table([words["log"], words["size"], words["at"]], rows)
    return f"<details><summary>{words['history']}</summary>{shown}</details>"


def _table(heads: list[str], rows: list[list[str]]) -> str:
    head = "".join(f'<th scope="col">{each}</th>' for each in heads)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="wide" tabindex="0"><table><tr>{head}</tr>{body}</table></div>'


def _number(number: int, words: dict[str, str]) -> str:
    return f"{number:,}".translate(PERSIAN) if words is WORDS["fa"] else f"{number:,}"


def _time(at: int, words: dict[str, str]) -> str:
    """In Persian by the Jalali calendar."""
    moment = datetime.fromtimestamp(at, UTC)
    clock = f"{moment:%H:%M:%S}"
    shown = f"{moment:%Y-%m-%d} {clock}"
    if words is WORDS["fa"]:
        year, month, day = jalali_of(at // DAY_SECONDS)
        shown = f"{day} {MONTHS[month - 1]} {year}، {clock}".translate(PERSIAN)
    return f'<time datetime="{moment:%Y-%m-%dT%H:%M:%SZ}">{shown}</time>'
