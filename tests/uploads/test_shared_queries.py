"""Who is shown what of it."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.roles import Role
from chalicelib.uploads import queries, shared_queries
from tests.fixtures.cast import Cast
from tests.uploads.shared import SharedSending

LATER_ERA = "01ARZ3NDEKTSV4RRFFQ69G5FAV"


@pytest.fixture
def sending(cast: Cast, now: datetime, ids: Ids) -> SharedSending:
    return SharedSending(cast.ours, now, ids)


def test_only_visible_documents_are_reached(sending: SharedSending, cast: Cast) -> None:
    scope, file_id = cast.ours.customer.customer_scope, sending.file.file_id
    sending.accepted()
    for visible in (False, True, False):
        sending.show(visible=visible)
        assert [file.file_id for file in shared_queries.shared_with(scope)] == [file_id] * visible
        if visible:
            assert shared_queries.shared_document(scope, file_id).is_shown
        else:
            with pytest.raises(NotFoundError):
                shared_queries.shared_document(scope, file_id)


def test_only_checked_ones_are(cast: Cast, now: datetime, ids: Ids) -> None:
    sending = SharedSending(cast.ours, now, ids, visible=True)
    scope, file_id, version = cast.ours.customer.customer_scope, sending.file.file_id, sending.put()
    for step in (lambda: None, lambda: sending.arrived(version)):
        step()
        assert shared_queries.shared_with(scope) == []
        with pytest.raises(NotFoundError):
            shared_queries.shared_document(scope, file_id)
    sending.scanned(version)
    assert shared_queries.shared_document(scope, file_id).is_shown


@pytest.mark.parametrize("role", [Role.VIEW, Role.PAY, Role.ADMIN])
def test_every_user_of_the_account_sees_it_and_nobody_else(sending: SharedSending, cast: Cast, role: Role) -> None:
    sending.accepted()
    file = sending.show()
    mine = replace(cast.ours.customer.customer_scope, role=role)
    assert shared_queries.shared_with(mine) == [file]
    for other in (cast.ours.other_customer, cast.rival.customer):
        assert shared_queries.shared_with(other.customer_scope) == []
        with pytest.raises(NotFoundError):
            shared_queries.shared_document(other.customer_scope, file.file_id)
    with pytest.raises(NotFoundError):
        shared_queries.document(cast.rival.user.staff_scope, account_ref="1200", file_id=file.file_id)
    assert shared_queries.documents(cast.rival.user.staff_scope, "1200") == []


def test_of_another_era_nothing_is_shown(cast: Cast, now: datetime, ids: Ids) -> None:
    before = SharedSending(cast.ours, now, ids, title="before", visible=True).accepted()
    after = SharedSending(cast.ours, now, ids, title="after", visible=True, era=LATER_ERA).accepted()
    earlier = cast.ours.customer.customer_scope
    later = replace(earlier, eras={"1200": LATER_ERA})
    assert shared_queries.shared_with(earlier) == [before]
    assert shared_queries.shared_with(later) == [after]
    with pytest.raises(NotFoundError):
        shared_queries.shared_document(later, before.file_id)
    with pytest.raises(NotFoundError):
        shared_queries.shared_document(earlier, after.file_id)


def test_a_customer_added_in_the_portal_sees_those_of_the_account_linked_to_it(
    sending: SharedSending, cast: Cast, now: datetime, ids: Ids
) -> None:
    sending.accepted()
    file = sending.show()
    own = f"~{ids.ulid(now)}"
    alone = replace(cast.ours.customer.customer_scope, account_refs=frozenset({own}))
    assert shared_queries.shared_with(alone) == []
    with pytest.raises(NotFoundError):
        shared_queries.shared_document(alone, file.file_id)
    linked = replace(alone, account_refs=frozenset({own, "1200"}), account_ref="1200")
    assert shared_queries.shared_with(linked) == [file]


def test_the_user_of_a_master_sees_those_of_the_account_in_hand(sending: SharedSending, cast: Cast) -> None:
    sending.accepted()
    file = sending.show()
    both = replace(cast.ours.customer.customer_scope, account_refs=frozenset({"1200", "1201"}), account_ref="1200")
    assert shared_queries.shared_with(both) == [file]
    assert shared_queries.shared_with(replace(both, account_ref="1201")) == []


def test_what_was_shown_last_comes_first_and_what_customers_sent_stays_apart(
    cast: Cast, now: datetime, ids: Ids
) -> None:
    early, late = SharedSending(cast.ours, now, ids, title="early"), SharedSending(cast.ours, now, ids, title="late")
    early.accepted()
    late.accepted()
    late.show()
    early.now = now + timedelta(minutes=1)
    early.show()
    titles = [file.title for file in shared_queries.shared_with(cast.ours.customer.customer_scope)]
    assert titles == ["early", "late"]
    assert queries.sent_files(cast.ours.customer.customer_scope) == []
    assert queries.received_files(cast.ours.user.staff_scope, now=now).files == []
    with pytest.raises(NotFoundError):
        queries.own_file(cast.ours.customer.customer_scope, early.file.file_id)
