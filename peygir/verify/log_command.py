"""`verify log DIR`: every entry, tile, signature and chain of a copy of the log."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from peygir.verify.errors import OK, Fault
from peygir.verify.logcheck import Asked, Checked, check_log
from peygir.verify.notes import NOTE_BYTES_MAX, BadNote, Checkpoint, parse_checkpoint
from peygir.verify.shell import (
    Command,
    Output,
    add_keys,
    given_file,
    keys_of,
    need_witnesses,
    utc,
)

JOBS_MAX = 64


def add_log(parser: argparse.ArgumentParser) -> None:
    """The arguments of a check of a whole log."""
    parser.add_argument("directory", type=Path, help="copy of the log of one year")
    add_keys(parser)
    parser.add_argument(
        "--before",
        type=Path,
        action="append",
        default=[],
        help="copies of the logs of earlier years, oldest first",
    )
    parser.add_argument(
        "--since", action="append", default=[], help="a checkpoint that you kept from another day"
    )
    parser.add_argument(
        "--jobs", type=_jobs, default=min(os.cpu_count() or 1, JOBS_MAX), help="processors to use"
    )


def asked_of(options: argparse.Namespace, output: Output) -> Asked:
    """How `options` ask for a log to be checked. Raises Fault."""
    keys, policy = keys_of(options)
    since = tuple(_kept(Path(each)) for each in options.since)
    return Asked(keys, policy, since, jobs=options.jobs, progress=output.progress())


def run_log(options: argparse.Namespace, output: Output) -> int:
    """`verify log DIR`: every entry, tile, signature and chain."""
    asked = asked_of(options, output)
    checked = check_log(options.directory, asked, options.before)
    tell_log(checked, output)
    size = checked.seen[-1].size if checked.seen else 0
    need_witnesses(asked.policy, checked.checkpoint.note, size)
    return OK


def tell_log(checked: Checked, output: Output) -> None:
    """What a log that holds is made of."""
    point = checked.checkpoint
    output.say("Log: {origin}", origin=point.origin)
    output.say("Leaves: {count:,}, of cases: {cases:,}", count=point.size, cases=checked.cases)
    output.say("Root: {root}", root=point.root.hex())
    for kind, count in sorted(checked.kinds.items()):
        output.row(f"  {kind}  {count:,}")
    if checked.carried:
        output.say(
            "{count:,} cases began in earlier years; check those with --before.",
            count=checked.carried,
        )
    if checked.seen:
        seen = checked.seen[-1]
        output.say(
            "Outside witnesses had seen {size:,} leaves by {at}.", size=seen.size, at=utc(seen.at)
        )


def _jobs(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= JOBS_MAX:
        raise argparse.ArgumentTypeError(f"a number from 1 to {JOBS_MAX}")
    return int(text)


def _kept(path: Path) -> Checkpoint:
    try:
        return parse_checkpoint(given_file(path, NOTE_BYTES_MAX))
    except BadNote as error:
        raise Fault(str(path), "it is no checkpoint: {why}", why=error) from None


LOG = Command("log", "check a whole log", add_log, run_log)
