"""Enrolment summaries as slices: compressed JSON rows, by account."""

import zlib
from collections.abc import Iterable

from pydantic_core import from_json, to_json

from chalicelib.customers.directory.slices import slice_of
from chalicelib.customers.enrolment.model import EnrolmentSummary, State
from chalicelib.store.codec import compressed

SLICES = 64
"""Fixed, and not the directory's own number: a publish changes nothing here. One BatchGet reads them all.

At some 40 bytes an account a slice of a dealer with 40,000 invited is 25 KB to write again at each change, and none
reaches DynamoDB's 400 KB below 600,000.
"""

_STATES = {state.value: state for state in State}


def enrolment_slice(ref: str) -> int:
    """Which slice an account's enrolment lies in."""
    return slice_of(ref, SLICES)


def encode_enrolments(summaries: Iterable[EnrolmentSummary]) -> bytes:
    """The bytes of a slice, the same for the same enrolments in any order."""
    return compressed(to_json(sorted(summaries)))


def decode_enrolments(packed: bytes) -> list[EnrolmentSummary]:
    """The enrolments of a slice by reference."""
    rows = from_json(zlib.decompress(packed))
    return [EnrolmentSummary(ref, _STATES[state], *rest) for ref, state, *rest in rows]
