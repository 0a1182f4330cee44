"""What a part holds of one account, as its checks take it."""

import json
from dataclasses import replace

from chalicelib.ccx.codes import Code
from chalicelib.ingest.checks.account import Records
from chalicelib.ingest.checks.context import Context, MasterProblem, ZippedDocument
from chalicelib.ingest.steps.digests import Lines
from chalicelib.ingest.steps.part_format import BAD_MASTER, CONTENT, SHARED_ATTACHMENT, raw_row


def records_of(lines: Lines, context: Context) -> Records:
    """The account's records by file."""
    return {e.name: [raw_row(line) for line in lines[e.tag]] for e in context.entities if e.tag in lines}


def context_of_account(context: Context, ref: str, lines: Lines) -> Context:
    """The context with what other accounts' rows and the zip say of this one."""
    if not lines.keys() & {BAD_MASTER, SHARED_ATTACHMENT, CONTENT}:
        return context
    found = (value.split(" ") for _, value in lines.get(CONTENT, ()))
    noted = (json.loads(value) for _, value in lines.get(BAD_MASTER, ()))
    masters = [MasterProblem(Code(code), params, name) for code, params, name in noted]
    return replace(
        context,
        documents={document_id: ZippedDocument(int(size), crc) for document_id, size, crc in found},
        shared_documents=frozenset(value for _, value in lines.get(SHARED_ATTACHMENT, ())),
        bad_masters=dict(zip([ref] * len(masters), masters, strict=True)),
    )
