from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.kernel.errors import InvalidError, NotFoundError, TooManyError
from chalicelib.kernel.ids import Ids
from chalicelib.tasks import queries as tasks
from chalicelib.tasks.kinds import DOCUMENT
from chalicelib.tasks.model import Task
from chalicelib.uploads import by_year, operations, queries
from chalicelib.uploads.model import MAX_BYTES, FileState, Review, SentFile
from tests.fixtures.cast import Cast
from tests.fixtures.trail import audited
from tests.uploads.sending import Sending


@pytest.fixture
def sending(cast: Cast, now: datetime, ids: Ids) -> Sending:
    return Sending(cast.ours, now, ids)


def begin(cast: Cast, now: datetime, ids: Ids, **more: object) -> SentFile:
    fields = {"purpose": "order", "note": "", "name": "a.pdf", "account_name": "", "maximum": 2, **more}
    return operations.begin_file(cast.ours.customer.customer_scope, now=now, ids=ids, **fields)  # type: ignore[arg-type]


def accepted(sending: Sending) -> SentFile:
    version = sending.put()
    sending.arrived(version)
    sending.scanned(version)
    return sending.found()


def to_do(cast: Cast) -> list[Task]:
    return [task for task in tasks.open_tasks(cast.ours.user.staff_scope) if task.kind == DOCUMENT.name]


@pytest.mark.parametrize("review", Review)
def test_a_document_is_a_task_until_staff_have_reviewed_it(
    sending: Sending, cast: Cast, now: datetime, ids: Ids, review: Review
) -> None:
    file = accepted(sending)
    sending.scanned(file.object_version or "")  # told again
    (task,) = to_do(cast)
    told = (task.task_id, task.account_ref, task.account_name, task.detail)
    assert told == (file.file_id, file.account_ref, "Mr A L Barlow", {"name": "remittance.csv"})
    where = {"account_ref": file.account_ref, "file_id": file.file_id}
    for _ in range(2):
        operations.review_file(
            cast.ours.user.staff_scope, **where, review=review, comment="Page 2 is missing", now=now, ids=ids
        )
        assert to_do(cast) == []


def test_a_refused_file_is_nothing_to_do_for_staff(sending: Sending, cast: Cast) -> None:
    version = sending.put()
    sending.arrived(version)
    sending.scanned(version, "THREATS_FOUND")
    assert sending.found().state is FileState.REFUSED
    assert to_do(cast) == []


def test_an_account_sends_so_many_files_a_day(cast: Cast, now: datetime, ids: Ids) -> None:
    for _ in range(2):
        begin(cast, now, ids)
    with pytest.raises(TooManyError) as refused:
        begin(cast, now, ids)
    assert refused.value.retry_after == 15 * 3600
    begin(cast, now + timedelta(hours=15), ids)
    assert len(queries.sent_files(cast.ours.customer.customer_scope)) == 3
    assert queries.sent_files(cast.ours.other_customer.customer_scope) == []


def test_the_form_is_for_one_object_one_type_and_15_mb(sending: Sending) -> None:
    forms = operations.file_forms(
        sending.dealership.customer.customer_scope, sending.file, success_url="https://portal.example/documents"
    )
    assert forms.form.fields["key"] == forms.script_form.fields["key"] == sending.key
    assert forms.form.fields["Content-Type"] == "application/octet-stream"
    assert MAX_BYTES == 15_000_000


@pytest.mark.parametrize(
    ("field", "value"), [("purpose", ""), ("purpose", "else"), ("note", "x" * 501)], ids=["none", "unknown", "long"]
)
def test_what_is_not_understood_is_not_begun(cast: Cast, now: datetime, ids: Ids, field: str, value: str) -> None:
    with pytest.raises(InvalidError) as refused:
        begin(cast, now, ids, **{field: value})
    assert list(refused.value.fields) == [field]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("C:\\Users\\me\\a.pdf", "a.pdf"),
        ("../../etc/passwd", "passwd"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("a\r\nb.pdf", "ab.pdf"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
        (".pdf", ".pdf"),
        ("", ""),
    ],
)
def test_a_name_is_a_name(sent: str, kept: str) -> None:
    assert operations.clean_name(sent) == kept


