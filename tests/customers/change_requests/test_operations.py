from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.customers import eras
from chalicelib.customers.change_requests import operations, queries, repo
from chalicelib.customers.change_requests.model import MAX_LENGTH, ChangeRequest, RequestState, plain
from chalicelib.customers.model import AccountFacts
from chalicelib.feed import operations as feed
from chalicelib.feed import queries as items
from chalicelib.feed.model import ItemState, Taker
from chalicelib.feed.payloads import ChangeRequested
from chalicelib.kernel.account_fields import AccountField
from chalicelib.kernel.errors import ConflictError, InvalidError, NotFoundError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import CustomerScope
from chalicelib.store import outbox
from chalicelib.store.audit import AuditRow
from chalicelib.store.record import tenant_pk
from chalicelib.store.roles import assume_scope
from chalicelib.store.transactions import TransactionRefusedError
from chalicelib.tasks import repo as tasks
from tests.fixtures.calls import counted_calls
from tests.fixtures.cast import Cast, Dealership
from tests.ledger.accounts import a_facts

FACTS = a_facts(phone="01632 960 014", email="al@farm.example", depot_code="2")
Ask = Callable[..., ChangeRequest]


@pytest.fixture
def ours(cast: Cast) -> Dealership:
    return cast.ours


@pytest.fixture
def ask(ours: Dealership, now: datetime, ids: Ids) -> Ask:
    def make(
        value: str = "01632 960 118",
        field: AccountField = AccountField.PHONE,
        *,
        facts: AccountFacts = FACTS,
        scope: CustomerScope | None = None,
        note: str = "From July",
        at: datetime = now,
    ) -> ChangeRequest:
        return operations.ask_for_change(
            scope or ours.customer.customer_scope,
            facts=facts,
            field=field,
            value=value,
            note=note,
            asked_by=ours.customer.email,
            now=at,
            ids=ids,
        )

    return make


def events(ours: Dealership) -> list[tuple[str, str]]:
    with assume_scope(ours.scope):
        rows = AuditRow.query(tenant_pk(ours.scope, "AUDIT", "2024-06"))
        return sorted((row.event, row.subject) for row in rows if row.event.startswith("change."))


def item_state(ours: Dealership, request: ChangeRequest) -> ItemState:
    found = items.item(ours.scope, request.request_id)
    assert found
    return found.state


def open_tasks(ours: Dealership) -> list[str]:
    return [task.task_id for task in tasks.tasks(ours.scope)]


def test_one_transaction_writes_request_task_item_and_audit_row(ours: Dealership, ask: Ask) -> None:
    with counted_calls("dynamodb") as calls:
        asked = ask()
    assert calls.count("TransactWriteItems") == 1
    assert repo.request(ours.scope, "1200", asked.request_id) == asked
    (task,) = tasks.tasks(ours.scope)
    assert (task.task_id, task.account_ref, task.depot) == (asked.request_id, "1200", "2")
    (item,) = items.waiting(ours.scope, limit=9).items
    assert item.item_id == asked.request_id
    assert item.data == ChangeRequested(
        field=AccountField.PHONE,
        before="01632 960 014",
        value="01632 960 118",
        note="From July",
        asked_by=ours.customer.email,
    )
    assert events(ours) == [("change.asked", "1200")]


@pytest.mark.parametrize(
    ("field", "value", "note"),
    [
        (AccountField.PHONE, "", ""),
        (AccountField.PHONE, "0" * (MAX_LENGTH[AccountField.PHONE] + 1), ""),
        (AccountField.NAME, "x\x00y", ""),
        (AccountField.NAME, "x\u202ey", ""),
        (AccountField.EMAIL, "nobody", ""),
        (AccountField.PHONE, "01632-960014", ""),  # what is there already
        (AccountField.CITY, "Whitby", "x" * 501),
        (AccountField.CITY, "Whitby", "x\x00"),
    ],
)
def test_what_cannot_be_asked_for_is_said(
    ours: Dealership, ask: Ask, field: AccountField, value: str, note: str
) -> None:
    with pytest.raises(InvalidError) as refused:
        ask(value, field, note=note)
    assert set(refused.value.fields) == {"note" if note else "value"}
    assert open_tasks(ours) == []


def test_each_field_waits_for_one_answer(ours: Dealership, ask: Ask) -> None:
    ask()
    with pytest.raises(InvalidError):
        ask("01632 960 119")
    ask("Whitby", AccountField.CITY)
    ask("01632 960 119", facts=a_facts(phone="01632 960 118"))  # an export shows the first
    assert len(open_tasks(ours)) == 3


