from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.customers import eras
from chalicelib.dealers import queries as dealers
from chalicelib.feed import queries as feed
from chalicelib.feed.model import ItemState, Taker
from chalicelib.feed.operations import choose_taker
from chalicelib.feed.payloads import QuestionAsked, QuestionClosed
from chalicelib.kernel.errors import ConflictError, InvalidError, NotFoundError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import CustomerScope, DealerScope
from chalicelib.messages import operations, queries, repo
from chalicelib.messages.answer_mails import ANSWERED
from chalicelib.messages.model import MAX_ENTRIES, MAX_SUBJECT, MAX_TEXT, EntryKind, NewQuestion, Side
from chalicelib.messages.staff_operations import UnseenMessageError
from chalicelib.store import outbox
from chalicelib.store.audit import AuditRow
from chalicelib.store.record import tenant_pk
from chalicelib.store.roles import assume_scope
from chalicelib.store.transactions import TransactionRefusedError
from chalicelib.tasks import operations as tasks_operations
from chalicelib.tasks import repo as tasks
from tests.fixtures.calls import counted_calls
from tests.fixtures.cast import Cast, Dealership
from tests.fixtures.staff import listed
from tests.messages.made import INVOICE, Talk, asked
from tests.uploads.document_requests.made import known


@pytest.fixture
def ours(cast: Cast, now: datetime) -> Dealership:
    listed(cast.ours, cast.ours.admin, cast.ours.user, now=now)
    return known(cast.ours, now)


@pytest.fixture
def talk(ours: Dealership, now: datetime, ids: Ids) -> Talk:
    return asked(ours, now, ids)


def events(ours: Dealership) -> list[str]:
    with assume_scope(ours.scope):
        rows = AuditRow.query(tenant_pk(ours.scope, "AUDIT", "2024-06"))
        return [row.event for row in rows if row.event.startswith("message.")]


def open_tasks(ours: Dealership) -> list[str]:
    return [task.task_id for task in tasks.tasks(ours.scope, kind="question")]


def test_one_transaction_writes_thread_entry_task_and_audit_row(ours: Dealership, now: datetime, ids: Ids) -> None:
    dealers.dealer(ours.scope)
    with counted_calls("dynamodb") as calls:
        talk = asked(ours, now, ids)
    assert calls.count("TransactWriteItems") == 1
    found = talk.stored()
    assert (found.subject, found.about, found.is_open, found.waits) == (
        "Where is the second hose?",
        INVOICE,
        True,
        True,
    )
    (entry,) = talk.entries()
    assert (entry.kind, entry.side, entry.text) == (
        EntryKind.MESSAGE,
        Side.CUSTOMER,
        "One came, two are on the invoice.",
    )
    (task,) = tasks.tasks(ours.scope)
    assert (task.task_id, task.account_ref, task.depot) == (talk.thread_id, "1200", "CAS")
    assert task.detail == {"title": "Where is the second hose?"}
    assert events(ours) == ["message.asked"]


def test_the_task_is_there_exactly_while_the_customer_waits(ours: Dealership, talk: Talk) -> None:
    talk.write()
    assert open_tasks(ours) == [talk.thread_id]
    talk.answer()
    assert open_tasks(ours) == []
    talk.write()
    assert open_tasks(ours) == [talk.thread_id]
    talk.settle()
    assert open_tasks(ours) == []
    talk.write("Not yet after all")
    assert (talk.stored().is_open, open_tasks(ours)) == (True, [talk.thread_id])
    talk.close()
    assert open_tasks(ours) == []
    talk.reopen()
    assert open_tasks(ours) == [talk.thread_id]
    assert [entry.kind for entry in talk.entries()] == [
        EntryKind.MESSAGE,
        EntryKind.MESSAGE,
        EntryKind.MESSAGE,
        EntryKind.MESSAGE,
        EntryKind.CLOSED,
        EntryKind.MESSAGE,
        EntryKind.CLOSED,
        EntryKind.REOPENED,
    ]


def test_closing_and_reopening_again_changes_nothing(talk: Talk) -> None:
    closed = talk.close()
    assert talk.close() == closed
    assert talk.settle() == closed
    opened = talk.reopen()
    assert talk.reopen() == opened


def test_a_message_that_staff_have_not_seen_keeps_them_from_answering_and_closing(talk: Talk) -> None:
    seen = talk.stored().shown_id
    talk.write()
    for act in (talk.answer, talk.close):
        with pytest.raises(UnseenMessageError):
            act(seen=seen)
    talk.answer()
    with pytest.raises(UnseenMessageError):  # a colleague has answered
        talk.answer("The same again", seen=seen)
    assert [entry.text for entry in talk.entries()][2:] == ["It was delivered on Monday"]


