"""Reading the accounts of a group at once: their heads in one query for a hundred, and their pages likewise."""

from collections.abc import Collection
from datetime import datetime

from chalicelib.customers.directory import queries as directory
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.model import Dealer
from chalicelib.kernel.clock import local_date
from chalicelib.kernel.scopes import CustomerScope
from chalicelib.kernel.standing import Standing
from chalicelib.ledger import repo
from chalicelib.ledger.account_view import AccountView, NoFiguresError
from chalicelib.ledger.group_view import GroupView, TooManyPagesError, group_page
from chalicelib.ledger.model import AccountHead
from chalicelib.ledger.overlays import Overlays
from chalicelib.ledger.queries import candidates, open_rows, settled_candidates
from chalicelib.ledger.row_query import RowPage, RowQuery
from chalicelib.ledger.rules import LedgerRules
from chalicelib.ledger.snapshot import AccountSnapshot, SnapshotRef

MAX_SETTLED_PAGES = 300
"""Pages of settled rows that are read at once, some 10 MB."""


def group_view(scope: CustomerScope, *, refs: Collection[str], now: datetime, query: RowQuery) -> GroupView:
    """These accounts with the rows that `query` asks for, as of the published run and each in the scope's era.

    Left out are those that let nobody in, and those without figures. A master and its accounts have one currency, which
    an import sees to; should one have another, it is left out too, since amounts of two currencies are never added.

    Beyond PUBLISHED four round trips for a hundred accounts. Raises NotFoundError for an account that is not the
    scope's, NoFiguresError where nothing is left, and TooManyPagesError.
    """
    current, dealer = dealers.published_and_dealer(scope)
    if current.as_at is None:
        raise NoFiguresError(current)
    known = directory.entries(scope, current, refs)
    runs = {ref: entry.head_run for ref, entry in known.items()}
    heads = _open_to_users(
        repo.read_heads(scope, runs, run=current.run, skipped=current.skipped, generation=current.generation)
    )
    own = heads.get(scope.ledger_ref or "") or next(iter(heads.values()), None)
    if own is None:
        raise NoFiguresError(current)
    shown = {ref: heads[ref] for ref in sorted(heads, key=directory.natural_key)}
    shown = {ref: head for ref, head in shown.items() if head.facts.currency == own.facts.currency}
    if sum(len(settled_candidates(head, query)) for head in shown.values()) > MAX_SETTLED_PAGES:
        raise TooManyPagesError
    marks = repo.read_marks_of_many(
        scope,
        {
            ref: [page.sk for page in (*head.open_pages, *settled_candidates(head, query))]
            for ref, head in shown.items()
        },
    )
    newest = SnapshotRef(current.run, current.as_at, local_date(now, dealer.time_zone), current.sequence)
    views = tuple(
        _view(scope, dealer, AccountSnapshot(head, current, newest), newest, marks[ref].overlays(head.era), head=head)
        for ref, head in shown.items()
    )
    rows = ((view, candidates(scope, view.head, view.open_rows, query)) for view in views)
    return GroupView(dealer, views, group_page(rows, query))


def _view(
    scope: CustomerScope,
    dealer: Dealer,
    snapshot: AccountSnapshot,
    newest: SnapshotRef,
    overlays: Overlays,
    *,
    head: AccountHead,
) -> AccountView:
    """One of the accounts, without its page of rows."""
    rules = LedgerRules.of(
        head.facts,
        dealer.ageing,
        as_at=snapshot.as_at or newest.as_at,
        today=newest.seen,
        overlays=overlays,
        archived=head.archived,
    )
    opened = open_rows(scope, head=head)
    return AccountView(dealer, snapshot, head, rules.over(opened), opened, RowPage())


def _open_to_users(heads: dict[str, AccountHead]) -> dict[str, AccountHead]:
    # Tested control: group-without-shut-accounts
    return {ref: head for ref, head in heads.items() if not _is_shut(head)}


def _is_shut(head: AccountHead) -> bool:
    return head.facts.standing(archived=head.archived) is Standing.NONE
