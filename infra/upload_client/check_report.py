"""What a check found, in words for people and in JSON for programs."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from chalicelib.ccx.codes import Code
from chalicelib.ccx.findings import Finding, FindingGroup
from chalicelib.ccx.messages import Message, Stored, sentences
from chalicelib.ccx.source_formats import SOURCE_FORMATS
from chalicelib.ingest.bundle_check import LEFT_TO_THE_IMPORT, CheckedBundle
from chalicelib.ingest.gate_rules import Decision
from infra.upload_client.attempts import coded

SHOWN = 5
"""Rows with one cause that are printed."""
DECISIONS = {
    Decision.PUBLISH: "Would be accepted",
    Decision.HOLD: "Would be held for approval",
    Decision.REFUSE: "Would be refused",
}
IN_JSON = {Decision.PUBLISH: "accepted", Decision.HOLD: "held", Decision.REFUSE: "refused"}
LEFT = """\
Left for the import, which knows what the portal holds: the dealer code and the sequence, age labels, and what the
export changes (accounts or transactions that would go, fewer rows, totals that move, an account's currency, settled
transactions, account numbers that seem to be somebody else's now).
Nothing was sent."""


@dataclass(frozen=True, slots=True)
class Report:
    """`checked` is None, and there are no groups, where the export is refused whole.

    `perhaps_known` are the codes that the import would not report of what the portal has from an earlier export.
    """

    name: str
    decision: Decision
    reasons: tuple[Message | Stored, ...]
    checked: CheckedBundle | None = None
    errors: tuple[FindingGroup, ...] = ()
    warnings: tuple[FindingGroup, ...] = ()
    perhaps_known: frozenset[Code] = frozenset()

    @property
    def rejected(self) -> int:
        """Rows that would be left out."""
        return sum(file.rejected for file in self.checked.files) if self.checked else 0


def in_text(report: Report) -> Iterator[str]:
    """Line by line; the last says what would become of the export."""
    yield from _head(report)
    for title, groups in (("Errors, which reject their rows", report.errors), ("Warnings", report.warnings)):
        if groups:
            yield from ("", f"{title}: {_count(sum(group.rows for group in groups))}")
        for group in groups:
            yield from ("", *_group(group, is_perhaps_known=group.first.code in report.perhaps_known))
    if report.checked:
        yield from ("", *LEFT.split("\n"))
    yield ""
    yield from (_reason(reason) for reason in report.reasons)
    yield f"{DECISIONS[report.decision]}{_but(report)}."


def in_json(report: Report) -> dict[str, Any]:
    """The same for a program. Of each cause the first 25 rows."""
    checked = report.checked
    return {
        "file": report.name,
        "decision": IN_JSON[report.decision],
        "reasons": [{"code": _code(reason), "message": _words(reason)} for reason in report.reasons],
        "files": [
            {"file": file.path, "rows": file.rows, "rejected": file.rejected}
            for file in (checked.files if checked else ())
        ],
        "findings": [
            _group_in_json(group, severity, report.perhaps_known)
            for severity, groups in (("error", report.errors), ("warning", report.warnings))
            for group in groups
        ],
        "left_to_the_import": sorted(LEFT_TO_THE_IMPORT),
    }


def _but(report: Report) -> str:
    """What the decision leaves open."""
    if report.decision is not Decision.PUBLISH:
        is_open = any(group.first.code in report.perhaps_known for group in report.errors)
        return ", unless the portal has what is missing here" if is_open else ""
    if not report.rejected:
        return ""
    return f", without {_count(report.rejected)} rejected row{'s' if report.rejected != 1 else ''}"


def _head(report: Report) -> Iterator[str]:
    if report.checked is None:
        yield report.name
        return
    manifest = report.checked.manifest
    day = SOURCE_FORMATS.date(manifest.as_at)
    yield f"{report.name}: export {manifest.sequence} of {manifest.dealer_code}, figures as at {day}"
    for file in report.checked.files:
        rejected = f", {_count(file.rejected)} rejected" if file.rejected else ""
        yield f"  {file.path}: {_count(file.rows)} row{'s' if file.rows != 1 else ''}{rejected}"


def _group(group: FindingGroup, *, is_perhaps_known: bool) -> Iterator[str]:
    first = group.first
    place = f"{first.file}, {first.column}" if first.column else first.file
    yield f"{first.code}: {place}, {_count(group.rows)} time{'s' if group.rows != 1 else ''}"
    said = {_words(finding.stored_message) for finding in group.findings}
    is_said_once = len(said) == 1
    if is_said_once:
        yield f"  {_words(first.stored_message)}"
    if is_perhaps_known:
        yield "  Not so if the portal has it from an earlier export."
    for finding in group.findings[:SHOWN]:
        row = _row(finding)
        if row and is_said_once:
            yield f"    {row}"
        elif not is_said_once:
            yield f"    {row}{'. ' if row else ''}{_words(finding.stored_message)}"
    if group.rows > SHOWN:
        yield f"    and {_count(group.rows - SHOWN)} more"


def _row(finding: Finding) -> str:
    """`line 12, 1200 / I127070: 31/31/2024`."""
    place = ", ".join(filter(None, (f"line {finding.line}" if finding.line else "", finding.key)))
    return ": ".join(filter(None, (place, finding.value)))


def _group_in_json(group: FindingGroup, severity: str, perhaps_known: frozenset[Code]) -> dict[str, Any]:
    first = group.first
    return {
        "severity": severity,
        "code": first.code,
        "file": first.file,
        "column": first.column,
        "rows": group.rows,
        "perhaps_known_to_the_portal": first.code in perhaps_known,
        "first": [
            {"line": each.line, "key": each.key, "value": each.value, "message": _words(each.stored_message)}
            for each in group.findings
        ],
    }


def _reason(reason: Stored) -> str:
    return coded(_code(reason), _words(reason))


def _code(reason: Stored) -> str | None:
    return reason.code if isinstance(reason, Message) else None


def _words(message: Stored) -> str:
    return sentences(message, SOURCE_FORMATS)


def _count(number: int) -> str:
    return SOURCE_FORMATS.count(number)
