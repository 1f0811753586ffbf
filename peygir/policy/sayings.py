"""Names of the vocabulary, and times, as a reader of Persian or English says them."""

from datetime import timedelta

from peygir.calendars.durations import Span
from peygir.calendars.persian import to_persian_digits
from peygir.policy.model import Words

ACTORS = {
    "holder": Words(fa="واحد مسئول", en="the unit that holds it"),
    "holder_unit": Words(fa="کارشناس همان واحد", en="an expert of that unit"),
    "holder_head": Words(fa="رئیس واحد", en="the unit's head"),
    "citizen": Words(fa="شهروند", en="the citizen"),
    "system": Words(fa="سامانه", en="the system"),
    "reception": Words(fa="واحد دریافت", en="reception"),
    "centre_head": Words(fa="رئیس مرکز", en="head of the centre"),
    "executive": Words(fa="واحد اجرایی", en="an executive unit"),
    "executive_head": Words(fa="رئیس واحد اجرایی", en="head of an executive unit"),
    "feedback": Words(fa="واحد بازخورد", en="feedback unit"),
    "special_follow_up": Words(fa="پیگیری ویژه", en="special follow-up"),
    "operations": Words(fa="مرکز عملیات", en="operations centre"),
    "supervisor": Words(fa="ناظر", en="supervisor"),
    "correspondence": Words(fa="مکاتبات", en="correspondence desk"),
    "social_media": Words(fa="شبکه‌های اجتماعی", en="social-media desk"),
    "inspection": Words(fa="بازرسی", en="inspection"),
    "council": Words(fa="عضو شورای شهر", en="a member of the city council"),
    "auditor": Words(fa="حسابرس دفتر عمومی", en="auditor of the public log"),
    "deputy": Words(fa="معاون شهردار", en="deputy mayor"),
    "mayor": Words(fa="شهردار", en="mayor"),
    "admin": Words(fa="مدیر سامانه", en="administrator"),
}
HOLDERS = {
    "same_post": Words(fa="همان پستی که پاسخ داد", en="Held by the post that had it last"),
    "above_answerer": Words(
        fa="مسئول: مافوق پستی که پاسخ داد", en="Held by the superior of the post that answered"
    ),
    "impartial": Words(
        fa="مسئول: مرجعی که زیردست شخص موضوع شکایت نیست",
        en="Held by an authority that does not stand below the one complained of",
    ),
    "named_unit": Words(fa="مسئول: واحدی که نام برده شده", en="Held by the unit that is named"),
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
    "kind": Words(fa="نوع پیام", en="kind of voice"),
    "reason": Words(fa="دلیل", en="the reason"),
    "urgent_ground": Words(fa="مبنای فوریت", en="ground of urgency"),
    "action_text": Words(fa="اقدام اولیه", en="first action"),
    "crew": Words(fa="اکیپ اعزامی", en="crew that was sent"),
    "target_post": Words(fa="پست مقصد", en="the other post"),
    "letter": Words(fa="نامهٔ رسمی", en="official letter"),
    "letter_reply": Words(fa="پاسخ نامه", en="reply to the letter"),
    "post_draft": Words(fa="متن انتشار بی‌نام", en="anonymised words to publish"),
    "post_link": Words(fa="نشانی انتشار", en="address of the publication"),
    "published_answer": Words(fa="پاسخ منتشرشده", en="the published answer"),
    "body_answer": Words(fa="پاسخ دستگاه", en="answer of the outside body"),
    "decision": Words(fa="تصمیم و دلیل آن", en="decision and its reasons"),
    "facilitation": Words(fa="شرح تسهیل‌گری", en="what was done to facilitate"),
    "rating": Words(fa="امتیاز به پاسخ", en="rating of the answer"),
}
ONLY_FOR = {
    "long_running": Words(fa="فقط امور زمان‌بر", en="long-running subjects only"),
    "nonmunicipal": Words(fa="فقط غیرمرتبط با شهرداری", en="non-municipal subjects only"),
    "urgent": Words(fa="فقط پیام فوری", en="urgent messages only"),
    "not_urgent": Words(fa="فقط پیام غیرفوری", en="messages that are not urgent"),
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
