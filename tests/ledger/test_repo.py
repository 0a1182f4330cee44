from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from chalicelib.dealers import queries as dealers
from chalicelib.dealers.model import AgeingSetting
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.keys import key_part
from chalicelib.kernel.scopes import DealerScope, ImportScope
from chalicelib.ledger import queries, repo
from chalicelib.ledger.ageing import Ager
from chalicelib.ledger.model import DocumentEntry, Row, SweptError
from chalicelib.ledger.queries import AsOf
from chalicelib.ledger.status import Status
from chalicelib.ledger.view import Lens, Sort, ViewQuery
from tests.fixtures.worlds import World
from tests.ledger.accounts import AS_AT, a_facts, an_account, history
from tests.ledger.published import a_dealer, counted_calls, publish, the_customer
from tests.ledger.rows import a_row

LENS = Lens(Ager(as_at=AS_AT, setting=AgeingSetting(), balance_forward=False), today=AS_AT, on_stop=False, digits=2)


@pytest.fixture
def dealer(aws: World) -> Iterator[ImportScope]:
    assert aws.name
    repo.forget()
    yield a_dealer()
    repo.forget()


def read(dealer: ImportScope, ref: str = "1200", as_of: AsOf | None = None) -> queries.Reading:
    return queries.read_account(the_customer(dealer, ref), ref=ref, today=AS_AT, as_of=as_of)


def references(dealer: ImportScope, reading: queries.Reading, query: ViewQuery) -> list[str]:
    assert reading.head
    view = queries.view(the_customer(dealer), head=reading.head, query=query, lens=LENS)
    return [row.reference for row in view.rows]


def test_before_the_first_export_there_is_no_head(dealer: ImportScope) -> None:
    reading = read(dealer)
    assert (reading.head, reading.as_of, reading.as_at, reading.published.run) == (None, None, None, 0)


def test_only_a_published_run_is_seen_and_an_unchanged_account_keeps_its_head(dealer: ImportScope) -> None:
    publish(dealer, [an_account([a_row("1", total=100)], run=1)])
    repo.stage(dealer, [an_account([a_row("2", total=100)], run=3)])
    reading = read(dealer)
    assert references(dealer, reading, ViewQuery()) == ["1"]
    publish(dealer, [], run=4, as_at=date(2024, 6, 6))
    later = read(dealer)
    assert references(dealer, later, ViewQuery()) == ["1"]
    assert (later.as_at, later.head and later.head.run) == (date(2024, 6, 6), 1)


def test_another_s_account_is_not_found(dealer: ImportScope) -> None:
    publish(dealer, [an_account([a_row("1", total=100)])])
    with pytest.raises(NotFoundError):
        queries.read_account(the_customer(dealer, "999"), ref="1200", today=AS_AT)
    rival = a_dealer()
    assert read(rival).head is None
    staff = DealerScope(dealer.dealer_id, "somebody")
    assert queries.read_account(staff, ref="1200", today=AS_AT).head is not None


def test_references_may_hold_anything(dealer: ImportScope) -> None:
    ref = "A/1#b €"
    publish(dealer, [an_account([a_row("1", total=100)], facts=a_facts(ref, balance=100))])
    head = read(dealer, ref).head
    assert head
    assert head.facts.account_ref == ref
    assert key_part(ref) in repo.account_pk(dealer, ref)
    assert read(dealer, ref.lower()).head is None


@pytest.mark.parametrize("count", [100, 20_000])
def test_the_first_screen_takes_two_round_trips_however_long_the_history(dealer: ImportScope, count: int) -> None:
    rows = [*history(50, outstanding=True), *settled(count)]
    publish(dealer, [an_account(rows)])
    customer = the_customer(dealer)
    dealers.forget_published(dealer)
    with counted_calls() as calls:
        reading = read(dealer)
        assert reading.head
        view = queries.view(customer, head=reading.head, query=ViewQuery(), lens=LENS)
    assert (view.count, len(view.rows)) == (50, 50)
    assert calls == ["BatchGetItem", "Query"]
    repo.forget()
    dealers.forget_published(dealer)
    with counted_calls() as calls:
        reading = read(dealer)
        assert reading.head
        view = queries.view(customer, head=reading.head, query=ViewQuery(status=None), lens=LENS)
    assert (view.count, len(view.rows)) == (50 + count, 100)
    assert calls == ["BatchGetItem", "Query", "BatchGetItem"]
    with counted_calls() as calls:
        read(dealer)
        queries.view(customer, head=reading.head, query=ViewQuery(status=None), lens=LENS)
    assert calls == []


def settled(count: int) -> list[Row]:
    return [row._replace(transaction_id=f"S{row.transaction_id}") for row in history(count)]


