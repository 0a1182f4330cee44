"""Sends files of a class through the check, and says what of them was wrong."""

from collections.abc import Iterator
from random import Random

from chalicelib.uploads.checks import check
from chalicelib.uploads.model import Checked, FileType
from tests.uploads.made_files import HOSTILE, LEGITIMATE, SECRET

FORBIDDEN = (b"<script", b"<html", b"PK\x03\x04", b"/JavaScript", b"/Launch", b"vbaProject", SECRET.encode())


def checked(kind: str, seed: int) -> tuple[str, Checked]:
    """The name and the result of the file that this seed makes."""
    random = Random(f"{kind} {seed}")
    name, data = {**HOSTILE, **LEGITIMATE}[kind](random)
    return name, check(data, name)


def let_through(kind: str, number: int) -> Iterator[str]:
    """Hostile files that were kept with what was hostile in them."""
    for seed in range(number):
        name, result = checked(kind, seed)
        is_drawn = result.kind in {FileType.JPEG, FileType.PNG}
        if result.reason is None and not (is_drawn and not any(bad in result.data for bad in FORBIDDEN)):
            yield f"{kind}, seed {seed}: {name} kept as {result.kind}"


def turned_away(kind: str, number: int) -> Iterator[str]:
    """Legitimate files that were refused, kept empty, or kept with what should go."""
    for seed in range(number):
        name, result = checked(kind, seed)
        if result.reason or result.kind is None or not result.data or SECRET.encode() in result.data:
            yield f"{kind}, seed {seed}: {name} refused as {result.reason}"
