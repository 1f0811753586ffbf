"""What `./run` does: prepare, then keep the processes of a demo city going until Ctrl-C."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import IO

from peygir.conf import bootstrap
from peygir.conf.bootstrap import MANAGE, ROOT, VENV, Failed, call, has_command, step
from peygir.conf.options import log_folder, read

READY_S_MAX = 60
STOP_S_MAX = 10
CLIENTS_GONE_S_MAX = 5  # a killed client's connection ends when its statement does
STOPS = (signal.SIGTERM, signal.SIGINT)
RESTARTS_MAX = 5  # of one process within one minute; then it is not going to work


@dataclass
class Process:
    """One kept process. `starts` are the monotonic seconds of its starts."""

    name: str
    command: list[str]
    log: Path
    child: subprocess.Popen[bytes] | None = None
    starts: tuple[float, ...] = ()

    def start(self, environment: dict[str, str]) -> None:
        """Start it in its own session, so that Ctrl-C reaches only the launcher."""
        now = time.monotonic()
        self.starts = (*[at for at in self.starts if at > now - 60], now)
        with self.log.open("ab") as output:
            self.child = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )


def main(arguments: Sequence[str] = ()) -> int:
    """Prepare and serve the city that is named, or the default; the exit code for the shell."""
    for stop in STOPS:  # SIGINT too: a shell script may have ignored it
        signal.signal(stop, _interrupt)
    try:
        if arguments[:1] == ["witness"]:
            return _witness(arguments[1:])
        _choose_city(arguments)
        with ExitStack() as at_end:
            with _ports() as (port, live_port):
                environment = _environment(port, live_port)
                print("Peygir: preparing")
                bootstrap.install(groups=["setup"])
                bootstrap.browser_files()
                at_end.callback(_stop_database, environment)
                shown = _prepare_city(environment)
            return _serve(port, live_port, environment, shown)
    except Failed as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.")
        return 0


def _witness(arguments: Sequence[str]) -> int:
    """`./run witness …`: a witness of public logs in the place of this process; no city, no
    database."""
    bootstrap.install(groups=["setup"])
    sys.stdout.flush()
    os.chdir(ROOT)
    os.execv(VENV / "bin" / "python", ["python", "-m", "peygir.witness", *arguments])  # noqa: S606 - our own program


def _choose_city(arguments: Sequence[str]) -> None:
    """`./run NAME`: another city than the default lives in a data folder of its own.

    Raises Failed for a city that is not there.
    """
    if not arguments:
        return
    city, *rest = arguments
    known = sorted(path.parent.name for path in (ROOT / "cities").glob("[a-z]*/policy.toml"))
    if rest or city not in known:
        raise Failed(f"Usage: ./run [CITY], where CITY is one of: {', '.join(known)}.")
    if city != read("PEYGIR_CITY", {}):
        os.environ.setdefault("PEYGIR_DATA_DIR", f".data/city-{city}")
    os.environ["PEYGIR_CITY"] = city


@contextmanager
def _ports() -> Iterator[tuple[int, int]]:
    """The ports of pages and live updates, kept from others who start meanwhile: the servers would
    share a port without a word. Raises Failed when the first is taken."""
    host = _host()
    wanted = os.environ.get("PORT", "8000")
    if not wanted.isdecimal() or not 0 < int(wanted) < 65_000:
        raise Failed(f"PORT={wanted} is not a port number.")
    port = int(wanted)
    with ExitStack() as kept:
        if not _is_kept(kept, host, port):
            raise Failed(f"Port {port} is busy. Choose another: PORT={port + 10} ./run")
        for live_port in range(port + 1, port + 100):
            if _is_kept(kept, host, live_port):
                yield port, live_port
                return
        raise Failed(f"No free port was found after {port}.")


def _host() -> str:
    return os.environ.get("HOST", "127.0.0.1")


def _is_kept(kept: ExitStack, host: str, port: int) -> bool:
    """Whether the port was free; then it is ours until `kept` ends."""
    with ExitStack() as tried:
        probe = tried.enter_context(socket.socket())
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        probe.listen(1)  # two that only bind with SO_REUSEADDR do not see each other
        kept.push(tried.pop_all())
    return True


def _environment(port: int, live_port: int) -> dict[str, str]:
    environment = dict(os.environ)
    environment.setdefault("PEYGIR_BASE_URL", f"http://localhost:{port}")
    environment.setdefault("PEYGIR_LIVE_URL", f":{live_port}/live")
    environment.setdefault("PYTHONUNBUFFERED", "1")
    environment.setdefault("DJANGO_SETTINGS_MODULE", "peygir.conf.settings")
    return environment


def _prepare_city(environment: dict[str, str]) -> str:
    """Bring database, city and demo up to date; return what the demo says about its accounts."""
    city = read("PEYGIR_CITY", environment)
    with step("Compiling translations"):
        call([*MANAGE, "messages", "compile"], environment=environment)
    with step("Compressing the pages' files"):
        (ROOT / read("PEYGIR_DATA_DIR", environment) / "static").mkdir(parents=True, exist_ok=True)
        call([*MANAGE, "collectstatic", "--noinput", "--verbosity", "0"], environment=environment)
    with step("Preparing the database"):
        call([*MANAGE, "migrate", "--verbosity", "0"], environment=environment)
    with step(f"Playing the past weeks of {city}"):
        shown = call([*MANAGE, "demo", "--city", city], environment=environment)
    with step("Sealing the public log and counting the first figures"):
        call([*MANAGE, "publish", "--seal"], environment=environment)
    return shown


def _serve(port: int, live_port: int, environment: dict[str, str], shown: str) -> int:
    processes = _processes(port, live_port)
    environment = environment | _role(environment)
    try:
        for process in processes:
            process.log.write_bytes(b"")
            process.start(environment)
        with step("Starting"):
            _wait_until_ready(port, processes)
        _greet(port, processes, shown)
        return _keep(processes, environment)
    finally:
        _hear_no_more()
        _stop(processes)


def _stop_database(environment: dict[str, str]) -> None:
    """Stop the embedded server, also when it was asked for in the middle of preparing; what was
    killed just now may be connected for a moment."""
    _hear_no_more()
    if "DATABASE_URL" in environment:
        return
    deadline = time.monotonic() + CLIENTS_GONE_S_MAX
    stop = [*MANAGE, "database", "stop"]
    while not call(stop, environment=environment, apart=True).startswith("Stopped"):
        if time.monotonic() > deadline:
            print("  The database is left running: somebody else is connected.")
            return
        time.sleep(0.2)


def _processes(port: int, live_port: int) -> list[Process]:
    granian = [
        str(VENV / "bin" / "granian"),
        "--host",
        _host(),
        "--no-ws",
        "--log-level",
        "warning",
    ]
    data_dir = ROOT / read("PEYGIR_DATA_DIR")
    archives = ROOT / log_folder(data_dir) / "archives"
    archives.mkdir(parents=True, exist_ok=True)
    commands = {
        "web": [
            *[*granian, "--port", str(port), "--interface", "wsgi", "--workers", "2"],
            # Large files to download, past Python: they would keep its threads busy.
            *["--static-path-route", "/log/archives", "--static-path-mount", str(archives)],
            *["--static-path-expires", "60"],
            *["--blocking-threads", "4", "peygir.conf.wsgi:application"],
        ],
        "live": [
            *[*granian, "--port", str(live_port), "--interface", "asginl", "--workers", "1"],
            "peygir.conf.live:application",
        ],
        "worker": [*MANAGE, "work"],
        "simulator": [*MANAGE, "simulate"],
    }
    if not has_command("work"):
        del commands["worker"]
    if not has_command("simulate"):
        del commands["simulator"]
    logs = data_dir / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    return [Process(name, command, logs / f"{name}.log") for name, command in commands.items()]


def _role(environment: dict[str, str]) -> dict[str, str]:
    """The restricted database role for what serves, where the account may make roles."""
    if "PEYGIR_DB_APP_ROLE" in environment:
        return {}
    role = call([*MANAGE, "database", "role"], environment=environment).strip()
    return {"PEYGIR_DB_APP_ROLE": role} if role else {}


def _wait_until_ready(port: int, processes: list[Process]) -> None:
    deadline = time.monotonic() + READY_S_MAX
    while time.monotonic() < deadline:
        for process in processes:
            if process.child and process.child.poll() is not None:
                raise Failed(f"{process.name} did not start:\n{_last_words(process)}")
        try:
            with urllib.request.urlopen(f"http://{_reachable()}:{port}/healthz", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise Failed(f"The web server did not answer:\n{_last_words(processes[0])}")


def _reachable() -> str:
    return "127.0.0.1" if _host() in {"0.0.0.0", "127.0.0.1"} else _host()  # noqa: S104 - compared


def _greet(port: int, processes: list[Process], shown: str) -> None:
    print()
    print(f"  Citizens   http://localhost:{port}/        English: http://localhost:{port}/en/")
    print(f"  Staff      http://localhost:{port}/desk/")
    if shown.strip():
        print("\n" + shown.rstrip())
    print(f"\n  Logs: {processes[0].log.parent}   Stop: Ctrl-C\n")
    sys.stdout.flush()


def _keep(processes: list[Process], environment: dict[str, str]) -> int:
    """Start again what ends by itself; give up when it keeps ending."""
    while True:
        time.sleep(0.5)
        for process in processes:
            if process.child is None or process.child.poll() is None:
                continue
            if len(process.starts) >= RESTARTS_MAX:
                raise Failed(f"{process.name} keeps ending:\n{_last_words(process)}")
            print(f"  {process.name} ended with {process.child.returncode}; starting it again.")
            _end_group(process.child)
            process.start(environment)


def _stop(processes: list[Process]) -> None:
    children = [process.child for process in processes if process.child]
    for child in children:
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + STOP_S_MAX
    for child in children:
        with suppress(subprocess.TimeoutExpired):
            child.wait(max(0.1, deadline - time.monotonic()))
        _end_group(child)


def _end_group(child: subprocess.Popen[bytes]) -> None:
    """Make sure that nothing which the process started outlives it (its web workers, say)."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)


def _last_words(process: Process) -> str:
    with process.log.open(errors="replace") as file:
        return _tail(file)


def _tail(file: IO[str]) -> str:
    return "".join(file.readlines()[-30:])


def _interrupt(number: int, frame: FrameType | None) -> None:
    """The first signal ends the run; a second one must not cut the clearing up short."""
    _hear_no_more()
    raise KeyboardInterrupt


def _hear_no_more() -> None:
    for stop in STOPS:
        # A function, not SIG_IGN: programs started from here would inherit that.
        signal.signal(stop, lambda number, frame: None)