def test_what_was_read_before_somebody_else_wrote_is_not_written_over_it(ours: Dealership, talk: Talk) -> None:
    before = talk.stored()
    talk.write()
    with pytest.raises(TransactionRefusedError):
        repo.change(ours.scope, replace(before, is_open=False))
    assert talk.stored().number == 2


def test_a_note_is_for_staff_alone_and_answers_nothing(ours: Dealership, talk: Talk) -> None:
    seen = talk.stored().shown_id
    talk.note()
    customer = ours.customer.customer_scope
    assert [entry.kind for entry in queries.own_conversation(customer, talk.thread_id).entries] == [EntryKind.MESSAGE]
    assert [entry.kind for entry in talk.entries()] == [EntryKind.MESSAGE, EntryKind.NOTE]
    note = talk.entries()[-1]
    assert repo.entry(ours.import_scope, "1200", talk.thread_id, note.entry_id) is None
    assert open_tasks(ours) == [talk.thread_id]
    assert {item.kind for item in outbox.items(ours.scope)} == {"staff_event"}, "of the question"
    assert not queries.some_own_threads(customer).threads[0].unread
    assert talk.answer(seen=seen) == 1  # a colleague's note keeps nobody from it


def test_entries_stand_in_the_order_in_which_they_were_written_whatever_the_clocks(talk: Talk, now: datetime) -> None:
    talk.answer()
    slow = replace(talk, now=now - timedelta(minutes=3))
    slow.write("Third")
    talk.answer("Fourth")
    assert [entry.text for entry in talk.entries()] == [
        "One came, two are on the invoice.",
        "It was delivered on Monday",
        "Third",
        "Fourth",
    ]


@pytest.mark.parametrize(
    ("subject", "text", "fields"),
    [
        ("", "x", {"subject"}),
        ("x" * (MAX_SUBJECT + 1), "x", {"subject"}),
        ("\u202e", "x", {"subject"}),
        ("x", " \n", {"text"}),
        ("x", "x" * (MAX_TEXT + 1), {"text"}),
        ("", "", {"subject", "text"}),
    ],
)
def test_what_cannot_be_asked_is_said(
    ours: Dealership, now: datetime, ids: Ids, subject: str, text: str, fields: set[str]
) -> None:
    with pytest.raises(InvalidError) as refused:
        asked(ours, now, ids, subject=subject, text=text)
    assert set(refused.value.fields) == fields
    assert open_tasks(ours) == []


def test_a_full_thread_takes_no_more_words_and_can_be_closed(talk: Talk, ours: Dealership) -> None:
    full = replace(talk.stored(), number=MAX_ENTRIES)
    repo.change(ours.scope, full)
    for act in (talk.write, talk.answer, talk.note):
        with pytest.raises(ConflictError):
            act()
    assert not talk.close().is_open


def test_others_do_not_find_it(ours: Dealership, cast: Cast, talk: Talk) -> None:
    other, rival = ours.other_customer.customer_scope, cast.rival
    for scope in (other, rival.customer.customer_scope):
        with pytest.raises(NotFoundError):
            queries.own_conversation(scope, talk.thread_id)
        with pytest.raises(NotFoundError):
            operations.write(scope, thread_id=talk.thread_id, text="x", now=talk.now, ids=talk.ids)
        with pytest.raises(NotFoundError):
            operations.close(scope, thread_id=talk.thread_id, now=talk.now, ids=talk.ids)
        assert queries.some_own_threads(scope).threads == []
    with pytest.raises(NotFoundError):
        queries.conversation(rival.user.staff_scope, ref="1200", thread_id=talk.thread_id)


def test_an_unread_message_is_marked_for_each_reader_until_they_read_it(ours: Dealership, talk: Talk) -> None:
    customer, staff, admin = ours.customer.customer_scope, ours.user.staff_scope, ours.admin.staff_scope
    colleague = replace(customer, person_id="colleague")

    def unread(scope: CustomerScope | DealerScope) -> bool:
        if isinstance(scope, CustomerScope):
            (one,) = queries.some_own_threads(scope).threads
        else:
            (one,) = queries.threads_of_account(scope, "1200", era="")
        return one.unread

    assert [unread(scope) for scope in (customer, colleague, staff)] == [False, True, True]
    talk.answer()
    assert [unread(scope) for scope in (customer, staff, admin)] == [True, False, True]
    found = queries.own_conversation(customer, talk.thread_id)
    operations.note_reading(replace(customer, viewed_by="staff"), found, now=talk.now)
    assert unread(customer)
    operations.note_reading(customer, found, now=talk.now + timedelta(minutes=4))
    assert not unread(customer)
    mark = repo.read_marks(staff, "1200", talk.thread_id)[customer.person_id]
    assert (mark.up_to, mark.side) == (found.thread.shown_id, Side.CUSTOMER)
    assert mark.at == talk.now + timedelta(minutes=4)


