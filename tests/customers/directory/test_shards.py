import random
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import to_json

from chalicelib.customers.directory.placement import shard_of
from chalicelib.customers.directory.shards import count_accounts, decode_shard, encode_shard
from chalicelib.customers.model import DirectoryEntry, KnownFile

TEXT = st.none() | st.text(max_size=20)
DIGESTS = st.dictionaries(st.sampled_from(["archived", "settled"]), st.text("0123456789abcdef", max_size=24))
FILES = st.dictionaries(
    st.sampled_from(["customers", "transactions", "documents"]),
    st.builds(KnownFile, st.integers(0), st.lists(st.integers(), max_size=2).map(tuple)),
)
ENTRIES = st.lists(
    st.builds(
        DirectoryEntry,
        ref=st.text(min_size=1, max_size=32),
        name=st.text(min_size=1),
        account_type=st.sampled_from(["trade", "cash"]),
        portal_eligible=st.booleans(),
        account_status=st.just("open"),
        currency=st.just("GBP"),
        balance=st.integers(-(10**16), 10**16),
        email=TEXT,
        city=TEXT,
        archived=st.booleans(),
        head_run=st.integers(0, 10**6),
        master=TEXT,
        digests=DIGESTS,
        files=FILES,
    ),
    unique_by=lambda row: row.ref,
)


@given(ENTRIES)
def test_a_shard_comes_back_as_it_was(rows: list[DirectoryEntry]) -> None:
    packed = encode_shard(rows)
    assert packed.size == len(packed.entries) + len(packed.digests)
    expected = sorted(rows, key=lambda row: row.ref)
    assert decode_shard(*packed) == expected
    assert decode_shard(packed.entries) == [row._replace(digests={}, files={}) for row in expected]


@given(ENTRIES)
def test_accounts_are_counted_without_being_read(rows: list[DirectoryEntry]) -> None:
    assert count_accounts(encode_shard(rows).entries) == (len(rows), sum(row.archived for row in rows))


@given(ENTRIES)
def test_equal_accounts_give_equal_bytes(rows: list[DirectoryEntry]) -> None:
    shuffled = random.Random(1).sample(rows, len(rows))
    assert encode_shard(shuffled) == encode_shard(rows)


def test_a_shard_of_an_older_version_has_fewer_fields() -> None:
    old = zlib.compress(to_json([["100A", "Mr T.Furber", "trade", True, "open", "GBP", 5]]))
    assert decode_shard(old) == [DirectoryEntry("100A", "Mr T.Furber", "trade", True, "open", "GBP", 5)]
    assert count_accounts(old) == (1, 0)


def test_a_shard_with_a_digest_for_each_file_keeps_its_rows_and_sums() -> None:
    """Its digests were made by other rules: every account is read once more."""
    entries = zlib.compress(to_json([["100A", "Mr T.Furber", "trade", True, "open", "GBP", 5]]))
    digests = zlib.compress(to_json([["100A", [["customers", "ab", 1, 5, 0], ["transactions", "!cd", 7, 20, 5]]]]))
    (entry,) = decode_shard(entries, digests)
    assert entry.digests == {}
    assert entry.files == {"customers": KnownFile(1, (5, 0)), "transactions": KnownFile(7, (20, 5))}


@given(st.text(min_size=1, max_size=32), st.integers(0, 10))
def test_when_n_doubles_shard_i_is_filled_from_old_shard_i_mod_n(ref: str, power: int) -> None:
    n = 2**power
    assert 0 <= shard_of(ref, n) < n
    assert shard_of(ref, 2 * n) % n == shard_of(ref, n)


@pytest.mark.parametrize("n", [2, 16, 64])
def test_shards_are_of_about_one_size(n: int) -> None:
    counts = [0] * n
    for number in range(1000 * n):
        counts[shard_of(f"A{number}", n)] += 1
    assert all(850 < count < 1150 for count in counts)
    assert shard_of("b0003", 2**30) != shard_of("B0003", 2**30)
