"""`manage.py log status|seal|check|recover|rotate|revoke`: the public log by hand."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from peygir.ledger.log import check, head, keys, recover, revoke, seal, status, stops

MEANINGS = {
    stops.GUARD: "the database knows less than was signed before, or something else",
    stops.NO_GUARD: "something was signed before, but the guard's file is not there",
    stops.KEYS: "the keys that signed before are gone",
    stops.FORK: "outside witnesses have seen another log",
    stops.FILES: "a published file says something else than the database",
    stops.DISK: "a file could not be written or read",
    stops.LEAVES: "an event could not be told as a leaf",
    stops.POLICY: "the file that names the witnesses cannot be understood",
}


class Command(BaseCommand):
    """Show how the log stands, seal now, check it, go on after a loss, change or end a key."""

    help = "Show, seal, check or recover the public log, or change or end one of its keys."

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do; the key for `rotate` and `revoke`."""
        does = ["status", "seal", "check", "recover", "rotate", "revoke"]
        parser.add_argument("what", choices=does)
        parser.add_argument("--key", choices=keys.ROLES, default=keys.CHECKPOINT)
        parser.add_argument("--id", default="", help="which key to revoke, as `status` lists them")

    def handle(self, *args: Any, what: str, key: str, **options: Any) -> None:
        """Do it; exit code 1 when sealing stands still or a check found something."""
        does: dict[str, Callable[[datetime], None]] = {
            "status": self._status,
            "seal": self._seal,
            "check": self._check,
            "recover": self._recover,
            "rotate": partial(self._rotate, key),
            "revoke": partial(self._revoke, key, options.get("id", "")),
        }
        does[what](datetime.now(UTC))

    def _status(self, at: datetime) -> None:
        now = status.status()
        self.stdout.write(f"log        {now.origin or 'has not begun'}")
        self.stdout.write(f"leaves     {now.size}, of them signed {now.signed}")
        self.stdout.write(f"signed     {_time(now.signed_at)}")
        self.stdout.write(f"witnessed  {_time(now.witnessed_at)}")
        self.stdout.write(f"waiting    {now.waiting} events, since {_time(now.since)}")
        for role in filter(keys.has, keys.ROLES):
            for signer in keys.signers(role, now.origin, at=at):
                until = "" if signer.until is None else f" until {_time_of(signer.until)}"
                self.stdout.write(f"key        {role} {signer.vkey.id.hex()}{until}")
        for each in now.witnesses:
            state = each.failure or "cosigned"
            self.stdout.write(f"witness    {each.name}: {state}, has {each.size}")
        if now.stop:
            since = _time(now.stopped_at)
            raise CommandError(f"Sealing stands still since {since}: {MEANINGS[now.stop]}.")

    def _seal(self, at: datetime) -> None:
        while seal.seal(at=at):
            pass
        self._status(at)

    def _check(self, at: datetime) -> None:
        found = list(check.check(progress=self._advance))
        for line in found:
            self.stdout.write(line)
        if found:
            raise CommandError(f"{len(found)} faults.")
        self.stdout.write("The published log is what the database has.")

    def _recover(self, at: datetime) -> None:
        try:
            found = recover.recover(at=at)
        except recover.Unrecoverable as error:
            raise CommandError(f"Nothing was changed: {error}.") from None
        self.stdout.write(
            f"Going on behind {found.size} leaves: {found.had} were here, "
            f"{found.size - found.had} came from the files, {found.lost} without an event."
        )

    def _rotate(self, key: str, at: datetime) -> None:
        now = head.current()
        if now is None:
            raise CommandError("The log has not begun.")
        if not keys.has(key):
            raise CommandError("The keys are gone: log status.")
        signer = keys.rotate(key, now.origin, at=at)
        self.stdout.write(f"{signer.vkey}")

    def _revoke(self, key: str, number: str, at: datetime) -> None:
        try:
            signer = revoke.revoke(key, number, at=at)
        except revoke.CannotRevoke as error:
            raise CommandError(f"It is not revoked: {error}.") from None
        self.stdout.write(f"The log says that key {number} has ended. From now on signs:")
        self.stdout.write(f"{signer.vkey}")
        if key == keys.CHECKPOINT:
            self.stdout.write("Give that key to the witnesses, and ask them to drop the old one.")

    def _advance(self, done: int, total: int) -> None:
        """A line on a terminal; nothing in a log."""
        if self.stderr.isatty():
            self.stderr.write(f"\r  {done}/{total}", ending="\n" if done >= total else "")


def _time_of(epoch: int) -> str:
    return _time(datetime.fromtimestamp(epoch, UTC))


def _time(at: datetime | None) -> str:
    return "never" if at is None else f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
