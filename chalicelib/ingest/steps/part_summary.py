"""What the accounts of a part add up to: counts, control totals, findings, events and what would be removed."""

from collections import Counter
from collections.abc import Container, Iterable, Mapping

from chalicelib.ccx.findings import Finding
from chalicelib.customers.model import DirectoryEntry
from chalicelib.ingest.model import Event, PartResult
from chalicelib.ingest.steps.account import FILES, Outcome
from chalicelib.ingest.steps.merge import key_of
from chalicelib.ingest.steps.part_format import LETTERS

MOST_WARNINGS = 500
"""Warnings that a part keeps with their words; the others are only counted. Errors are all kept."""
MOST_NAMED = 100
TOLD = frozenset({"invoice", "credit_note"})
"""Kinds of transaction that a customer hears of."""


def add_unchanged(
    result: PartResult, accounts: Iterable[tuple[DirectoryEntry, Container[str]]], paths: Mapping[str, str]
) -> int:
    """Accounts that were not read, with the letters of the files that name them this time too. How many rows they have.

    Rows and sums are those that were remembered.
    """
    rows: Counter[str] = Counter()
    sums: Counter[tuple[str, str, str]] = Counter()
    for entry, letters in accounts:
        for entity, digest in entry.digests.items():
            if LETTERS[entity] not in letters or not digest.rows:
                continue
            rows[entity] += digest.rows
            if entity == "customers":
                sums[entity, "balance", entry.currency] += digest.total
            elif entity == "transactions":
                sums[entity, "total_amount", entry.currency] += digest.total
                sums[entity, "outstanding_amount", entry.currency] += digest.outstanding
    for entity, count in rows.items():
        result.count(entity, paths[entity], rows=count, unchanged=count)
    for (entity, column, currency), amount in sums.items():
        result.add_sum(entity, column, currency, amount)
    return rows.total()


def add_outcome(result: PartResult, outcome: Outcome, paths: Mapping[str, str], *, tell: bool) -> None:
    """An account that was read. With `tell`, what is new in it becomes events."""
    _add_counts(result, outcome, paths)
    _add_sums(result, outcome)
    add_findings(result, [*outcome.checked.findings, *outcome.copied.problems], paths)
    merged, before = outcome.merged, outcome.before
    result.settled += merged.settled
    result.removed_items += merged.unexplained
    result.documents += outcome.copied.new + outcome.copied.changed
    result.open_delta += sum(1 for row in merged.rows if row.outstanding)
    result.open_delta -= sum(1 for row in before.rows if row.outstanding)
    if outcome.archived:
        result.archived += 1
        if len(result.removed) < MOST_NAMED:
            result.removed.append(outcome.checked.ref)
    if tell and before.head is not None and outcome.checked.facts is not None and outcome.checked.facts.portal_eligible:
        new = set(merged.new)
        result.events += [
            Event("new_document", outcome.checked.ref, row.type, row.transaction_id)
            for row in merged.rows
            if row.type in TOLD and row.outstanding and key_of(row) in new
        ]


def add_findings(result: PartResult, findings: list[Finding], paths: Mapping[str, str]) -> None:
    """Keep what was found, and count its warnings by file."""
    entities = {path: entity for entity, path in paths.items()}
    for finding in findings:
        if finding.severity == "error":
            result.findings.append(finding)
            continue
        if finding.file in entities:
            result.count(entities[finding.file], finding.file, warnings=1)
        if result.kept_warnings < MOST_WARNINGS:
            result.kept_warnings += 1
            result.findings.append(finding)


def _add_counts(result: PartResult, outcome: Outcome, paths: Mapping[str, str]) -> None:
    for entity in FILES:
        counted = outcome.checked.counts.get(entity)
        if counted is None:
            continue
        new, changed, rejected = _changes(outcome, entity)
        rejected += counted.rejected
        result.count(
            entity,
            paths[entity],
            rows=counted.rows,
            rejected=rejected,
            new=new,
            changed=changed,
            unchanged=max(0, counted.rows - rejected - new - changed),
        )


def _changes(outcome: Outcome, entity: str) -> tuple[int, int, int]:
    """How many of the accepted rows are new and changed, and how many were rejected for their file in the zip."""
    before, checked, merged, copied = outcome.before, outcome.checked, outcome.merged, outcome.copied
    if checked.facts is None:
        return 0, 0, 0
    match entity:
        case "customers":
            if before.head is None:
                return 1, 0, 0
            return 0, int(before.head.facts != checked.facts or before.head.archived), 0
        case "transactions":
            return len(merged.new), merged.changed, 0
        case "documents":
            return copied.new, copied.changed, len(copied.problems)
        case _:
            had = {key_of(row) for row in before.rows if row.lines}
            new = sum(len(lines) for key, lines in checked.lines.items() if key not in had)
            rest = 0 if outcome.lines_same else sum(len(lines) for key, lines in checked.lines.items() if key in had)
            return new, rest, 0


def _add_sums(result: PartResult, outcome: Outcome) -> None:
    for entity, counted in outcome.checked.counts.items():
        for (column, currency), amount in counted.totals.items():
            result.add_sum(entity, column, currency, amount)
        if counted.uncounted:
            result.unsummed.add(entity)
