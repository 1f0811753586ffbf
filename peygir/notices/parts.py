"""How many SMS a text takes: GSM 03.38 where every letter fits, else UCS-2."""

from typing import Final

GSM_SINGLE: Final = 160  # septets
GSM_PART: Final = 153  # 7 of each part number the parts
UCS2_SINGLE: Final = 70  # 16-bit units
UCS2_PART: Final = 67

_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED: Final = frozenset("^{}\\[~]|€\f")  # an escape and a septet


def is_gsm(text: str) -> bool:
    """Whether every letter is in the GSM alphabet. One that is not makes the whole text UCS-2."""
    return all(letter in _BASIC or letter in _EXTENDED for letter in text)


def count(text: str) -> int:
    """The SMS that `text` is sent as; an empty text is one. No letter is split between two."""
    if is_gsm(text):
        widths = [2 if letter in _EXTENDED else 1 for letter in text]
        return _packed(widths, GSM_SINGLE, GSM_PART)
    return _packed([2 if ord(letter) > 0xFFFF else 1 for letter in text], UCS2_SINGLE, UCS2_PART)


def shortened(text: str, parts_max: int) -> str:
    """`text`, cut at a word with an ellipsis so that it takes at most `parts_max` SMS."""
    if count(text) <= parts_max:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if count(text[:middle] + "…") <= parts_max:
            low = middle
        else:
            high = middle - 1
    kept = text[:low]
    at_word = kept.rsplit(maxsplit=1)[0] if kept.strip().count(" ") else kept
    return (at_word if len(at_word) > low // 2 else kept).rstrip() + "…"


def _packed(widths: list[int], single: int, part: int) -> int:
    if sum(widths) <= single:
        return 1
    parts, room = 1, part
    for width in widths:
        if width > room:
            parts, room = parts + 1, part
        room -= width
    return parts
