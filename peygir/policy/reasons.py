"""What the loader and the checker find, in Persian: each English reason and what it says there.

`{}` stands for a word of the city's own, in the same order in both. A reason that is not listed
(a parser's own) is shown as it is, behind a Persian word.
"""

import re
from functools import cache
from typing import Final

from peygir.calendars.persian import to_persian_digits

OTHERWISE: Final = "پذیرفته نشد: {}"

REASONS: Final = (
    # how a file is written
    ("is not TOML: {}", "دستور TOML را رعایت نکرده است: {}"),
    ("is larger than {} bytes", "از {} بایت بزرگ‌تر است"),
    ("is missing; {} has it", "نیست، ولی در {} هست"),
    ("is missing; the chain must end at the mayor", "نیست؛ زنجیره باید به شهردار برسد"),
    ("is missing; the ending does without the citizen's word",
     "نیست؛ این پایان حرف شهروند را ندارد و باید دلیلش گفته شود"),
    ("is missing; the citizen must hear of a closing", "نیست؛ شهروند باید از خاتمه باخبر شود"),
    ("is missing; a determination is reported to the citizen",
     "نیست؛ تعیین تکلیف باید به شهروند گزارش شود"),
    ("is missing; a promise must not be without end", "نیست؛ وعده نباید بی‌پایان باشد"),
    ("is missing", "نیست"),
    ("is no file of a policy", "پروندهٔ سیاست نیست"),
    ("“{}” is no name for a city's folder", "«{}» نام پوشهٔ شهر نیست"),
    ("unknown key", "کلید ناشناخته است"),
    ("must be a text", "باید متن باشد"),
    ("is empty", "خالی است"),
    ("is longer than {} characters", "از {} نویسه بلندتر است"),
    ("holds a control character", "نویسهٔ کنترلی دارد"),
    ("“{}” is none of {}", "«{}» هیچ‌یک از این‌ها نیست: {}"),
    ("says something twice", "چیزی را دو بار گفته است"),
    ("must be true or false", "باید true یا false باشد"),
    ("must be a whole number from {} to {}", "باید عددی درست از {} تا {} باشد"),
    ("must hold numbers", "باید عدد باشد"),
    ("must hold degrees up to {}", "باید درجه و حداکثر {} باشد"),
    ("must hold {} numbers", "باید {} عدد داشته باشد"),
    ("'{}' is not a span such as 24h, 90m, 3d, 2w, 8wh or 2wd",
     "«{}» مهلت نیست؛ مانند 24h، 90m، 3d، 2w، 8wh یا 2wd بنویسید"),
    ("'{}' is no time at all", "«{}» هیچ زمانی نیست"),
    ("'{}' is longer than {} days", "«{}» از {} روز بیشتر است"),
    ("must be hours or days (h, d), at most {} days",
     "باید ساعت یا روز (h، d) و حداکثر {} روز باشد"),
    ("must be a table", "باید جدول باشد"),
    ("must be a list of tables", "باید فهرستی از جدول‌ها باشد"),
    ("must be a list", "باید فهرست باشد"),
    ("holds more than {} entries", "بیش از {} مورد دارد"),
    ("a code is made of Latin letters, digits, - and _",
     "کد از حروف لاتین، رقم، - و _ ساخته می‌شود"),
    ("“{}” is no code: Latin letters, digits, - and _",
     "«{}» کد نیست: حروف لاتین، رقم، - و _"),
    ("“{}” is there twice", "«{}» دو بار آمده است"),
    ("cannot be read from {}: {}", "در {} خوانده نشد: {}"),
    # city.toml
    ("names no language", "هیچ زبانی نام نبرده است"),
    ("names no unit; leave the table out where there is no such system",
     "هیچ واحدی نام نبرده است؛ اگر چنین سامانه‌ای نیست جدول را حذف کنید"),
    ("must be a telephone number in digits 0-9", "باید شمارهٔ تلفن با رقم 0-9 باشد"),
    ("must be an address of the web", "باید نشانی وب باشد"),
    ("must be a time zone such as Asia/Tehran", "باید منطقهٔ زمانی مانند Asia/Tehran باشد"),
    ("must be south, west, north, east", "باید جنوب، غرب، شمال، شرق باشد"),
    ("lies outside “bbox”", "بیرون از «bbox» است"),
    # clocks and ladders
    ("“{}” is no part of the time allowed, such as 50%", "«{}» سهمی از مهلت نیست؛ مانند 50%"),
    ("must rise", "باید رو به افزایش باشد"),
    ("names nobody", "کسی را نام نبرده است"),
    ("must be later than the rung before it", "باید دیرتر از پلهٔ پیش از خود باشد"),
    ("“{}” has a rung already", "«{}» پیش‌تر پله‌ای دارد"),
    ("the last rung must be the mayor's", "آخرین پله باید از آنِ شهردار باشد"),
    ("must be at most {} hours", "باید حداکثر {} ساعت باشد"),
    ("must be at most {} days", "باید حداکثر {} روز باشد"),
    # organisation.toml
    ("a district is a number from 1 to {}", "منطقه عددی از ۱ تا {} است"),
    ("names no role", "نقشی نام نبرده است"),
    ("“{}” is neither “district” nor a unit", "«{}» نه «district» است و نه واحدی"),
    ("“{}” is neither “routing” nor a unit of organisation.toml",
     "«{}» نه «routing» است و نه واحدی از organisation.toml"),
    ("its parts are {} together and must be {}", "جمع بخش‌هایش {} است و باید {} باشد"),
    ("is no class", "هیچ رده‌ای نیست"),
    ("no step says that work is done", "هیچ گامی انجام کار را اعلام نمی‌کند"),
    ("is no class of policy.toml", "ردهٔ policy.toml نیست"),
    ("there is no unit “{}”", "واحد «{}» وجود ندارد"),
    ("there is no post “{}”", "پست «{}» وجود ندارد"),
    ("“functions” lacks “{}”", "«functions» مورد «{}» را ندارد"),
    ("exactly one post has the role “mayor”, not {}",
     "دقیقاً یک پست نقش «mayor» دارد، نه {} پست"),
    ("the mayor is the head of a unit of kind “mayor”",
     "شهردار رئیس واحدی از نوع «mayor» است"),
    ("the chain runs in a circle", "زنجیره به دور خود می‌چرخد"),
    ("nobody answers for {} in district {}", "در منطقهٔ {1} کسی پاسخگوی {0} نیست"),
    ("no post with the role “executive”; {} in {} needs one",
     "پستی با نقش «executive» ندارد؛ {} در منطقهٔ {} به آن نیاز دارد"),
    ("“{}”: no post has this role", "«{}»: هیچ پستی این نقش را ندارد"),
    ("“{}”: nobody holds a closed case", "«{}»: پروندهٔ بسته مسئولی ندارد"),
    ("“{}”: “{}” has no post", "«{}»: واحد «{}» پستی ندارد"),
    ("“{}”: no category leads to any unit", "«{}»: هیچ موضوعی به واحدی نمی‌رسد"),
    ("“{}” has no head", "«{}» رئیس ندارد"),
    ("needs one head, and has {}", "باید یک رئیس داشته باشد و {} رئیس دارد"),
    ("no deputy answers for the class “{}” (deputy_for)",
     "هیچ معاونی پاسخگوی ردهٔ «{}» نیست (deputy_for)"),
    ("no category is long-running", "هیچ موضوعی زمان‌بر نیست"),
    ("no class is “outside”", "هیچ رده‌ای «outside» نیست"),
    ("there is no urgent lane", "مسیر فوری وجود ندارد"),
    ("no category has this class", "هیچ موضوعی در این رده نیست"),
    ("a pause is approved by centre_head, deputy or mayor, not by who gains from it",
     "توقف را رئیس مرکز، معاون یا شهردار تأیید می‌کند، نه کسی که از آن سود می‌برد"),
    ("no post has this role", "هیچ پستی این نقش را ندارد"),
    ("longer than the citizen's clock takes to reach the mayor",
     "بلندتر از زمانی است که ساعت شهروند به شهردار می‌رسد"),
    # steps
    ("“{}” is needed already", "«{}» از پیش لازم است"),
    ("a step to “closed” names its ending", "گامی که می‌بندد پایان خود را نام می‌برد"),
    ("only a step to “closed” has one", "تنها گامی که می‌بندد پایان دارد"),
    ("the case is closed already", "پرونده از پیش بسته است"),
    ("has no meaning without “{}”", "بدون «{}» معنا ندارد"),
    ("has no meaning without tracks, and leads to a stage",
     "بدون مسیر موازی معنا ندارد و به مرحله‌ای می‌رسد"),
    ("“needs” lacks “{}”", "«needs» مورد «{}» را ندارد"),
    ("only for steps after closing", "تنها برای گام‌های پس از خاتمه است"),
    ("a co-unit's step leads to “same”", "گام واحد همکار به «same» می‌رسد"),
    ("“{}” does not stay here", "«{}» اینجا نمی‌ماند"),
    # what is proved about the flow
    ("no step leads here", "هیچ گامی به اینجا نمی‌رسد"),
    ("no ending can be reached once the limits are used up",
     "پس از پر شدن سقف‌ها به هیچ پایانی نمی‌رسد"),
    ("no ending by the citizen's word can be reached once the limits are used up",
     "پس از پر شدن سقف‌ها به هیچ پایانی با حرف شهروند نمی‌رسد"),
    ("no ending can be reached when the citizen is never heard of again",
     "اگر دیگر خبری از شهروند نشود به هیچ پایانی نمی‌رسد"),
    ("lacks “citizen_word”, which the ending rests upon",
     "«citizen_word» را ندارد، حال آنکه این پایان بر آن استوار است"),
    ("no step leads to this ending", "هیچ گامی به این پایان نمی‌رسد"),
    ("lacks “{}”, which the ending “{}” demands", "«{}» را ندارد که پایان «{}» می‌خواهد"),
    ("lacks “{}”, which decides whom the case goes to",
     "«{}» را ندارد، که تعیین می‌کند پیام به چه کسی برسد"),
    ("no step lets the citizen object to a closing",
     "هیچ گامی به شهروند امکان اعتراض به خاتمه نمی‌دهد"),
    ("begins a new cycle, so a human takes it and the citizen hears of it (tells)",
     "چرخهٔ تازه‌ای آغاز می‌کند، پس انسانی برمی‌دارد و شهروند باخبر می‌شود (tells)"),
    ("{} can go round for ever without a human act and a report to the citizen",
     "{} می‌تواند بی‌پایان بچرخد، بی‌کار انسان و بی‌گزارش به شهروند"),
    ("an ending needs “attempts”, and no stage has a step “{}”",
     "پایانی «attempts» می‌خواهد و هیچ مرحله‌ای گام «{}» ندارد"),
    ("is below “redial.{}” ({})", "کمتر از «redial.{}» است ({})"),
    ("waiting so long misses the deadline of “{}” ({})",
     "با این انتظار مهلت «{}» می‌گذرد ({})"),
    # texts
    ("“sms.{}” is not among the texts", "«sms.{}» در متن‌ها نیست"),
    ("has a brace that is no {placeholder}", "آکولادی دارد که جای خالی نیست"),
    ("“{}” cannot be filled here", "«{}» اینجا پر نمی‌شود"),
    ("only one language has {}", "تنها یکی از دو زبان {} را دارد"),
    ("{} characters when filled; one SMS holds {}",
     "پس از پر شدن {} نویسه است؛ یک پیامک {} نویسه جا دارد"),
    ("has no Persian letter", "حرف فارسی ندارد"),
    ("is not English", "انگلیسی نیست"),
    # tracks, climbing, complaints about officials
    ("“{}” is no track", "«{}» مسیر موازی نیست"),
    ("only a track's step leads to “done”", "تنها گام مسیر موازی به «done» می‌رسد"),
    ("leads into a track, which begins with its stage",
     "به مسیر موازی می‌رسد، که خود با مرحله‌اش آغاز می‌شود"),
    ("must be a day like 2027-03-20", "باید روزی باشد مانند 2027-03-20"),
    ("a track's step is not proposed", "گام مسیر موازی پیشنهاد نمی‌شود؛ تأیید رئیس نمی‌خواهد"),
    ("no stage runs this track", "هیچ مرحله‌ای این مسیر موازی را ندارد"),
    ("a track has neither tracks nor a way of its own when time is up",
     "مسیر موازی نه مسیر موازی دیگری دارد و نه راهی برای پایان مهلت"),
    ("a track's step leads to “done” or “same”", "گام مسیر موازی به «done» یا «same» می‌رسد"),
    ("no step ends the track without waiting for the citizen",
     "هیچ گامی بی‌انتظار شهروند مسیر موازی را تمام نمی‌کند"),
    ("only what a post holds can climb to its superior",
     "تنها آنچه در دست پستی است به مافوق می‌رسد"),
    ("the system takes this step: by “system”, without limit or evidence",
     "این گام را سامانه برمی‌دارد: «system»، بی‌سقف و بی‌مدرک"),
    ("no post held the case in “{}”", "در «{}» پرونده در دست پستی نبوده است"),
    ("no stage is held by a post", "هیچ مرحله‌ای در دست پستی نیست"),
    ("what is sealed is about a post and has a way of its own",
     "آنچه محرمانه است دربارهٔ پستی است و راه خود را دارد"),
    ("is reached by “{}”, so its holder must be “impartial”",
     "«{}» به آن می‌رسد، پس مسئولش باید «impartial» باشد"),
    ("nobody on the list may examine a complaint about “{}”",
     "هیچ‌کس در فهرست نمی‌تواند به شکایت از «{}» رسیدگی کند"),
    ("“impartial” is not listed", "«impartial» فهرست نشده است"),
    # adopting
    ("was adopted before, word for word", "پیش‌تر واژه‌به‌واژه تصویب شده است"),
    ("cannot change while the version takes force unit by unit",
     "تا نسخه واحد به واحد اجرا می‌شود تغییر نمی‌کند"),
    ("another version is still on its way to force", "نسخهٔ دیگری هنوز در راه اجراست"),
    ("has its date already", "از پیش تاریخ دارد"),
)  # fmt: skip


def say(reason: str, language: str) -> str:
    """The reason of a PolicyError or a Finding in "fa" or "en"."""
    if language == "en":
        return reason
    for pattern, persian in _patterns():
        if found := pattern.fullmatch(reason):
            return persian.format(*(_shown(each) for each in found.groups()))
    return OTHERWISE.format(reason)


def is_known(reason: str) -> bool:
    """Whether this reason has Persian words of its own."""
    return any(pattern.fullmatch(reason) for pattern, _ in _patterns())


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    found = []
    for english, persian in REASONS:
        pattern = re.escape(english).replace(r"\{\}", "(.+?)")
        found.append((re.compile(pattern, re.DOTALL), persian))
    return tuple(found)


def _shown(word: str) -> str:
    return to_persian_digits(word) if word.isdigit() else word
