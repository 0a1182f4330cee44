"""The ledger on tables that keep DynamoDB's limits: item sizes, batches, consistent reads backwards."""

from chalicelib.dealers import queries as dealers
from chalicelib.ledger import queries, repo
from chalicelib.ledger.row_query import RowQuery
from tests.fixtures.worlds import World
from tests.ledger.accounts import AS_AT, an_account, history
from tests.ledger.published import NOW, a_dealer, counted_calls, publish, the_customer


def test_a_hundred_thousand_rows_are_stored_read_searched_and_swept(engine: World) -> None:
    assert engine.name
    dealer = a_dealer()
    rows = [row._replace(transaction_id=f"S{row.transaction_id}") for row in history(100_000)]
    account = an_account([*history(50, outstanding=True), *rows])
    publish(dealer, [account])
    customer = the_customer(dealer)
    for query, calls_expected, count in (
        (RowQuery(), 3, 50),
        (RowQuery(status=None), 3, 100_050),
        (RowQuery(status=None, text="po99"), 3, None),
    ):
        repo.forget()
        dealers.forget_published(dealer)
        with counted_calls() as calls:
            found = queries.account_view(customer, ref="1200", now=NOW, query=query).page
        assert len(calls) == calls_expected, calls
        assert found.count == count or count is None
        assert 0 < len(found.rows) <= 100
    repo.stage(dealer, [an_account(rows, run=2)])
    keys = repo.run_keys(dealer, "1200", 2)
    assert len(keys) > len(account.pages) // 2
    repo.delete(dealer, keys)
    assert repo.run_keys(dealer, "1200", 2) == []
    repo.forget()
    head = queries.account_snapshot(customer, ref="1200", today=AS_AT).head
    assert head
    assert len(queries.every_row(customer, head=head)) == 100_050
