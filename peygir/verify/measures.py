"""Every public figure: what it is called, how it is counted, and since which version of that.

A change in how one is counted is a new version; figures of different versions are not compared.
"""

from __future__ import annotations

from typing import Any, NamedTuple

CASES, CALLS, SHARE, SECONDS, POINTS = "cases", "calls", "bp", "s", "points"
FROM_LOG, ATTESTED = "log", "attested"


class Measure(NamedTuple):
    """`unit`: "bp" is hundredths of a percent. `source`: "attested" is said by somebody, not
    counted from leaves."""

    fa: str
    en: str
    unit: str
    how_fa: str
    how_en: str
    source: str = FROM_LOG
    version: int = 1

    def spelled(self) -> dict[str, Any]:
        """As a figures file holds it."""
        return dict(self._asdict())


MEASURES: dict[str, Measure] = {
    "registered": Measure(
        "ثبت‌شده",
        "registered",
        CASES,
        "پرونده‌هایی که ثبتشان در این دوره است؛ هر پرونده یک بار، نزد واحدی که کار به آن رسید.",
        "Cases registered in the period; each once, with the unit that the work came to.",
    ),
    "closed": Measure(
        "بسته‌شده",
        "closed",
        CASES,
        "بسته شدن‌های این دوره به هر پایان؛ دوباره بسته‌شده دو بار شمرده می‌شود.",
        "Closings in the period, by whatever ending; closed again, a case counts twice.",
    ),
    "closed_on_time": Measure(
        "بسته‌شدهٔ به‌موقع",
        "closed, all deadlines kept",
        CASES,
        "بسته شدن‌هایی که هیچ مهلت کاری در آن پرونده نگذشته بود.",
        "Closings of cases in which no deadline for the work had passed.",
    ),
    "closed_late": Measure(
        "بسته‌شدهٔ دیرهنگام",
        "closed late",
        CASES,
        "بسته شدن‌هایی که دست‌کم یک مهلت کاری در آن پرونده گذشته بود.",
        "Closings of cases in which at least one deadline for the work had passed.",
    ),
    "open": Measure(
        "باز",
        "open",
        CASES,
        "پرونده‌های ثبت‌شده و بسته‌نشده در پایان دوره.",
        "Cases registered and not closed at the end of the period.",
    ),
    "overdue": Measure(
        "گذشته از مهلت",
        "overdue",
        CASES,
        "پرونده‌هایی که در پایان دوره مهلت کارشان گذشته و کار انجام نشده بود.",
        "Cases whose work was past its deadline and not done at the end of the period.",
    ),
    "overdue_seconds_total": Measure(
        "جمع زمان گذشته از مهلت",
        "time overdue, in all",
        SECONDS,
        "جمع زمانی که از مهلت پرونده‌های گذشته از مهلت تا پایان دوره گذشته است.",
        "For all that is overdue at the end of the period: the time since its deadline, summed.",
    ),
    "answered": Measure(
        "کار پاسخ‌داده‌شده",
        "answered",
        CASES,
        "کارهایی که واحد در این دوره انجامشان را اعلام کرد یا با گذشتن مهلت از دست داد.",
        "Pieces of work that a unit reported done in the period, or lost after their deadline.",
    ),
    "answered_late": Measure(
        "پاسخ دیرهنگام",
        "answered late",
        CASES,
        "کارهای پاسخ‌داده‌شده‌ای که پس از مهلت خود تمام شد.",
        "Pieces of work that ended after their deadline.",
    ),
    "answered_on_time_bp": Measure(
        "درصد پاسخ به‌موقع",
        "answered on time",
        SHARE,
        "کارهای به‌موقع، تقسیم بر همهٔ کارهای پاسخ‌داده‌شده.",
        "Work that ended by its deadline, as a share of all work that ended.",
    ),
    "late_by_first": Measure(
        "دیرتر از نخستین مهلت",
        "later than first promised",
        CASES,
        "کارهایی که دیرتر از نخستین مهلت همان نوبت تمام شد، با هر تغییر بعدی.",
        "Work that ended after the first deadline of its cycle, whatever it was given later.",
    ),
    "yes": Measure(
        "راضی در نخستین نظر",
        "first word yes",
        CASES,
        "پرونده‌های بسته‌شده‌ای که نخستین نظر شهروند «انجام شد» بود و اعتراضی آن را پس نگرفت.",
        "Closed cases in which the citizen's first word was a yes that no objection took back.",
    ),
    "partly": Measure(
        "نیمه‌راضی در نخستین نظر",
        "first word partly",
        CASES,
        "پرونده‌های بسته‌شده‌ای که نخستین نظر شهروند «تا اندازه‌ای» بود.",
        "Closed cases in which the citizen's first word was “partly”.",
    ),
    "no": Measure(
        "ناراضی در نخستین نظر",
        "first word no",
        CASES,
        "پرونده‌های بسته‌شده‌ای که نخستین نظر شهروند «نه» بود یا اعتراض کرد.",
        "Closed cases in which the citizen's first word was a no, or who objected.",
    ),
    "asked": Measure(
        "قابل نظرخواهی",
        "could be asked",
        CASES,
        "پرونده‌های بسته‌شده به‌جز ادغام‌شده‌ها؛ درصد شهروندان پاسخ‌دهنده از همین‌ها گرفته می‌شود.",
        "Closed cases except merged ones: what the share of citizens who answered is taken of.",
    ),
    "satisfied_bp": Measure(
        "رضایت",
        "satisfied",
        SHARE,
        "«انجام شد» و نیمی از «تا اندازه‌ای»، تقسیم بر همهٔ کسانی که پاسخ دادند. بی‌پاسخ راضی نیست.",
        "Yes and half of partly, as a share of all who answered. Nobody reached is not satisfied.",
    ),
    "response_bp": Measure(
        "درصد شهروندان پاسخ‌دهنده",
        "citizens who answered",
        SHARE,
        "پرونده‌هایی که شهروندشان نظر داد، تقسیم بر همهٔ پرونده‌های قابل نظرخواهی.",
        "Cases in which the citizen said a word, as a share of all that could be asked.",
    ),
    "second_cycles": Measure(
        "نوبت دوم و بیشتر",
        "second cycles",
        CASES,
        "بارهایی که کار یک پرونده در این دوره از نو آغاز شد.",
        "Times that the work on a case began anew in the period.",
    ),
    "reopened": Measure(
        "بازگشوده",
        "reopened",
        CASES,
        "پرونده‌های بسته‌ای که در این دوره دوباره باز شد.",
        "Closed cases that were opened again in the period.",
    ),
    "merged": Measure(
        "ادغام‌شده",
        "merged",
        CASES,
        "بسته شدن به‌سبب یکی بودن با پروندهٔ دیگر.",
        "Closed because they are the same as another case.",
    ),
    "voided": Measure(
        "بسته‌شده بی نظر شهروند",
        "ended without the citizen's word",
        CASES,
        "بسته شدن‌های استثنایی: ناممکن، دسترسی نیافتن به شهروند و مانند آن.",
        "Exceptional endings: not feasible, citizen not reached and the like.",
    ),
    "handed_over": Measure(
        "ارجاع به بیرون از شهرداری",
        "handed over",
        CASES,
        "بسته شدن با سپردن به سازمانی بیرون از شهرداری.",
        "Closed by handing over to a body outside the municipality.",
    ),
    "promised": Measure(
        "وعدهٔ تازه",
        "new date promised",
        CASES,
        "بارهایی که به شهروند تاریخ تازه‌ای وعده داده شد.",
        "Times that the citizen was promised a new date.",
    ),
    "paused_seconds": Measure(
        "زمان توقف مهلت",
        "time paused",
        SECONDS,
        "جمع زمانی که مهلت کارها نگه داشته شده بود، در روزی که دوباره به راه افتاد.",
        "Time for which deadlines of work stood still, counted on the day they went on.",
    ),
    "inspected": Measure(
        "بازرسی‌شده",
        "inspected",
        CASES,
        "اعلام‌های انجام کار که بازرسی این دوره درست یا نادرست یافت: در مرحلهٔ بازدید، به قرعه یا بر "
        "پایهٔ خطر؛ هر اعلام یک بار.",
        "Claims of work done that inspections of the period told true or false: visited in their "
        "stage, drawn by lot, or chosen by risk; each claim once.",
        version=2,
    ),
    "inspected_false": Measure(
        "اعلام نادرست",
        "not done when inspected",
        CASES,
        "بازرسی‌هایی که کار اعلام‌شده را انجام‌نشده یا نیمه‌کاره یافت، هرگونه که برگزیده شده باشد؛ هر "
        "کدام جریمه دارد.",
        "Inspections that found the reported work undone or half done, however they were chosen. "
        "Each costs a penalty.",
        version=2,
    ),
    "held_bp": Measure(
        "سهم اعلام‌های درست",
        "claims that held",
        SHARE,
        "درست‌ها، تقسیم بر بازرسی‌شده‌هایی که بر پایهٔ خطر برگزیده نشده‌اند؛ کیفیت در امتیاز همین است.",
        "Those that held, as a share of the inspected that were not chosen by risk. The quality "
        "part of a score is made of it.",
    ),
    "sampled": Measure(
        "بازرسی‌شدهٔ بی‌گزینش خطر",
        "inspected, not chosen by risk",
        CASES,
        "بازدیدهای مرحلهٔ بازدید و قرعه‌ها: مخرج سهم اعلام‌های درست.",
        "Visits of the stage and lots: what the share of claims that held is taken of.",
    ),
    "lot_checked": Measure(
        "بازرسی به قرعه",
        "drawn by lot",
        CASES,
        "بازرسی‌شده‌هایی که قرعه از میان همهٔ اعلام‌ها کشید.",
        "Of the inspected, those that a lot drew from all claims alike.",
    ),
    "lot_false": Measure(
        "نادرستِ قرعه",
        "drawn by lot and false",
        CASES,
        "از آن‌ها که قرعه کشید، نادرست‌ها: سهمشان از خودِ شهر است.",
        "Of those that a lot drew, the false ones: their share is the city's own.",
    ),
    "risk_checked": Measure(
        "بازرسی بر پایهٔ خطر",
        "chosen by risk",
        CASES,
        "بازرسی‌شده‌هایی که نشانه‌های خطر برگزید. در هیچ سهمی نیستند، چون برای شک برگزیده شده‌اند.",
        "Of the inspected, those that signs of risk chose. They are in no share, because they were "
        "chosen for being doubtful.",
    ),
    "risk_false": Measure(
        "نادرستِ خطر",
        "chosen by risk and false",
        CASES,
        "از آن‌ها که نشانه‌های خطر برگزید، نادرست‌ها: جریمه دارند و در سهم نیستند.",
        "Of those that signs of risk chose, the false ones: each costs a penalty, none is in a "
        "share.",
    ),
    "checked_unclear": Measure(
        "بازرسی بی‌نتیجه",
        "looked at, nobody could tell",
        CASES,
        "اعلام‌هایی که به قرعه یا بر پایهٔ خطر بازرسی شد و کسی نتوانست بگوید.",
        "Claims drawn by lot or chosen by risk of which nobody could tell whether they hold.",
    ),
    "points": Measure(
        "نمرهٔ منفی",
        "points",
        POINTS,
        "جمع نمره‌های منفی مهلت‌های گذشته و نمره‌های برگشته پس از اعتراض پذیرفته.",
        "Negative points for deadlines missed, and those given back after accepted objections.",
    ),
    "points_reversed": Measure(
        "نمرهٔ برگشته",
        "points given back",
        POINTS,
        "نمره‌هایی که پس از اعتراض پذیرفته برگشت.",
        "Points given back after accepted objections.",
    ),
    "median_seconds": Measure(
        "میانهٔ زمان تا بسته شدن",
        "median time to closing",
        SECONDS,
        "از ثبت تا بسته شدن، بی کم کردن زمان توقف مهلت؛ تا ۳٫۲ درصد گرد به پایین.",
        "From registration to closing, pauses included; rounded down by at most 3.2 percent.",
    ),
    "p90_seconds": Measure(
        "زمان بسته شدن نُه پرونده از هر ده تا",
        "nine of ten closed within",
        SECONDS,
        "زمانی که از هر ده پرونده نُه تا در آن بسته شد؛ همان گرد کردن.",
        "The time within which nine of ten were closed; rounded like the median.",
    ),
    "calls": Measure(
        "تماس تلفنی",
        "telephone calls",
        CALLS,
        "تماس‌های رسیده به مرکز، به گفتهٔ مرکز؛ تماس با پیام و پیگیری یکی نیست.",
        "Calls that came in, as the centre says; a call is neither a message nor a follow-up.",
        ATTESTED,
    ),
    "messages": Measure(
        "پیام",
        "messages",
        CALLS,
        "تماس‌هایی که پرونده‌ای شد، به گفتهٔ مرکز.",
        "Contacts that became a case, as the centre says.",
        ATTESTED,
    ),
    "follow_ups": Measure(
        "پیگیری",
        "follow-ups",
        CALLS,
        "تماس‌هایی دربارهٔ پرونده‌ای که بود، به گفتهٔ مرکز.",
        "Contacts about a case that existed, as the centre says.",
        ATTESTED,
    ),
    "confirmed": Measure(
        "پایان با تأیید خود شهروند",
        "closed by the citizen's own act",
        CASES,
        "بسته شدن با پیامک، وب، رمز یا امضای شهروند.",
        "Closed by SMS, web, code or signature of the citizen.",
    ),
    "by_device": Measure(
        "تأیید از دستگاهی که گزارش داد",
        "confirmed from the device that reported",
        CASES,
        "از پایان‌های با تأیید خود شهروند، آن‌ها که رازِ دستگاهِ گزارش‌دهنده را هم آشکار کرد؛ شهر "
        "پیش از تأیید آن راز را نمی‌داند.",
        "Of those closed by the citizen's own act: those that revealed the secret of the device "
        "that reported, which the city does not know before.",
    ),
    "by_call": Measure(
        "پایان با تماس کارمند",
        "closed by a call",
        CASES,
        "بسته شدن با نظر شهروند که کارمندی در تماس ثبت کرد.",
        "Closed by a citizen's word that a member of staff wrote down in a call.",
    ),
    "by_ivr": Measure(
        "پایان با تلفن گویا",
        "closed by dialled answer",
        CASES,
        "بسته شدن با پاسخی که شهروند با شمارهٔ تلفن داد.",
        "Closed by an answer that the citizen dialled.",
    ),
    "unconfirmed": Measure(
        "پایان بی تأیید",
        "closed unconfirmed",
        CASES,
        "بسته شدن بی هیچ نظری از شهروند، به‌جز ادغام‌شده‌ها.",
        "Closed without any word of the citizen, merged ones apart.",
    ),
    "late_logged": Measure(
        "دیر ثبت‌شده در دفتر",
        "logged late",
        CASES,
        "رخدادهایی که زمان گفته‌شده‌شان بیش از رواداری با زمان گواهان فرق داشت؛ زمانشان را دفتر داد.",
        "Events whose stated time differed from the witnesses' by more than the tolerance; timed "
        "by the log.",
    ),
    "recategorised": Measure(
        "تغییر موضوع",
        "given another subject",
        CASES,
        "پرونده‌هایی که موضوع یا محل یا طبقه‌شان عوض شد؛ در هر دو شمرده می‌شود.",
        "Cases that got another subject, place or class; counted under both.",
    ),
    "relaxed": Measure(
        "تغییر به مهلت بلندتر",
        "given more time by another subject",
        CASES,
        "تغییر موضوع‌هایی که مهلت را بلندتر کرد.",
        "Changes of subject that made the time allowed longer.",
    ),
    "corrected_for": Measure(
        "تصحیح به سود واحد",
        "corrections in its favour",
        CASES,
        "نمره‌هایی که پس از اعتراض پذیرفته برگشت، تغییر موضوع‌هایی که مهلت را بلندتر کرد، و یافته‌های "
        "نادرستی که پس گرفته شد.",
        "Points given back after accepted objections, changes of subject that allow more time, and "
        "findings of a false claim that were taken back.",
        version=2,
    ),
    "corrected_against": Measure(
        "تصحیح به زیان واحد",
        "corrections against it",
        CASES,
        "پایان‌هایی که با بازگشایی پس گرفته شد، تغییر موضوع‌هایی که مهلت را کوتاه‌تر کرد، و یافته‌های "
        "درستی که نادرست از آب درآمد.",
        "Endings taken back when the case was opened again, changes of subject that allow less "
        "time, and findings that a claim holds which were put right.",
        version=2,
    ),
    "last_hour": Measure(
        "انجام در ساعت آخر",
        "done in the last hour",
        CASES,
        "کارهایی که در ساعت پیش از مهلت انجام‌شده اعلام شد.",
        "Work reported done in the hour before its deadline.",
    ),
    "merged_at_end": Measure(
        "ادغام در پایان ماه",
        "merged at the month's end",
        CASES,
        "ادغام‌های دو روز آخر ماه.",
        "Merged in the last two days of a month.",
    ),
    "objections": Measure(
        "اعتراض",
        "objections",
        CASES,
        "اعتراض‌هایی که شهروندان به پروندهٔ باز کردند.",
        "Objections of citizens to open cases.",
    ),
    "transferred": Measure(
        "جابه‌جاشده",
        "passed on",
        CASES,
        "کارهایی که واحد پیش از مهلت، انجام‌نداده به دیگری سپرد.",
        "Work that a unit passed on undone before its deadline.",
    ),
    "inherited": Measure(
        "کار به‌جامانده",
        "work inherited",
        CASES,
        "کارهای بازی که در آغاز این دورهٔ تصدی، از پیش به این سمت سپرده شده بود؛ در امتیاز نیست.",
        "Work open when the term began, given before it began; no part of the score.",
    ),
    "inherited_late": Measure(
        "به‌جاماندهٔ دیرشده",
        "inherited, late already",
        CASES,
        "کارهای به‌جامانده‌ای که در آغاز این دورهٔ تصدی از مهلتشان گذشته بود؛ دیرکرد دورهٔ پیش است.",
        "Inherited work past its deadline when the term began: a delay of the term before.",
    ),
    "inherited_done": Measure(
        "به‌جاماندهٔ انجام‌شده",
        "inherited, done since",
        CASES,
        "کارهای به‌جامانده‌ای که در این بازه پاسخ گرفت، به‌موقع یا دیر.",
        "Inherited work that was answered in the period, in time or late.",
    ),
    "inherited_passed": Measure(
        "به‌جاماندهٔ سپرده به دیگری",
        "inherited, passed on",
        CASES,
        "کارهای به‌جامانده‌ای که پیش از مهلت، انجام‌نداده به دیگری رفت یا مهلت تازه گرفت.",
        "Inherited work that went on undone, or got another deadline, before its own.",
    ),
    "inherited_left": Measure(
        "به‌جاماندهٔ هنوز باز",
        "inherited, still open",
        CASES,
        "کارهای به‌جامانده‌ای که در پایان بازه هنوز باز است.",
        "Inherited work still open at the end of the period.",
    ),
    "sealed_registered": Measure(
        "ثبت‌شدهٔ محرمانه",
        "sealed, registered",
        CASES,
        "شکایت از کارکنان و مانند آن: تنها شمار کل شهر.",
        "Complaints about staff and the like: only their number in the city.",
    ),
    "sealed_closed": Measure(
        "بسته‌شدهٔ محرمانه",
        "sealed, closed",
        CASES,
        "پرونده‌های محرمانه‌ای که بسته شد: تنها شمار کل شهر.",
        "Sealed cases that were closed: only their number in the city.",
    ),
    "simulated": Measure(
        "ساختگی",
        "simulated",
        CASES,
        "پرونده‌هایی که شبیه‌ساز ساخته و در دفتر با همین نشان آمده است.",
        "Cases that the simulator made and that the log marks as such.",
    ),
}

#: What a period adds up by day; the rest is taken from it or stands at its end.
COUNTED = tuple(
    code
    for code in MEASURES
    if code not in (
        "open", "overdue", "overdue_seconds_total", "inherited", "inherited_late", "inherited_left",
        "answered_on_time_bp", "satisfied_bp", "response_bp", "held_bp", "median_seconds",
        "p90_seconds",
    )
)  # fmt: skip
