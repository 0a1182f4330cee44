"""The API key."""

import os
from pathlib import Path

from infra.upload_client.exits import WRONG_USE, Stop

MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
"""How Windows begins a text file that is not UTF-8."""


def read_key(key_file: str | None) -> str:
    name = key_file or os.environ.get("CCX_KEY_FILE", "")
    try:
        key = text_of(Path(name).read_bytes()) if name else os.environ.get("CCX_KEY", "")
    except (OSError, UnicodeError) as error:
        raise Stop(WRONG_USE, f"The key file cannot be read: {error}") from None
    key = key.strip()
    if not key:
        raise Stop(WRONG_USE, "There is no API key. Set CCX_KEY or CCX_KEY_FILE")
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise Stop(WRONG_USE, "This is not an API key. It is one word that begins with ccx_")
    return key


def text_of(data: bytes) -> str:
    """A text file as editors and PowerShell write it: UTF-8 or UTF-16, with a byte order mark or without."""
    return data.decode(MARKS.get(data[:2], "utf-8-sig"))