def test_staff_say_that_a_file_is_done_with_or_ask_again(sending: Sending, now: datetime, ids: Ids) -> None:
    file, staff = accepted(sending), sending.dealership.user.staff_scope
    where = {"account_ref": file.account_ref, "file_id": file.file_id}
    with pytest.raises(InvalidError):
        operations.review_file(staff, **where, review=Review.ASKED_AGAIN, comment=" ", now=now, ids=ids)
    operations.review_file(staff, **where, review=Review.ASKED_AGAIN, comment="Page 2 is missing", now=now, ids=ids)
    (seen,) = queries.sent_files(sending.dealership.customer.customer_scope)
    assert (seen.review, seen.comment, seen.reviewed_by) == (Review.ASKED_AGAIN, "Page 2 is missing", staff.person_id)
    operations.review_file(staff, **where, review=Review.DONE, comment="", now=now, ids=ids)
    found = audited(staff, now, "file.")
    assert {entry.event for entry in found} >= {"file.done", "file.asked_again"}


def test_only_what_is_accepted_is_reviewed_and_fetched(sending: Sending, cast: Cast, now: datetime, ids: Ids) -> None:
    where = {"account_ref": sending.file.account_ref, "file_id": sending.file.file_id}
    staff, customer = cast.ours.user.staff_scope, cast.ours.customer.customer_scope
    with pytest.raises(NotFoundError):
        operations.review_file(staff, **where, review=Review.DONE, comment="", now=now, ids=ids)
    with pytest.raises(NotFoundError):
        queries.received_file(staff, **where)
    with pytest.raises(NotFoundError):
        queries.own_file_link(customer, sending.file.file_id, file_name="a.csv")
    file = accepted(sending)
    assert queries.received_file(staff, **where) == file
    link = queries.own_file_link(customer, file.file_id, file_name="a.csv")
    assert "response-content-disposition=attachment" in link
    for scope in (cast.rival.user.staff_scope,):
        with pytest.raises(NotFoundError):
            queries.received_file(scope, **where)
    for other in (cast.ours.other_customer, cast.rival.customer):
        with pytest.raises(NotFoundError):
            queries.own_file_link(other.customer_scope, file.file_id, file_name="a.csv")


def test_of_an_earlier_era_nothing_is_shown(sending: Sending, cast: Cast) -> None:
    file = accepted(sending)
    scope = replace(cast.ours.customer.customer_scope, eras={file.account_ref: "01ARZ3NDEKTSV4RRFFQ69G5FAV"})
    assert queries.sent_files(scope) == []
    with pytest.raises(NotFoundError):
        queries.own_file(scope, file.file_id)


def test_a_portal_customer_keeps_its_files_when_it_is_linked(cast: Cast, now: datetime, ids: Ids) -> None:
    own = f"~{ids.ulid(now)}"
    alone = replace(cast.ours.customer.customer_scope, account_refs=frozenset({own}))
    file = operations.begin_file(alone, purpose="order", note="", name="", account_name="", maximum=9, now=now, ids=ids)
    linked = replace(alone, account_refs=frozenset({own, "1200"}), account_ref="1200")
    assert [each.file_id for each in queries.sent_files(linked)] == [file.file_id]
    assert queries.sent_files(cast.ours.customer.customer_scope) == []


def test_without_an_account_in_hand_nothing_is_sent(cast: Cast, now: datetime, ids: Ids) -> None:
    nobody = replace(cast.ours.customer.customer_scope, account_refs=frozenset())
    assert queries.sent_files(nobody) == []
    with pytest.raises(NotFoundError):
        operations.begin_file(nobody, purpose="order", note="", name="", account_name="", maximum=9, now=now, ids=ids)
    with pytest.raises(NotFoundError):
        queries.own_file(nobody, "0" * 26)


def test_a_file_may_be_sent_by_its_beginner_for_a_quarter_of_an_hour(sending: Sending) -> None:
    file, person, now = sending.file, sending.file.sent_by, sending.now
    assert file.can_be_sent(person, now)
    assert not file.can_be_sent(person, now + timedelta(minutes=15))
    assert not file.can_be_sent("another", now)
    sending.arrived(sending.put())
    assert not sending.found().can_be_sent(person, now)


def test_the_list_of_the_dealer_is_newest_first_and_goes_on_below(
    cast: Cast, now: datetime, ids: Ids, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(by_year, "SHOWN", 2)
    sent = []
    for days in (400, 20, 0):
        sending = Sending(cast.ours, now - timedelta(days=days), ids)
        sent.append(accepted(sending))
    staff = cast.ours.user.staff_scope
    first = queries.received_files(staff, now=now)
    assert [file.file_id for file in first.files] == [sent[2].file_id, sent[1].file_id]
    second = queries.received_files(staff, now=now, before=first.older)
    assert ([file.file_id for file in second.files], second.older) == ([sent[0].file_id], "")
    assert all(file.state is FileState.ACCEPTED for file in first.files)
    assert queries.received_files(cast.rival.user.staff_scope, now=now).files == []
