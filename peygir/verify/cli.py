"""`verify COMMAND …`, run by an outsider. Findings go to standard output, progress to standard
error; the exit code is the verdict (errors).
"""

from __future__ import annotations

import argparse
import gc
import io
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NoReturn

from peygir.verify.errors import INCOMPLETE, OK, TAMPERED, UNWITNESSED, USAGE, Fault, Tampered
from peygir.verify.log_command import LOG
from peygir.verify.receipt_command import PROOF, RECEIPT
from peygir.verify.sample_command import SAMPLE
from peygir.verify.shell import Output
from peygir.verify.stats_command import DIFF, STATS

COMMANDS = (LOG, RECEIPT, PROOF, STATS, DIFF, SAMPLE)
LANGUAGES = ("en", "fa")
TOLD_MAX = 20  # further findings are only counted

VERDICTS = {
    OK: "It holds.",
    TAMPERED: "NOT OK: what the city signed contradicts itself. Keep this copy; it is evidence.",
    INCOMPLETE: "NOT SHOWN: this copy is incomplete or damaged. Fetch it again, or from a mirror.",
    UNWITNESSED: "NOT SHOWN: it holds so far, but too few outside witnesses have seen it.",
    USAGE: "It could not be checked.",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code says how it ended."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without Persian letters
    options = _parser().parse_args(arguments)
    with _no_collecting():
        return _run(options, Output(options.lang))


def _run(options: argparse.Namespace, output: Output) -> int:
    try:
        code: int = options.run(options, output)
    except Fault as fault:
        output.fault(fault)
        others = fault.others if isinstance(fault, Tampered) else ()
        for other in others[:TOLD_MAX]:
            output.fault(other)
        if len(others) > TOLD_MAX:
            output.say("… and {count:,} more.", count=len(others) - TOLD_MAX)
        output.say(VERDICTS[fault.code])
        return fault.code
    output.say(VERDICTS[code])
    return code


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Millions of leaves make no rings of garbage; looking for some takes a tenth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="verify", description="Check the public log of a city yourself.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        each = commands.add_parser(command.name, help=command.about, description=command.about)
        each.add_argument("--lang", choices=LANGUAGES, default="en", help="language of the answer")
        command.add_arguments(each)
        each.set_defaults(run=command.run)
    return parser
