"""Recovery codes: for somebody who has lost the second factor. Ten of 80 bits, shown once, stored hashed. Pure."""

import re
from base64 import b32encode
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from chalicelib.identity.model import RecoveryCodes
from chalicelib.kernel.ids import Ids

COUNT = 10
_BYTES = 10
_LENGTH = 16
_GROUP = 4
_MAX_TYPED_LENGTH = 64
_LOOK_ALIKE = str.maketrans("018", "olb")
"""Base32 has none of these digits."""


def new_codes(ids: Ids) -> tuple[str, ...]:
    """Ten of the form `abcd-efgh-ijkl-mnop`."""
    return tuple(_grouped(b32encode(ids.random_bytes(_BYTES)).decode().lower()) for _ in range(COUNT))


def stored(person_id: str, codes: Sequence[str], now: datetime) -> RecoveryCodes:
    """What is kept of them."""
    return RecoveryCodes(tuple(code_hash(person_id, code) for code in codes), now)


def code_hash(person_id: str, typed: str) -> str:
    """Of a code, however it is spaced and in whatever case; empty for what cannot be one."""
    text = re.sub(r"[\s-]", "", typed[:_MAX_TYPED_LENGTH]).lower().translate(_LOOK_ALIKE)
    return sha256(f"{person_id}\n{text}".encode()).hexdigest() if len(text) == _LENGTH else ""


def _grouped(text: str) -> str:
    return "-".join(text[at : at + _GROUP] for at in range(0, len(text), _GROUP))
