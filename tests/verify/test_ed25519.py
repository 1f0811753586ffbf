"""Signatures: the vectors of RFC 8032, a library's own, and spellings that must not pass."""

import hypothesis.strategies as st
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given

from peygir.verify.ed25519 import ORDER, P, is_signed

VECTORS = [  # RFC 8032, 7.1: secret key, message
    ("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", ""),
    ("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "72"),
    ("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "af82"),
]
FIRST = (
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    (
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    ),
)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()


def test_the_first_vector_of_the_rfc_holds() -> None:
    public, signature = map(bytes.fromhex, FIRST)
    assert is_signed(public, b"", signature)


@pytest.mark.parametrize(("secret", "message"), VECTORS)
def test_keys_of_the_rfc_sign_as_the_library_says(secret: str, message: str) -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret))
    text = bytes.fromhex(message)
    assert is_signed(key.public_key().public_bytes_raw(), text, key.sign(text))


@given(st.binary(max_size=200), st.integers(0, 63), st.integers(1, 255))
def test_a_signature_is_for_one_message_and_has_one_spelling(
    message: bytes, at: int, by: int
) -> None:
    signature = KEY.sign(message)
    assert is_signed(PUBLIC, message, signature)
    assert not is_signed(PUBLIC, message + b"!", signature)
    broken = bytearray(signature)
    broken[at] ^= by
    assert not is_signed(PUBLIC, message, bytes(broken))


def test_a_scalar_beyond_the_order_is_refused() -> None:
    signature = KEY.sign(b"x")
    scalar = int.from_bytes(signature[32:], "little") + ORDER
    assert not is_signed(PUBLIC, b"x", signature[:32] + scalar.to_bytes(32, "little"))


@pytest.mark.parametrize(
    "public",
    [
        P.to_bytes(32, "little"),  # y is not below p
        (2).to_bytes(32, "little"),  # no point has this y
        (1 | 1 << 255).to_bytes(32, "little"),  # x is 0 and cannot be odd
        b"short",
    ],
)
def test_what_is_no_point_signs_nothing(public: bytes) -> None:
    assert not is_signed(public, b"x", KEY.sign(b"x"))


def test_a_signature_of_another_length_is_refused() -> None:
    assert not is_signed(PUBLIC, b"x", KEY.sign(b"x")[:-1])
