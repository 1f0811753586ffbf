"""The program by which anybody checks the log, published beside it.

`verify.py` is today's; figures name theirs by digest, so every version stays in `verifiers/`.
"""

import hashlib
from functools import cache

from peygir.ledger.log import files
from peygir.verify.join import joined


def publish() -> str:
    """See that today's verifier lies in the published folder; its SHA-256 in hex.

    Raises OSError when it cannot be written.
    """
    data = _program()
    digest = hashlib.sha256(data).hexdigest()
    kept = files.root() / "verifiers" / f"{digest}.py"
    if files.write_once(kept, data):
        files.settle([kept])
    newest = files.root() / "verify.py"
    if not newest.exists() or newest.read_bytes() != data:
        files.replace(newest, data)
    return digest


@cache
def _program() -> bytes:
    """Of the modules as they were when this process first published: it computes with those."""
    return joined()
