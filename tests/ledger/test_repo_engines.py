"""The ledger on tables that keep DynamoDB's limits: item sizes, batches, consistent reads backwards."""

from chalicelib.dealers import queries as dealers
from chalicelib.dealers.model import AgeingSetting
from chalicelib.ledger import queries, repo
from chalicelib.ledger.ageing import Ager
from chalicelib.ledger.view import Lens, ViewQuery
from tests.fixtures.worlds import World
from tests.ledger.accounts import AS_AT, an_account, history
from tests.ledger.published import a_dealer, counted_calls, publish, the_customer

LENS = Lens(Ager(as_at=AS_AT, setting=AgeingSetting(), balance_forward=False), today=AS_AT, on_stop=False, digits=2)


def test_a_hundred_thousand_rows_are_stored_read_searched_and_swept(engine: World) -> None:
    assert engine.name
    dealer = a_dealer()
    rows = [row._replace(transaction_id=f"S{row.transaction_id}") for row in history(100_000)]
    account = an_account([*history(50, outstanding=True), *rows])
    publish(dealer, [account])
    customer = the_customer(dealer)
    for query, calls_expected, count in (
        (ViewQuery(), 2, 50),
        (ViewQuery(status=None), 3, 100_050),
        (ViewQuery(status=None, text="po99"), 3, None),
    ):
        repo.forget()
        dealers.forget_published(dealer)
        with counted_calls() as calls:
            head = queries.read_account(customer, ref="1200", today=AS_AT).head
            assert head
            view = queries.view(customer, head=head, query=query, lens=LENS)
        assert len(calls) == calls_expected, calls
        assert view.count == count or count is None
        assert 0 < len(view.rows) <= 100
    repo.stage(dealer, [an_account(rows, run=2)])
    keys = repo.run_keys(dealer, "1200", 2)
    assert len(keys) > len(account.pages) // 2
    repo.delete(dealer, keys)
    assert repo.run_keys(dealer, "1200", 2) == []
    repo.forget()
    head = queries.read_account(customer, ref="1200", today=AS_AT).head
    assert head
    assert len(queries.every_row(customer, head=head)) == 100_050
