"""The log as files: paths and widths as the specification's examples say, damage named."""

import hashlib
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given

from peygir.verify.errors import Incomplete
from peygir.verify.merkle import EMPTY, Frontier, is_consistent, leaf_hash, root_by_inclusion
from peygir.verify.tiles import (
    ENTRY_BYTES_MAX,
    TILE_WIDTH,
    Edge,
    Reader,
    Tree,
    edge_of,
    entries_path,
    lowest_root,
    pack,
    tile_path,
    unpack,
    widths,
)
from tests.verify.logs import Log

HASHES = [leaf_hash(b"%d" % each) for each in range(70_000)]


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Log:
    """700 leaves: two full tiles and a partial one."""
    log = Log(tmp_path_factory.mktemp("log"))
    for number in range(700):
        log.raw(b"leaf %d" % number)
    log.write()
    return log


class TestPaths:
    def test_a_number_is_split_as_the_specification_shows(self) -> None:
        assert tile_path(0, 1_234_067) == "tile/0/x001/x234/067"
        assert tile_path(2, 0, 1) == "tile/2/000.p/1"
        assert entries_path(273, 112) == "tile/entries/273.p/112"
        assert entries_path(1000) == "tile/entries/x001/000"

    def test_seventy_thousand_leaves_have_the_tiles_of_the_specification(self) -> None:
        edge, full = Edge(), []
        for each in HASHES:
            full += edge.push(each)
        assert [sum(level == at for level, _, _ in full) for at in range(3)] == [273, 1, 0]
        shapes = [(level, n, len(data) // 32) for level, n, data in edge.partial()]
        assert shapes == [(0, 273, 112), (1, 1, 17), (2, 0, 1)]
        for level in range(3):
            made = [(n, len(data) // 32) for at, n, data in full + edge.partial() if at == level]
            assert made == list(widths(70_000, level))

    def test_a_full_tile_begins_the_level_above(self) -> None:
        edge = Edge()
        full = [tile for each in HASHES[:256] for tile in edge.push(each)]
        assert [(level, number) for level, number, _ in full] == [(0, 0)]
        assert [(level, number, len(data)) for level, number, data in edge.partial()] == [
            (1, 0, 32)
        ]


class TestEdge:
    def test_its_root_is_that_of_the_tree(self) -> None:
        edge, frontier = Edge(), Frontier()
        assert edge.root() == EMPTY
        for each in HASHES[:1100]:
            edge.push(each)
            frontier.push(each)
            assert edge.root() == frontier.root()

    def test_it_goes_on_from_files(self, log: Log) -> None:
        edge = edge_of(Reader(log.directory), 700)
        assert edge.root() == log.edge().root()
        edge.push(leaf_hash(b"more"))
        log_edge = log.edge()
        log_edge.push(leaf_hash(b"more"))
        assert (edge.root(), edge.partial()) == (log_edge.root(), log_edge.partial())

    def test_it_takes_whole_tiles(self) -> None:
        edge, by_leaves = Edge(), Edge()
        for each in HASHES[:300]:
            by_leaves.push(each)
        edge.push(by_leaves.levels[1][0], 1)
        for each in HASHES[256:300]:
            edge.push(each)
        assert edge.root() == by_leaves.root()
        with pytest.raises(AssertionError):
            edge.push(HASHES[0], 1)  # 300 leaves end inside a tile


class TestBundles:
    @given(st.lists(st.binary(max_size=300), max_size=256))
    def test_entries_survive(self, entries: list[bytes]) -> None:
        assert unpack(pack(entries)) == entries

    @given(st.lists(st.binary(min_size=1, max_size=20), min_size=1, max_size=5), st.data())
    def test_a_bundle_cut_inside_an_entry_is_refused(
        self, entries: list[bytes], data: st.DataObject
    ) -> None:
        whole = pack(entries)
        cut = data.draw(st.integers(1, 1 + len(entries[-1])))
        with pytest.raises(ValueError, match="ends inside"):
            unpack(whole[:-cut])

    def test_an_entry_has_its_limit(self) -> None:
        assert unpack(pack([b"x" * ENTRY_BYTES_MAX])) == [b"x" * ENTRY_BYTES_MAX]
        with pytest.raises(ValueError, match="at most"):
            pack([b"x" * (ENTRY_BYTES_MAX + 1)])


class TestReading:
    def test_every_proof_comes_from_tiles_alone(self, log: Log) -> None:
        tree = Tree(Reader(log.directory), 700)
        root = log.edge().root()
        assert tree.root() == root == lowest_root(tree.reader, 700)
        for index in (0, 255, 256, 511, 512, 699):
            assert root_by_inclusion(index, 700, log.hash(index), tree.inclusion(index)) == root
        for old in (1, 255, 256, 257, 600, 700):
            old_root = log.edge(old).root()
            assert tree.root(old) == old_root
            assert is_consistent(old, old_root, 700, root, tree.consistency(old))
        assert is_consistent(300, tree.root(300), 600, tree.root(600), tree.consistency(300, 600))
        assert root_by_inclusion(5, 600, log.hash(5), tree.inclusion(5, 600)) == tree.root(600)

    def test_entries_come_by_bundles(self, log: Log) -> None:
        reader = Reader(log.directory)
        assert reader.entries(0) == log.entries[:256]
        assert reader.entries(2, 188) == log.entries[512:]

    def test_a_full_tile_serves_where_the_partial_one_was_cleared_away(self, log: Log) -> None:
        reader = Reader(log.directory)
        assert reader.entries(1, 7) == log.entries[256:263]
        assert reader.tile(0, 1, 7) == b"".join(map(log.hash, range(256, 263)))

    def test_what_is_missing_or_cut_is_named(self, log: Log, tmp_path: Path) -> None:
        reader = Reader(tmp_path)
        with pytest.raises(Incomplete, match="checkpoint: the file cannot be read"):
            reader.checkpoint()
        with pytest.raises(Incomplete, match="tile/0/009: the file cannot be read"):
            reader.tile(0, 9)
        for path, data in {
            "tile/0/000": b"x" * 100,
            "tile/0/001.p/3": b"x" * 97,
            "tile/0/002": b"x" * (32 * TILE_WIDTH + 1),
            "tile/entries/000": pack([b"a"] * 255),
            "tile/entries/001.p/3": pack([b"a"] * 4),
            "tile/entries/002.p/3": b"\0",
        }.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_bytes(data)
        with pytest.raises(Incomplete, match="100 bytes instead of 8192"):
            reader.tile(0, 0)
        with pytest.raises(Incomplete, match="100 bytes instead of 8192"):
            reader.tile(0, 0, 5)  # by the full one
        with pytest.raises(Incomplete, match="97 bytes instead of 96"):
            reader.tile(0, 1, 3)
        with pytest.raises(Incomplete, match="larger than 8192"):
            reader.tile(0, 2)
        with pytest.raises(Incomplete, match="255 entries instead of 256"):
            reader.entries(0)
        with pytest.raises(Incomplete, match="4 entries instead of 3"):
            reader.entries(1, 3)
        with pytest.raises(Incomplete, match=r"tile/entries/002\.p/3: the file ends inside"):
            reader.entries(2, 3)

    def test_the_bytes_of_a_log_are_these(self, tmp_path: Path) -> None:
        """Frozen: whoever changes this makes every published log unreadable."""
        log = Log(tmp_path)
        for number in range(300):
            log.raw(b"leaf %d" % number)
        log.write()
        digest = hashlib.sha256()
        for path in sorted(tmp_path.rglob("*")):
            if path.is_file():
                digest.update(path.relative_to(tmp_path).as_posix().encode() + path.read_bytes())
        assert (
            digest.hexdigest() == "e6157170b7d7bb2987081c2e634790181dffbb9f59abf8bafe8bfb6746eb1d07"
        )
