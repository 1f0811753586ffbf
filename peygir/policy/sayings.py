"""Names of the vocabulary, and times, as a reader of Persian or English says them."""

from datetime import timedelta

from peygir.calendars.durations import Span
from peygir.calendars.persian import to_persian_digits
from peygir.policy.model import Words

ACTORS = {
    "holder": Words(fa="واحد مسئول", en="the unit that holds it"),
    "holder_head": Words(fa="رئیس واحد", en="the unit's head"),
    "citizen": Words(fa="شهروند", en="the citizen"),
    "system": Words(fa="سامانه", en="the system"),
    "reception": Words(fa="واحد دریافت", en="reception"),
    "centre_head": Words(fa="رئیس مرکز", en="head of the centre"),
}
TOLD = {
    "unit_head": Words(fa="رئیس واحد", en="head of the unit"),
    "district_head": Words(fa="شهردار منطقه یا رئیس سازمان", en="district or organisation head"),
    "deputy": Words(fa="معاون شهردار", en="deputy mayor"),
    "mayor": Words(fa="شهردار", en="mayor"),
}
EVIDENCE = {
    "result_text": Words(fa="شرح نتیجه", en="what was done"),
    "report_to_citizen": Words(fa="گزارش به شهروند", en="report to the citizen"),
    "answer_text": Words(fa="پاسخ مستدل", en="reasoned answer"),
    "return_reason": Words(fa="دلیل عودت", en="reason for the return"),
    "objection_reason": Words(fa="متن اعتراض", en="the objection"),
    "refusal_reason": Words(fa="دلیل رد", en="reason for the refusal"),
    "note": Words(fa="یادداشت", en="note"),
    "photo_before": Words(fa="عکس پیش از کار", en="photo before"),
    "photo_after": Words(fa="عکس پس از کار", en="photo after"),
    "promised_for": Words(fa="تاریخ وعده", en="promised date"),
    "head_approval": Words(fa="تأیید رئیس", en="approval of the head"),
    "target_unit": Words(fa="واحد مقصد", en="the other unit"),
    "category": Words(fa="موضوع", en="category"),
    "district": Words(fa="منطقه", en="district"),
    "call": Words(fa="تماس", en="a call"),
    "callback_at": Words(fa="زمان تماس بعدی", en="time to call again"),
    "citizen_word": Words(fa="حرف شهروند", en="the citizen's word"),
    "inspection": Words(fa="بازدید میدانی", en="field inspection"),
    "attempts": Words(fa="تماس‌های ناموفق", en="failed attempts to call"),
    "merged_into": Words(fa="پروندهٔ اصلی", en="the lead case"),
    "outside_body": Words(fa="دستگاه متولی", en="the responsible body"),
}
ONLY_FOR = {
    "long_running": Words(fa="فقط امور زمان‌بر", en="long-running subjects only"),
    "nonmunicipal": Words(fa="فقط غیرمرتبط با شهرداری", en="non-municipal subjects only"),
}
_UNITS = {
    "m": Words(fa="دقیقه", en="minutes"),
    "h": Words(fa="ساعت", en="hours"),
    "d": Words(fa="روز", en="days"),
    "w": Words(fa="هفته", en="weeks"),
    "wh": Words(fa="ساعت کاری", en="working hours"),
    "wd": Words(fa="روز کاری", en="working days"),
}


def number(value: int, language: str) -> str:
    return str(value) if language == "en" else to_persian_digits(str(value))


def say_span(span: Span, language: str) -> str:
    """A time allowed as the policy wrote it: «۲۴ ساعت», "8 working hours"."""
    digits = span.text.rstrip("mhdw")
    unit = _UNITS[span.text[len(digits) :]].in_(language)
    return f"{number(int(digits), language)} {unit}"


def say_delta(delta: timedelta, language: str) -> str:
    """Elapsed time in hours up to four days, then in days: «۷۲ ساعت», "6 days 4 hours"."""
    minutes = int(delta.total_seconds()) // 60
    if minutes % 60:
        return f"{number(minutes, language)} {_UNITS['m'].in_(language)}"
    hours = minutes // 60
    if hours <= 96:
        return f"{number(hours, language)} {_UNITS['h'].in_(language)}"
    days, rest = divmod(hours, 24)
    parts = [f"{number(days, language)} {_UNITS['d'].in_(language)}"]
    if rest:
        parts.append(f"{number(rest, language)} {_UNITS['h'].in_(language)}")
    return (" " if language == "en" else " و ").join(parts)


def listed(words: list[Words], language: str) -> str:
    return (", " if language == "en" else "، ").join(word.in_(language) for word in words)
