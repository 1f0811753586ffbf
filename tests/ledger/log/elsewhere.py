"""`python -m tests.ledger.log.elsewhere COMMAND …`: a worker on another database.

For tests with more than one server. Says in JSON how the log stands afterwards.
"""

import json
import os
import sys
from datetime import timedelta

import django


def main(command: str, *words: str) -> None:
    """happen SUBJECT… · seal MINUTES (after noon) · recover · check · status."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peygir.conf.settings")
    django.setup()
    from django.conf import settings
    from django.db import DatabaseError

    from peygir.ledger.log import check, recover, seal, stops
    from peygir.ledger.models import Head
    from tests.ledger.log import play

    settings.LEAVES = play.TOLD
    said: dict[str, object] = {}
    if command == "happen":
        play.happen(*map(int, words))
    elif command == "seal":
        try:
            while seal.seal(at=play.NOON + timedelta(minutes=int(words[0])), at_once=True):
                pass
        except DatabaseError as error:
            said["refused"] = type(error.__cause__).__name__
    elif command == "recover":
        found = recover.recover(at=play.NOON + timedelta(minutes=int(words[0])))
        said["lost"] = found.lost
    elif command == "check":
        said["faults"] = list(check.check())
    stopped, head = stops.current(), Head.objects.first()
    said |= {"stop": stopped.reason if stopped else "", "size": head.size if head else 0}
    print(json.dumps(said))


if __name__ == "__main__":
    main(*sys.argv[1:])
