"""Persian text: one display form, one search key, one sort key.

`clean` is for what people wrote (the raw text is kept elsewhere as evidence); `search_key` for
finding; `fa_key` for alphabetical order where the database has no ICU.
"""

import re
import unicodedata

from peygir.calendars.sorting import FA_KEY_DROP_SQL, FA_KEY_SQL, fa_key

__all__ = [
    "DASHES",
    "FA_KEY_DROP_SQL",
    "FA_KEY_SQL",
    "clean",
    "fa_key",
    "search_key",
    "to_latin_digits",
    "to_persian_digits",
    "words",
]

WORDS_MAX = 60  # words of a message that similarity looks at
STEM_MIN = 3  # letters that a stripped suffix must leave

DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2212"  # how keyboards and copied text write a hyphen

_LATIN = "0123456789"
_PERSIAN = "۰۱۲۳۴۵۶۷۸۹"
_ARABIC = "٠١٢٣٤٥٦٧٨٩"
_TO_LATIN = str.maketrans(_PERSIAN + _ARABIC, _LATIN * 2)
_TO_PERSIAN = str.maketrans(_LATIN + _ARABIC, _PERSIAN * 2)

_ZWNJ = "\N{ZWNJ}"
# Direction marks, zero-width space, word joiner and byte-order mark: invisible, and they make equal
# words differ. ZWNJ (half-space) is spelling; ZWJ holds emoji together: both stay.
_INVISIBLE = "".join(
    map(chr, [0x061C, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), 0x2060])
) + "".join(map(chr, [*range(0x2066, 0x206A), 0xFEFF]))
_LETTERS = {"ي": "ی", "ى": "ی", "ك": "ک"}
_DISPLAY = str.maketrans(_LETTERS | dict.fromkeys(_INVISIBLE, ""))
_FOLDED = {"ة": "ه", "ۀ": "ه", "ە": "ه", "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا"}
_TATWEEL = "\N{ARABIC TATWEEL}"
_SEARCH = str.maketrans(_LETTERS | _FOLDED | {_TATWEEL: "", _ZWNJ: " "})

# Longest first. Plural, comparative and possessive endings of the written language.
_SUFFIXES = (
    "هایمان", "هایتان", "هایشان", "هایی", "هایم", "هایت", "هایش", "ترین", "های",
    "ها", "تر", "ان", "ات", "ام", "اش",
)  # fmt: skip
_STOP_WORDS = (
    "از", "با", "به", "بر", "در", "تا", "را", "که", "و", "یا", "هم", "این", "ان", "است", "بود",
    "شد", "شده", "می", "نمی", "برای", "لطفا", "سلام", "خیابان", "کوچه", "ما", "من", "شما", "یک",
    "هر", "چه", "اگر", "هست", "نیست", "کنید", "کنند", "the", "a", "an", "of", "in", "on", "at",
    "to", "and", "is",
)  # fmt: skip


def to_latin_digits(text: str) -> str:
    """Persian and Arabic digits as ASCII; everything else stays."""
    return text.translate(_TO_LATIN)


def to_persian_digits(text: str) -> str:
    """ASCII and Arabic digits as Persian; everything else stays."""
    return text.translate(_TO_PERSIAN)


def clean(text: str) -> str:
    """The form in which text is stored for display; digits are left as written.

    NFC; Arabic yeh and kaf become Persian; direction marks and control characters go; spaces
    collapse within a line and empty lines to one; half-spaces stay between letters. Repeating
    it changes nothing, and the result always fits a UTF-8 text column.
    """
    text = unicodedata.normalize("NFC", text).translate(_DISPLAY)
    text = re.sub(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]", "\n", text)
    text = "".join(map(_printable, text))
    text = re.sub(rf"{_ZWNJ}+", _ZWNJ, text)
    text = re.sub(rf"{_ZWNJ}?[^\S\n][^\S\n{_ZWNJ}]*(?:{_ZWNJ}[^\S\n]*)*", " ", text)
    lines = [line.strip(f" {_ZWNJ}") for line in text.split("\n")]
    # Once more: a removed mark may have stood between a letter and its accent.
    return unicodedata.normalize("NFC", re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n"))


def search_key(text: str) -> str:
    """Words as they are compared in searches: equal for spellings that people mix up.

    NFKC without case; letter variants, digits, diacritics, tatweel and half-spaces folded;
    punctuation dropped; light endings stripped (never below STEM_MIN letters). Search text and
    stored text must both pass through it.
    """
    return " ".join(_stems(text))


def words(text: str) -> tuple[str, ...]:
    """Distinct key words of a message in order, without stop words, at most WORDS_MAX.

    For "is this the same report?": compare two of these as sets.
    """
    found = dict.fromkeys(w for w in _stems(text) if len(w) > 1 and w not in _STOP_STEMS)
    return tuple(found)[:WORDS_MAX]


def _stems(text: str) -> list[str]:
    kept: list[str] = []
    for word in _fold(text).split():
        stem = _stem(word)
        # After a half-space an ending stands alone: زباله‌ها is two words here, زباله and ها.
        if not (kept and stem in _SUFFIXES):
            kept.append(stem)
    return kept


def _fold(text: str) -> str:
    text = clean(unicodedata.normalize("NFKC", text)).casefold()
    text = unicodedata.normalize("NFKC", text).translate(_SEARCH)
    text = "".join(c for c in text if not unicodedata.category(c).startswith("M"))
    return re.sub(r"[\W_]+", " ", to_latin_digits(text))


def _stem(word: str) -> str:
    """Strip endings until none fits: خیابانها and خیابان must meet."""
    while True:
        for suffix in _SUFFIXES:
            if word.endswith(suffix) and len(word) >= len(suffix) + STEM_MIN:
                word = word.removesuffix(suffix)
                break
        else:
            return word


def _printable(character: str) -> str:
    """Control characters go (PostgreSQL refuses NUL), half surrogates become U+FFFD."""
    if character == "\n":
        return character
    category = unicodedata.category(character)
    if category == "Cs":
        return "\N{REPLACEMENT CHARACTER}"
    if category == "Cc":
        return " " if character == "\t" else ""
    return character


_STOP_STEMS = frozenset(map(_stem, _STOP_WORDS))
