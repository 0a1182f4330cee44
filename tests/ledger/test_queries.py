from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from chalicelib.dealers import queries as dealers
from chalicelib.dealers.ageing_setting import AgeingSetting
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.keys import key_part
from chalicelib.kernel.scopes import DealerScope, ImportScope
from chalicelib.ledger import queries, repo
from chalicelib.ledger.account_view import AccountView, NoFiguresError
from chalicelib.ledger.ageing import Age
from chalicelib.ledger.layout import begin_era
from chalicelib.ledger.model import DocumentEntry
from chalicelib.ledger.row import Row
from chalicelib.ledger.row_query import RowQuery, Sort
from chalicelib.ledger.snapshot import AccountSnapshot, SnapshotRef
from chalicelib.ledger.status import LedgerTab
from chalicelib.store.record import account_pk
from tests.fixtures.worlds import World
from tests.ledger.accounts import AS_AT, a_facts, an_account, history
from tests.ledger.published import NOW, a_dealer, counted_calls, publish, the_customer
from tests.ledger.rows import a_row


def read(dealer: ImportScope, ref: str = "1200", snapshot_ref: SnapshotRef | None = None) -> AccountSnapshot:
    return queries.account_snapshot(the_customer(dealer, ref), ref=ref, today=AS_AT, snapshot_ref=snapshot_ref)


def view_of(
    dealer: ImportScope, query: RowQuery | None = None, *, now: datetime = NOW, snapshot_ref: SnapshotRef | None = None
) -> AccountView:
    return queries.account_view(the_customer(dealer), ref="1200", now=now, query=query, snapshot_ref=snapshot_ref)


def references(view: AccountView) -> list[str]:
    return [row.reference for row in view.page.rows]


def settled(count: int) -> list[Row]:
    return [row._replace(transaction_id=f"S{row.transaction_id}") for row in history(count)]


def test_before_the_first_export_there_is_no_head(dealer: ImportScope) -> None:
    snapshot = read(dealer)
    assert (snapshot.head, snapshot.snapshot_ref, snapshot.as_at, snapshot.published.run) == (None, None, None, 0)


def test_only_a_published_run_is_seen_and_an_unchanged_account_keeps_its_head(dealer: ImportScope) -> None:
    publish(dealer, [an_account([a_row("1", total=100)], run=1)])
    repo.stage(dealer, [an_account([a_row("2", total=100)], run=3)])
    assert references(view_of(dealer, RowQuery())) == ["1"]
    publish(dealer, [], run=4, as_at=date(2024, 6, 6))
    later = view_of(dealer, RowQuery())
    assert references(later) == ["1"]
    assert (later.as_at, later.head.run) == (date(2024, 6, 6), 1)
    assert not later.snapshot.restarted
    assert not view_of(dealer, RowQuery(page=1), snapshot_ref=later.snapshot.snapshot_ref).snapshot.restarted


def test_references_may_hold_anything(dealer: ImportScope) -> None:
    ref = "A/1#b €"
    publish(dealer, [an_account([a_row("1", total=100)], facts=a_facts(ref, balance=100))])
    head = read(dealer, ref).head
    assert head
    assert head.facts.account_ref == ref
    assert key_part(ref) in account_pk(dealer, ref)
    assert read(dealer, ref.lower()).head is None


@pytest.mark.parametrize("count", [100, 20_000])
def test_the_first_screen_takes_three_round_trips_however_long_the_history(dealer: ImportScope, count: int) -> None:
    rows = [*history(50, outstanding=True), *settled(count)]
    publish(dealer, [an_account(rows)])
    dealers.forget_published(dealer)
    with counted_calls() as calls:
        view = view_of(dealer, RowQuery())
    assert (view.page.count, len(view.page.rows), len(view.open_rows)) == (50, 50, 50)
    assert calls == ["BatchGetItem", "Query", "GetItem"], "settings, head, disputes"
    repo.forget()
    dealers.forget_published(dealer)
    with counted_calls() as calls:
        view = view_of(dealer, RowQuery(status=None))
    assert (view.page.count, len(view.page.rows), view.row_count) == (50 + count, 100, 50 + count)
    assert calls == ["BatchGetItem", "Query", "BatchGetItem"], "with the pages come the disputes"
    with counted_calls() as calls:
        view_of(dealer, RowQuery(status=None))
    assert calls == ["GetItem"]


