"""`verify stats DIR PERIOD` and `verify diff OLD NEW`: published figures, and how they changed."""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path
from typing import Any

from peygir.verify.errors import OK, UNFIT, Fault, Incomplete, Tampered
from peygir.verify.log_command import add_log, asked_of, tell_log
from peygir.verify.logcheck import Asked, check_log, read_checkpoint
from peygir.verify.measures import MEASURES, SECONDS, SHARE
from peygir.verify.months import REPLACED
from peygir.verify.quorum import POLICY_BYTES_MAX
from peygir.verify.shell import Command, Output, add_keys, given_file, keys_of, need_witnesses
from peygir.verify.statistics import (
    SHOWN_MAX,
    AskedFigures,
    Change,
    announced,
    changes,
    check_figures,
    period_of,
    read_figures,
)
from peygir.verify.tiles import Reader
from peygir.verify.words import PLAIN_DIGITS

_SKIPPED = ("basis", "corrections", "revises", "made", "verifier", "policy")
_TOLD = 100


def add_stats(parser: argparse.ArgumentParser) -> None:
    add_log(parser)
    parser.add_argument("period", help="live, last, or a day, month or year: 1405-07-12, 1405")


def run_stats(options: argparse.Namespace, output: Output) -> int:
    """The whole log, then the figures of a period from its leaves."""
    asked, period = asked_of(options, output), options.period.translate(PLAIN_DIGITS)
    period_of(period)
    checked = check_log(options.directory, asked, options.before)
    tell_log(checked, output)
    wanted = AskedFigures(
        options.directory,
        period,
        tuple(options.before),
        given_file(Path(options.policy), POLICY_BYTES_MAX) if options.policy else None,
        options.jobs,
        output.progress(),
        (asked.policy, checked.anchors),
    )
    agreed = check_figures(wanted, checked.checkpoint.size)
    output.say(
        "agrees. Figures of {period}: every one of them follows from the first {size:,} leaves.",
        period=period,
        size=agreed.stated.size,
    )
    _tell_totals(agreed.data["totals"], output)
    size = checked.seen[-1].size if checked.seen else 0
    need_witnesses(asked.policy, checked.checkpoint.note, size)
    return OK


def _tell_totals(totals: dict[str, int], output: Output) -> None:
    """The figures of the city in the order of their definitions, as the pages show them."""
    for code, measure in MEASURES.items():
        if code not in totals:
            continue
        number = totals[code]
        name = measure.fa if output.language == "fa" else measure.en
        if measure.unit == SHARE:
            whole, part = divmod(number, 100)
            sentence = "  {name}: {whole}.{part:02}%  ({code})"
            output.say(sentence, name=name, whole=whole, part=part, code=code)
        elif measure.unit == SECONDS:
            minutes = number // 60
            output.say(
                "  {name}: {days:,} d {hours} h {minutes} min  ({code})",
                name=name,
                days=minutes // 1440,
                hours=minutes // 60 % 24,
                minutes=minutes % 60,
                code=code,
            )
        else:
            output.say("  {name}: {number:,}  ({code})", name=name, number=number, code=code)


def add_diff(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("old", type=Path, help="figures file, or copy of a log")
    parser.add_argument("new", type=Path, help="a later one")
    add_keys(parser)
    parser.add_argument("--log", type=Path, help="copy of the log that announced both files")


def run_diff(options: argparse.Namespace, output: Output) -> int:
    """What changed between two figures files, or two copies of a log."""
    if options.old.is_dir() and options.new.is_dir():
        return _diff_logs(options, output)
    old, new = read_figures(options.old), read_figures(options.new)
    if old.get("period") != new.get("period"):
        sentence = "these are figures of {old} and of {new}; give two files of one period"
        raise Fault("diff", sentence, old=_name(old), new=_name(new))
    found = changes(_compared(old), _compared(new))
    found.sort(key=lambda change: not change.path.startswith("totals"))
    for change in found[:_TOLD]:
        _tell_change(change, output)
    sentence = (
        "{count:,} figures differ."
        if len(found) < SHOWN_MAX
        else "{count:,} figures or more differ."
    )
    output.say(sentence, count=len(found))
    _tell_corrections(options.new, new, output)
    period = new.get("period")
    if period not in REPLACED and found:
        digest = hashlib.sha256(options.old.read_bytes()).hexdigest()
        if new.get("revises") != digest:
            raise Tampered(str(options.new), "it changes figures without saying what it revises")
    if options.log is not None:
        _both_announced(options)
    return OK


STATS = Command("stats", "check published figures against the log", add_stats, run_stats)
DIFF = Command("diff", "tell how figures, or a log, have changed", add_diff, run_diff)


def _compared(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name not in _SKIPPED}


def _name(data: dict[str, Any]) -> str:
    return str(data.get("period", "-"))


def _tell_corrections(path: Path, data: dict[str, Any], output: Output) -> None:
    try:
        for row in data.get("corrections", []):
            output.row(f"  leaf {row['leaf']}  {row['what']}  {'+' if row['helps'] else '-'}")
    except UNFIT as error:
        raise Incomplete(str(path), "it cannot be read: {why}", why=error) from None


def _tell_change(change: Change, output: Output) -> None:
    old, new = change.old, change.new
    delta = f"  ({new - old:+,})" if type(old) is int and type(new) is int else ""
    output.row(f"  {change.path}: {_short_value(old)} -> {_short_value(new)}{delta}")


def _short_value(value: object) -> str:
    if value is None:
        return "-"
    return str(value) if isinstance(value, (int, str)) else "…"


def _both_announced(options: argparse.Namespace) -> None:
    size = read_checkpoint(Reader(options.log)).size
    known = {each.file for each in announced(options.log, size)}
    for path in (options.old, options.new):
        if hashlib.sha256(path.read_bytes()).hexdigest() not in known:
            raise Fault(str(path), "the log does not announce it")


def _diff_logs(options: argparse.Namespace, output: Output) -> int:
    """The newer copy goes on where the older one ends; tells what it announced since.

    Raises Tampered for two that do not fit, whichever of them is the longer one.
    """
    keys, policy = keys_of(options)
    old, new = (read_checkpoint(Reader(each)) for each in (options.old, options.new))
    if new.size < old.size:
        check_log(options.old, Asked(keys, policy, since=(new,)))
        sentence = "this copy is older than the one of {size} leaves"
        raise Incomplete(str(options.new), sentence, size=old.size)
    check_log(options.new, Asked(keys, policy, since=(old,)))
    for each in announced(options.new, new.size):
        if each.leaf >= old.size:
            output.row(f"  leaf {each.leaf}  {each.period}  {each.path}")
    output.say("{count:,} leaves were added.", count=new.size - old.size)
    return OK
