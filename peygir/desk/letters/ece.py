"""A letter as XML, in the manner of ECE (exchange of letters between offices of Iran, 1384).

The profile and its schema are our own (docs/reference/letter.xsd) and are not certified by
anybody: the official schema is not public. What comes in is hostile until it has been read here.
"""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from xml.etree.ElementTree import Element, ParseError, SubElement, register_namespace, tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from peygir.calendars.persian import clean

NAMESPACE: Final = "urn:peygir:letter:1"
NOT_CERTIFIED: Final = "ECE-style profile of Peygir; not certified"
BYTES_MAX: Final = 12 * 1024 * 1024  # a scan of 8 MB in base64, and the words
TEXT_MAX: Final = 8_000
LINE_MAX: Final = 200
register_namespace("", NAMESPACE)


class EceError(ValueError):
    """The file is no letter of this profile, or one that is not safe to read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """A letter as it travels. `related`: (kind, number), kind reply or following."""

    number: str
    dated: date
    sender: str
    receiver: str
    subject: str
    body: str
    copies: Sequence[str] = ()
    related: Sequence[tuple[str, str]] = ()
    reply_by: datetime | None = None
    pdf: bytes | None = field(default=None, repr=False)


def write(wire: Wire, *, software: str = "Peygir") -> bytes:
    """The letter as a file of UTF-8."""
    root = Element(_n("Letter"))
    SubElement(root, _n("Protocol"), {"Name": "ECE-style", "Version": "1.0", "Certified": "false"})
    SubElement(root, _n("Software"), {"Name": software, "Note": NOT_CERTIFIED})
    _say(root, "Sender", wire.sender)
    _say(root, "Receiver", wire.receiver)
    others = SubElement(root, _n("OtherReceivers"))
    for copy in wire.copies:
        _say(others, "OtherReceiver", copy)
    _say(root, "LetterNo", wire.number)
    _say(root, "LetterDate", wire.dated.isoformat())
    related = SubElement(root, _n("RelatedLetters"))
    for kind, number in wire.related:
        SubElement(related, _n("RelatedLetter"), {"Kind": kind}).text = number
    _say(root, "Subject", wire.subject)
    _say(root, "Priority", "normal")
    _say(root, "Classification", "normal")
    if wire.reply_by is not None:
        _say(root, "ReplyBy", wire.reply_by.isoformat())
    _say(root, "Body", wire.body)
    origins = SubElement(root, _n("Origins"))
    if wire.pdf is not None:
        origin = SubElement(origins, _n("Origin"), {"ContentType": "application/pdf"})
        origin.text = base64.b64encode(wire.pdf).decode("ascii")
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def read(content: bytes) -> Wire:
    """A letter that came in. Raises EceError.

    Neither entities nor a document type are read, nothing outside the file is ever fetched, and
    whatever the file says its scan is, only what turns out to be a PDF may be kept of it.
    """
    if len(content) > BYTES_MAX:
        raise EceError("size")
    try:
        root = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise EceError("xml") from error
    if root.tag != _n("Letter"):
        raise EceError("profile")
    try:
        dated = date.fromisoformat(_said(root, "LetterDate", 10))
    except ValueError as error:
        raise EceError("date") from error
    return Wire(
        number=_said(root, "LetterNo", 60),
        dated=dated,
        sender=_said(root, "Sender", 160),
        receiver=_said(root, "Receiver", 160),
        subject=_said(root, "Subject", LINE_MAX),
        body=_said(root, "Body", TEXT_MAX),
        related=[
            (one.get("Kind", "")[:12], clean(one.text or "")[:60])
            for one in root.findall(f"{_n('RelatedLetters')}/{_n('RelatedLetter')}")[:20]
        ],
        pdf=_origin(root),
    )


def _origin(root: Element) -> bytes | None:
    found = root.find(f"{_n('Origins')}/{_n('Origin')}")
    if found is None or not found.text:
        return None
    try:
        return base64.b64decode("".join(found.text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise EceError("origin") from error


def _said(root: Element, name: str, most: int) -> str:
    found = root.find(_n(name))
    text = clean(found.text or "") if found is not None else ""
    if not text or len(text) > most:
        raise EceError(name)
    return text


def _say(parent: Element, name: str, text: str) -> None:
    SubElement(parent, _n(name)).text = text


def _n(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"
