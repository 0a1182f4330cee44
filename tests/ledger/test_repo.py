import pytest

from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.scopes import DealerScope, ImportScope
from chalicelib.ledger import queries, repo
from chalicelib.ledger.model import SnapshotExpiredError
from chalicelib.ledger.row import Row
from chalicelib.ledger.snapshot import AccountSnapshot, SnapshotRef
from tests.fixtures.calls import counted_calls
from tests.ledger.accounts import AS_AT, an_account, history
from tests.ledger.published import a_dealer, publish, the_customer
from tests.ledger.rows import a_row


def read(dealer: ImportScope, ref: str = "1200", snapshot_ref: SnapshotRef | None = None) -> AccountSnapshot:
    return queries.account_snapshot(the_customer(dealer, ref), ref=ref, today=AS_AT, snapshot_ref=snapshot_ref)


def test_another_s_account_is_not_found(dealer: ImportScope) -> None:
    publish(dealer, [an_account([a_row("1", total=100)])])
    with pytest.raises(NotFoundError):
        queries.account_snapshot(the_customer(dealer, "999"), ref="1200", today=AS_AT)
    rival = a_dealer()
    assert read(rival).head is None
    staff = DealerScope(dealer.dealer_id, "somebody")
    assert queries.account_snapshot(staff, ref="1200", today=AS_AT).head is not None


def test_a_head_is_remembered_by_the_publication_that_it_was_read_for(dealer: ImportScope) -> None:
    publish(dealer, [an_account([a_row("1", total=100)])])
    repo.forget()

    def queries_made(generation: int | None) -> int:
        with counted_calls("dynamodb") as calls:
            head = repo.read_head(dealer, "1200", run=1, generation=generation)
        assert head
        assert head.run == 1
        return calls.count("Query")

    assert [queries_made(generation) for generation in (None, None, 7, 7, 8, None)] == [1, 1, 1, 0, 1, 1]


def settled(count: int) -> list[Row]:
    return [row._replace(transaction_id=f"S{row.transaction_id}") for row in history(count)]


def test_sweeping_takes_away_what_one_run_wrote(dealer: ImportScope) -> None:
    publish(dealer, [an_account(settled(300), run=1)], run=1)
    repo.stage(dealer, [an_account(settled(300), run=2)])
    keys = repo.run_keys(dealer, "1200", 2)
    assert len(keys) == len(an_account(settled(300)).pages) + 1
    repo.delete(dealer, keys)
    assert repo.run_keys(dealer, "1200", 2) == []
    head = read(dealer).head
    assert head
    assert head.run == 1
    assert len(queries.every_row(the_customer(dealer), head=head)) == 300


def test_sweeping_what_a_later_head_replaced(dealer: ImportScope) -> None:
    for run in (1, 2):
        publish(dealer, [an_account(settled(300), run=run)], run=run)
    assert repo.superseded(dealer, {"1200": 1}, 3) == repo.Superseded((), (), frozenset())
    gone = repo.superseded(dealer, {"1200": 1}, 2)
    assert len(gone.pages) == len(an_account(settled(300)).pages)
    repo.delete_superseded(dealer, gone)
    assert repo.run_keys(dealer, "1200", 1) == []
    head = read(dealer).head
    assert head
    assert len(queries.every_row(the_customer(dealer), head=head)) == 300


def test_pages_that_were_swept_say_so(dealer: ImportScope) -> None:
    publish(dealer, [an_account(settled(300))])
    head = read(dealer).head
    assert head
    repo.delete(dealer, repo.run_keys(dealer, "1200", 1))
    repo.forget()
    with pytest.raises(SnapshotExpiredError):
        queries.every_row(the_customer(dealer), head=head)