def test_every_page_of_the_list_is_the_same_as_if_all_rows_had_been_read(dealer: ImportScope) -> None:
    opened = [row for n, row in enumerate(history(9_000, outstanding=True)) if n % 37 == 0]
    publish(dealer, [an_account([*opened, *settled(9_000)])])
    head = read(dealer).head
    assert head
    assert len(head.settled_pages) > 1
    for status in (None, LedgerTab.HISTORY):
        everything = view_of(dealer, RowQuery(status=status, page=None)).page.rows
        for page in (1, 2, 45, 46, 90, 91, 92, 93, 94, 999):
            repo.forget()
            found = view_of(dealer, RowQuery(status=status, page=page)).page
            first = (found.page - 1) * 100
            assert found.rows, (status, page)
            assert found.rows == everything[first : first + 100], (status, page)
            assert (found.count, found.total) == (len(everything), sum(row.total for row in everything))


def test_rows_of_some_dates_are_the_same_as_if_all_rows_had_been_read(dealer: ImportScope) -> None:
    publish(dealer, [an_account(settled(9_000))])
    everything = view_of(dealer, RowQuery(status=None, page=None)).page.rows
    days = sorted({row.transaction_date for row in everything})
    for first, last in ((days[3], days[-3]), (None, days[5]), (days[-5], None), (days[7], days[7])):
        found = view_of(dealer, RowQuery(status=None, first=first, last=last, page=None)).page.rows
        wanted = [row for row in everything if (first or "") <= row.transaction_date <= (last or "9")]
        assert list(found) == wanted


def test_a_deep_page_reads_only_the_pages_it_shows(dealer: ImportScope) -> None:
    publish(dealer, [an_account(settled(20_000))])
    head = read(dealer).head
    assert head
    assert len(head.settled_pages) >= 3
    with counted_calls() as calls:
        view_of(dealer, RowQuery(status=None, page=150))
    assert calls == ["BatchGetItem"]
    assert repo.pages_remembered() <= 2


def test_a_search_of_the_whole_history_is_one_more_round_trip(dealer: ImportScope) -> None:
    publish(dealer, [an_account(settled(20_000))])
    dealers.forget_published(dealer)
    with counted_calls() as calls:
        assert view_of(dealer, RowQuery(status=None, text="machine 77", sort=Sort.TOTAL)).page.count > 0
    assert calls == ["BatchGetItem", "Query", "BatchGetItem"]


def test_open_rows_too_many_for_the_head_are_read_from_their_pages(dealer: ImportScope) -> None:
    publish(dealer, [an_account(history(5_000, outstanding=True))])
    dealers.forget_published(dealer)
    with counted_calls() as calls:
        view = view_of(dealer)
    assert not view.head.open
    assert len(view.open_rows) == 5_000
    assert calls == ["BatchGetItem", "Query", "BatchGetItem"]


def test_one_row_is_found_by_its_key_and_date(dealer: ImportScope) -> None:
    rows = [*history(50, outstanding=True), *settled(20_000)]
    publish(dealer, [an_account(rows)])
    head = read(dealer).head
    assert head
    customer = the_customer(dealer)
    for row in (rows[3], rows[77], rows[-1]):
        repo.forget()
        key = (row.type, row.transaction_id)
        assert queries.transaction_row(customer, head=head, key=key, on=row.transaction_date) == row
        assert repo.pages_remembered() <= 2
        assert queries.transaction_row(customer, head=head, key=key) == row
    with pytest.raises(NotFoundError):
        queries.transaction_row(customer, head=head, key=("invoice", "nobody"))


def test_a_row_comes_with_its_account(dealer: ImportScope) -> None:
    rows = [*history(3, outstanding=True), *settled(300)]
    publish(dealer, [an_account(rows)])
    customer = the_customer(dealer)
    for row in (rows[1], rows[-1]):
        view, found = queries.transaction_view(customer, ref="1200", now=NOW, key=row.key, on=row.transaction_date)
        assert (found, view.figures.balance) == (row, sum(row.outstanding for row in rows))
    with pytest.raises(NotFoundError):
        queries.transaction_view(customer, ref="1200", now=NOW, key=("invoice", "nobody"))


def test_paging_goes_on_in_the_run_it_began_with(dealer: ImportScope) -> None:
    publish(dealer, [an_account(history(250, outstanding=True), run=1)], run=1)
    began = read(dealer).snapshot_ref
    assert began
    publish(dealer, [an_account([a_row("2", total=100)], run=2)], run=2, as_at=date(2024, 6, 6))
    second = RowQuery(page=2)
    kept = view_of(dealer, second, snapshot_ref=began)
    assert (kept.page.page, kept.page.count, kept.as_at) == (2, 250, AS_AT)
    assert (kept.snapshot.restarted, kept.snapshot.is_older) == (False, True)
    late = view_of(dealer, second, snapshot_ref=began, now=NOW + timedelta(days=6))
    assert (references(late), late.page.page) == (["2"], 1)
    assert (late.snapshot.restarted, late.snapshot.is_older) == (True, False)
    assert read(dealer, snapshot_ref=replace(began, seen=AS_AT + timedelta(days=1))).restarted
    for gone in (replace(began, run=0), replace(began, run=9)):
        assert read(dealer, snapshot_ref=gone).restarted is (gone.run == 9)


