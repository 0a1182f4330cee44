from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

import pytest

from chalicelib.dealers.staff import operations as staff
from chalicelib.kernel.errors import ConflictError, InvalidError, NotFoundError
from chalicelib.kernel.ids import Ids
from chalicelib.messages import operations as messages
from chalicelib.messages import queries, staff_operations
from chalicelib.messages.model import EntryKind, NewQuestion, Thread
from chalicelib.messages.recipients import operations, repo
from chalicelib.messages.recipients import queries as recipients
from chalicelib.messages.recipients.model import MAX_GROUP_NAME, MAX_GROUPS, Directory
from chalicelib.messages.recipients.operations import GroupForm
from chalicelib.profiles.model import Details
from chalicelib.profiles.operations import save as save_profile
from chalicelib.store.audit import AuditRow, audit_row
from chalicelib.store.record import tenant_pk
from chalicelib.store.roles import assume_scope
from chalicelib.tasks import repo as tasks
from tests.fixtures.cast import Cast, Dealership
from tests.fixtures.staff import listed
from tests.messages.made import Talk, asked
from tests.messages.recipients.made import seen
from tests.uploads.document_requests.made import known


@pytest.fixture
def ours(cast: Cast, now: datetime) -> Dealership:
    listed(cast.ours, cast.ours.admin, cast.ours.user, now=now)
    return known(cast.ours, now)


def choose(ours: Dealership, people: dict[str, str], now: datetime, ids: Ids, *, default: str = "") -> bool:
    return operations.save_people(
        ours.admin.staff_scope,
        people,
        lambda one: people[one],
        default_group=default,
        seen=seen(ours),
        now=now,
        ids=ids,
    )


def add(
    ours: Dealership, name: str, now: datetime, ids: Ids, *, members: Collection[str] = (), offered: bool = True
) -> str:
    form = GroupForm(name=name, members=[*members], is_offered=offered, place=99)
    return operations.save_group(ours.admin.staff_scope, None, form, seen=seen(ours), now=now, ids=ids)


def directory(ours: Dealership) -> Directory:
    return repo.directory(ours.scope)


def ask(ours: Dealership, to: str, now: datetime, ids: Ids, *, rep_code: str = "") -> Thread:
    new = NewQuestion(subject="Hoses", text="Where?", email=ours.customer.email, to=to, rep_code=rep_code)
    return messages.ask(ours.customer.customer_scope, new, now=now, ids=ids)


def hand(talk: Talk, to: str) -> None:
    staff_operations.hand_to(
        talk.dealership.user.staff_scope, ref=talk.ref, thread_id=talk.thread_id, to=to, now=talk.now, ids=talk.ids
    )


def events(ours: Dealership, kind: str) -> list[tuple[str, str]]:
    with assume_scope(ours.scope):
        rows = AuditRow.query(tenant_pk(ours.scope, "AUDIT", "2024-06"))
        found = [(row.event, row.detail.get("recipient") or row.detail.get("name", "")) for row in rows]
        return sorted(one for one in found if one[0].startswith(kind))


def test_groups_are_kept_in_order_with_those_who_work_there(ours: Dealership, now: datetime, ids: Ids) -> None:
    accounts = add(ours, " Accounts ", now, ids, members=[ours.user.person_id, "nobody"])
    parts = add(ours, "Parts", now, ids, offered=False)
    first = GroupForm(name="Parts and tyres", members=[], is_offered=True, place=0)
    operations.save_group(ours.admin.staff_scope, parts, first, seen=seen(ours), now=now, ids=ids)
    assert [(one.group_id, one.name, one.members, one.is_offered) for one in directory(ours).groups] == [
        (parts, "Parts and tyres", (), True),
        (accounts, "Accounts", (ours.user.person_id,), True),
    ]
    operations.delete_group(ours.admin.staff_scope, accounts, seen=seen(ours), now=now, ids=ids)
    assert [one.group_id for one in directory(ours).groups] == [parts]
    assert events(ours, "recipients.") == [
        ("recipients.group", "Accounts"),
        ("recipients.group", "Parts"),
        ("recipients.group", "Parts and tyres"),
        ("recipients.group_deleted", "Accounts"),
    ]


