"""How a check ends. Only what the city itself signed can prove anything against it.

- OK: everything holds.
- TAMPERED: the city's own signatures contradict each other, or what they cover breaks the rules.
- INCOMPLETE: this copy lacks something or is not what was signed. A bad download looks like this;
  fetch it again or from a mirror. It proves nothing against the city.
- UNWITNESSED: what is there holds, but too few outside witnesses have seen it.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

from peygir.verify.words import PERSIAN, in_language

OK = 0
TAMPERED = 1
INCOMPLETE = 2
UNWITNESSED = 3
USAGE = 64

#: What happens to who takes a value for what it is not: a leaf or a rule set may hold anything.
UNFIT = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
    struct.error,
)


class NotCanonical(ValueError):
    """Bytes or a value outside the canonical form; the words say why, in English."""


class Fault(Exception):
    """What is wrong, and where: a file, a leaf, a key.

    `what`: an English sentence with {fields}, which is the message id too; `values` fill them.
    """

    code = USAGE

    def __init__(self, where: str, what: str, **values: object) -> None:
        super().__init__(where, what, values)
        self.where, self.sentence, self.values = where, what, values

    @property
    def what(self) -> str:
        """The sentence in English."""
        return self.sentence.format(**self.values)

    def words(self, language: str = "en") -> str:
        """`where: what`, in "en" or "fa"."""
        place, blank, rest = self.where.partition(" ")
        where = in_language(place, language) if place in PERSIAN else place
        return f"{where}{blank}{rest}: {in_language(self.sentence, language, **self.values)}"

    def __str__(self) -> str:
        return self.words()

    def __reduce__(self) -> tuple[object, ...]:
        return _fault_again, (type(self), self.where, self.sentence, self.values)


class Tampered(Fault):
    """`others`: what else was found in the same run."""

    code = TAMPERED
    others: Sequence[Fault] = ()


def unfit(where: str, error: Exception) -> Tampered:
    """The verdict on signed leaves and rules that raised one of UNFIT."""
    why = f"{type(error).__name__} {error}"
    return Tampered(where, "figures cannot be made of it: {why}", why=why)


class Incomplete(Fault):
    code = INCOMPLETE


class Unwitnessed(Fault):
    code = UNWITNESSED


def _fault_again(kind: type[Fault], where: str, what: str, values: Mapping[str, object]) -> Fault:
    """A fault that comes back from another process."""
    return kind(where, what, **values)
