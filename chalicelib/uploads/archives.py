"""Files that people sent or share, several in one ZIP."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import IO, NamedTuple
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from chalicelib import settings
from chalicelib.kernel.scopes import TenantScope
from chalicelib.store import blobs
from chalicelib.uploads.model import IncomingFile, kept_name

MAX_FILES = 50
MAX_BYTES = 200_000_000
"""Together: what the function that makes it reads and writes within its time, and keeps on its disk."""
_REFUSED = re.compile(r'[<>:"/\\|?*]')
"""What Windows takes in no file's name, and `/`, which would make a folder."""
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
"""Windows takes these names for devices, whatever extension they have."""


class Entry(NamedTuple):
    """A file of the archive: what it is called there, and when it was sent by the clock of the dealer."""

    name: str
    sent_at: datetime
    file: IncomingFile


def unique_names(names: Iterable[str]) -> list[str]:
    """The names as every system takes them in one folder; of equal ones the later have a number.

    Letter case makes no difference: to Windows and macOS it does not.
    """
    taken: set[str] = set()
    found = []
    for name in names:
        plain = _plain(name)
        stem, dot, extension = plain.rpartition(".")
        if not stem:
            stem, dot, extension = plain, "", ""
        unique, number = plain, 1
        while unique.casefold() in taken:
            number += 1
            unique = f"{stem} ({number}){dot}{extension}"
        taken.add(unique.casefold())
        found.append(unique)
    return found


def write_zip(scope: TenantScope, out: IO[bytes], entries: Sequence[Entry]) -> None:
    """Write the files as they are kept: nearly all of them are compressed already.

    Raises NotFoundError where one was deleted meanwhile.
    """
    bucket = settings.load().files_bucket
    with ZipFile(out, "w", ZIP_STORED) as archive:
        for entry in entries:
            info = ZipInfo(entry.name, entry.sent_at.timetuple()[:6])
            archive.writestr(info, blobs.get(scope, bucket, kept_name(entry.file.file_id)))


def _plain(name: str) -> str:
    plain = _REFUSED.sub("-", unicodedata.normalize("NFC", name)).strip(" .") or "document"
    return f"_{plain}" if _DEVICES.match(plain) else plain
