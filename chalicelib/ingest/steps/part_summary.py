"""What the accounts of a part add up to: counts, control totals, findings, events and what would be removed."""

from collections import Counter
from collections.abc import Container, Iterable, Mapping

from chalicelib.ccx.findings import Finding
from chalicelib.customers.groups import Member
from chalicelib.customers.model import DirectoryEntry
from chalicelib.ingest.counts import RowChanges
from chalicelib.ingest.entities import Entities
from chalicelib.ingest.part_result import PartResult, TouchedAccount
from chalicelib.ingest.steps.account import Outcome
from chalicelib.ingest.summary import MAX_NAMED, OpenMove

MAX_WARNINGS = 500
"""Warnings that a part keeps with their words; the others are only counted, by cause. Errors are all kept."""
Paths = Mapping[str, str]
"""File names by entity."""


def add_unchanged(
    result: PartResult,
    accounts: Iterable[tuple[DirectoryEntry, Container[str]]],
    entities: Entities,
    paths: Paths,
) -> int:
    """Accounts that were not read, with the tags of the files that name them this time too. How many rows they have.

    Rows and sums are those that were remembered.
    """
    rows: Counter[str] = Counter()
    sums: Counter[tuple[str, str, str]] = Counter()
    known = [(entity.name, entity.tag, tuple(entity.amounts)) for entity in entities]
    for entry, tags in accounts:
        for name, tag, columns in known:
            if tag not in tags or name not in entry.files:
                continue
            file = entry.files[name]
            rows[name] += file.rows
            for column, amount in zip(columns, file.sums, strict=False):
                # Tested control: totals-count-unchanged
                sums[name, column, entry.currency] += amount
    for name, count in rows.items():
        result.count(name, paths[name], rows=count, unchanged=count)
    for (name, column, currency), amount in sums.items():
        result.add_sum(name, column, currency, amount)
    return rows.total()


def members_of(entries: Iterable[DirectoryEntry]) -> list[Member]:
    """The accounts that have a master."""
    return [Member(entry.master, entry.ref) for entry in entries if entry.master]


def add_outcome(result: PartResult, outcome: Outcome, paths: Paths, *, with_events: bool) -> None:
    """An account that was read. With `with_events`, what is new in it becomes events."""
    for name, counted in outcome.checked.counts.items():
        result.add_counted(name, paths[name], counted, outcome.deltas.get(name, RowChanges(0, 0)))
    add_findings(result, [*outcome.checked.findings, *outcome.ledger.problems], paths)
    ledger, before = outcome.ledger, outcome.before
    result.settled += ledger.settled
    result.removed_items += ledger.without_receipt
    result.documents += ledger.stored_documents
    result.open_delta += sum(1 for row in ledger.rows if row.outstanding)
    result.open_delta -= sum(1 for row in before.rows if row.outstanding)
    result.incomplete_accounts += outcome.incomplete
    new, changed = (sum(getattr(delta, kind) for delta in outcome.deltas.values()) for kind in ("new", "changed"))
    if new or changed or ledger.settled:
        result.touched.append(TouchedAccount(outcome.checked.ref, new, changed, ledger.settled))
    _add_open_move(result, outcome)
    if outcome.archived:
        result.archived += 1
        if len(result.removed) < MAX_NAMED:
            result.removed.append(outcome.checked.ref)
    if outcome.is_other_owner:
        result.owners_changed += 1
        if len(result.other_owners) < MAX_NAMED:
            result.other_owners.append(outcome.checked.ref)
    if (
        with_events
        and before.head is not None
        and outcome.checked.facts is not None
        and outcome.checked.facts.portal_eligible
    ):
        result.events += outcome.events
    for name, changes in outcome.sheets.changes.items():
        result.changes.setdefault(name, []).extend(changes)


def _add_open_move(result: PartResult, outcome: Outcome) -> None:
    """Of active accounts only: what one that is archived owes is no longer part of the ledger, until it comes back."""
    before, entry, ledger = outcome.before, outcome.entry, outcome.ledger
    was_active = before.entry is not None and not before.entry.archived
    is_active = entry is not None and not entry.archived
    moves = (
        (was_active, -1, before.entry and before.entry.currency, before.rows),
        (is_active, 1, entry and entry.currency, ledger.rows),
    )
    for active, sign, currency, rows in moves:
        opened = [row.outstanding for row in rows if row.outstanding]
        if active and currency and opened:
            move = OpenMove(sign * len(opened), sign * sum(opened))
            result.open_moves[currency] = result.open_moves.get(currency, OpenMove()).plus(move)
    if was_active and is_active and entry and ledger.explained:
        move = OpenMove(explained=ledger.explained)
        result.open_moves[entry.currency] = result.open_moves.get(entry.currency, OpenMove()).plus(move)


def add_findings(result: PartResult, findings: list[Finding], paths: Paths) -> None:
    """Keep what was found, and count its warnings by file."""
    entities = {path: entity for entity, path in paths.items()}
    for finding in findings:
        if finding.severity == "error":
            result.findings.append(finding)
            continue
        if finding.file in entities:
            result.count(entities[finding.file], finding.file, warnings=1)
        if result.kept_warnings < MAX_WARNINGS:
            result.kept_warnings += 1
            result.findings.append(finding)
        else:
            result.leave_out(finding)
