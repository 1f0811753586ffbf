"""Log lines without citizens' data."""

import logging
import traceback
from types import TracebackType

from django.conf import settings


class DiscreetFormatter(logging.Formatter):
    """Prints where an error happened and of which type, not its text.

    The text of a database or validation error quotes the value that failed: a phone number, a
    citizen's sentence. With PEYGIR_DEBUG it is printed all the same.
    """

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatException(  # noqa: N802 - the name is the standard library's
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None]
        | tuple[None, None, None],
    ) -> str:
        """The frames and the type name of the error, one error of the chain after another."""
        if settings.DEBUG:
            return super().formatException(ei)
        lines: list[str] = []
        error: BaseException | None = ei[1]
        while error is not None:
            kind = type(error)
            lines += [f"{kind.__module__}.{kind.__qualname__} (text withheld)\n"]
            lines += traceback.format_tb(error.__traceback__)
            error = error.__cause__ or error.__context__
        return "".join(lines).rstrip()
