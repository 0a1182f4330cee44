"""A bundle checked account by account, without a pipeline around it."""

import json
from collections import defaultdict

from chalicelib.ccx.bundle import Bundle
from chalicelib.ccx.codes import Code
from chalicelib.ccx.csv_rows import RawRow, account_of
from chalicelib.ccx.findings import Finding
from chalicelib.ingest.checks.account import CheckedAccount, check_account, check_unassigned
from chalicelib.ingest.checks.context import Context, MasterProblem, ZippedDocument
from chalicelib.ingest.steps.fingerprint import fingerprint
from chalicelib.ingest.steps.part_format import BAD_MASTER, SHARED_ATTACHMENT

Records = dict[str, dict[str, list[RawRow]]]


def records_by_account(bundle: Bundle) -> Records:
    """Records by account and file, those without an account under the empty reference."""
    out: Records = defaultdict(lambda: defaultdict(list))
    for entity in bundle.entities:
        for line, raw in bundle.records(entity.name):
            out[account_of(raw, bundle.header(entity.name)) or ""][entity.name].append((line, raw))
    return out


def context_of(bundle: Bundle) -> Context:
    """What is known across its accounts."""
    across = fingerprint(bundle, compared=False).across
    masters = {mark.about: json.loads(mark.value) for mark in across if mark.tag == BAD_MASTER}
    return Context(
        bundle.manifest.as_at,
        {entity.name: bundle.header(entity.name) for entity in bundle.entities},
        bundle.entities,
        {name: ZippedDocument(span.bytes, str(span.crc)) for name, span in bundle.documents.items()},
        {ref: MasterProblem(Code(code), params, name) for ref, (code, params, name) in masters.items()},
        frozenset(mark.value for mark in across if mark.tag == SHARED_ATTACHMENT),
    )


def check_bundle(bundle: Bundle) -> tuple[dict[str, CheckedAccount], list[Finding]]:
    """Every account, checked, and what was found in all of it."""
    context, accounts = context_of(bundle), records_by_account(bundle)
    unassigned = accounts.pop("", {})
    found = {ref: check_account(ref, records, context) for ref, records in accounts.items()}
    findings = [finding for account in found.values() for finding in account.findings]
    for entity in bundle.entities:
        if entity.name in unassigned:
            findings += check_unassigned(entity, unassigned[entity.name], context)[0]
    return found, bundle.warnings + findings
