"""Which accounts an export leaves as they are: known by four digests, without reading a cell.

An account has one digest for each meaning of absence, over its records in all files that share it.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from chalicelib.ccx.digest import account_digest, record_number
from chalicelib.ccx.entity import Absence
from chalicelib.ccx.row_collector import Counted
from chalicelib.customers.model import DirectoryEntry, KnownFile
from chalicelib.ingest.entities import Entities
from chalicelib.ingest.steps.part_format import CONTENT, Line, record_of

Lines = Mapping[str, Sequence[Line]]
"""What a part holds of one account, by tag."""
Digests = Mapping[str, str]


def digests_of(lines: Lines, entities: Entities, headers: Mapping[str, str]) -> Digests:
    """The account's digests in this export. Files of the zip that its rows name count with them."""
    sums = {}
    for entity in entities:
        if found := lines.get(entity.tag):
            content = lines.get(CONTENT, ()) if entity.attachment else ()
            sums[entity.name] = sum(record_number(record_of(line).encode()) for line in (*found, *content))
    return digests_by_absence(sums, entities, headers)


def digests_by_absence(sums: Mapping[str, int], entities: Entities, headers: Mapping[str, str]) -> Digests:
    """The same from the sums of the account's records by file."""
    files: defaultdict[str, list[tuple[str, str, int]]] = defaultdict(list)
    for entity in entities:
        if entity.name in sums:
            files[entity.absence].append((entity.name, headers[entity.name], sums[entity.name]))
    return {absence: account_digest(named) for absence, named in files.items()}


def is_unchanged(old: DirectoryEntry, digests: Digests, named: Collection[str], entities: Entities) -> bool:
    """Whether the export says of this account what the last one did. `named`: tags of the files that name it."""
    if digests and old.address is None:
        return False
    if any(old.digests.get(absence) != digest for absence, digest in digests.items()):
        return False
    if old.archived:
        return not digests
    return not any(_has_lost(old, entity.name) for entity in entities if _tells(entity.absence, entity.tag, named))


def _tells(absence: Absence, tag: str, named: Collection[str]) -> bool:
    """Whether it means something that this file does not name the account."""
    return absence is not Absence.KEPT and tag not in named


def _has_lost(old: DirectoryEntry, name: str) -> bool:
    return name in old.files and old.files[name].rows > 0


def remembered(
    old: DirectoryEntry | None,
    digests: Digests,
    counts: Mapping[str, Counted],
    *,
    entities: Entities,
    has_findings: bool,
    incomplete: Collection[str],
    stored: Mapping[str, int],
) -> tuple[dict[str, str], dict[str, KnownFile]]:
    """The digests and files to remember. Without a digest the account is read again, though nothing may have changed.

    So it is where anything was found, and where absence said nothing yet: in `incomplete` files, and where rows are
    `stored` that the export was not believed to have left out.
    """
    files = dict(old.files) if old else {}
    for entity in entities:
        if entity.name in counts:
            counted = counts[entity.name]
            sums = {column: amount for (column, _), amount in counted.totals.items()}
            files[entity.name] = KnownFile(counted.rows, tuple(sums.get(column, 0) for column in entity.amounts))
        elif entity.absence is not Absence.KEPT and entity.name not in incomplete:
            files.pop(entity.name, None)
    for name, rows in stored.items():
        if rows:
            files.setdefault(name, KnownFile(rows))
    return _known_digests(old, digests, entities, has_findings, {name for name in incomplete if name in files}), files


def _known_digests(
    old: DirectoryEntry | None,
    digests: Digests,
    entities: Entities,
    has_findings: bool,  # noqa: FBT001 - one of five
    incomplete: Collection[str],
) -> dict[str, str]:
    known = dict(old.digests) if old else {}
    present = {entity.absence for entity in entities}
    again = {entity.absence for entity in entities if entity.name in incomplete}
    for absence in Absence:
        if absence in digests:
            # Tested control: findings-empty-digest
            known[absence.value] = digests[absence] if not has_findings and absence not in again else ""
        elif absence in again:
            known[absence.value] = ""
        elif absence in present and absence is not Absence.KEPT:
            known.pop(absence.value, None)
    return known
