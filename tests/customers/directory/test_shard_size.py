"""No shard exceeds 300 KB: measured, for an export of twenty files."""

import random
from hashlib import blake2b

import pytest

from chalicelib.ccx.entity import Absence
from chalicelib.customers.directory.placement import shard_of
from chalicelib.customers.directory.shards import encode_shard
from chalicelib.customers.model import DirectoryEntry, KnownFile
from chalicelib.ingest.steps.capacity import ENTRY_BYTES, FILE_BYTES, MAX_SHARD, required_shards

NAMES = [f"{word}_{n}" for n in range(4) for word in ("orders", "stops", "lockers", "vehicles", "statements")]
WORDS = "Hartley Barlow Farm Thirsk Holdings Contractors Plant Hire Sons Limited Manor Hall Agricultural North".split()


def entries(accounts: int, files: int) -> list[DirectoryEntry]:
    """Accounts as different from each other as a dealer's are, all named in all files."""
    chance = random.Random(7)
    return [
        DirectoryEntry(
            f"A{number:05d}",
            " ".join(chance.choices(WORDS, k=3)),
            "trade",
            True,
            "open",
            "GBP",
            chance.randrange(10**7),
            f"{chance.choice(WORDS).lower()}{chance.randrange(10**6)}@example.com",
            f"0{chance.randrange(10**9)}",
            chance.choice(WORDS),
            chance.choice(WORDS),
            f"YO{chance.randrange(99)} {chance.randrange(9)}XY",
            "N1",
            head_run=chance.randrange(400),
            master=f"A{chance.randrange(10**5):05d}",
            address=f"{chance.randrange(200)} {' '.join(chance.choices(WORDS, k=2))} Lane",
            digests={kind.value: blake2b(chance.randbytes(16), digest_size=16).hexdigest() for kind in Absence},
            files={
                name: KnownFile(chance.randrange(1, 200), (chance.randrange(10**7),) if at < 3 else ())
                for at, name in enumerate(NAMES[:files])
            },
        )
        for number in range(accounts)
    ]


@pytest.mark.parametrize("files", [2, 20])
def test_what_an_account_takes_is_not_underestimated(files: int) -> None:
    packed = encode_shard(entries(1_500, files))
    assert packed.size <= 1_500 * (ENTRY_BYTES + files * FILE_BYTES)


@pytest.mark.parametrize("accounts", [1_500, 6_000])
def test_no_shard_of_twenty_files_exceeds_its_limit(accounts: int) -> None:
    n = required_shards([], n=1, customers=accounts, files=[10**6] * 20)
    every = entries(accounts, 20)
    sizes = [encode_shard([row for row in every if shard_of(row.ref, n) == index]).size for index in range(n)]
    assert max(sizes) <= MAX_SHARD
    assert sum(sizes) > n * MAX_SHARD / 8
