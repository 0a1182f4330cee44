"""An account's number is used again for somebody else: who reached it before does so no longer."""

from dataclasses import replace
from datetime import datetime

import pytest

from chalicelib.customers import eras, operations, queries
from chalicelib.customers.enrolment import operations as enrolment
from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment import transitions
from chalicelib.customers.enrolment.model import AccountUser, Enrolment, State, Status
from chalicelib.customers.enrolment.queries import current_era
from chalicelib.customers.portal_customers import repo as portal_customers
from chalicelib.customers.portal_customers.queries import portal_customer
from chalicelib.identity import queries as identity
from chalicelib.identity import repo
from chalicelib.identity.model import Membership
from chalicelib.identity.repo import writes
from chalicelib.kernel.errors import ConflictError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.store import outbox
from chalicelib.store.audit import AuditRow
from chalicelib.store.record import tenant_pk
from chalicelib.store.roles import assume_scope
from tests.customers.accounts import account, publish
from tests.fixtures.cast import Cast, Dealership, LogIn

pytestmark = pytest.mark.usefixtures("aws")
SCOPE = IdentityScope()
REF = "1200"
SOMEBODY_ELSE = "name and email are others"


@pytest.fixture
def dealership(cast: Cast, now: datetime) -> Dealership:
    """Mr Barlow is active on account 1200."""
    publish(cast.ours.import_scope, [account(REF), account("1201")])
    barlow = cast.ours.customer
    active = Enrolment(REF, State.ACTIVE, barlow.email, "01HX", "maria", now, activated_at=now)
    enrolments.put(cast.ours.scope, active, before=None)
    enrolments.add_user(cast.ours.scope, AccountUser(barlow.person_id, barlow.email, now), ref=REF)
    return cast.ours


def start(dealership: Dealership, now: datetime, ids: Ids, *, era: str = "", ref: str = REF) -> str:
    era = era or ids.ulid(now)
    assert eras.start_era(dealership.import_scope, ref=ref, era=era, reason=SOMEBODY_ELSE, now=now, ids=ids)
    return era


def end(dealership: Dealership, now: datetime, ids: Ids) -> None:
    eras.end_earlier_memberships(dealership.import_scope, ref=REF, now=now, ids=ids)


def kept(dealership: Dealership) -> Membership | None:
    return repo.membership(SCOPE, dealership.customer.person_id, dealership.customer.membership.key)


def trail(dealership: Dealership, event: str) -> list[AuditRow]:
    with assume_scope(dealership.scope):
        return [row for row in AuditRow.query(tenant_pk(dealership.scope, "AUDIT", "2024-06")) if row.event == event]


def test_the_account_is_as_never_invited_with_audit_row_and_outbox_item(
    dealership: Dealership, now: datetime, ids: Ids
) -> None:
    assert current_era(dealership.scope, REF) == ""
    era = start(dealership, now, ids)
    assert current_era(dealership.scope, REF) == era
    found = queries.staff_account(dealership.user.staff_scope, REF)
    assert (found.row.status, found.era, found.users) == (Status.NONE, era, [])
    (row,) = trail(dealership, "account.era_started")
    assert (row.subject, row.actor, row.detail) == (
        REF,
        "import",
        {"reason": SOMEBODY_ELSE, "era": era, "before": ""},
    )
    (item,) = outbox.items(dealership.import_scope)
    assert (item.kind, item.payload) == (eras.STARTED, {"account_ref": REF, "invitation": None})


@pytest.mark.parametrize(("accounts", "items"), [(0, 1), (500, 1), (501, 2), (25_000, 50), (100_000, 50)])
def test_a_decision_on_many_accounts_is_carried_out_in_shares(
    dealership: Dealership, now: datetime, ids: Ids, accounts: int, items: int
) -> None:
    made = eras.same_customers_items(
        dealership.import_scope, suggested_at=now, accounts=accounts, actor="maria", now=now, ids=ids
    )
    shares = [(one.payload["index"], one.payload["of"]) for one in made]  # type: ignore[attr-defined]
    assert shares == [(index, items) for index in range(items)]


def test_an_era_begins_once_and_never_an_earlier_one(dealership: Dealership, now: datetime, ids: Ids) -> None:
    first, second = sorted(ids.ulid(now) for _ in range(2))
    start(dealership, now, ids, era=second)
    for era in (second, first):
        assert not eras.start_era(dealership.import_scope, ref=REF, era=era, reason=SOMEBODY_ELSE, now=now, ids=ids)
    assert current_era(dealership.scope, REF) == second
    assert len(trail(dealership, "account.era_started")) == 1


def test_an_account_that_was_never_invited_has_eras_too(dealership: Dealership, now: datetime, ids: Ids) -> None:
    era = start(dealership, now, ids, ref="1201")
    assert current_era(dealership.scope, "1201") == era
    assert queries.staff_account(dealership.user.staff_scope, "1201").row.status is Status.NONE


def test_staff_who_decide_are_named(dealership: Dealership, now: datetime, ids: Ids) -> None:
    staff = dealership.admin.staff_scope
    assert eras.start_era(staff, ref=REF, era=ids.ulid(now), reason=SOMEBODY_ELSE, now=now, ids=ids)
    (row,) = trail(dealership, "account.era_started")
    assert row.actor == dealership.admin.person_id