def test_two_admins_do_not_lose_each_others_change(ours: Dealership, now: datetime, ids: Ids) -> None:
    group = add(ours, "Accounts", now, ids)
    before, scope = seen(ours), ours.admin.staff_scope
    add(ours, "Parts", now, ids)
    form = GroupForm(name="Sales ledger", members=[], is_offered=True, place=0)
    with pytest.raises(ConflictError):
        operations.save_group(scope, group, form, seen=before, now=now, ids=ids)
    with pytest.raises(ConflictError):
        operations.delete_group(scope, group, seen=before, now=now, ids=ids)
    with pytest.raises(ConflictError):
        operations.save_people(scope, [], str, default_group=group, seen=before, now=now, ids=ids)
    stale = directory(ours)
    choose(ours, {}, now, ids, default=group)
    with pytest.raises(ConflictError):
        repo.put(scope, replace(stale, groups=()), audit=_a_row(ours, now, ids))
    assert [one.name for one in directory(ours).groups] == ["Accounts", "Parts"]


def _a_row(ours: Dealership, now: datetime, ids: Ids) -> AuditRow:
    return audit_row(ours.scope, ids=ids, now=now, actor="x", event="recipients.people", subject="")


def test_what_a_form_may_not_say(ours: Dealership, now: datetime, ids: Ids) -> None:
    add(ours, "Accounts", now, ids)
    for name in ("", "x" * (MAX_GROUP_NAME + 1), "ACCOUNTS"):
        with pytest.raises(InvalidError) as refused:
            add(ours, name, now, ids)
        assert set(refused.value.fields) == {"name"}
    person = ours.user.person_id
    for people, default, field in (
        ({person: "x" * 33}, "", f"codes-{person}"),
        ({person: ",".join(map(str, range(21)))}, "", f"codes-{person}"),
        ({}, "gone", "default"),
    ):
        with pytest.raises(InvalidError) as refused:
            choose(ours, people, now, ids, default=default)
        assert set(refused.value.fields) == {field}
    with pytest.raises(NotFoundError):
        operations.delete_group(ours.admin.staff_scope, "gone", seen=seen(ours), now=now, ids=ids)
    for number in range(MAX_GROUPS - 1):
        add(ours, f"Depot {number}", now, ids)
    with pytest.raises(InvalidError):
        add(ours, "One too many", now, ids)


def test_the_same_choice_again_changes_nothing(ours: Dealership, now: datetime, ids: Ids) -> None:
    assert choose(ours, {ours.user.person_id: "MH"}, now, ids)
    assert not choose(ours, {ours.user.person_id: "MH", "nobody": ""}, now, ids)


def test_customers_are_offered_groups_and_people_by_name(ours: Dealership, now: datetime, ids: Ids) -> None:
    def offer(rep_code: str = "") -> tuple[list[tuple[str, bool]], str]:
        found = recipients.offer(ours.customer.customer_scope, rep_code=rep_code)
        return [(one.name, one.is_rep) for one in found.choices], found.value

    assert offer() == ([], "")
    accounts = add(ours, "Accounts", now, ids)
    add(ours, "Claims", now, ids, offered=False)
    assert offer() == ([("", False), ("Accounts", False)], "")
    choose(ours, {ours.user.person_id: "MH"}, now, ids, default=accounts)
    assert offer("MH") == ([], f"group:{accounts}")  # who has no name is not offered
    save_profile(ours.user.staff_scope, Details(first_name="Mark", last_name="Hill"), seen="", now=now, ids=ids)
    assert offer("MH") == ([("Accounts", False), ("Mark Hill", True)], f"group:{accounts}")
    assert offer("JB") == ([], f"group:{accounts}")


