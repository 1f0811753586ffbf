"""How fast the public pages of figures are: python -m bench.observatory.

Made figures of a large city lie in a folder of their own. "Cold": a file was published just before
each request, so that it is read, drawn and packed anew. "Cached": the same page again and again.
"""

import argparse
import json
import os
import tempfile
from pathlib import Path
from typing import Any, Final

from bench.common import ROOT, machine, manage, percentile, prepare_django
from bench.load import drive
from bench.server import free_port, get, serving

DATABASE: Final = "peygir_bench_observatory"
EXAMPLE: Final = ROOT / "tests" / "verify" / "example-1405-07.json"
UNITS: Final = 300
TARGET_MS: Final = 50
TARGET_RATE: Final = 1000
PATHS: Final = (
    "/observatory/",
    "/observatory/units/",
    "/observatory/units/d1/",
    "/observatory/managers/",
    "/observatory/districts/1/",
    "/observatory/ranking/",
    "/observatory/trends/",
    "/observatory/how/",
    "/observatory/check/",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--times", type=int, default=40, help="cold requests of each page")
    parser.add_argument("--seconds", type=float, default=5.0, help="of cached requests")
    options = parser.parse_args()
    os.environ.setdefault("PEYGIR_DB_NAME", DATABASE)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PEYGIR_LOG_DIR"] = folder
        file = place(Path(folder))
        prepare_django()
        manage("migrate", "--verbosity", "0", "--skip-checks")
        with serving(free_port()) as (port, _):
            for path in PATHS:
                print(cold(port, path, file, options.times), flush=True)
            for path in PATHS[:2]:
                print(cached(port, path, options.seconds), flush=True)


def place(root: Path) -> Path:
    """Live figures of UNITS units and as many posts, and twelve months; the live file."""
    from peygir.verify.canonical import encode

    data: dict[str, Any] = json.loads(EXAMPLE.read_bytes())
    for name in ("unit", "post"):
        rows = data["by"][name]
        more = (rows[at % len(rows)] | {"code": f"u{at}"} for at in range(UNITS - len(rows)))
        data["by"][name] = rows + list(more)
    folder = root / "1405" / "stats"
    folder.mkdir(parents=True)
    for month in range(1, 13):
        period = f"1404-{month:02}"
        (folder / f"{period}.json").write_bytes(encode(data | {"period": period}))
    live = folder / "live.json"
    live.write_bytes(encode(data | {"period": "live"}))
    return live


def cold(port: int, path: str, file: Path, times: int) -> str:
    """Each request finds a file that was just replaced."""
    changed = [file.stat().st_mtime_ns]

    def make(_: int) -> bytes:
        changed[0] += 1_000_000
        for each in (file, file.parent):
            os.utime(each, ns=(changed[0], changed[0]))
        return packed(path)

    drive(port, make, connections=1, requests=6)
    result = drive(port, make, connections=1, requests=times)
    assert result.only(200), result.statuses
    p50, p95 = (percentile(result.seconds, share) * 1000 for share in (0.5, 0.95))
    size = result.length / len(result.seconds) / 1024
    return (
        f"{path} cold: p50 {p50:.1f} ms, p95 {p95:.1f} ms (target {TARGET_MS} ms), "
        f"{size:.1f} KB ({machine()})"
    )


def cached(port: int, path: str, seconds: float) -> str:
    """The same page from eight connections."""
    drive(port, lambda _: packed(path), connections=2, requests=20)
    result = drive(port, lambda _: packed(path), connections=8, for_s=seconds)
    assert result.only(200), result.statuses
    return f"{path} cached: {result.rate:,.0f} a second (target {TARGET_RATE:,}; {machine()})"


def packed(path: str) -> bytes:
    """A GET of a browser that unpacks."""
    return get(path).removesuffix(b"\r\n") + b"Accept-Encoding: gzip\r\n\r\n"


if __name__ == "__main__":
    main()
