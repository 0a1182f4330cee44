"""Which shard of the directory, and which part of an import, holds an account."""

from hashlib import blake2b


def shard_of(ref: str, n: int) -> int:
    """Index of the shard, and part, that holds an account; `n` is a power of two. With 2n, that or that + n."""
    return int.from_bytes(blake2b(ref.encode(), digest_size=8).digest(), "big") % n
