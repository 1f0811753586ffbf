"""What the checks say, in Persian. The English sentence is the key; reasons are sentences too."""

from __future__ import annotations

from string import Formatter
from typing import Any

PERSIAN: dict[str, str] = {
    # verdicts
    "It holds.": "درست است.",
    "NOT OK: what the city signed contradicts itself. Keep this copy; it is evidence.": (
        "نادرست: آنچه شهر امضا کرده با خودش نمی‌خواند. این نسخه را نگه دارید؛ سند است."
    ),
    "NOT SHOWN: this copy is incomplete or damaged. Fetch it again, or from a mirror.": (
        "نشان داده نشد: این نسخه ناقص یا خراب است. دوباره، یا از جای دیگری، بگیریدش."
    ),
    "NOT SHOWN: it holds so far, but too few outside witnesses have seen it.": (
        "نشان داده نشد: تا اینجا درست است، ولی شاهدان بیرونی کافی آن را ندیده‌اند."
    ),
    "It could not be checked.": "نشد که وارسی شود.",
    # what holds
    "Log: {origin}": "دفتر: {origin}",
    "Leaves: {count:,}, of cases: {cases:,}": "ردیف‌ها: {count:,}، از پرونده‌ها: {cases:,}",
    "Root: {root}": "ریشه: {root}",
    "Leaf {leaf:,} of {size:,}.": "ردیف {leaf:,} از {size:,}.",
    "Outside witnesses had seen {size:,} leaves by {at}.": (
        "شاهدان بیرونی تا {at}، {size:,} ردیف را دیده بودند."
    ),
    "{count:,} cases began in earlier years; check those with --before.": (
        "{count:,} پرونده در سال‌های پیش آغاز شده‌اند؛ آن سال‌ها را با ‎--before وارسی کنید."
    ),
    "{done:,} of {total:,} leaves, {left:.0f} s left": (
        "{done:,} ردیف از {total:,}، {left:.0f} ثانیه مانده"
    ),
    "… and {count:,} more.": "… و {count:,} مورد دیگر.",
    # where
    "leaf": "ردیف",
    "checkpoint": "نقطهٔ وارسی",
    "receipt": "رسید",
    # what a leaf breaks
    "a case begins with its registration, and only once": (
        "پرونده با ثبتش آغاز می‌شود، و تنها یک بار"
    ),
    "it does not name the case's leaf before it": "ردیف پیشین پرونده را نام نمی‌برد",
    "it has no kind": "نوع ندارد",
    "it has no version": "نسخه ندارد",
    "it holds a checkpoint of leaves after it": "نقطهٔ وارسیِ ردیف‌های پس از خودش را دارد",
    "it holds the checkpoint of another log": "نقطهٔ وارسی دفتر دیگری را دارد",
    "it is not canonical: {why}": "نوشتهٔ یکتا نیست: {why}",
    "it is not what it says: {why}": "آن نیست که می‌گوید: {why}",
    "it is number {found} of its case where {wanted} must follow": (
        "ردیف شمارهٔ {found} پرونده است، در حالی که {wanted} باید بیاید"
    ),
    "its case or its number there is missing": "پرونده یا شماره‌اش در پرونده نیست",
    "the id of its case or of the leaf before it is wrong": (
        "شناسهٔ پرونده یا ردیف پیشین نادرست است"
    ),
    "the log before this one is not the one it names": "دفتر پیشین آن نیست که نام می‌برد",
    "the log is not the one that its checkpoint of {size} leaves stood for": (
        "دفتر همان نیست که نقطهٔ وارسی {size} ردیفی‌اش نشان می‌داد"
    ),
    "its leaf was promised by {at} and is not there": ("ردیف آن تا {at} وعده داده شده بود و نیست"),
    # what a copy lacks
    "entry {index} is not the one that its tile stands for": (
        "ردیف {index} آن نیست که کاشی‌اش نشان می‌دهد"
    ),
    "tile {number} is damaged": "کاشی {number} خراب است",
    "the entries of this copy are not the ones it stands for": (
        "ردیف‌های این نسخه آن‌هایی نیستند که نشان می‌دهد"
    ),
    "the file cannot be read ({why})": "فایل خوانده نمی‌شود ({why})",
    "the file ends inside an entry": "فایل در میان یک ردیف تمام می‌شود",
    "the file is larger than {limit} bytes": "فایل از {limit} بایت بزرگ‌تر است",
    "{found} bytes instead of {wanted}": "{found} بایت به جای {wanted}",
    "{found} entries instead of {wanted}": "{found} ردیف به جای {wanted}",
    "this copy is not the one that was signed": "این نسخه آن نیست که امضا شده",
    "this copy is older than the one of {size} leaves": "این نسخه از نسخهٔ {size} ردیفی کهنه‌تر است",
    "this program is too old to check it": "این برنامه برای وارسی آن کهنه است",
    "no leaf of this copy has this code; new ones take some minutes": (
        "هیچ ردیفی از این نسخه این کد را ندارد؛ ردیف‌های تازه چند دقیقه دیرتر می‌آیند"
    ),
    "it proves nothing: {why}": "چیزی را نشان نمی‌دهد: {why}",
    # figures
    "agrees. Figures of {period}: every one of them follows from the first {size:,} leaves.": (
        "می‌خواند. آمار {period}: همهٔ عددها از {size:,} ردیف نخست به دست می‌آید."
    ),
    "another version of this program counted it; check it with verifiers/{digest}.py": (
        "نسخهٔ دیگری از این برنامه آن را شمرده؛ با verifiers/{digest}.py وارسی‌اش کنید"
    ),
    "Leaf {leaf:,}: dice {dice} draw {count:,} of {wanted:,} cases from {size:,} leaves.": (
        "ردیف {leaf:,}: تاس {dice}، {count:,} پرونده از {wanted:,} را از {size:,} ردیف می‌کشد."
    ),
    "No lots were drawn.": "قرعه‌ای کشیده نشده.",
    "Leaf {leaf:,} is the first of a case at {at} or later; the tree has {size:,} leaves.": (
        "ردیف {leaf:,} نخستین ردیف پرونده‌ای از {at} به بعد است؛ درخت {size:,} ردیف دارد."
    ),
    "Seed of {words}: {seed}": "بذر {words}: ‎{seed}",
    "no leaf of a case is so late yet: nothing can have been drawn": (
        "هنوز ردیف پرونده‌ای به این دیری نیست: قرعه‌ای نمی‌تواند کشیده شده باشد"
    ),
    "it draws from a tree that this log never was": ("از درختی قرعه می‌کشد که این دفتر هرگز نبوده"),
    "it draws no lots": "قرعه‌ای نمی‌کشد",
    "the lots may be drawn from the log of the year before": (
        "شاید قرعه از دفتر سال پیش است؛ آن را هم با ‎--before بدهید"
    ),
    "figures cannot be made of it: {why}": "از آن آماری به دست نمی‌آید: {why}",
    "it announces no figures": "آماری را اعلام نمی‌کند",
    "it changes figures without saying what it revises": (
        "عددها را عوض می‌کند و نمی‌گوید جای کدام فایل را گرفته"
    ),
    "it does not say what it rests on": "نمی‌گوید بر چه استوار است",
    "it gives back points that were not lost": "امتیازی را برمی‌گرداند که از دست نرفته بود",
    "it is not the file that the log announced": "فایلی نیست که دفتر اعلام کرده",
    "it is not the file that the log names": "فایلی نیست که دفتر نام می‌برد",
    "it is not the log that the figures rest on": "دفتری نیست که آمار بر آن استوار است",
    "it reveals a secret that is not the one of its case's registration": (
        "رازی را آشکار می‌کند که راز ثبتِ پرونده‌اش نیست"
    ),
    "it names no file": "فایلی را نام نمی‌برد",
    "its rows are not in their order, or not each of them once": (
        "سطرهایش به ترتیب نیستند، یا هر یک تنها یک بار نیست"
    ),
    "it revises a file that the log never announced": (
        "جای فایلی را گرفته که دفتر هرگز اعلام نکرده"
    ),
    "it revises another file than the log says": "جای فایل دیگری را گرفته که دفتر نمی‌گوید",
    "the figures rest on a tree that this log never was": (
        "آمار بر درختی استوار است که این دفتر هرگز نبوده"
    ),
    "the figures rest on another tree than the log says": (
        "آمار بر درخت دیگری جز آنچه دفتر می‌گوید استوار است"
    ),
    "the figures rest on logs of earlier years too": (
        "آمار بر دفتر سال‌های پیش هم استوار است؛ آن‌ها را هم بدهید"
    ),
    "the log announces no figures of this period": "دفتر آماری از این دوره اعلام نکرده",
    "the log does not announce it": "دفتر آن را اعلام نکرده",
    "the policy of witnesses that the figures name is not here": (
        "فهرست شاهدانی که آمار نام می‌برد اینجا نیست"
    ),
    "the policy names no witness: nobody outside watches this log yet": (
        "فهرست شاهدان کسی را نام نمی‌برد: هنوز هیچ بیرونی این دفتر را نمی‌پاید"
    ),
    "  {name}: {number:,}  ({code})": "  {name}: {number:,}  ({code})",
    "  {name}: {whole}.{part:02}%  ({code})": "  {name}: {whole}٫{part:02}٪  ({code})",
    "  {name}: {days:,} d {hours} h {minutes} min  ({code})": (
        "  {name}: {days:,} روز و {hours} ساعت و {minutes} دقیقه  ({code})"
    ),
    "{count:,} figures differ.": "{count:,} عدد فرق دارد.",
    "{count:,} figures or more differ.": "{count:,} عدد یا بیشتر فرق دارد.",
    "these are figures of {old} and of {new}; give two files of one period": (
        "این‌ها آمار {old} و {new} است؛ دو پروندهٔ یک دوره بدهید"
    ),
    "{count:,} leaves were added.": "{count:,} ردیف افزوده شده.",
    "{place} is {found} there; the leaves give {wanted}": (
        "{place} در آن {found} است؛ ردیف‌ها {wanted} می‌دهند"
    ),
    # keys and witnesses
    "give the key of the log, from a source you trust": (
        "کلید دفتر را، از جایی که به آن اعتماد دارید، بدهید"
    ),
    "it cannot be read: {why}": "خوانده نمی‌شود: {why}",
    "it carries no valid signature of a key that is trusted": ("امضای درستی از کلیدی معتمد ندارد"),
    "it is no checkpoint: {why}": "نقطهٔ وارسی نیست: {why}",
    "it is not a signed checkpoint of this log": "نقطهٔ وارسیِ امضاشدهٔ این دفتر نیست",
    "no key is known for the log {origin}": "کلید دفتر {origin} داده نشده",
    "too few witnesses have seen it; they have seen {size:,} leaves": (
        "شاهدان کافی آن را ندیده‌اند؛ {size:,} ردیف را دیده‌اند"
    ),
    # reasons
    "a period is written 1405, 1405-07 or 1405-07-12": (
        "دوره چنین نوشته می‌شود: 1405 یا 1405-07 یا 1405-07-12"
    ),
    "the month has no such day": "ماه چنین روزی ندارد",
    "a key of another kind": "کلیدی از نوع دیگر",
    "a key that is not ASCII": "نام فیلدی که اَسکی نیست",
    "a number that is not whole": "عددی که درست نیست",
    "a number too large": "عددی بسیار بزرگ",
    "a receipt code has sixteen letters and digits": "کد رسید شانزده حرف و رقم دارد",
    "not JSON": "JSON نیست",
    "not UTF-8": "UTF-8 نیست",
    "not a checkpoint": "نقطهٔ وارسی نیست",
    "not a proof": "گواهی نیست",
    "not a signed note": "یادداشت امضاشده نیست",
    "not a vkey": "کلید نیست",
    "not an object": "شیء JSON نیست",
    "not spelled canonically": "به شکل یکتا نوشته نشده",
    "nested too deeply": "بیش از اندازه تو در تو",
    "the checkpoint of the proof is signed by no key that is trusted": (
        "نقطهٔ وارسی گواهی را کلید معتمدی امضا نکرده"
    ),
    "the leaf is not in the tree of the proof": "ردیف در درخت گواهی نیست",
    "too long for a receipt code": "برای کد رسید دراز است",
    "a promise that no receipt key known here signed": (
        "وعده‌ای که هیچ کلید رسیدِ شناخته‌ای امضا نکرده"
    ),
    "a promise that its key could no longer give": ("وعده‌ای که کلیدش دیگر نمی‌توانست بدهد"),
    "not a promise": "وعده نیست",
}
PLAIN_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "0123456789" * 2)
_DIGITS = str.maketrans("0123456789,", "۰۱۲۳۴۵۶۷۸۹٬")


class _Persian(Formatter):
    """Numbers in Persian digits, reasons in Persian; other words as they are."""

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, (int, float)):
            return format(value, format_spec).translate(_DIGITS)
        return PERSIAN.get(str(value), str(value))


_JOINERS = frozenset("\u200c\u200e\u200f")  # that Persian is written with


def shown(text: str) -> str:
    """`text` for a terminal, which what came from a log must not steer: control characters and
    turns of direction are spelled out."""
    return "".join(
        each
        if each.isprintable() or each in _JOINERS
        else each.encode("unicode_escape").decode("ascii")
        for each in text
    )


def in_language(sentence: str, language: str, **values: object) -> str:
    """`sentence` (English, with {fields}) with its fields filled, in "en" or "fa"."""
    if language == "fa":
        return _Persian().format(PERSIAN.get(sentence, sentence), **values)
    return sentence.format(**values)
