"""An accepted file is told to the dealer's program, which fetches and acknowledges it; staff review it all the same."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations

import pytest

from chalicelib.feed import operations as feed
from chalicelib.feed import queries as items
from chalicelib.feed.model import ItemState, Taker
from chalicelib.feed.payloads import DocumentSent
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.ids import Ids
from chalicelib.tasks.queries import open_tasks
from chalicelib.uploads import feed_items, operations
from chalicelib.uploads.model import Review, SentFile
from tests.fixtures.cast import Cast, Dealership
from tests.fixtures.trail import audited
from tests.uploads.document_requests.made import asked, known, reviewed, sent
from tests.uploads.sending import GOOD, Sending


@pytest.fixture
def ours(cast: Cast, now: datetime, ids: Ids) -> Dealership:
    """A dealership whose program takes the items."""
    feed.choose_taker(cast.ours.admin.staff_scope, taker=Taker.PROGRAM, now=now, ids=ids)
    return cast.ours


def accepted(ours: Dealership, now: datetime, ids: Ids, name: str = "may.csv") -> SentFile:
    return Sending(ours, now, ids, name=name).accept()


def kinds(ours: Dealership) -> list[str]:
    return [task.kind for task in open_tasks(ours.user.staff_scope)]


def state(ours: Dealership, file: SentFile) -> ItemState:
    item = items.item(ours.scope, file.file_id)
    assert item
    return item.state


def test_an_accepted_file_is_an_item_of_its_id(ours: Dealership, now: datetime, ids: Ids) -> None:
    request = asked(known(ours, now), now, ids)
    sending = Sending(ours, now, ids, name="../may.csv", note="For May", purpose=request.request_id)
    sending.now = now + timedelta(seconds=8)
    file = sending.accept()
    (item,) = items.waiting(ours.scope, limit=9).items
    assert (item.item_id, item.account_ref, item.account_name) == (file.file_id, "1200", "Mr A L Barlow")
    assert item.data == DocumentSent(
        purpose="other",
        note="For May",
        file_name="may.csv",
        media_type="text/csv; charset=utf-8",
        size=len(GOOD),
        request_id=request.request_id,
        request="Three payslips",
        sent_at="2024-06-05T09:00:00+00:00",
        accepted_at="2024-06-05T09:00:08+00:00",
    )
    assert kinds(ours) == ["document"]


def test_without_a_program_nothing_is_told(cast: Cast, now: datetime, ids: Ids) -> None:
    file = accepted(cast.ours, now, ids)
    assert (file.in_feed, items.waiting(cast.ours.scope, limit=9).items) == (False, ())
    assert kinds(cast.ours) == ["document"]
    feed.choose_taker(cast.ours.admin.staff_scope, taker=Taker.PROGRAM, now=now, ids=ids)
    with pytest.raises(NotFoundError):
        feed_items.fetch(cast.ours.import_scope, file.file_id, now=now, ids=ids)


def test_a_refused_file_is_told_to_nobody(ours: Dealership, now: datetime, ids: Ids) -> None:
    sending = Sending(ours, now, ids)
    sending.arrived(sending.put(b"<html><script>"))
    assert items.waiting(ours.scope, limit=9).items == ()
    with pytest.raises(NotFoundError):
        feed_items.fetch(ours.import_scope, sending.file.file_id, now=now, ids=ids)


def test_a_program_fetches_its_dealers_files_and_that_is_noted(
    ours: Dealership, cast: Cast, now: datetime, ids: Ids
) -> None:
    file = accepted(ours, now, ids, name="")
    found, link = feed_items.fetch(ours.import_scope, file.file_id, now=now, ids=ids)
    assert found == file
    assert "response-content-disposition=attachment" in link
    assert file.kind
    assert f"remittance.{file.kind.value}" in link
    (entry,) = audited(ours.scope, now, "file.fetched")
    assert (entry.actor, entry.subject, entry.detail["file"]) == ("agent", "1200", file.file_id)
    for scope, file_id in (
        (cast.rival.import_scope, file.file_id),
        (ours.import_scope, ids.ulid(now)),
        (ours.import_scope, "Z" * 26),
        (ours.import_scope, "../x"),
        (ours.import_scope, ""),
    ):
        with pytest.raises(NotFoundError):
            feed_items.fetch(scope, file_id, now=now, ids=ids)


@pytest.mark.parametrize("steps", list(permutations(("take", "again", "done"))), ids="-".join)
def test_staff_and_program_come_in_any_order(ours: Dealership, now: datetime, ids: Ids, steps: tuple[str, ...]) -> None:
    """The item ends once, by the one who came first: the program, or staff who want another file."""
    file = accepted(ours, now, ids)
    for step in steps:
        match step:
            case "take":
                feed.acknowledge(ours.import_scope, item_ids=[file.file_id], now=now, ids=ids)
            case "again":
                reviewed(ours, now, ids, file, Review.ASKED_AGAIN)
            case _:
                reviewed(ours, now, ids, file, Review.DONE)
    taken_first = steps.index("take") < steps.index("again")
    assert state(ours, file) is (ItemState.TAKEN if taken_first else ItemState.WITHDRAWN)
    assert kinds(ours) == []


def test_taking_leaves_the_review_to_staff(ours: Dealership, now: datetime, ids: Ids) -> None:
    file = accepted(ours, now, ids)
    feed.acknowledge(ours.import_scope, item_ids=[file.file_id], now=now, ids=ids)
    assert kinds(ours) == ["document"]


def test_what_a_program_cannot_take_ends_with_asking_again(ours: Dealership, now: datetime, ids: Ids) -> None:
    file = accepted(ours, now, ids)
    feed.reject(ours.import_scope, item_id=file.file_id, reason="No such account", now=now, ids=ids)
    assert sorted(kinds(ours)) == ["document", "not_taken"]
    reviewed(ours, now, ids, file, Review.ASKED_AGAIN)
    assert (kinds(ours), state(ours, file)) == ([], ItemState.REJECTED)


def test_a_customer_whom_no_export_names_has_no_number_in_it(ours: Dealership, now: datetime, ids: Ids) -> None:
    own = f"~{ids.ulid(now)}"
    scope = replace(ours.customer.customer_scope, account_refs=frozenset({own}))
    sending = Sending(ours, now, ids)
    sending.file = operations.begin_file(
        scope, purpose="order", note="", name="a.csv", account_name="", maximum=9, now=now, ids=ids
    )
    file = sending.accept()
    (item,) = items.waiting(ours.scope, limit=9).items
    assert (item.account_ref, item.item_id) == ("", file.file_id)
    assert feed_items.fetch(ours.import_scope, file.file_id, now=now, ids=ids)[0].account_ref == own


def test_a_request_counts_a_file_that_is_passed_on(ours: Dealership, now: datetime, ids: Ids) -> None:
    request = asked(known(ours, now), now, ids, wanted="1")
    file = sent(ours, now, ids, request)
    assert state(ours, file) is ItemState.WAITING
