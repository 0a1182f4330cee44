"""Enrolment summaries as shards: compressed JSON rows, by account."""

import zlib
from collections.abc import Iterable

from pydantic_core import from_json, to_json

from chalicelib.customers.directory.placement import shard_of
from chalicelib.customers.enrolment.model import EnrolmentSummary, State
from chalicelib.store.codec import compressed

SHARDS = 64
"""Fixed, and not the directory's own number: a publish changes nothing here. One BatchGet reads them all.

At some 40 bytes an account a shard of a dealer with 40,000 invited is 25 KB to write again at each change, and none
reaches DynamoDB's 400 KB below 600,000.
"""

_STATES = {state.value: state for state in State}


def enrolment_shard(ref: str) -> int:
    """Which shard holds an account's enrolment."""
    return shard_of(ref, SHARDS)


def encode_enrolments(summaries: Iterable[EnrolmentSummary]) -> bytes:
    """The bytes of a shard, the same for the same enrolments in any order."""
    # Without what nearly no account has: functions of the release before read rows without eras.
    return compressed(to_json([row[: 5 if row.era == row.dismissed_era == "" else None] for row in sorted(summaries)]))


def decode_enrolments(packed: bytes) -> list[EnrolmentSummary]:
    """The enrolments of a shard by reference."""
    rows = from_json(zlib.decompress(packed))
    return [EnrolmentSummary(ref, _STATES[state], *rest) for ref, state, *rest in rows]
