"""What the page of a statement shows, for customers and staff alike."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from chalicelib.documents import queries as documents
from chalicelib.http.request import Request
from chalicelib.kernel.scopes import TenantScope
from chalicelib.ledger.account_view import AccountView
from chalicelib.statements import queries as statements
from chalicelib.statements.model import StatementStyle
from chalicelib.statements.monthly import ArchivedStatement
from chalicelib.statements.queries import AccountStatement
from chalicelib.store.temporary_files import safe_file_name
from chalicelib.web.customer.statement_query import (
    OWN,
    PARTS,
    StatementQuery,
    months_offered,
    statement_query,
)
from chalicelib.web.presenters.ageing_bar import segments
from chalicelib.web.presenters.statements import PART_LABELS, STYLES, SentLine, ShownStatement, sent_lines, shown, slip
from chalicelib.web.presenters.transactions import RowFormatter

MAX_LINES, MAX_LATER = 500, 100
"""On one page; files have all."""


def asked_statement(request: Request) -> StatementQuery:
    """The statement that the address names."""
    return statement_query(request.query, request.query_all.get("with", []), today=request.fmt.today(request.now))


def shown_statement(
    request: Request, found: AccountStatement, query: StatementQuery, *, linked: bool
) -> ShownStatement:
    """The statement in words."""
    return shown(found, RowFormatter.of(found.view, request.fmt), style_of(found, query), query.parts, linked=linked)


def style_of(found: AccountStatement, query: StatementQuery) -> StatementStyle:
    """What was asked for, else that in which it was made."""
    usual = found.archived.style if found.archived else StatementStyle.BALANCE_FORWARD
    return query.style or usual


def statement_context(
    request: Request,
    scope: TenantScope,
    query: StatementQuery,
    made: ShownStatement,
    archived: list[ArchivedStatement],
    *,
    home: str,
    kept: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, Any]:
    """What the template needs besides the account's header; `home` is the page's address, and `kept` of its query."""
    found, fmt = made.found, request.fmt
    today = fmt.today(request.now)
    months = months_offered(today, found.statement.known_from, shown=found.statement.period.first)
    first, last = found.statement.period
    return {
        "made": made,
        "statement": found.statement,
        "lines": made.lines if len(made.lines) <= MAX_LINES else (*made.lines[: MAX_LINES - 1], made.lines[-1]),
        "later": made.later[:MAX_LATER],
        "is_cut": len(made.lines) > MAX_LINES or len(made.later) > MAX_LATER,
        "slip": slip(made),
        "segments": segments(found.buckets) if found.buckets and made.ages else [],
        "query": query,
        "style": style_of(found, query),
        "archived_statements": [(one.month, fmt.month(one.period.first), one.closing) for one in archived],
        "kept": urlencode(kept),
        "sent": _sent(scope, made, home, urlencode(kept)),
        "choices": [*((f"{month:%Y-%m}", fmt.month(month)) for month in months), (OWN, None)],
        "styles": list(STYLES.items()),
        "parts": [(part, PART_LABELS[part], part in query.parts) for part in PARTS],
        "days": query.typed if query.errors else (first.isoformat(), last.isoformat()),
        "errors": query.errors,
        "files": urlencode([*kept.items(), *query.address()]),
    }


def _sent(scope: TenantScope, made: ShownStatement, home: str, kept: str) -> list[SentLine]:
    """Those of the dealer's own system; documents are read only where there are any."""
    view = made.found.view
    sent = statements.sent_statements(scope, view=view)
    if not sent:
        return []
    return sent_lines(made.formatter, sent, statements.sent_documents(scope, view=view), home, kept)


def sent_pdf(scope: TenantScope, view: AccountView, statement_id: str) -> str:
    """The way to the PDF of one of them, for a minute. Raises NotFoundError."""
    found, entry = statements.sent_document(scope, view=view, statement_id=statement_id)
    return documents.document_link(
        scope,
        ref=view.ref,
        document_id=entry.id,
        run=entry.run,
        file_name=safe_file_name("statement", view.ref, found.period_to, extension="pdf"),
        disposition="inline",
    )