def test_a_question_goes_to_whom_it_is_for(ours: Dealership, now: datetime, ids: Ids) -> None:
    group = add(ours, "Accounts", now, ids, members=[ours.admin.person_id])
    hidden = add(ours, "Claims", now, ids, offered=False)
    person = ours.user.person_id
    save_profile(ours.user.staff_scope, Details(first_name="Mark", last_name="Hill"), seen="", now=now, ids=ids)
    choose(ours, {person: "MH"}, now, ids)
    to_group = ask(ours, f"group:{group}", now, ids)
    assert (to_group.to, to_group.assigned_to) == (directory(ours).groups[0].recipient, None)
    to_person = ask(ours, f"person:{person}", now, ids, rep_code="MH")
    assert to_person.assigned_to == person
    assert {one.task_id: one.assigned_to for one in tasks.tasks(ours.scope)} == {
        to_group.thread_id: None,
        to_person.thread_id: person,
    }
    scope = ours.customer.customer_scope
    assert [recipients.shown_name(scope, one.to) for one in (to_group, to_person)] == ["Accounts", "Mark Hill"]
    for refused in (f"person:{person}", f"group:{hidden}", "group:gone", f"person:{ours.admin.person_id}"):
        with pytest.raises(InvalidError) as error:
            ask(ours, refused, now, ids, rep_code="JB")
        assert set(error.value.fields) == {"to"}


def test_what_was_for_a_group_or_person_who_is_gone_is_the_defaults(ours: Dealership, now: datetime, ids: Ids) -> None:
    group, default = add(ours, "Accounts", now, ids), add(ours, "Office", now, ids, members=[ours.admin.person_id])
    save_profile(ours.user.staff_scope, Details(first_name="Mark", last_name="Hill"), seen="", now=now, ids=ids)
    choose(ours, {ours.user.person_id: ""}, now, ids)
    threads = [ask(ours, to, now, ids) for to in (f"group:{group}", f"person:{ours.user.person_id}", "")]
    operations.delete_group(ours.admin.staff_scope, group, seen=seen(ours), now=now, ids=ids)
    staff.remove_member(ours.scope, person_id=ours.user.person_id, actor="x", now=now, ids=ids)
    addressing = recipients.addressing(ours.admin.staff_scope)
    assert [addressing.resolved(one.to) for one in threads] == [None] * 3
    assert not any(addressing.reaches(one.to, ours.admin.person_id) for one in threads)
    choose(ours, {}, now, ids, default=default)
    addressing = recipients.addressing(ours.admin.staff_scope)
    assert all(addressing.reaches(one.to, ours.admin.person_id) for one in threads)
    scope = ours.customer.customer_scope
    assert [recipients.shown_name(scope, one.to) for one in threads] == ["Office"] * 3
    assert len(queries.open_threads(ours.admin.staff_scope).threads) == 3


def test_staff_hand_a_conversation_over_and_customers_do_not_read_that(
    ours: Dealership, now: datetime, ids: Ids
) -> None:
    talk, person = asked(ours, now, ids), ours.admin.person_id
    group = add(ours, "Accounts", now, ids)
    hand(talk, f"person:{person}")
    assert (talk.stored().assigned_to, [one.assigned_to for one in tasks.tasks(ours.scope)]) == (person, [person])
    hand(talk, f"group:{group}")
    assert (talk.stored().assigned_to, [one.assigned_to for one in tasks.tasks(ours.scope)]) == (None, [None])
    hand(talk, f"group:{group}")
    hand(talk, "")
    handed = [one.text for one in talk.entries() if one.kind is EntryKind.HANDED]
    assert handed == [ours.admin.email, "Accounts", ""]
    assert [name for _event, name in events(ours, "message.handed")] == ["", "Accounts", ours.admin.email]
    read = queries.own_conversation(ours.customer.customer_scope, talk.thread_id)
    assert [one.kind for one in read.entries] == [EntryKind.MESSAGE]
    assert talk.stored().waits
    for nobody in ("group:gone", "person:nobody", "Accounts"):
        with pytest.raises(InvalidError):
            hand(talk, nobody)


def test_what_is_handed_over_after_it_was_answered_stays_answered(ours: Dealership, now: datetime, ids: Ids) -> None:
    talk = asked(ours, now, ids)
    talk.answer()
    hand(talk, f"person:{ours.admin.person_id}")
    assert (talk.stored().waits, tasks.tasks(ours.scope)) == (False, [])
    talk.write()
    assert [one.assigned_to for one in tasks.tasks(ours.scope)] == [ours.admin.person_id]
