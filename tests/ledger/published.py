"""A dealer with published accounts, written as an import writes them."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

from chalicelib.dealers import queries as dealer_queries
from chalicelib.dealers import repo as dealers
from chalicelib.dealers.model import Profile
from chalicelib.dealers.operations import create_dealer
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import CustomerScope, ImportScope, OperatorScope
from chalicelib.ledger import repo
from chalicelib.ledger.layout import Account
from chalicelib.store import clients
from chalicelib.store.roles import assume_scope
from chalicelib.store.transactions import transaction

NOW = datetime(2024, 6, 5, 9, 0, tzinfo=UTC)


def a_dealer(ids: Ids | None = None, **profile: Any) -> ImportScope:
    """A new dealer, in pounds, London and calendar months by default."""
    slug = f"moorbeck-{(ids or Ids()).ulid(NOW).lower()}"
    values: dict[str, Any] = {
        "slug": slug,
        "code": slug[-20:],
        "name": "Moorbeck Machinery Ltd",
        "contact_email": "maria@moorbeck.example",
        "address": ("Beck Lane", "Castleton", "WHITBY YO21 6XX"),
        **profile,
    }
    dealer = create_dealer(OperatorScope("tests"), profile=Profile(**values), now=NOW, ids=ids or Ids())
    return ImportScope(dealer.dealer_id)


def publish(
    scope: ImportScope, accounts: Iterable[Account], *, run: int = 1, as_at: date = date(2024, 6, 5), **more: Any
) -> None:
    """Stage the accounts and make their run true."""
    repo.stage(scope, accounts)
    before = dealer_queries.published(scope, fresh=True)
    values = {"shards": (run,), "received_at": NOW, "sequence": run, "export_id": f"export-{run}", "totals_agree": True}
    new = before.followed_by(run, as_at=as_at, **{**values, **more})
    with assume_scope(scope), transaction() as t:
        t.add(dealers.advance(scope, expected_generation=before.generation, new=new))
    dealer_queries.forget_published(scope)


def the_customer(scope: ImportScope, *refs: str) -> CustomerScope:
    """Somebody who acts for these accounts."""
    return CustomerScope(scope.dealer_id, person_id="person", account_refs=frozenset(refs or ("1200",)))


@contextmanager
def counted_calls() -> Iterator[list[str]]:
    """The names of the DynamoDB and S3 calls made inside, in order: each is a round trip."""
    calls: list[str] = []

    def note(model: Any, **_: Any) -> None:
        calls.append(model.name)

    listened = [clients.client("dynamodb").meta.events, clients.client("s3").meta.events]
    for events in listened:
        events.register("before-call", note, unique_id="counted")
    try:
        yield calls
    finally:
        for events in listened:
            events.unregister("before-call", unique_id="counted")
