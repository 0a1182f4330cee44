"""Staff put a document there, show and hide it, describe and delete it; each write has its audit row and its mail."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.kernel.errors import ConflictError, InvalidError, NotFoundError, TooManyError
from chalicelib.kernel.ids import Ids
from chalicelib.store import audit, outbox
from chalicelib.store.record import Record
from chalicelib.uploads import queries, repo, shared_queries, sharing
from chalicelib.uploads.model import FileState, Reason
from chalicelib.uploads.shared_file import SharedFile
from chalicelib.uploads.sharing import NewDocument
from tests.fixtures.calls import beside_a_transaction
from tests.fixtures.cast import Cast
from tests.fixtures.trail import audited
from tests.uploads.sending import Sending
from tests.uploads.shared import SharedSending


@pytest.fixture
def sending(cast: Cast, now: datetime, ids: Ids) -> SharedSending:
    return SharedSending(cast.ours, now, ids)


def where(sending: SharedSending) -> dict[str, Any]:
    return {"account_ref": "1200", "file_id": sending.file.file_id, "now": sending.now, "ids": sending.ids}


def events(sending: SharedSending) -> list[str]:
    found = audited(sending.dealership.scope, sending.now, "shared.")
    return sorted(entry.event.partition(".")[2] for entry in found)


def waiting(sending: SharedSending) -> list[str]:
    return [item.kind for item in outbox.items(sending.dealership.scope)]


def visible_to(cast: Cast) -> list[str]:
    return [file.title for file in shared_queries.shared_with(cast.ours.customer.customer_scope)]


def test_it_goes_through_the_checks_of_customers_files_and_is_hidden_until_staff_show_it(
    sending: SharedSending, cast: Cast
) -> None:
    version = sending.put()
    sending.scanned(version)
    assert sending.found().state is FileState.RECEIVED
    sending.arrived(version)
    file = sending.found()
    assert (file.state, file.is_shown, file.title) == (FileState.ACCEPTED, False, "warranty.csv")
    assert sending.kept() is not None
    assert (visible_to(cast), waiting(sending)) == ([], [])
    sending.show()
    assert visible_to(cast) == ["warranty.csv"]
    sending.show(visible=False)
    assert visible_to(cast) == []
    assert events(sending) == sorted(["begun", "scanned", "accepted", "shown", "hidden"])


@pytest.mark.parametrize("first", ["arrived", "scanned"])
def test_what_is_to_be_shown_at_once_is_shown_once_both_facts_are_known(
    cast: Cast, now: datetime, ids: Ids, first: str
) -> None:
    sending = SharedSending(cast.ours, now, ids, visible=True)
    version = sending.put()
    steps: list[Callable[[str], object]] = [sending.arrived, sending.scanned]
    one, other = steps if first == "arrived" else reversed(steps)
    one(version)
    assert (visible_to(cast), waiting(sending)) == ([], [])
    other(version)
    one(version)
    assert (visible_to(cast), waiting(sending)) == (["warranty.csv"], [sharing.SHOWN])


@pytest.mark.parametrize("status", ["THREATS_FOUND", "UNSUPPORTED", "FAILED", "ACCESS_DENIED"])
def test_what_is_not_clean_is_never_shown_whatever_staff_choose(
    cast: Cast, now: datetime, ids: Ids, status: str
) -> None:
    sending = SharedSending(cast.ours, now, ids, visible=True)
    version = sending.put()
    sending.arrived(version)
    sending.scanned(version, status)
    assert sending.found().state is FileState.REFUSED
    with pytest.raises(ConflictError):
        sending.show()
    with pytest.raises(NotFoundError):
        shared_queries.shared_document(cast.ours.customer.customer_scope, sending.file.file_id)
    with pytest.raises(NotFoundError):
        queries.file_link(cast.ours.user.staff_scope, sending.found(), file_name="a")
    assert (visible_to(cast), waiting(sending), sending.kept()) == ([], [], None)


def test_hostile_content_is_refused_and_may_be_deleted(sending: SharedSending) -> None:
    sending.arrived(sending.put(b"<html><script>"))
    assert sending.found().reason is Reason.WEB_PAGE
    sharing.delete_document(sending.dealership.user.staff_scope, **where(sending))
    assert repo.stored_shared_file(sending.dealership.scope, "1200", sending.file.file_id) is None


def test_a_file_that_never_came_is_given_up_after_a_day(sending: SharedSending) -> None:
    sending.settle(after=timedelta(hours=24))
    assert sending.found().reason is Reason.NEVER_CAME


def test_the_customer_is_told_of_a_first_showing_alone(sending: SharedSending) -> None:
    sending.accepted()
    for _ in range(2):
        sending.show()
        sending.show()
        sending.show(visible=False)
    assert waiting(sending) == [sharing.SHOWN, sharing.SHOWN]  # the second finds nothing to tell, once the first did
    sending.show()
    notified = sharing.announce(
        sending.dealership.import_scope,
        account_ref="1200",
        era="",
        emails=["a@farm.example", "b@farm.example"],
        now=sending.now,
        ids_of=lambda _: sending.ids,
    )
    assert notified == 2
    assert waiting(sending).count(sharing.ANNOUNCED) == 2
    sending.show(visible=False)
    before = len(waiting(sending))
    sending.show()
    assert len(waiting(sending)) == before


def test_one_mail_tells_of_all_that_is_new_and_a_repetition_of_nothing(cast: Cast, now: datetime, ids: Ids) -> None:
    shown = [SharedSending(cast.ours, now, ids, title=title, visible=True).accepted() for title in "abc"]
    hidden = SharedSending(cast.ours, now, ids, title="d")
    hidden.accepted()
    other_era = SharedSending(cast.ours, now, ids, title="e", visible=True, era="01ARZ3NDEKTSV4RRFFQ69G5FAV").accepted()

    def announce(*emails: str) -> int:
        return sharing.announce(
            cast.ours.import_scope, account_ref="1200", era="", emails=emails, now=now, ids_of=lambda _: ids
        )

    assert announce() == 0, "nobody to tell"
    assert [announce("a@farm.example"), announce("a@farm.example")] == [1, 0]
    (item,) = [item for item in outbox.items(cast.ours.scope) if item.kind == sharing.ANNOUNCED]
    assert set(item.payload["files"]) == {file.file_id for file in shown}
    assert other_era.file_id not in item.payload["files"]
    assert hidden.found().announced_at is None


def test_a_change_its_audit_row_and_its_mail_are_one_write(
    sending: SharedSending, monkeypatch: pytest.MonkeyPatch
) -> None:
    sending.accepted()

    def refuse(_row: Record) -> object:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(audit.AuditRow, "put_condition", refuse)
        with pytest.raises(RuntimeError):
            sending.show()
        with pytest.raises(RuntimeError):
            sharing.delete_document(sending.dealership.user.staff_scope, **where(sending))
    assert (sending.found().is_visible, waiting(sending)) == (False, [])


def test_staff_describe_it_within_bounds(sending: SharedSending) -> None:
    staff = sending.dealership.user.staff_scope
    changed = sharing.describe(staff, title="  Warranty   card ", kind="manual", note=" For both ", **where(sending))
    assert (changed.title, changed.document_kind, changed.note) == ("Warranty card", "manual", "For both")
    assert sending.found() == changed
    sharing.describe(staff, title="Warranty card", kind="manual", note="For both", **where(sending))
    assert events(sending) == ["begun", "changed"]
    for wrong in ({"title": ""}, {"title": "x" * 121}, {"title": "a\u202eb"}, {"kind": "else"}, {"note": "x" * 501}):
        with pytest.raises(InvalidError) as refused:
            sharing.describe(staff, **{"title": "a", "kind": "quote", "note": "", **wrong, **where(sending)})
        assert list(refused.value.fields) == list(wrong)


@pytest.mark.parametrize(("title", "name", "called"), [("", "C:\\a b.pdf", "a b.pdf"), ("Terms", "x.pdf", "Terms")])
def test_without_a_title_it_is_called_as_its_file(
    cast: Cast, now: datetime, ids: Ids, title: str, name: str, called: str
) -> None:
    assert SharedSending(cast.ours, now, ids, title=title, name=name).file.title == called


def test_one_without_a_title_and_a_name_is_not_begun(cast: Cast, now: datetime, ids: Ids) -> None:
    with pytest.raises(InvalidError) as refused:
        SharedSending(cast.ours, now, ids, name="")
    assert list(refused.value.fields) == ["title"]


def test_deleting_takes_the_record_and_leaves_its_content_to_the_outbox(sending: SharedSending, cast: Cast) -> None:
    file = sending.accepted()
    staff = cast.ours.user.staff_scope
    sharing.delete_document(staff, **where(sending))
    (item,) = outbox.items(cast.ours.scope)
    assert (item.kind, item.payload) == (sharing.DELETED, {"file_id": file.file_id})
    for _ in range(2):
        sharing.delete_content(cast.ours.import_scope, **item.payload)
    assert sending.kept() is None
    for act in (sharing.delete_document, lambda *a, **k: sharing.set_visibility(*a, visible=True, **k)):
        with pytest.raises(NotFoundError):
            act(staff, **where(sending))
    assert events(sending) == sorted(["begun", "checked", "accepted", "deleted"])


def test_what_is_being_checked_is_not_deleted_for_its_content_could_outlive_it(sending: SharedSending) -> None:
    staff, version = sending.dealership.user.staff_scope, sending.put()
    sending.arrived(version)
    with pytest.raises(ConflictError):
        sharing.delete_document(staff, **where(sending))
    sending.scanned(version)
    sharing.delete_document(staff, **where(sending))


def test_one_that_has_not_come_is_deleted_and_comes_to_nothing(sending: SharedSending) -> None:
    sharing.delete_document(sending.dealership.user.staff_scope, **where(sending))
    version = sending.put()
    assert (sending.arrived(version), sending.scanned(version), sending.kept()) == ([], [], None)
    assert repo.pending_files(sending.dealership.scope, begun_before=sending.now + timedelta(days=1)) == []


def test_of_a_deletion_and_a_fact_at_once_one_happens(sending: SharedSending, monkeypatch: pytest.MonkeyPatch) -> None:
    version, remove = sending.put(), repo.remove

    def meanwhile(*args: Any, **more: Any) -> None:
        sending.arrived(version)
        remove(*args, **more)

    monkeypatch.setattr(repo, "remove", meanwhile)
    with pytest.raises(ConflictError):
        sharing.delete_document(sending.dealership.user.staff_scope, **where(sending))
    sending.scanned(version)
    assert (sending.found().state, sending.kept() is not None) == (FileState.ACCEPTED, True)


def test_customers_and_staff_have_a_day_each(cast: Cast, now: datetime, ids: Ids) -> None:
    new = NewDocument("a", "quote", "", "", visible=False)
    more: dict[str, Any] = {"account_ref": "1200", "era": "", "now": now, "ids": ids}
    Sending(cast.ours, now, ids)
    for _ in range(2):
        sharing.begin_document(cast.ours.user.staff_scope, new, maximum=2, **more)
    with pytest.raises(TooManyError):
        sharing.begin_document(cast.ours.user.staff_scope, new, maximum=2, **more)
    sharing.begin_document(cast.ours.user.staff_scope, new, maximum=2, **{**more, "account_ref": "1201"})
    Sending(cast.ours, now, ids)


def test_an_account_holds_so_many(cast: Cast, now: datetime, ids: Ids, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharing, "MAX_DOCUMENTS", 2)
    Sending(cast.ours, now, ids)
    first, _ = SharedSending(cast.ours, now, ids), SharedSending(cast.ours, now, ids)
    with pytest.raises(ConflictError):
        SharedSending(cast.ours, now, ids)
    SharedSending(cast.ours, now, ids, account_ref="1201")
    sharing.delete_document(cast.ours.user.staff_scope, **where(first))
    with beside_a_transaction(lambda: SharedSending(cast.ours, now, ids)), pytest.raises(ConflictError):
        SharedSending(cast.ours, now, ids)
    assert repo.shared_number(cast.ours.scope, "1200") == 2


def test_each_person_opens_it_for_the_first_time_once(sending: SharedSending, cast: Cast) -> None:
    sending.accepted()
    file = sending.show()
    mine, now, ids = cast.ours.customer.customer_scope, sending.now, sending.ids
    colleague = replace(mine, person_id=ids.ulid(now))
    for scope in (mine, colleague, mine):
        found = shared_queries.shared_document(scope, file.file_id)
        sharing.note_opening(scope, found, now=now, ids=ids)
    sharing.note_opening(mine, file, now=now, ids=ids)  # another request, which read before
    assert sending.found().opened.keys() == {mine.person_id, colleague.person_id}
    assert events(sending).count("opened") == 2
    sending.show(visible=False)
    with pytest.raises(NotFoundError):
        sharing.note_opening(replace(mine, person_id="third"), file, now=now, ids=ids)


def test_of_two_who_change_it_at_once_both_count(sending: SharedSending, monkeypatch: pytest.MonkeyPatch) -> None:
    sending.accepted()
    staff, change, calls = sending.dealership.user.staff_scope, repo.change, []

    def at_once(*args: Any, **more: Any) -> None:
        calls.append(1)
        if len(calls) == 1:
            sharing.describe(staff, title="Other", kind="manual", note="", **where(sending))
        change(*args, **more)

    monkeypatch.setattr(repo, "change", at_once)
    changed: SharedFile = sending.show()
    assert (changed.title, changed.is_visible) == ("Other", True)
    assert sending.found() == changed
