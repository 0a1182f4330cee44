"""Staff see the portal as a customer for half an hour, from one session, with a reason in the audit trail."""

from datetime import datetime, timedelta

import pytest

from chalicelib.customers import queries
from chalicelib.customers.impersonation import repo
from chalicelib.customers.impersonation.model import LIFE, MAX_PER_DAY, MAX_REASON, ViewEndedError
from chalicelib.customers.impersonation.operations import begin_impersonation, end_impersonation
from chalicelib.customers.impersonation.queries import current_impersonation
from chalicelib.dealers import queries as dealers
from chalicelib.kernel.errors import ForbiddenError, InvalidError, NotFoundError, TooManyError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.keys import link_part
from chalicelib.kernel.scopes import DealerScope
from chalicelib.store.audit import AuditEntry
from tests.customers.accounts import account, publish
from tests.customers.test_groups import of_masters
from tests.fixtures.cast import Cast
from tests.fixtures.trail import audited
from tests.ingest.conftest import line
from tests.ingest.exports import export
from tests.ingest.pipeline import ImportPipeline

__all__ = ["line"]


@pytest.fixture
def scope(cast: Cast) -> DealerScope:
    publish(cast.ours.import_scope, [account("1200", "Mr A L Barlow"), account("1201")])
    return cast.ours.user.staff_scope


def trail(scope: DealerScope, now: datetime) -> list[AuditEntry]:
    return audited(scope, now, "access.")


def test_it_lasts_half_an_hour_for_the_session_that_began_it(scope: DealerScope, now: datetime, ids: Ids) -> None:
    begun = begin_impersonation(scope, ref="1200", reason="  asked on\tthe phone ", session_id="one", now=now, ids=ids)
    assert (begun.account_name, begun.reason, begun.expires_at) == ("Mr A L Barlow", "asked on the phone", now + LIFE)
    assert current_impersonation(scope, session_id="one", now=now) == begun
    assert current_impersonation(scope, session_id="another", now=now) is None
    last = now + LIFE - timedelta(seconds=1)
    assert current_impersonation(scope, session_id="one", now=last) == begun
    with pytest.raises(ForbiddenError, match="half hour in which you saw the portal as a customer is over"):
        current_impersonation(scope, session_id="one", now=now + LIFE)
    assert current_impersonation(scope, session_id="another", now=now + LIFE) is None


def test_both_ends_and_the_reason_are_in_the_accounts_trail(scope: DealerScope, now: datetime, ids: Ids) -> None:
    begin_impersonation(scope, ref="1200", reason="asked on the phone", session_id="one", now=now, ids=ids)
    end_impersonation(scope, now=now + timedelta(minutes=1), ids=ids)
    end_impersonation(scope, now=now + timedelta(minutes=2), ids=ids)
    ended, begun = trail(scope, now)
    assert (begun.event, begun.subject, begun.actor) == ("access.viewed", "1200", scope.person_id)
    assert begun.detail == {"reason": "asked on the phone", "until": (now + LIFE).isoformat()}
    assert (ended.event, ended.subject) == ("access.view_ended", "1200")


def test_who_has_stopped_sees_nothing_more_until_they_begin_again(scope: DealerScope, now: datetime, ids: Ids) -> None:
    begin_impersonation(scope, ref="1200", reason="asked on the phone", session_id="one", now=now, ids=ids)
    end_impersonation(scope, now=now + timedelta(seconds=1), ids=ids)
    with pytest.raises(ViewEndedError, match="You have stopped") as ended:
        current_impersonation(scope, session_id="one", now=now)
    assert ended.value.account_link == link_part("1200")
    assert current_impersonation(scope, session_id="another", now=now) is None
    later = now + timedelta(seconds=2)
    begun = begin_impersonation(scope, ref="1201", reason="a complaint", session_id="one", now=later, ids=ids)
    assert current_impersonation(scope, session_id="one", now=later) == begun
    assert [row.event for row in trail(scope, later)] == ["access.viewed", "access.view_ended", "access.viewed"]


def test_another_account_takes_the_place_of_the_first(scope: DealerScope, now: datetime, ids: Ids) -> None:
    for ref in ("1200", "1201"):
        begin_impersonation(scope, ref=ref, reason="a complaint", session_id="one", now=now, ids=ids)
    found = current_impersonation(scope, session_id="one", now=now)
    assert found
    assert found.membership.account_ref == "1201"


@pytest.mark.parametrize("reason", ["", "  ", "\u202e\u2066\x00ab", "x" * (MAX_REASON + 1)])
def test_without_a_reason_nothing_begins(scope: DealerScope, now: datetime, ids: Ids, reason: str) -> None:
    with pytest.raises(InvalidError) as refused:
        begin_impersonation(scope, ref="1200", reason=reason, session_id="one", now=now, ids=ids)
    assert list(refused.value.fields) == ["reason"]
    assert trail(scope, now) == []
    assert repo.impersonation(scope) is None


def test_an_account_that_is_not_theirs_is_not_there(cast: Cast, scope: DealerScope, now: datetime, ids: Ids) -> None:
    with pytest.raises(NotFoundError):
        begin_impersonation(
            cast.rival.user.staff_scope, ref="1200", reason="curious", session_id="one", now=now, ids=ids
        )
    with pytest.raises(NotFoundError):
        begin_impersonation(scope, ref="9999", reason="curious", session_id="one", now=now, ids=ids)


def test_one_person_looks_at_an_account_ten_times_a_day(
    scope: DealerScope, cast: Cast, now: datetime, ids: Ids
) -> None:
    def look(who: DealerScope, ref: str, at: datetime = now) -> None:
        begin_impersonation(who, ref=ref, reason="a complaint", session_id="one", now=at, ids=ids)

    for _ in range(MAX_PER_DAY):
        look(scope, "1200")
    with pytest.raises(TooManyError):
        look(scope, "1200")
    look(scope, "1201")
    look(cast.ours.admin.staff_scope, "1200")
    look(scope, "1200", now + timedelta(days=1))
    assert len([row for row in trail(scope, now) if row.event == "access.viewed"]) == MAX_PER_DAY + 3


def test_a_look_at_a_master_is_in_the_trail_of_each_account_of_its_group(
    line: ImportPipeline, now: datetime, ids: Ids
) -> None:
    line.take_in(export(line, *of_masters("", "1000", "1000", "")))
    scope = line.dealership.user.staff_scope
    refs = {"1000", "1001", "1002"}
    assert queries.account_group(scope, dealers.published(scope, fresh=True), "1000") == refs
    begin_impersonation(scope, ref="1000", reason="a complaint", session_id="one", now=now, ids=ids)
    rows = {row.subject: row.detail for row in trail(scope, now) if row.event == "access.viewed"}
    assert rows.keys() == refs
    assert {detail.get("master", "") for ref, detail in rows.items() if ref != "1000"} == {"1000"}
    assert {detail["reason"] for detail in rows.values()} == {"a complaint"}
