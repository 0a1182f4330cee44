"""Everything of one dealer as a ZIP: JSON lines by kind, files, and a manifest with counts and checksums.

docs/dealer-export.md describes it. Nothing is held in memory but a page and a chunk; lines wait on the disk.
"""

import json
import re
import tempfile
import zlib
from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from boto3.dynamodb.types import Binary, TypeDeserializer

from chalicelib import settings
from chalicelib.dealers import queries as dealers
from chalicelib.identity import queries as identity
from chalicelib.kernel.errors import InvalidError
from chalicelib.kernel.scopes import IdentityScope, TenantScope
from infra.dealer_data import DealerData, Item

FORMAT, VERSION = "customer-connect dealer export", 1
MANIFEST = "manifest.json"
LEFT_OUT = re.compile(r"(?:OUTBOX|RUN)(?:#.*)?/.*|U#[^/]*/(?:DOWNLOADS|IMPERSONATION|(?:\w+_)?DRAFT(?:#.*)?|FORM#.*)")
"""Work that waits, and what one person has open, as partition and item. Their profile and photo are no such thing."""
SECRET = re.compile(r"secret|token|hash|password|session", re.IGNORECASE)
"""Attributes that are never exported, whatever kind of record has them."""
WORK_FILES = re.compile(
    r"(?:downloads|logos|landing|landing-uploads|photos)/|runs/\d+/(?:rows|checkpoints|changed|results|touched)(?:/|$)"
)
_CHUNK = 1 << 20
_read = TypeDeserializer().deserialize


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of the archive. `records` are its lines, of JSON lines alone."""

    name: str
    bytes: int
    sha256: str
    records: int | None = None


@dataclass(frozen=True, slots=True)
class Export:
    """What an archive says of itself."""

    dealer_id: str
    made_at: datetime
    entries: tuple[Entry, ...]

    @property
    def records(self) -> int:
        """Lines of all kinds."""
        return sum(entry.records or 0 for entry in self.entries)

    @property
    def files(self) -> int:
        """Files that are no records."""
        return sum(entry.records is None for entry in self.entries)


def write_export(scope: TenantScope, to: Path, *, now: datetime) -> Export:
    """Write the archive, over one that was there, once it is whole. A run that fails leaves nothing of it behind."""
    part = to.with_name(f"{to.name}.part")
    try:
        export = _write(scope, part, now)
        part.replace(to)
    finally:
        part.unlink(missing_ok=True)
    return export


def _write(scope: TenantScope, part: Path, now: datetime) -> Export:
    data, dealer = DealerData(scope.dealer_id), dealers.dealer(scope, fresh=True)
    with tempfile.TemporaryDirectory(dir=part.parent) as folder, ZipFile(part, "w", ZIP_DEFLATED) as archive:
        entries = [_add_lines(archive, path, count) for path, count in _spooled(scope, data, Path(folder))]
        here = settings.load()
        for label, bucket in (("files", here.files_bucket), ("inbox", here.inbox_bucket)):
            entries += [
                _add(archive, f"objects/{label}/{one.name}", data.chunks(one), ZIP_STORED)
                for one in data.objects(bucket)
                if not WORK_FILES.match(one.name)
            ]
        about = {"dealer_id": dealer.dealer_id, "code": dealer.code, "slug": dealer.slug, "name": dealer.name}
        manifest = {
            "format": FORMAT,
            "version": VERSION,
            "dealer": about,
            "made_at": now.isoformat(),
            "entries": [asdict(entry) for entry in entries],
        }
        archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
    return Export(scope.dealer_id, now, tuple(entries))


def check_export(archive: Path) -> tuple[Export, str]:
    """Read all of it again: what it has, and its own SHA-256. Raises InvalidError that says what is wrong."""
    try:
        with ZipFile(archive) as opened:
            export = _manifest_of(opened)
            names = opened.namelist()
            if sorted(names) != sorted([MANIFEST, *(entry.name for entry in export.entries)]):
                raise InvalidError("The archive has other files than its manifest says")
            for entry in export.entries:
                _check(opened, entry)
    except (BadZipFile, zlib.error, OSError, EOFError) as error:
        raise InvalidError(f"The archive cannot be read: {error}") from None
    with archive.open("rb") as whole:
        return export, _digest_of(whole)


def _manifest_of(opened: ZipFile) -> Export:
    try:
        said = json.loads(opened.read(MANIFEST))
        if (said["format"], said["version"]) != (FORMAT, VERSION):
            raise InvalidError("This is no export of a dealer, or of another version")
        entries = tuple(Entry(**entry) for entry in said["entries"])
        return Export(said["dealer"]["dealer_id"], datetime.fromisoformat(said["made_at"]), entries)
    except (KeyError, TypeError, ValueError):
        raise InvalidError("The archive has no manifest that can be read") from None


def _check(opened: ZipFile, entry: Entry) -> None:
    digest, size, lines = sha256(), 0, 0
    with opened.open(entry.name) as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
            lines += chunk.count(b"\n")
    # Tested control: export-checked-whole
    if (digest.hexdigest(), size) != (entry.sha256, entry.bytes) or entry.records not in {None, lines}:
        raise InvalidError(f"{entry.name} is not what the manifest says")


def _spooled(scope: TenantScope, data: DealerData, folder: Path) -> Iterator[tuple[Path, int]]:
    """A file of JSON lines for each kind, and how many it has. The table gives the kinds mixed."""
    counts: dict[str, int] = {}
    with ExitStack() as stack:
        opened: dict[str, IO[str]] = {}

        def write(kind: str, record: dict[str, Any]) -> None:
            if kind not in opened:
                opened[kind] = stack.enter_context((folder / f"{kind}.jsonl").open("w", encoding="utf-8"))
            opened[kind].write(json.dumps(record, ensure_ascii=False, sort_keys=True) + "\n")
            counts[kind] = counts.get(kind, 0) + 1

        for item in data.items():
            partition = item["pk"]["S"].removeprefix(data.prefix)
            name = item["sk"]["S"]
            if not LEFT_OUT.fullmatch(f"{partition}/{name}"):
                kind = partition.partition("#")[0]
                write(kind.lower(), {"partition": partition, "item": name, **_plain(item)})
        for key in identity.api_keys(IdentityScope(), scope.dealer_id):
            write("api_keys", {name: _json(value) for name, value in asdict(key).items()})
    for kind in sorted(counts):
        yield folder / f"{kind}.jsonl", counts[kind]


def _plain(item: Item) -> dict[str, Any]:
    """Without keys and secrets."""
    # Tested control: export-without-secrets
    return {name: _json(_read(v)) for name, v in item.items() if name not in {"pk", "sk"} and not SECRET.search(name)}


def _json(value: Any) -> Any:
    """Packed values are unpacked: they are JSON under zlib. Other bytes are base64, whole numbers are numbers."""
    if isinstance(value, Binary):
        raw: bytes = value.value  # type: ignore[attr-defined]  # the stubs leave it out
        try:
            return json.loads(zlib.decompress(raw))
        except (zlib.error, ValueError):
            return {"base64": b64encode(raw).decode()}
    if isinstance(value, dict):
        return {name: _json(one) for name, one in value.items() if not SECRET.search(name)}
    if isinstance(value, list | tuple | set):
        return [_json(one) for one in value]
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    return int(value) if value == int(value) else str(value)


def _add_lines(archive: ZipFile, path: Path, count: int) -> Entry:
    with path.open("rb") as lines:
        entry = _add(archive, f"records/{path.name}", iter(lambda: lines.read(_CHUNK), b""), ZIP_DEFLATED)
    path.unlink()
    return Entry(entry.name, entry.bytes, entry.sha256, count)


def _add(archive: ZipFile, name: str, chunks: Iterator[bytes], how: int) -> Entry:
    digest, size, info = sha256(), 0, ZipInfo(name)
    info.compress_type = how
    with archive.open(info, "w", force_zip64=True) as file:
        for chunk in chunks:
            file.write(chunk)
            digest.update(chunk)
            size += len(chunk)
    return Entry(name, size, digest.hexdigest())


def _digest_of(file: IO[bytes]) -> str:
    digest = sha256()
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()
