"""Alphabetical order of Persian without ICU: a key that sorts right as plain code points.

The embedded database has no ICU collations, and code points put پ چ ژ ک گ after و. `fa_key` maps
each letter to its place in the alphabet, and `FA_KEY_SQL` is the same function for PostgreSQL:
`ORDER BY fa_key(name) COLLATE "C"`.
"""

import re

# Letters that count as one stand together; hamza carriers count as their letter.
ALPHABET = (
    "آ", "اأإٱ", "ء", "ب", "پ", "ت", "ث", "ج", "چ", "ح", "خ", "د", "ذ", "ر", "ز", "ژ", "س",
    "ش", "ص", "ض", "ط", "ظ", "ع", "غ", "ف", "ق", "کك", "گ", "ل", "م", "ن", "وؤ", "هةۀە", "یيىئ",
)  # fmt: skip
DIGITS = ("0۰٠", "1۱١", "2۲٢", "3۳٣", "4۴٤", "5۵٥", "6۶٦", "7۷٧", "8۸٨", "9۹٩")
LATIN = tuple(letter + letter.upper() for letter in "abcdefghijklmnopqrstuvwxyz")
# Half-space, tatweel, short vowels and direction marks do not count.
IGNORED = "\u200c\u200d\u200e\u200f\u0640\u0654\u0670" + "".join(map(chr, range(0x64B, 0x653)))
NUMBER_WIDTH = 8  # "2" before "10": numbers are padded to so many digits

_PLACE = 0xE000  # private code points: digits and signs first, then Persian, then Latin


def _columns() -> tuple[str, str]:
    """The two arguments of `translate`: letters, and their places in the same order."""
    source, target = "", ""
    for letters in DIGITS:
        source, target = source + letters[1:], target + letters[0] * (len(letters) - 1)
    for place, letters in enumerate(ALPHABET + LATIN):
        source, target = source + letters, target + chr(_PLACE + place) * len(letters)
    return source + IGNORED, target


_SOURCE, _TARGET = _columns()
_TABLE = str.maketrans(_SOURCE[: len(_TARGET)], _TARGET, IGNORED)

FA_KEY_SQL = f"""
CREATE OR REPLACE FUNCTION fa_key(value text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $fa_key$
  SELECT regexp_replace(
    regexp_replace(translate(value, '{_SOURCE}', '{_TARGET}'),
                   '([0-9]+)', '{"0" * (NUMBER_WIDTH - 1)}\\1', 'g'),
    '0*([0-9]{{{NUMBER_WIDTH},}})', '\\1', 'g')
$fa_key$;
"""
FA_KEY_DROP_SQL = "DROP FUNCTION IF EXISTS fa_key(text);"


def fa_key(text: str) -> str:
    """The sort key of a name; compare by code point. Equal to the SQL function of that name."""
    padded = re.sub(r"([0-9]+)", "0" * (NUMBER_WIDTH - 1) + r"\1", text.translate(_TABLE))
    return re.sub(rf"0*([0-9]{{{NUMBER_WIDTH},}})", r"\1", padded)
