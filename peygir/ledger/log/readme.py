"""`README.txt` of the published folder: what lies here and how to check it, in both languages."""

from typing import Final

PERSIAN: Final = """\
دفتر عمومی {origin}

اینجا چه هست
  {year}/               دفتر این سال؛ سال‌های پیش کنار آن
    checkpoint          آخرین وضعیتِ امضاشده: نام دفتر، شمار ردیف‌ها، ریشه، امضای شهر و شاهدان
    tile/entries/       خودِ ردیف‌ها، یک ردیف برای هر رویداد؛ نام، شماره، نشانی و نوشته‌ای در آن‌ها نیست
    tile/0/ tile/1/ …   درخت هش‌ها (C2SP tlog-tiles)
    rules/              قاعده‌هایی که پرونده‌ها با آن‌ها سنجیده می‌شوند
    stats/              آمار منتشرشده، هر دوره یک فایل
    receipts/           کد رسیدها و جای ردیف هرکدام
  archives/             دفتر هر سال در یک فایل
  verify.py             برنامهٔ وارسی: تنها پایتون ۳٫۹ می‌خواهد، نه کتابخانه، نه شبکه
  verifiers/            همهٔ نسخه‌های آن که آماری با آن‌ها شمرده شده
  vkeys.txt             کلیدهای شهر؛ با آنچه چاپ شده یا شورا دارد بسنجید
  policy.txt            شاهدان بیرونی، و این که چند امضا بس است

چگونه وارسی کنیم (سه فرمان؛ پاسخ فارسی با ‎--lang fa)
"""

ENGLISH: Final = """\
The public log {origin}

What lies here
  {year}/               the log of this year; earlier years lie beside it
    checkpoint          the newest signed state: name, number of leaves, root, who signed
    tile/entries/       the leaves, one for each event; no name, number, address or word in them
    tile/0/ tile/1/ ...   the tree of hashes (C2SP tlog-tiles)
    rules/              the rules that cases are measured by
    stats/              the published figures, a file for each period
    receipts/           codes of receipts, and where each one's leaf is
  archives/             the log of each year as one file
  verify.py             checks it all: needs Python 3.9 and nothing else, no library, no network
  verifiers/            every version of it that figures were counted with
  vkeys.txt             the city's keys; compare them with what is in print or at the council
  policy.txt            the outside witnesses, and how many of them are enough

How to check it (three commands, where you have unpacked it)
"""

COMMANDS: Final = """
  tar xf log-{year}.tar
  python3 verify.py log {year} --vkey vkeys.txt{policy}
  python3 verify.py stats {year} live --vkey vkeys.txt{policy}
"""

PERSIAN_END: Final = """
کد پایان ۰: درست است. ۱: شهر ضد خودش امضا کرده؛ نسخه را نگه دارید.
۲: نسخه ناقص یا خراب است. ۳: شاهدان کافی آن را ندیده‌اند.
"""

ENGLISH_END: Final = """
Exit code 0: it holds. 1: the city signed what contradicts itself; keep your copy.
2: this copy is incomplete or damaged. 3: too few witnesses have seen it.
"""


def text(origin: str, year: int, *, witnessed: bool) -> bytes:
    """The file for the log of `year`. `witnessed`: whether outsiders cosign it."""
    policy = " --policy policy.txt" if witnessed else ""
    parts = [
        words.format(origin=origin, year=year) + COMMANDS.format(year=year, policy=policy) + end
        for words, end in ((PERSIAN, PERSIAN_END), (ENGLISH, ENGLISH_END))
    ]
    return f"{'=' * 72}\n".join(parts).encode()
