"""Checking Ed25519 signatures (RFC 8032) in plain Python, quickly enough for a year of them.

Tables of multiples make each check of a known key some 64 additions. Nothing here is secret, so
nothing needs to take constant time; signing is left to a real library.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
BASE = bytes.fromhex("58" + "66" * 31)  # the base point, as RFC 8032 writes points
WINDOW_BITS = 10
TABLES_MAX = 64  # keys whose tables are kept, some 4 MB each

Point = tuple[int, int, int, int]  # (x, y, z, t) with x/z and y/z on the curve, t = x*y/z
Known = tuple[int, int, int]  # a point of a table: y+x, y-x, 2*D*x*y, with z = 1
NEUTRAL: Point = (0, 1, 1, 0)


def is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether `signature` (64 bytes) over `message` is by the key `public` (32 bytes)."""
    if len(public) != 32 or len(signature) != 64:
        return False
    scalar = int.from_bytes(signature[32:], "little")
    key = _table(public)
    if scalar >= ORDER or key is None:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    challenge = int.from_bytes(digest, "little") % ORDER
    base = _table(BASE)
    assert base is not None
    # R = s*B - h*A; comparing R as written also refuses every other spelling of it.
    point = _multiple(base, scalar, NEUTRAL)
    return _spelled(_multiple(key, ORDER - challenge, point)) == signature[:32]


@lru_cache(TABLES_MAX)
def _table(public: bytes) -> tuple[tuple[Known, ...], ...] | None:
    """For each window of a scalar, the multiples of the point by 0 to half of what the window can
    hold; None when `public` is no point."""
    point = _point(public)
    if point is None:
        return None
    rows = []
    for _ in range(0, 256, WINDOW_BITS):
        row = [NEUTRAL]
        for _ in range(1 << WINDOW_BITS - 1):
            row.append(_sum(row[-1], point))
        rows.append(_known_points(row))
        point = _sum(row[-1], row[-1])
    return tuple(rows)


def _known_points(points: list[Point]) -> tuple[Known, ...]:
    """Points as tables hold them. One inversion serves all: products forwards, then back."""
    products, product = [], 1
    for point in points:
        products.append(product)
        product = product * point[2] % P
    inverse, known = pow(product, -1, P), []
    for point, before in zip(reversed(points), reversed(products)):
        one = inverse * before % P
        inverse = inverse * point[2] % P
        x, y = point[0] * one % P, point[1] * one % P
        known.append(((y + x) % P, (y - x) % P, 2 * D * x * y % P))
    return tuple(reversed(known))


def _multiple(table: tuple[tuple[Known, ...], ...], scalar: int, start: Point) -> Point:
    """`start` plus `scalar` times the point of the table."""
    mask, half = (1 << WINDOW_BITS) - 1, 1 << WINDOW_BITS - 1
    x, y, z, t = start
    for row in table:
        digit = scalar & mask
        scalar >>= WINDOW_BITS
        if digit:
            if digit <= half:
                y_plus_x, y_minus_x, t2 = row[digit]
            else:  # one more of the next window, less the rest of this one
                y_minus_x, y_plus_x, t2 = row[mask + 1 - digit]
                t2, scalar = -t2, scalar + 1
            a, b, c, d = (y - x) * y_minus_x % P, (y + x) * y_plus_x % P, t * t2 % P, 2 * z
            e, f, g, h = b - a, d - c, d + c, b + a
            x, y, z, t = e * f % P, g * h % P, f * g % P, e * h % P
    return x, y, z, t


def _sum(one: Point, other: Point) -> Point:
    x1, y1, z1, t1 = one
    x2, y2, z2, t2 = other
    a = (y1 - x1) * (y2 - x2) % P
    b = (y1 + x1) * (y2 + x2) % P
    c = 2 * D * t1 * t2 % P
    d = 2 * z1 * z2 % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def _spelled(point: Point) -> bytes:
    inverse = pow(point[2], -1, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _point(data: bytes) -> Point | None:
    """The point that 32 bytes spell, or None."""
    number = int.from_bytes(data, "little")
    y, is_odd = number & ((1 << 255) - 1), number >> 255
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and is_odd):
        return None
    if x & 1 != is_odd:
        x = P - x
    return (x, y, 1, x * y % P)
