"""The log that measurements are made with is one that holds."""

from pathlib import Path

from bench import simlog
from peygir.verify.logcheck import Asked, check_log
from peygir.verify.quorum import parse_policy


def test_a_made_log_holds_and_is_the_same_again(tmp_path: Path) -> None:
    writer = simlog.write(tmp_path / "log", 3_000)
    policy = parse_policy((tmp_path / "log" / "policy.txt").read_bytes())
    checked = check_log(tmp_path / "log", Asked((writer.log.vkey,), policy))
    assert checked.checkpoint.size == 3_000
    assert checked.witnessed_at is not None
    assert len(checked.seen) == checked.kinds["cp.anchored"] + 1 > 10
    assert set(checked.kinds) == {
        "case.registered",
        "case.work_done",
        "case.overdue",
        "case.confirmed",
        "case.closed",
        "cp.anchored",
        "office.term",
        "ruleset.published",
    }
    again = simlog.write(tmp_path / "again", 200)
    first = (tmp_path / "again" / "tile/entries/000.p/200").read_bytes()
    assert b'"t":"case.registered"' in first
    assert again.edge.size == 200