def test_the_membership_ends_with_its_sessions_and_only_this_account_s(
    dealership: Dealership, cast: Cast, log_in: LogIn, now: datetime, ids: Ids
) -> None:
    secret, other = log_in(dealership.customer).secret, log_in(dealership.other_customer).secret
    rival = log_in(cast.rival.customer).secret
    end(dealership, now, ids)  # no era has begun: nobody is of an earlier one
    assert identity.session(SCOPE, secret, now)
    start(dealership, now, ids)
    for _ in range(2):
        end(dealership, now, ids)
    assert kept(dealership) is None
    assert identity.session(SCOPE, secret, now) is None
    assert identity.session(SCOPE, other, now)
    assert identity.session(SCOPE, rival, now)


def test_somebody_invited_in_the_new_era_keeps_it_when_the_step_comes_again(
    dealership: Dealership, now: datetime, ids: Ids
) -> None:
    era = start(dealership, now, ids)
    end(dealership, now, ids)
    again = replace(dealership.customer.membership, era=era)
    repo.commit(SCOPE, [writes.put_membership(dealership.customer.person_id, again, now)])
    end(dealership, now, ids)
    assert kept(dealership) == again


def test_one_given_at_the_same_moment_is_not_taken_away(dealership: Dealership, now: datetime, ids: Ids) -> None:
    """Between the look and the change the person accepts an invitation of the new era."""
    person_id = dealership.customer.person_id
    before = dealership.customer.membership
    again = replace(before, era=ids.ulid(now))
    repo.commit(SCOPE, [writes.put_membership(person_id, again, now)])
    for stale in (before, replace(before, era=ids.ulid(now))):
        with pytest.raises(ConflictError):
            repo.commit(SCOPE, [writes.drop_membership_of_era(person_id, stale)])
    repo.commit(SCOPE, [writes.drop_membership_of_era(person_id, again)])
    assert kept(dealership) is None


def test_the_item_names_an_invitation_that_was_open(dealership: Dealership, now: datetime, ids: Ids) -> None:
    enrolments.put(dealership.scope, Enrolment("1201", State.BOUNCED, "a@b.example", "01HX", "maria", now), before=None)
    start(dealership, now, ids, ref="1201")
    (item,) = outbox.items(dealership.import_scope)
    invitation = {"email": "a@b.example", "invitation_id": "01HX"}
    assert item.payload == {"account_ref": "1201", "invitation": invitation}


def test_a_first_log_in_of_before_does_not_activate(dealership: Dealership, now: datetime, ids: Ids) -> None:
    era = start(dealership, now, ids)
    barlow = AccountUser("late", "late@farm.example", now)
    assert not transitions.activate(dealership.import_scope, barlow, ref=REF, ids=ids)
    assert [user.person_id for user in enrolments.users(dealership.scope, REF)] == [dealership.customer.person_id]
    assert transitions.activate(dealership.import_scope, barlow._replace(era=era), ref=REF, ids=ids)
    assert queries.staff_account(dealership.user.staff_scope, REF).users[0][1:3] == ("late@farm.example", now)


def test_an_invitation_after_it_is_of_the_new_era(dealership: Dealership, now: datetime, ids: Ids) -> None:
    era = start(dealership, now, ids)
    result = enrolment.invite_customers(
        dealership.user.staff_scope, dealer=dealership.dealer, refs=[REF], invited_by="maria", now=now, ids=ids
    )
    assert result.invited == (REF,)
    found = enrolments.enrolment(dealership.scope, REF)
    assert found
    assert (found.state, found.era) == (State.QUEUED, era)


def test_what_was_begun_before_it_is_refused(dealership: Dealership, now: datetime, ids: Ids) -> None:
    before = enrolments.enrolment(dealership.scope, REF)
    assert before
    start(dealership, now, ids)
    with pytest.raises(ConflictError):
        enrolments.put(dealership.scope, replace(before, state=State.ACTIVE), before=before)


def test_portal_customers_linked_before_are_found_and_a_link_at_that_moment_is_refused(
    dealership: Dealership, now: datetime, ids: Ids
) -> None:
    staff = dealership.user.staff_scope
    hilda, other = (
        operations.create_customer(staff, name=name, email=f"{name}@frost.example", now=now, ids=ids)
        for name in ("hilda", "other")
    )
    for customer, ref in ((hilda, REF), (other, "1201")):
        operations.link_account(staff, customer_id=customer.customer_id, version=1, account_ref=ref, now=now, ids=ids)
    assert eras.earlier_links(dealership.import_scope, REF) == []
    in_first_era = enrolments.in_era(dealership.scope, REF, "")
    era = start(dealership, now, ids)
    (found,) = eras.earlier_links(dealership.import_scope, REF)
    assert found.customer_id == hilda.customer_id
    with pytest.raises(ConflictError):
        portal_customers.put(dealership.scope, found, also=(), provided=(in_first_era,))
    again = operations.link_account(staff, customer_id=hilda.customer_id, version=2, account_ref=REF, now=now, ids=ids)
    assert again.account_era == era
    assert again == portal_customer(staff, hilda.customer_id)
    assert eras.earlier_links(dealership.import_scope, REF) == []
