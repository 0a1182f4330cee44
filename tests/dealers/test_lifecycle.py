"""Whether a dealer's portal may be used: what the settings, their public copy and the operator's list say of it."""

from datetime import datetime

import pytest

from chalicelib.dealers import lifecycle, queries, repo
from chalicelib.dealers.each_dealer import for_each_dealer
from chalicelib.dealers.operations import create_dealer, refresh_public_copies
from chalicelib.dealers.suspension import SuspendedError
from chalicelib.kernel.errors import InvalidError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import ImportScope, OperatorScope, PublicLookupScope
from tests.fixtures.cast import Cast
from tests.fixtures.trail import audited

OPERATOR = OperatorScope("operator:test")
CONTACT = "help@portal.example"


def suspend(cast: Cast, now: datetime, ids: Ids, reason: str = "unpaid") -> None:
    lifecycle.suspend(OPERATOR, cast.ours.scope, reason=reason, contact=CONTACT, now=now, ids=ids)


def visited(now: datetime, *, even_suspended: bool = False) -> set[str]:
    seen = set[str]()

    def work(scope: ImportScope) -> int:
        seen.add(scope.dealer_id)
        return 1

    for_each_dealer(work, now=now, even_suspended=even_suspended)
    return seen


def test_a_suspended_portal_is_said_to_be_so_and_left_out_by_schedules(cast: Cast, now: datetime, ids: Ids) -> None:
    ours, rival = cast.ours.dealer, cast.rival.dealer
    before = repo.dealer(cast.rival.scope)
    suspend(cast, now, ids)
    assert queries.is_suspended(cast.ours.scope)
    with pytest.raises(SuspendedError, match="Moorbeck Machinery is not available"):
        queries.public_dealer_at(PublicLookupScope(), ours.slug)
    assert queries.public_dealer_at(PublicLookupScope(), ours.slug, even_suspended=True).name == ours.name
    assert ours.dealer_id not in visited(now)
    assert {ours.dealer_id, rival.dealer_id} <= visited(now, even_suspended=True)
    assert rival.dealer_id in visited(now)
    assert repo.dealer(cast.rival.scope) == before
    assert lifecycle.resume(OPERATOR, cast.ours.scope, now=now, ids=ids)
    assert repo.dealer(cast.ours.scope) == ours
    assert queries.public_dealer_at(PublicLookupScope(), ours.slug).suspended is None
    assert ours.dealer_id in visited(now)


def test_again_changes_nothing_and_another_reason_is_noted(cast: Cast, now: datetime, ids: Ids) -> None:
    for reason in ("unpaid", " unpaid ", "unpaid since May"):
        suspend(cast, now, ids, reason)
    rows = audited(cast.ours.scope, now, "dealer.suspended")
    assert sorted(row.detail["reason"] for row in rows) == ["unpaid", "unpaid since May"]
    assert {row.actor for row in rows} == {"operator:test"}
    assert [lifecycle.resume(OPERATOR, cast.ours.scope, now=now, ids=ids) for _ in range(2)] == [True, False]
    assert len(audited(cast.ours.scope, now, "dealer.resumed")) == 1


def test_what_a_crash_left_between_settings_and_list_is_completed(cast: Cast, now: datetime, ids: Ids) -> None:
    suspend(cast, now, ids)
    repo.mark_suspended(OPERATOR, cast.ours.dealer.dealer_id, suspended=False)
    assert cast.ours.dealer.dealer_id in visited(now)
    suspend(cast, now, ids)
    assert cast.ours.dealer.dealer_id not in visited(now)


@pytest.mark.parametrize(("reason", "contact", "field"), [("", CONTACT, "reason"), ("unpaid", " ", "contact")])
def test_a_reason_and_a_contact_are_needed(
    cast: Cast, now: datetime, ids: Ids, reason: str, contact: str, field: str
) -> None:
    with pytest.raises(InvalidError) as caught:
        lifecycle.suspend(OPERATOR, cast.ours.scope, reason=reason, contact=contact, now=now, ids=ids)
    assert list(caught.value.fields) == [field]
    assert not queries.is_suspended(cast.ours.scope)


def test_creating_it_again_and_refreshing_copies_leave_it_suspended(cast: Cast, now: datetime, ids: Ids) -> None:
    suspend(cast, now, ids)
    assert create_dealer(OPERATOR, profile=cast.ours.dealer, now=now, ids=ids).suspended
    assert cast.ours.dealer.dealer_id not in {one.dealer_id for one in refresh_public_copies(OPERATOR)}
    assert queries.is_suspended(cast.ours.scope)
