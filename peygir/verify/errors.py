"""How a check ends. Only what the city itself signed can prove anything against it.

- OK: everything holds.
- TAMPERED: the city's own signatures contradict each other, or what they cover breaks the rules.
- INCOMPLETE: this copy lacks something or is not what was signed. A bad download looks like this;
  fetch it again or from a mirror. It proves nothing against the city.
- UNWITNESSED: what is there holds, but too few outside witnesses have seen it.
"""

from __future__ import annotations

from peygir.verify.words import PERSIAN

OK = 0
TAMPERED = 1
INCOMPLETE = 2
UNWITNESSED = 3
USAGE = 64


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
        return f"{self.where}: {in_language(self.sentence, language, **self.values)}"

    def __str__(self) -> str:
        return self.words()


class Tampered(Fault):
    code = TAMPERED


class Incomplete(Fault):
    code = INCOMPLETE


class Unwitnessed(Fault):
    code = UNWITNESSED


def in_language(sentence: str, language: str, **values: object) -> str:
    """`sentence` with its fields filled, in "en" or "fa"."""
    return (PERSIAN.get(sentence, sentence) if language == "fa" else sentence).format(**values)