def test_one_that_is_open_is_found_however_many_were_withdrawn_since(
    ours: Dealership, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = ask()
    monkeypatch.setattr(repo, "MAX_READ", 2)
    for number in range(3):
        withdrawn = replace(first, request_id=f"01HZKT0000000000000000000{number}", field=AccountField.CITY)
        repo.put(
            ours.customer.customer_scope,
            "1200",
            replace(withdrawn, state=RequestState.WITHDRAWN),
            newest=f"01HZKT0000000000000000000{number - 1}" if number else None,
            also=(),
        )
    assert queries.open_requests(ours.user.staff_scope, "1200") == [first]
    assert queries.current_requests(ours.customer.customer_scope, FACTS) == {AccountField.PHONE: first}
    with pytest.raises(InvalidError):
        ask("01632 960 119")


def test_a_newer_request_for_the_field_refuses_one_that_was_begun_before(ours: Dealership, ask: Ask) -> None:
    first, scope = ask(), ours.customer.customer_scope
    late = replace(first, request_id="01HZKT0000000000000000000Z", value="01632 960 119")
    with pytest.raises(TransactionRefusedError):
        repo.put(scope, "1200", late, newest=None, also=())
    assert repo.requests(scope, "1200") == [first]
    repo.put(scope, "1200", late, newest=first.request_id, also=())


@pytest.mark.parametrize(
    ("field", "asked", "exported", "same"),
    [
        (AccountField.PHONE, "01632 960 118", "01632-960118", True),
        (AccountField.PHONE, "01632 960 118", "01632 960 119", False),
        (AccountField.ADDRESS_1, "Unit 2, Station Yard", "UNIT 2  STATION YARD", True),
        (AccountField.EMAIL, "Al@Farm.example", "al@farm.example ", True),
        (AccountField.EMAIL, "a.l@farm.example", "al@farm.example", False),
        (AccountField.CITY, "Whitby", "", False),
    ],
)
def test_an_export_shows_a_change_however_it_writes_it(
    ours: Dealership,
    ask: Ask,
    field: AccountField,
    asked: str,
    exported: str,
    same: bool,  # noqa: FBT001
) -> None:
    request = ask(asked, field, facts=a_facts())
    values: dict[str, Any] = {field.value: exported or None}
    shown = replace(a_facts(), **values)
    assert request.is_shown(shown) is same
    left = queries.current_requests(ours.customer.customer_scope, shown)
    assert left == ({} if same else {field: request})
    # The export is undone: what was asked for is asked for again.
    assert queries.current_requests(ours.customer.customer_scope, a_facts()) == {field: request}


@given(st.sampled_from(AccountField), st.text(max_size=40))
def test_the_plain_form_of_a_plain_form_is_itself(field: AccountField, text: str) -> None:
    assert plain(field, plain(field, text)) == plain(field, text)


def test_it_is_withdrawn_until_it_reaches_the_dealers_system(
    ours: Dealership, ask: Ask, now: datetime, ids: Ids
) -> None:
    scope, asked = ours.customer.customer_scope, ask()
    for _ in range(2):
        operations.withdraw(scope, ref="1200", request_id=asked.request_id, now=now, ids=ids)
    assert (open_tasks(ours), item_state(ours, asked)) == ([], ItemState.WITHDRAWN)
    assert events(ours) == [("change.asked", "1200"), ("change.withdrawn", "1200")]
    assert queries.current_requests(scope, FACTS) == {}
    late = ask(at=now + timedelta(seconds=1))
    feed.acknowledge(ours.user.staff_scope, item_ids=[late.request_id], now=now, ids=ids)
    with pytest.raises(ConflictError):
        operations.withdraw(scope, ref="1200", request_id=late.request_id, now=now, ids=ids)
    assert open_tasks(ours) == [late.request_id]


def test_passed_on_by_hand_no_program_has_to(ours: Dealership, ask: Ask, now: datetime, ids: Ids) -> None:
    feed.choose_taker(ours.admin.staff_scope, taker=Taker.PROGRAM, now=now, ids=ids)
    staff, asked = ours.user.staff_scope, ask()
    for _ in range(2):
        done = operations.pass_on(staff, ref="1200", request_id=asked.request_id, now=now, ids=ids)
        assert done.state is RequestState.PASSED_ON
    assert (open_tasks(ours), item_state(ours, asked)) == ([], ItemState.TAKEN)
    left = queries.current_requests(ours.customer.customer_scope, FACTS)
    assert left[AccountField.PHONE].state is RequestState.PASSED_ON
    with pytest.raises(ConflictError):
        operations.refuse(staff, ref="1200", request_id=asked.request_id, reason="No", now=now, ids=ids)
    assert outbox.items(ours.scope) == []


def test_a_refusal_says_why_once(ours: Dealership, ask: Ask, now: datetime, ids: Ids) -> None:
    staff, asked = ours.user.staff_scope, ask()
    for reason in ("", "x" * 501):
        with pytest.raises(InvalidError):
            operations.refuse(staff, ref="1200", request_id=asked.request_id, reason=reason, now=now, ids=ids)
    for _ in range(2):
        operations.refuse(staff, ref="1200", request_id=asked.request_id, reason="No\nsuch number", now=now, ids=ids)
    assert (open_tasks(ours), item_state(ours, asked)) == ([], ItemState.WITHDRAWN)
    (mail,) = outbox.items(ours.scope)
    assert (mail.kind, mail.payload["reason"], mail.payload["email"]) == (
        "change_refused",
        "No such number",
        ours.customer.email,
    )
    with pytest.raises(ConflictError):
        operations.withdraw(ours.customer.customer_scope, ref="1200", request_id=asked.request_id, now=now, ids=ids)


def test_what_a_program_took_may_still_be_refused(ours: Dealership, ask: Ask, now: datetime, ids: Ids) -> None:
    asked = ask()
    feed.acknowledge(ours.user.staff_scope, item_ids=[asked.request_id], now=now, ids=ids)
    operations.refuse(ours.user.staff_scope, ref="1200", request_id=asked.request_id, reason="No", now=now, ids=ids)
    assert item_state(ours, asked) is ItemState.TAKEN
    assert open_tasks(ours) == []


def test_a_decision_ends_what_a_program_did_not_take_too(ours: Dealership, ask: Ask, now: datetime, ids: Ids) -> None:
    feed.choose_taker(ours.admin.staff_scope, taker=Taker.PROGRAM, now=now, ids=ids)
    asked = ask()
    feed.reject(ours.import_scope, item_id=asked.request_id, reason="Number too long", now=now, ids=ids)
    assert open_tasks(ours) == [asked.request_id] * 2
    operations.pass_on(ours.user.staff_scope, ref="1200", request_id=asked.request_id, now=now, ids=ids)
    assert (open_tasks(ours), item_state(ours, asked)) == ([], ItemState.REJECTED)


def test_nothing_of_somebody_else_is_reached(cast: Cast, ask: Ask, now: datetime, ids: Ids) -> None:
    asked = ask()
    attempt: dict[str, Any] = {"request_id": asked.request_id, "now": now, "ids": ids}
    for scope in (cast.ours.other_customer.customer_scope, cast.rival.customer.customer_scope):
        with pytest.raises(NotFoundError):
            operations.withdraw(scope, ref="1200", **attempt)
    with pytest.raises(NotFoundError):
        operations.pass_on(cast.rival.user.staff_scope, ref="1200", **attempt)
    with pytest.raises(NotFoundError):
        ask(scope=cast.ours.other_customer.customer_scope)


def test_whoever_has_the_number_now_sees_nothing_of_before(ours: Dealership, ask: Ask, now: datetime, ids: Ids) -> None:
    asked, mine = ask(), ours.customer.customer_scope
    era = ids.ulid(now)
    eras.start_era(ours.import_scope, ref="1200", era=era, reason="other name", now=now, ids=ids)
    later = CustomerScope(mine.dealer_id, "jo", mine.account_refs, mine.role, eras={"1200": era})
    assert queries.current_requests(later, FACTS) == {}
    with pytest.raises(NotFoundError):
        operations.withdraw(later, ref="1200", request_id=asked.request_id, now=now, ids=ids)
    ask(scope=later, at=now + timedelta(seconds=1))
    assert [one.era for one in queries.open_requests(ours.user.staff_scope, "1200")] == ["", era]
    with pytest.raises(NotFoundError):
        ask("Whitby", AccountField.CITY)
    operations.end_earlier(ours.import_scope, ref="1200", now=now, ids_of=lambda _: ids)
    assert [one.era for one in queries.open_requests(ours.user.staff_scope, "1200")] == [era]
