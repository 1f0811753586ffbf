"""What is wanted: the rows that this version must prove, in the words of their source and in ours.

The fourteen Q rows are what the municipality of Qom says about its own system (24 November 2024).
`OTHERS` are rows of other cities' descriptions.
"""

from typing import Final

#: id -> (the source's words, what follows from them)
QOM: Final[dict[str, tuple[str, str]]] = {
    "Q1": (
        "چرخه پیام … تا زمانی که … به نتیجه برسد ادامه خواهد داشت",
        "A message goes round until it has a result. Closure is the only exit; every cycle counts.",
    ),
    "Q2": (
        "امکان بازماندن پیام … وجود ندارد و باید به هر نحوی که شده … خاتمه یابد",
        "No message is lost: an open one has a holder and a clock, and nothing is deleted.",
    ),
    "Q3": (
        "توسط کاربران سیستم ثبت خبر شهروندان انجام می‌شود",
        "Operators register what citizens report; the caller has a tracking code at once.",
    ),
    "Q4": (
        "به واحد اجرایی برای پیگیری و انجام ارجاع می‌شود",
        "Subject and place lead to an executive unit; a wrong referral goes back with a reason.",
    ),
    "Q5": (
        "نتایج پیگیری … به واحد بازخورد ارجاع می‌شود",
        "A result goes to the feedback unit, not to closure: the executive unit cannot close.",
    ),
    "Q6": (
        "در تماس با شهروندان رضایت یا عدم رضایت … را ثبت می‌کند",
        "Feedback calls back and records the citizen's word, with every attempt.",
    ),
    "Q7": ("همراه با رضایت باشد که پیام خاتمه می‌یابد", "A satisfied citizen closes the message."),
    "Q8": (
        "عدم رضایت … به واحد پیگیری ویژه ارجاع می‌شود … به‌صورت میدانی … بررسی",
        "A dissatisfied citizen leads to special follow-up, which inspects on site and hears them.",
    ),
    "Q9": (
        "اگر تأییدیه شهروندان باشد خاتمه و اگر مجدد با عدم‌تأیید … به واحد اجرایی",
        "Confirmed by the citizen: closed. Not confirmed: back to the executive unit.",
    ),
    "Q10": (
        "اگر پیام بیش‌ازاندازه باز بماند برای منطقه یا سازمان … نمره منفی ثبت‌شده",
        "A message open too long costs its district or organisation negative points.",
    ),
    "Q11": (
        "در ارزیابی‌های سازمانی مورد توجه … رقابت درونی … کسب رتبه بالای رضایتمندی",
        "Points and satisfaction make a fair ranking of districts and organisations.",
    ),
    "Q12": (
        "خدماتی در ۲۴ … فنی و عمرانی ۴۸ … و شهرسازی ۷۲ … تعیین تکلیف و به شهروندان گزارشی …",
        "24, 48 or 72 hours by class until a determination and a report to the citizen.",
    ),
    "Q13": (
        "آسفالت، ساخت تابلو، تعمیرات، جدول‌گذاری … زمان‌بر … نتوان … جواب قطعی",
        "Long-running work: an interim report and a promised date in time; the message stays open.",
    ),
    "Q14": (
        "با همکاری بخش‌های مختلف شهرداری",
        "Several units work together under one that leads.",
    ),
}

#: Rows of the descriptions of Isfahan (I), Mashhad (M), Shiraz (S) and Tehran (T) that a test of
#: this version may name. A row is added here when its first test is.
OTHERS: Final[dict[str, str]] = {
    "I1": "Urgent messages are wired to the operations centre.",
    "I2": "An urgent message has its first action within two hours, on the wall clock.",
    "I3": "The centre's supervisors enter until it is settled in full.",
    "I4": "Three grounds of urgency: hazard, costly violation, waste of resources.",
    "I5": "Feedback about an urgent message is recorded within 24 hours.",
    "I7": "The whole cycle of a message can be shown to the council; that it was opened is logged.",
    "I8": "Somebody is answerable at every stage, up to managers.",
    "I9": "Citizens may object that nobody followed up.",
    "I10": "Special messages travel three ways: field, social networks, official letters.",
    "I11": "Letters are also how council and centre work together.",
    "I12": "Members of the council are brought into a case: they facilitate and never close.",
    "I13": "A plan for communication in a crisis is switched on by those named.",
    "I14": "The plan has versions, which members of the council comment.",
    "M1": "The system exchanges messages and answers with office automation.",
    "M2": "Managers answer themselves; a substitute is recorded.",
    "M3": "Speed and quality of answers are both measured.",
    "M4": "Each manager has a set time.",
    "M5": "Posts and substitutes follow the organisation.",
    "M6": "From reception straight to the inbox of whoever answers.",
    "M7": "72 hours for each level of management, counted from the referral.",
    "M8": "Without an answer it climbs to the mayor, and does not end there.",
    "M9": "Whoever answers has the command of the subject: by level, not by desk.",
    "M10": "A city may leave out the follow-up unit.",
    "M11": "The new way takes force unit by unit, beside the old one.",
    "S3": "The best units of a period are honoured.",
    "S7": "Criticism is a kind of its own and never rejected by itself.",
    "S8": "What is not municipal is classified and reported to the responsible body.",
    "S10": "Seats of the centre are planned by the load of each hour.",
    "S9": "Nowruz has a headquarters of its own, for its time.",
    "S11": "Call, message and follow-up contact are three different counts.",
    "S12": "Every message is followed to its end.",
    "S13": "The city's services, its shop window, can be looked at by themselves.",
    "S17": "Problems that come back at one place are counted with their rows, for the council.",
    "S18": "Calls about others' matters are classified and passed on.",
    "S19": "Trends over the years rest on the same definitions.",
    "S20": "One published number has one definition.",
    "S22": "Old data can be imported.",
    "S23": "The share of each domain of services is known.",
    "S24": "Answers are quick, helped and open.",
    "S26": "One bridge for all channels, day and night; work on site; performance watched.",
    "S27": "Managers are scored by how they answer citizens.",
    "S28": "Every district, organisation and deputy has a user of its own.",
    "S29": "One ranking holds districts and organisations together.",
    "S30": "Mayor, deputies and district mayors each have their view.",
    "T1": "Citizens take part in running the city.",
    "T2": "Citizens watch over how it is run.",
    "T3": "Views are heard, not only requests.",
    "T4": "Citizens reach senior managers.",
    "T5": "Management, execution and supervision are one system.",
    "T6": "Any suggestion, idea, plan or thanks can be registered.",
    "T7": "A complaint about how a message was handled goes to somebody else.",
    "T8": "The result is always told to the citizen.",
    "T9": "Everything works without being there in person.",
    "T10": "No step demands a visit; the status is always visible.",
    "T11": "The performance of managers is watched.",
    "T12": "Nobody can present invented figures.",
    "T13": "Each section can be watched online.",
}
