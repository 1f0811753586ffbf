"""The tree of RFC 6962, against its published roots, another library and broken proofs."""

import hashlib

import hypothesis.strategies as st
import pytest
from hypothesis import given
from pymerkle import InmemoryTree

from peygir.verify.merkle import (
    EMPTY,
    Frontier,
    HashAt,
    complete_root,
    consistency_path,
    inclusion_path,
    is_consistent,
    leaf_hash,
    node_hash,
    root_by_inclusion,
    tree_root,
)

# Test data of the first implementations of RFC 6962: eight leaves and the root after each.
LEAVES = [
    bytes.fromhex(each)
    for each in (
        "", "00", "10", "2021", "3031", "40414243",
        "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
SIZES = st.integers(1, 300)
HASHES = [leaf_hash(b"%d" % each) for each in range(300)]


def hash_at(level: int, index: int) -> bytes:
    return complete_root(HASHES[index << level : (index + 1) << level])


def root(size: int, at: HashAt = hash_at) -> bytes:
    return tree_root(size, at)


def test_the_roots_are_the_published_ones() -> None:
    frontier = Frontier()
    assert frontier.root() == EMPTY == hashlib.sha256(b"").digest()
    for leaf, expected in zip(LEAVES, ROOTS, strict=True):
        frontier.push(leaf_hash(leaf))
        assert frontier.root().hex() == expected


def test_roots_are_those_of_another_library() -> None:
    other, frontier = InmemoryTree(algorithm="sha256"), Frontier()
    for number in range(300):
        other.append_entry(b"%d" % number)
        frontier.push(HASHES[number])
        assert frontier.root() == other.get_root() == root(number + 1)


def test_inclusion_paths_are_those_of_another_library() -> None:
    other = InmemoryTree(algorithm="sha256")
    for number in range(70):
        other.append_entry(b"%d" % number)
    for index in range(70):
        theirs = other.prove_inclusion(index + 1, 70).path  # begins with the leaf itself
        assert [HASHES[index], *inclusion_path(index, 70, hash_at)] == list(theirs)


@given(st.data())
def test_a_leaf_is_shown_to_be_in_its_tree_and_in_no_other(data: st.DataObject) -> None:
    size = data.draw(SIZES)
    index = data.draw(st.integers(0, size - 1))
    path = inclusion_path(index, size, hash_at)
    assert root_by_inclusion(index, size, HASHES[index], path) == root(size)
    other = data.draw(st.integers(0, size))
    if other != index:
        assert root_by_inclusion(other, size, HASHES[index], path) != root(size)
    assert root_by_inclusion(index, size, leaf_hash(b"other"), path) != root(size)
    assert root_by_inclusion(index, size, HASHES[index], [*path, EMPTY]) is None
    if path:
        assert root_by_inclusion(index, size, HASHES[index], path[:-1]) is None
        broken = data.draw(st.integers(0, len(path) - 1))
        path[broken] = bytes(32)
        assert root_by_inclusion(index, size, HASHES[index], path) != root(size)


@given(st.data())
def test_a_tree_is_shown_to_go_on_from_an_older_one(data: st.DataObject) -> None:
    new = data.draw(SIZES)
    old = data.draw(st.integers(0, new))
    path = consistency_path(old, new, hash_at)
    assert is_consistent(old, root(old), new, root(new), path)
    assert not is_consistent(old, bytes(32), new, root(new), path)
    assert not is_consistent(old, root(old), new, root(new), [*path, EMPTY])
    if old not in (0, new):
        assert not is_consistent(old, root(old), new, bytes(32), path)
        assert not is_consistent(old, root(old), new, root(new), path[:-1])
        assert not is_consistent(old, root(old), new, root(new), [])
    assert not is_consistent(new + 1, root(old), new, root(new), path)


def test_the_tree_of_nothing_goes_on_into_any_tree() -> None:
    assert is_consistent(0, EMPTY, 5, root(5), [])
    assert not is_consistent(0, root(1), 5, root(5), [])


@given(st.integers(0, 300), st.integers(0, 299))
def test_a_frontier_can_be_put_away_and_taken_up(first: int, more: int) -> None:
    frontier = Frontier()
    for each in HASHES[:first]:
        frontier.push(each)
    again = Frontier.load(frontier.dump())
    for each in HASHES[first : first + more]:
        again.push(each)
    assert again.root() == root(min(300, first + more))


def test_a_frontier_takes_whole_subtrees() -> None:
    frontier = Frontier()
    frontier.push(hash_at(3, 0), 3)
    frontier.push(hash_at(1, 4), 1)
    frontier.push(HASHES[10])
    assert frontier.root() == root(11)
    with pytest.raises(AssertionError):
        frontier.push(hash_at(1, 6), 1)  # eleven leaves are no even number


@pytest.mark.parametrize("data", [b"", b"\0" * 7, b"\0" * 7 + b"\1", b"\0" * 9, b"\0" * 7 + b"\3"])
def test_a_dump_of_another_length_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="frontier"):
        Frontier.load(data)


def test_nodes_and_leaves_never_hash_alike() -> None:
    assert node_hash(b"a", b"b") == hashlib.sha256(b"\x01ab").digest()
    assert leaf_hash(b"ab") == hashlib.sha256(b"\x00ab").digest()