def test_a_reader_who_restarts_is_led_to_the_first_page(dealer: ImportScope) -> None:
    publish(dealer, [an_account(history(250, outstanding=True))])
    lost = SnapshotRef(run=9, as_at=AS_AT, seen=AS_AT, sequence=9)
    assert view_of(dealer, RowQuery(page=3), snapshot_ref=lost).page.page == 1
    assert len(view_of(dealer, RowQuery(page=None), snapshot_ref=lost).page.rows) == 250


def test_today_is_the_dealers_and_settings_come_with_the_account(aws: World) -> None:
    assert aws.name
    dealer = a_dealer(time_zone="Pacific/Auckland", ageing=AgeingSetting(method="days"))
    row = a_row("1", total=770, on="2024-05-31", discount_date="2024-06-05", settlement=732)
    publish(dealer, [an_account([row])])
    evening = datetime(2024, 6, 5, 13, 0, tzinfo=UTC)  # already the sixth in Auckland
    assert (view_of(dealer, now=NOW).saving is None, view_of(dealer, now=evening).saving) == (False, None)
    view = view_of(dealer)
    assert (view.dealer.time_zone, view.rules.age(row)) == ("Pacific/Auckland", Age.CURRENT)


def test_without_figures_the_account_is_not_found_and_the_published_run_told(dealer: ImportScope) -> None:
    for run in (0, 1):
        if run:
            publish(dealer, [], run=run)
        with pytest.raises(NoFiguresError) as error:
            view_of(dealer)
        assert error.value.published.run == run


def test_all_of_a_page_is_of_the_published_run_that_it_has_read(dealer: ImportScope) -> None:
    publish(dealer, [an_account([a_row("1", total=100)], run=1)], run=1)
    began = dealers.published(dealer)
    publish(dealer, [an_account([a_row("2", total=100)], run=2)], run=2)
    staff = DealerScope(dealer.dealer_id, "somebody")
    view = queries.account_view(staff, ref="1200", now=NOW, published=began)
    assert [row.reference for row in view.open_rows] == ["1"]
    assert not view.page.rows


def test_an_archived_account_keeps_its_own_date(dealer: ImportScope) -> None:
    publish(dealer, [an_account([a_row("1", total=100)], archived=True)], as_at=date(2024, 7, 1))
    assert read(dealer).as_at == AS_AT


def test_documents_come_back_from_the_head_or_their_pages(dealer: ImportScope) -> None:
    few = [DocumentEntry("a", 1, "invoice", "a.pdf", "127070")]
    many = [DocumentEntry(f"{n * 2654435761 % 2**64:016x}", 1, "invoice") for n in range(9_000)]
    for run, entries in ((1, few), (2, many)):
        publish(dealer, [an_account([], run=run, documents=entries)], run=run)
        head = read(dealer).head
        assert head
        assert list(queries.documents(the_customer(dealer), head=head)) == entries


ERA = "01HZM2Z5Q0XYZXYZXYZXYZXYZX"


def test_a_customer_sees_the_rows_of_their_own_era_alone(dealer: ImportScope) -> None:
    """Warm and cold, of the newest run and of an older one that the address asks for."""
    before, after = the_customer(dealer), replace(the_customer(dealer), eras={"1200": ERA})
    publish(dealer, [an_account([a_row("old", total=100)], run=1)], run=1)
    old_run = read(dealer).snapshot_ref
    assert old_run
    with pytest.raises(NoFiguresError):  # the era has begun, and no export of it is published yet
        queries.account_view(after, ref="1200", now=NOW)
    publish(dealer, [begin_era(an_account([a_row("new", total=5)], run=2), ERA)], run=2)
    for _ in range(2):
        view = queries.account_view(after, ref="1200", now=NOW, query=RowQuery())
        assert references(view) == ["new"]
        with pytest.raises(NoFiguresError):
            queries.account_view(before, ref="1200", now=NOW)
    for scope, head in ((after, None), (before, 1)):
        snapshot = queries.account_snapshot(scope, ref="1200", today=AS_AT, snapshot_ref=old_run)
        assert (snapshot.head.run if snapshot.head else None) == head


def test_staff_see_the_era_they_ask_for_and_an_import_any(dealer: ImportScope) -> None:
    publish(dealer, [begin_era(an_account([a_row("1", total=5)]), ERA)])
    staff = DealerScope(dealer.dealer_id, "maria")
    assert queries.account_view(staff, ref="1200", now=NOW, era=ERA).head.era == ERA
    with pytest.raises(NoFiguresError):
        queries.account_view(staff, ref="1200", now=NOW, era="")
    assert repo.read_head(dealer, "1200", run=1)