def test_every_page_of_the_list_is_the_same_as_if_all_rows_had_been_read(dealer: ImportScope) -> None:
    opened = [row for n, row in enumerate(history(9_000, outstanding=True)) if n % 37 == 0]
    publish(dealer, [an_account([*opened, *settled(9_000)])])
    head = read(dealer).head
    assert head
    assert len(head.settled_pages) > 1
    customer = the_customer(dealer)
    for status in (None, Status.HISTORY):
        everything = queries.matching(customer, head=head, query=ViewQuery(status=status), lens=LENS)
        for page in (1, 2, 45, 46, 90, 91, 92, 93):
            repo.forget()
            view = queries.view(customer, head=head, query=ViewQuery(status=status, page=page), lens=LENS)
            first = (view.page - 1) * 100
            assert list(view.rows) == everything[first : first + 100], (status, page)
            assert (view.count, view.total) == (len(everything), sum(row.total for row in everything))


def test_a_deep_page_reads_only_the_pages_it_shows(dealer: ImportScope) -> None:
    publish(dealer, [an_account(settled(20_000))])
    head = read(dealer).head
    assert head
    assert len(head.settled_pages) >= 3
    with counted_calls() as calls:
        queries.view(the_customer(dealer), head=head, query=ViewQuery(status=None, page=150), lens=LENS)
    assert calls == ["BatchGetItem"]
    assert repo.pages_remembered() <= 2


def test_a_search_of_the_whole_history_is_one_more_round_trip(dealer: ImportScope) -> None:
    publish(dealer, [an_account(settled(20_000))])
    dealers.forget_published(dealer)
    with counted_calls() as calls:
        head = read(dealer).head
        assert head
        query = ViewQuery(status=None, text="machine 77", sort=Sort.TOTAL)
        assert queries.view(the_customer(dealer), head=head, query=query, lens=LENS).count > 0
    assert calls == ["BatchGetItem", "Query", "BatchGetItem"]


def test_open_rows_too_many_for_the_head_are_read_from_their_pages(dealer: ImportScope) -> None:
    publish(dealer, [an_account(history(5_000, outstanding=True))])
    dealers.forget_published(dealer)
    with counted_calls() as calls:
        head = read(dealer).head
        assert head
        assert not head.open
        assert len(queries.open_rows(the_customer(dealer), head=head)) == 5_000
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


def test_paging_goes_on_in_the_run_it_began_with(dealer: ImportScope) -> None:
    publish(dealer, [an_account([a_row("1", total=100)], run=1)], run=1)
    began = read(dealer).as_of
    assert began
    assert AsOf.parse(str(began)) == began
    publish(dealer, [an_account([a_row("2", total=100)], run=2)], run=2, as_at=date(2024, 6, 6))
    kept = read(dealer, as_of=began)
    assert (references(dealer, kept, ViewQuery()), kept.restarted, kept.as_at) == (["1"], False, AS_AT)
    late = queries.read_account(the_customer(dealer), ref="1200", today=AS_AT + timedelta(days=6), as_of=began)
    assert (references(dealer, late, ViewQuery()), late.restarted) == (["2"], True)
    ahead = read(dealer, as_of=replace(began, seen=AS_AT + timedelta(days=1)))
    assert ahead.restarted
    for gone in (replace(began, run=0), replace(began, run=9)):
        restarted = read(dealer, as_of=gone)
        assert restarted.restarted is (gone.run == 9)


@pytest.mark.parametrize("text", ["", "412", "a.b.c", "412.20261121", "412.20261121.20261123", "412.2026-11-21.x.y"])
def test_a_broken_cursor_starts_with_the_newest(text: str) -> None:
    assert AsOf.parse(text) is None


def test_an_archived_account_keeps_its_own_date(dealer: ImportScope) -> None:
    publish(dealer, [an_account([a_row("1", total=100)], archived=True)], as_at=date(2024, 7, 1))
    assert read(dealer).as_at == AS_AT


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
    with pytest.raises(SweptError):
        queries.every_row(the_customer(dealer), head=head)


def test_documents_come_back_from_the_head_or_their_pages(dealer: ImportScope) -> None:
    few = [DocumentEntry("a", 1, "invoice", "a.pdf", "127070")]
    many = [DocumentEntry(f"{n * 2654435761 % 2**64:016x}", 1, "invoice") for n in range(9_000)]
    for run, entries in ((1, few), (2, many)):
        publish(dealer, [an_account([], run=run, documents=entries)], run=run)
        head = read(dealer).head
        assert head
        assert list(queries.documents(the_customer(dealer), head=head)) == entries
