"""Apache Parquet of a plain table, without a library: texts and whole numbers, nothing packed.

The libraries that write Parquet weigh more than this whole system. What a table of figures needs
of the format (parquet-format 2.10: one row group, PLAIN pages, required columns) is this file.
"""

import struct
from collections.abc import Sequence
from typing import Final

MAGIC: Final = b"PAR1"
CREATED_BY: Final = "peygir"
INT64, BYTE_ARRAY = 2, 6  # Type
REQUIRED, UTF8, PLAIN, RLE, UNCOMPRESSED = 0, 0, 0, 3, 0
_I32, _I64, _BINARY, _LIST, _STRUCT = 5, 6, 8, 9, 12  # Thrift's compact protocol

Column = tuple[str, Sequence[str] | Sequence[int]]


def spell(columns: Sequence[Column]) -> bytes:
    """The file. All columns are as long as the first; a column is all texts or all numbers."""
    rows = len(columns[0][1])
    assert all(len(values) == rows for _, values in columns)
    body, chunks = bytearray(MAGIC), []
    for name, values in columns:
        is_text = not rows or isinstance(values[0], str)
        data = b"".join(map(_plain, values))
        encoded = _struct((1, _I32, rows), (2, _I32, PLAIN), (3, _I32, RLE), (4, _I32, RLE))
        size = len(data)
        page = _struct((1, _I32, 0), (2, _I32, size), (3, _I32, size), (5, _STRUCT, encoded))
        kind = BYTE_ARRAY if is_text else INT64
        chunks.append(_chunk(name, kind, rows, len(body), len(page) + len(data)))
        body += page + data
    groups = [_group(chunks, rows, len(body) - len(MAGIC))] if rows else []
    footer = _struct(
        (1, _I32, 1),
        (2, _LIST, _list(_STRUCT, _schema(columns))),
        (3, _I64, rows),
        (4, _LIST, _list(_STRUCT, groups)),
        (6, _BINARY, _binary(CREATED_BY)),
    )
    return bytes(body) + footer + struct.pack("<I", len(footer)) + MAGIC


def _schema(columns: Sequence[Column]) -> list[bytes]:
    found = [_struct((4, _BINARY, _binary("figures")), (5, _I32, len(columns)))]
    for name, values in columns:
        is_text = not values or isinstance(values[0], str)
        about: list[tuple[int, int, int | bytes]] = [
            (1, _I32, BYTE_ARRAY if is_text else INT64),
            (3, _I32, REQUIRED),
            (4, _BINARY, _binary(name)),
        ]
        if is_text:
            about.append((6, _I32, UTF8))
        found.append(_struct(*about))
    return found


def _chunk(name: str, kind: int, rows: int, offset: int, size: int) -> bytes:
    about = _struct(
        (1, _I32, kind),
        (2, _LIST, _list(_I32, [_zigzag(PLAIN), _zigzag(RLE)])),
        (3, _LIST, _list(_BINARY, [_binary(name)])),
        (4, _I32, UNCOMPRESSED),
        (5, _I64, rows),
        (6, _I64, size),
        (7, _I64, size),
        (9, _I64, offset),
    )
    return _struct((2, _I64, offset), (3, _STRUCT, about))


def _group(chunks: Sequence[bytes], rows: int, size: int) -> bytes:
    return _struct((1, _LIST, _list(_STRUCT, chunks)), (2, _I64, size), (3, _I64, rows))


def _plain(value: str | int) -> bytes:
    if isinstance(value, int):
        return struct.pack("<q", value)
    data = value.encode()
    return struct.pack("<I", len(data)) + data


def _struct(*fields: tuple[int, int, int | bytes]) -> bytes:
    found, last = bytearray(), 0
    for number, kind, value in fields:
        found.append((number - last) << 4 | kind)
        found += value if isinstance(value, bytes) else _zigzag(value)
        last = number
    return bytes(found) + b"\0"


def _list(kind: int, items: Sequence[bytes]) -> bytes:
    size = len(items)
    head = bytes([size << 4 | kind]) if size < 15 else bytes([0xF0 | kind]) + _varint(size)
    return head + b"".join(items)


def _binary(text: str) -> bytes:
    data = text.encode()
    return _varint(len(data)) + data


def _zigzag(number: int) -> bytes:
    return _varint(number << 1 if number >= 0 else (-number << 1) - 1)


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    return bytes(found) + bytes([number])
