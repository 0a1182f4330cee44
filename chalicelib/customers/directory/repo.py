"""Directory shards in the table. None is ever overwritten: each carries the run that wrote it."""

from collections.abc import Mapping
from contextlib import suppress

from chalicelib.customers.directory.records import DirectoryShard
from chalicelib.customers.directory.shards import Packed, encode_shard
from chalicelib.kernel.errors import ConflictError
from chalicelib.kernel.scopes import ImportScope, TenantScope
from chalicelib.store.batch import Key, batch_get, batch_write
from chalicelib.store.record import tenant_pk
from chalicelib.store.roles import scoped

_EMPTY = encode_shard([])


class MissingShardError(RuntimeError):
    """PUBLISHED names a shard that is not in the table: a defect, or a run read after it was swept."""


def shard_key(scope: TenantScope, n: int, index: int, run: int) -> Key:
    """The key of shard `index` of `n`, written by `run`; for the sweeper too."""
    return tenant_pk(scope, "DIRECTORY"), f"{n}.{index}#{run}"


@scoped
def stage_shard(scope: ImportScope, *, n: int, index: int, run: int, packed: Packed) -> None:
    """Write a shard, unless it is there. Nobody reads it before its run is published; nobody writes over it after."""
    record = DirectoryShard(*shard_key(scope, n, index, run), entries=packed.entries, digests=packed.digests)
    # Tested control: shard-written-once
    with suppress(ConflictError):
        record.save(DirectoryShard.pk.does_not_exist())


@scoped
def read_shards(scope: TenantScope, n: int, runs: Mapping[int, int], *, digests: bool = False) -> dict[int, Packed]:
    """The shards by index, of the run given for each; those of run 0 are empty. Raises MissingShardError.

    One BatchGet per 100 shards or 16 MB. Without `digests` those come back empty.
    """
    keys = {shard_key(scope, n, index, run): index for index, run in runs.items() if run}
    only = () if digests else ("entries",)
    found = {(one.pk, one.sk): one for one in batch_get(DirectoryShard, keys, only=only)}
    if late := [key for key in keys if key not in found]:  # written a moment ago, and this was no consistent read
        found |= {(one.pk, one.sk): one for one in batch_get(DirectoryShard, late, only=only, consistent=True)}
    if lost := [key for key in late if key not in found]:
        raise MissingShardError(f"shards {[sk for _, sk in lost]}")
    packed = {keys[key]: Packed(one.entries, one.digests or _EMPTY.digests) for key, one in found.items()}
    return {index: packed.get(index, _EMPTY) for index in runs}


@scoped
def sweep_shards(scope: ImportScope, *, run: int) -> int:
    """Delete every shard that `run` wrote; how many. Only for runs that nobody can read."""
    found = DirectoryShard.query(tenant_pk(scope, "DIRECTORY"), attributes_to_get=["pk", "sk"], consistent_read=True)
    keys = [(record.pk, record.sk) for record in found if record.sk.endswith(f"#{run}")]
    batch_write([], keys)
    return len(keys)


@scoped
def delete_shards(scope: ImportScope, *, n: int, runs: Mapping[int, int]) -> None:
    """Delete shards by index and the run that wrote them, once no published run names them."""
    batch_write([], [shard_key(scope, n, index, run) for index, run in runs.items()])
