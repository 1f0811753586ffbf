"""What every command shares: where words go, whose keys are trusted, files given by hand."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from peygir.verify.errors import Fault, Unwitnessed
from peygir.verify.logcheck import Progress
from peygir.verify.notes import LOG_KEY, BadNote, Note, Vkey, parse_vkey
from peygir.verify.quorum import POLICY_BYTES_MAX, Policy, parse_policy, witnessed_at
from peygir.verify.tiles import Reader
from peygir.verify.words import in_language, shown

TICK_SECONDS = 1.0


class Output:
    """Where the words go, in which language."""

    def __init__(self, language: str) -> None:
        self.language = language

    def say(self, sentence: str, **values: object) -> None:
        """A sentence of what was found; `sentence` is English with {fields}."""
        self.row(in_language(sentence, self.language, **values))

    def fault(self, fault: Fault) -> None:
        self.row(fault.words(self.language))

    def row(self, text: str) -> None:
        """One line; what a log holds may be in it."""
        print(shown(text))

    def progress(self) -> Progress:
        """Tells standard error how far a check is, at most once a second."""
        began = told = time.monotonic()

        def tell(done: int, total: int) -> None:
            nonlocal told
            now = time.monotonic()
            if now - told >= TICK_SECONDS or done == total:
                told = now
                left = (now - began) / done * (total - done) if done else 0
                words = in_language(
                    "{done:,} of {total:,} leaves, {left:.0f} s left",
                    self.language,
                    done=done,
                    total=total,
                    left=left,
                )
                print(words, file=sys.stderr, flush=True)

        return tell


class Command(NamedTuple):
    """One subcommand. `run` returns an exit code or raises Fault."""

    name: str
    about: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace, Output], int]


def add_keys(parser: argparse.ArgumentParser) -> None:
    """The arguments by which every command learns whom to trust."""
    parser.add_argument(
        "--vkey", action="append", default=[], help="a key of the log, or a file of such keys"
    )
    parser.add_argument("--policy", help="file with the witnesses and their quorum")


def keys_of(options: argparse.Namespace) -> tuple[tuple[Vkey, ...], Policy | None]:
    """What `add_keys` was given. Raises Fault."""
    policy = None
    try:
        if options.policy:
            policy = parse_policy(given_file(Path(options.policy), POLICY_BYTES_MAX))
        keys = [key for text in options.vkey for key in _vkeys(text)]
    except BadNote as error:
        raise Fault("--vkey, --policy", "it cannot be read: {why}", why=error) from None
    keys += policy.logs if policy else ()
    if not keys:
        raise Fault("--vkey", "give the key of the log, from a source you trust")
    return tuple(keys), policy


def need_witnesses(policy: Policy | None, note: Note, seen: int = 0) -> None:
    """Raise Unwitnessed unless the policy, if there is one, is met; `seen`: leaves that were."""
    if policy is not None and witnessed_at(policy, note) is None:
        if not policy.witnesses:
            sentence = "the policy names no witness: nobody outside watches this log yet"
            raise Unwitnessed("checkpoint", sentence)
        sentence = "too few witnesses have seen it; they have seen {size:,} leaves"
        raise Unwitnessed("checkpoint", sentence, size=seen)


def utc(at: int) -> str:
    """An epoch second as people write it, in UTC; as a number where no calendar reaches."""
    try:
        return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(at))
    except (OSError, OverflowError, ValueError):
        return str(at)


def given_file(path: Path, bytes_max: int) -> bytes:
    """A file named on the command line. Raises Incomplete."""
    return Reader(path.parent).file(path.name, bytes_max)


def _vkeys(text: str) -> list[Vkey]:
    """A key, or those in a file, one a line; lines of witnesses and comments are passed over."""
    if "+" in text and not Path(text).exists():
        lines = [text]
    else:
        lines = given_file(Path(text), POLICY_BYTES_MAX).decode("utf-8", "replace").splitlines()
    keys = [parse_vkey(line.split()[-1]) for line in lines if line.strip() and line[0] != "#"]
    return [key for key in keys if key.kind == LOG_KEY]
