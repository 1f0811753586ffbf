"""Processor time of a process and all below it, living and gone: right on a busy machine too."""

import os
from pathlib import Path

TICK_S: float = 1 / os.sysconf("SC_CLK_TCK")


def spent_s(root: int) -> float:
    """Seconds that `root` and its descendants have used, those already waited for included."""
    stats = _stats()
    below, wave = {root}, {root}
    while wave:
        wave = {pid for pid, (parent, _) in stats.items() if parent in wave} - below
        below |= wave
    return sum(stats[pid][1] for pid in below if pid in stats)


def parent(pid: int) -> int:
    return _stats()[pid][0]


def _stats() -> dict[int, tuple[int, float]]:
    """pid -> (parent, seconds of it and of its children that it has waited for)."""
    found: dict[int, tuple[int, float]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                text = (folder / "stat").read_text(errors="replace")
            except OSError:  # it has just ended
                continue
            fields = text.rpartition(")")[2].split()
            found[int(folder.name)] = (int(fields[1]), sum(map(int, fields[11:15])) * TICK_S)
    return found
