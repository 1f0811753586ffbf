"""`./run witness`: run a witness until Ctrl-C."""

import argparse
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from peygir.verify.notes import BadNote
from peygir.witness.answer import Witness
from peygir.witness.memory import Lost, Memory
from peygir.witness.server import Server


def main(arguments: Sequence[str]) -> int:
    """Serve; the exit code for the shell."""
    given = _parser().parse_args(arguments)
    try:
        memory = _memory(given.state, given.name)
        for vkey in given.log:
            memory.follow(vkey)
        followed = memory.logs()
        server = Server((given.host, given.port), Witness(memory), time.time)
    except (BadNote, Lost, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"Witness {memory.name}\n  key      {memory.vkey}")
    for each in followed:
        print(f"  follows  {each.name}")
    print(f"  page     http://{given.host}:{server.server_address[1]}/", flush=True)
    signal.signal(signal.SIGTERM, _stop)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()
    return 0


def _memory(folder: Path, name: str) -> Memory:
    """The witness in the folder, begun if it has just got its name. Raises Lost or BadNote."""
    if name and not (folder / "witness.json").exists():
        return Memory.begin(folder, name)
    memory = Memory(folder)
    if name and name != memory.name:
        raise Lost(f"the witness in {folder} is called {memory.name}")
    return memory


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./run witness", description=__doc__)
    parser.add_argument("--state", type=Path, default=Path(".data/witness"), help="its folder")
    parser.add_argument("--name", default="", help="such as newspaper.example; the first time only")
    parser.add_argument(
        "--log", action="append", default=[], metavar="VKEY", help="follow this log from now on"
    )
    parser.add_argument("--host", default="127.0.0.1", help="where it listens")
    parser.add_argument("--port", type=int, default=8137)
    return parser


def _stop(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