def test_who_has_the_task_has_the_next_one(ours: Dealership, talk: Talk, now: datetime, ids: Ids) -> None:
    (task,) = tasks.tasks(ours.scope, kind="question")
    admin = ours.admin.person_id
    tasks_operations.assign(ours.user.staff_scope, shown=[task.shown], to=admin, now=now, ids=ids)
    assert queries.assignee(ours.user.staff_scope, talk.stored()) == admin
    talk.answer()
    talk.write()
    (task,) = tasks.tasks(ours.scope, kind="question")
    assert task.assigned_to == admin
    talk.assign(None)
    assert tasks.tasks(ours.scope, kind="question")[0].assigned_to is None
    talk.answer()  # who answers has it from there on
    assert talk.stored().assigned_to == ours.user.person_id
    talk.assign(admin)
    talk.assign(admin)
    assert events(ours).count("message.assigned") == 1
    assert talk.stored().assigned_to == admin
    with pytest.raises(InvalidError):
        talk.assign(ours.customer.person_id)


def test_those_who_have_written_are_notified_of_an_answer(ours: Dealership, talk: Talk) -> None:
    assert talk.answer() == 1
    (item,) = [one for one in outbox.items(ours.scope) if one.kind != "staff_event"]
    assert (item.kind, item.payload["email"]) == (ANSWERED, ours.customer.email)
    gone = replace(talk.stored(), writers=("somebody who left",))
    repo.change(ours.scope, gone)
    assert talk.answer("And the invoice is right") == 1  # all who have the account now


def test_the_dealers_system_is_told_where_a_program_takes_the_items(ours: Dealership, now: datetime, ids: Ids) -> None:
    asked(ours, now, ids)
    assert feed.waiting(ours.scope, limit=9).items == ()
    choose_taker(ours.admin.staff_scope, taker=Taker.PROGRAM, now=now, ids=ids)
    talk = asked(ours, now, ids)
    talk.write()
    talk.settle()
    question, closed = feed.waiting(ours.scope, limit=9).items
    assert question.item_id == talk.thread_id
    assert question.data == QuestionAsked(
        thread_id=talk.thread_id,
        subject="Where is the second hose?",
        text="One came, two are on the invoice.",
        transaction_type="invoice",
        transaction_id="inv-127070",
        asked_by=ours.customer.email,
    )
    assert closed.data == QuestionClosed(
        thread_id=talk.thread_id, subject="Where is the second hose?", closed_by="customer"
    )


def test_what_waits_of_another_account_is_not_withdrawn(ours: Dealership, now: datetime, ids: Ids) -> None:
    choose_taker(ours.admin.staff_scope, taker=Taker.PROGRAM, now=now, ids=ids)
    mine, other = asked(ours, now, ids), asked(ours, now, ids, ref="1201")
    era = ids.ulid(now + timedelta(days=1))
    eras.start_era(ours.import_scope, ref="1200", era=era, reason="export", now=now, ids=ids)
    operations.end_earlier(ours.import_scope, ref="1200", now=now, ids_of=lambda _: ids)
    states = [item.state for one in (mine, other) if (item := feed.item(ours.scope, one.thread_id))]
    assert states == [ItemState.WITHDRAWN, ItemState.WAITING]


def test_of_an_earlier_customer_nothing_waits_and_nothing_is_shown(ours: Dealership, now: datetime, ids: Ids) -> None:
    choose_taker(ours.admin.staff_scope, taker=Taker.PROGRAM, now=now, ids=ids)
    talk = asked(ours, now, ids)
    era = ids.ulid(now + timedelta(days=1))
    eras.start_era(ours.import_scope, ref="1200", era=era, reason="export", now=now, ids=ids)
    with pytest.raises(NotFoundError):  # their session lives for a moment longer
        talk.write()
    with pytest.raises(ConflictError):
        talk.answer()
    for _ in range(2):
        operations.end_earlier(ours.import_scope, ref="1200", now=now, ids_of=lambda _: ids)
    assert open_tasks(ours) == []
    item = feed.item(ours.scope, talk.thread_id)
    assert item
    assert item.state is ItemState.WITHDRAWN
    assert events(ours).count("message.ended") == 1
    successor = replace(ours.customer.customer_scope, eras={"1200": era})
    assert queries.some_own_threads(successor).threads == []
    with pytest.raises(NotFoundError):
        queries.own_conversation(successor, talk.thread_id)
    assert queries.threads_of_account(ours.user.staff_scope, "1200", era=era) == []
    new = NewQuestion(subject="New", text="New", email="new@farm.example")
    begun = operations.ask(successor, new, now=now, ids=ids)
    assert [one.thread.thread_id for one in queries.some_own_threads(successor).threads] == [begun.thread_id]
