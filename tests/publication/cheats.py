"""What an insider can do who owns the database, the disk and the city's keys; and the outsiders."""

import hashlib
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from peygir.ledger.log import files, stops
from peygir.ledger.models import Asked, Checkpoint, Head, Leaf, Note, Stop
from peygir.policy.model import CityPolicy
from peygir.publication import figures
from peygir.verify.canonical import encode, parse, to_base64url
from peygir.verify.cli import main
from peygir.verify.merkle import Frontier, leaf_hash
from peygir.witness.server import Server
from tests.city import NOON, reported
from tests.publication.conftest import Seal

YEAR = 1405
START = NOON + timedelta(days=1)  # the first day of a month, so that live figures hold it all
Body = dict[str, Any]
Rewrite = Callable[[list[Body]], list[Body]]


class Instance:
    """A city with its worker and three witnesses, and a mirror kept by an outsider.

    Times are hours after START by a clock that is right; the witnesses' clocks are.
    """

    def __init__(
        self, policy: CityPolicy, servers: dict[str, Server], seal: Seal, folder: Path
    ) -> None:
        self.policy, self.servers, self.seal, self.folder = policy, servers, seal, folder

    def turn(self, hours: float) -> None:
        """Seal all that happened until then."""
        at = START + timedelta(hours=hours)
        for server in self.servers.values():
            server.clock = at.timestamp
        self.seal(at)

    def pass_time(self, *hours: float) -> None:
        """Turns of the worker while nothing happens; every hour the witnesses' times are kept."""
        for each in hours:
            self.turn(each)

    def publish(self, hours: float) -> Body:
        """Publish the figures of now; they are announced when it returns. Somebody reports
        something else at the same time, as ever."""
        reported(self.policy, at=START + timedelta(hours=hours))
        self.turn(hours)
        assert figures.publish(at=START + timedelta(hours=hours))
        self.turn(hours + 0.05)
        return self.live()

    def live(self) -> Body:
        return parse(files.stats_file(YEAR, "live").read_bytes())

    def verify(self, *words: str, witnessed: bool = True) -> int:
        """What an outsider types, with the city's keys and the witnesses' policy at hand."""
        given = ["--vkey", str(self.kept("vkeys.txt"))]
        if witnessed:
            given += ["--policy", str(self.kept("policy.txt"))]
        return main([*words, *given])

    def kept(self, name: str) -> Path:
        """A small file as it was when the outsider first saw the city, from elsewhere."""
        path = self.folder / f"kept-{name}"
        if not path.exists():
            shutil.copy(files.root() / name, path)
        return path

    def mirror(self, name: str = "mirror") -> Path:
        """A copy of the log as it is now, in an outsider's hands."""
        self.kept("vkeys.txt"), self.kept("policy.txt")
        return shutil.copytree(files.year_folder(YEAR), self.folder / name)

    def announce_instead(self, change: Callable[[Body], None], hours: float) -> None:
        """Figures of now, computed by the city's own program and then made better."""
        reported(self.policy, at=START + timedelta(hours=hours))
        self.turn(hours)
        figures.publish(at=START + timedelta(hours=hours))
        data = self.live()
        change(data)
        spelled = encode(data)
        files.stats_file(YEAR, "live").write_bytes(spelled)
        note = Note.objects.order_by("id").last()
        assert note is not None
        note.body["file"] = hashlib.sha256(spelled).hexdigest()
        note.save()
        self.turn(hours + 0.05)


def log_anew(change: Rewrite) -> None:
    """The whole log made anew with other leaves, as if it had always been so: rows, folder and the
    guard's memory. The chains of cases are whole in it."""
    rows = list(Leaf.objects.order_by("index").values_list("event_id", "body"))
    told = [parse(bytes(body)) | {"#": event} for event, body in rows]
    past = [each for each in change(told) if each["t"] != "cp.anchored"]
    frontier, made, ends = Frontier(), [], {}
    for at, leaf in enumerate(past):
        event = leaf.pop("#", None)
        if "case" in leaf:
            leaf["n"], leaf["prev"] = ends.get(leaf["case"], (0, ""))
        data = encode(leaf)
        if "case" in leaf:
            ends[leaf["case"]] = (leaf["n"] + 1, to_base64url(leaf_hash(data)[:16]))
        frontier.push(leaf_hash(data))
        made.append(Leaf(index=at, event_id=event, body=data))
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate; set constraints all deferred")
        cursor.execute("set local session_replication_role = replica")
        for table in (Leaf, Checkpoint, Asked):
            cursor.execute(f"delete from {table._meta.db_table}")
        Leaf.objects.bulk_create(made)
        cursor.execute("set local session_replication_role = origin")
    Head.objects.update(size=len(made), frontier=frontier.dump())
    shutil.rmtree(files.year_folder(YEAR) / "tile")
    (files.year_folder(YEAR) / "checkpoint").unlink()
    Path(settings.PEYGIR_LOG_GUARD).unlink()


def stopped() -> str:
    """Why sealing stands still; "" while it goes on."""
    found = stops.current()
    return "" if found is None else found.reason


def go_without_witnesses() -> None:
    """The city drops the witnesses and what stopped it."""
    settings.PEYGIR_LOG_POLICY = ""
    Stop.objects.all().delete()
