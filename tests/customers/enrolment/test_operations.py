from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest

from chalicelib.customers import queries
from chalicelib.customers.enrolment import operations, repo, transitions
from chalicelib.customers.enrolment.invitation import INVITATION
from chalicelib.customers.enrolment.model import AccountUser, Enrolment, State, Status
from chalicelib.customers.enrolment.repo import EnrolmentChange
from chalicelib.customers.operations import create_customer, link_account
from chalicelib.dealers.model import Dealer
from chalicelib.dealers.operations import create_dealer, profile_of
from chalicelib.identity import queries as identity
from chalicelib.identity.invitation_limits import REPEATED, SAME_ADDRESS
from chalicelib.identity.invitations import create_invitation
from chalicelib.identity.model import FIRST_USER_ROLE, Membership, MembershipKind
from chalicelib.kernel.errors import ConflictError, InvalidError, NotFoundError, TooManyError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import DealerScope, IdentityScope, ImportScope, OperatorScope
from chalicelib.store.audit import AuditRow
from chalicelib.store.outbox import OutboxItem, items
from chalicelib.store.record import tenant_pk
from chalicelib.store.roles import assume_scope
from tests.customers.accounts import account, publish
from tests.fixtures.calls import counted_calls

pytestmark = pytest.mark.usefixtures("aws")
MARIA = "maria@dealer.example"


@pytest.fixture
def dealer(now: datetime, ids: Ids) -> Dealer:
    slug = ids.dealer_id()
    fields = {
        "slug": f"a{slug}",
        "code": slug,
        "name": "Moorbeck Machinery",
        "contact_email": MARIA,
        "address": ["Beck Lane"],
        "invite_allowance": 3,
    }
    made = create_dealer(OperatorScope("test"), profile=profile_of(fields), now=now, ids=ids)
    entries = [account("1200"), account("1201"), account("1202", email=None), account("1203"), account("1204")]
    publish(ImportScope(made.dealer_id), entries)
    return made


@pytest.fixture
def staff(dealer: Dealer) -> DealerScope:
    return DealerScope(dealer.dealer_id, "maria")


def outbox(scope: DealerScope) -> list[OutboxItem]:
    return items(scope)


def events(scope: DealerScope) -> list[str]:
    with assume_scope(scope):
        return [row.event for row in AuditRow.query(tenant_pk(scope, "AUDIT", "2024-06"))]


def enrolled(scope: DealerScope, ref: str) -> Enrolment:
    found = repo.enrolment(scope, ref)
    assert found
    assert queries.enrolment_states(scope).get(ref) == found.summary  # what lists say of it is the same
    return found


def invite(staff: DealerScope, dealer: Dealer, refs: list[str], now: datetime, ids: Ids) -> operations.InviteResult:
    return operations.invite_customers(staff, dealer=dealer, refs=refs, invited_by=MARIA, now=now, ids=ids)


def refusals(result: operations.InviteResult) -> dict[str, str]:
    return {ref: str(reason) for ref, reason in result.refused.items()}


def test_an_invitation_is_state_audit_and_outbox_at_once(
    staff: DealerScope, dealer: Dealer, now: datetime, ids: Ids
) -> None:
    result = invite(staff, dealer, ["1200", "1202", "9999"], now, ids)
    assert result.invited == ("1200",)
    assert refusals(result) == {"1202": "No usable email address", "9999": "There is no such account"}
    state = enrolled(staff, "1200")
    assert (state.state, state.email, state.invited_by) == (State.QUEUED, "c1200@farm.example", MARIA)
    (item,) = outbox(staff)
    assert item.kind == INVITATION
    assert item.payload == {
        "account_ref": "1200",
        "account_name": "Customer 1200",
        "email": "c1200@farm.example",
        "invitation_id": state.invitation_id,
    }
    assert "invitation.queued" in events(staff)


def test_inviting_twice_sends_once(staff: DealerScope, dealer: Dealer, now: datetime, ids: Ids) -> None:
    invite(staff, dealer, ["1200", "1200"], now, ids)
    assert refusals(invite(staff, dealer, ["1200"], now, ids)) == {"1200": "Already invited"}
    assert len(outbox(staff)) == 1


def test_the_allowance_stops_the_whole_request(staff: DealerScope, dealer: Dealer, now: datetime, ids: Ids) -> None:
    invite(staff, dealer, ["1200"], now, ids)
    smaller = replace(dealer, invite_allowance=2)
    with pytest.raises(InvalidError, match="allows 2 invited customers and has 1 left"):
        invite(staff, smaller, ["1201", "1203"], now, ids)
    assert len(outbox(staff)) == 1
    operations.cancel_invitation(staff, ref="1200", now=now, ids=ids)
    assert invite(staff, smaller, ["1201", "1203"], now, ids).invited == ("1201", "1203")


def test_sent_then_expired_then_sent_again(staff: DealerScope, dealer: Dealer, now: datetime, ids: Ids) -> None:
    feed = ImportScope(dealer.dealer_id)
    invite(staff, dealer, ["1200"], now, ids)
    first = enrolled(staff, "1200").invitation_id
    ends = now + timedelta(days=14)
    assert transitions.mark_invited(feed, ref="1200", invitation_id=first, expires_at=ends, now=now)
    assert not transitions.expire(feed, ref="1200", now=ends - timedelta(seconds=1))
    assert transitions.expire(feed, ref="1200", now=ends)
    operations.resend_invitation(staff, ref="1200", invited_by=MARIA, now=ends, ids=ids)
    state = enrolled(staff, "1200")
    assert state.state is State.QUEUED
    assert state.invitation_id > first
    assert not transitions.mark_invited(feed, ref="1200", invitation_id=first, expires_at=ends, now=ends)


def test_a_cancelled_invitation_is_not_marked_sent(staff: DealerScope, dealer: Dealer, now: datetime, ids: Ids) -> None:
    invite(staff, dealer, ["1200"], now, ids)
    invitation_id = enrolled(staff, "1200").invitation_id
    operations.cancel_invitation(staff, ref="1200", now=now, ids=ids)
    feed = ImportScope(dealer.dealer_id)
    assert not transitions.mark_invited(feed, ref="1200", invitation_id=invitation_id, expires_at=now, now=now)
    assert not transitions.mark_uncertain(feed, ref="1200", invitation_id=invitation_id)
    assert not transitions.mark_unsent(feed, ref="1200", invitation_id=invitation_id, now=now)
    with pytest.raises(ConflictError, match="no open invitation"):
        operations.cancel_invitation(staff, ref="1200", now=now, ids=ids)
    assert enrolled(staff, "1200").state is State.CANCELLED


def test_activation_is_once_and_names_the_user(staff: DealerScope, dealer: Dealer, now: datetime, ids: Ids) -> None:
    feed = ImportScope(dealer.dealer_id)
    invite(staff, dealer, ["1200"], now, ids)
    for _ in range(2):
        assert transitions.activate(feed, AccountUser("p1", "al@farm.example", now), ref="1200", ids=ids)
    found = queries.staff_account(staff, "1200")
    assert found.enrolment is not None
    assert found.enrolment.state is State.ACTIVE
    assert [user[1:3] for user in found.users] == [("al@farm.example", now)]
    assert events(staff).count("account.activated") == 1
    assert refusals(invite(staff, dealer, ["1200"], now, ids)) == {"1200": "Already active"}


def test_uncertain_and_bounced_stay_open_for_a_resend(
    staff: DealerScope, dealer: Dealer, now: datetime, ids: Ids
) -> None:
    feed = ImportScope(dealer.dealer_id)
    invite(staff, dealer, ["1200", "1201"], now, ids)
    assert transitions.mark_uncertain(feed, ref="1200", invitation_id=enrolled(staff, "1200").invitation_id)
    bounced = enrolled(staff, "1201").invitation_id
    assert transitions.mark_bounced(feed, ref="1201", invitation_id=bounced, reason="no mailbox", now=now, ids=ids)
    for ref in ("1200", "1201"):
        operations.resend_invitation(staff, ref=ref, invited_by=MARIA, now=now, ids=ids)
        assert enrolled(staff, ref).state is State.QUEUED


def test_what_never_left_is_not_called_bounced_and_may_be_invited_again(
    staff: DealerScope, dealer: Dealer, now: datetime, ids: Ids
) -> None:
    invite(staff, dealer, ["1200"], now, ids)
    feed, invitation_id = ImportScope(dealer.dealer_id), enrolled(staff, "1200").invitation_id
    assert transitions.mark_unsent(feed, ref="1200", invitation_id=invitation_id, now=now)
    assert queries.staff_account(staff, "1200").row.status is Status.NONE
    assert invite(staff, dealer, ["1200"], now, ids).invited == ("1200",)


def test_it_is_sent_again_three_times_a_day_at_most(
    staff: DealerScope, dealer: Dealer, now: datetime, ids: Ids
) -> None:
    invite(staff, dealer, ["1200"], now, ids)
    for _ in range(2):
        operations.resend_invitation(staff, ref="1200", invited_by=MARIA, now=now, ids=ids)
    operations.cancel_invitation(staff, ref="1200", now=now, ids=ids)
    assert invite(staff, dealer, ["1200"], now, ids).invited == ("1200",)
    with pytest.raises(TooManyError, match="3 times today") as caught:
        operations.resend_invitation(staff, ref="1200", invited_by=MARIA, now=now, ids=ids)
    assert caught.value.retry_after == 15 * 3600
    operations.cancel_invitation(staff, ref="1200", now=now, ids=ids)
    assert refusals(invite(staff, dealer, ["1200"], now, ids)) == {"1200": str(REPEATED)}
    assert len(outbox(staff)) == 4
    tomorrow = now + timedelta(days=1)
    assert invite(staff, dealer, ["1200"], tomorrow, ids).invited == ("1200",)


def test_an_address_of_several_accounts_is_written_to_again_three_times_a_day(
    staff: DealerScope, dealer: Dealer, now: datetime, ids: Ids
) -> None:
    publish(ImportScope(dealer.dealer_id), [account(ref, email="al@farm.example") for ref in ("1200", "1201")])
    assert len(invite(staff, dealer, ["1200", "1201"], now, ids).invited) == 2
    for ref in ("1200", "1201", "1200"):
        operations.resend_invitation(staff, ref=ref, invited_by=MARIA, now=now, ids=ids)
    with pytest.raises(TooManyError):
        operations.resend_invitation(staff, ref="1201", invited_by=MARIA, now=now, ids=ids)


def test_many_are_invited_again_in_few_round_trips_and_each_address_is_counted(
    staff: DealerScope, dealer: Dealer, now: datetime, ids: Ids
) -> None:
    refs = [str(2000 + n) for n in range(130)]
    shared = dict.fromkeys(refs[:5], "office@farm.example")
    publish(
        ImportScope(dealer.dealer_id), [account(ref, email=shared.get(ref, f"c{ref}@farm.example")) for ref in refs]
    )
    many = replace(dealer, invite_allowance=1_000)
    assert len(invite(staff, many, refs, now, ids).invited) == 130
    unsent(staff, refs)
    with counted_calls("dynamodb") as calls:
        result = invite(staff, many, refs, now, ids)
    assert refusals(result) == dict.fromkeys(refs[3:5], str(REPEATED)), "the first three of an address"
    assert len(calls) < 40, calls
    unsent(staff, refs)
    assert refusals(invite(staff, many, refs, now, ids)) == dict.fromkeys(refs[:5], str(REPEATED))


def test_an_address_of_many_accounts_is_invited_ten_times_a_day(
    staff: DealerScope, dealer: Dealer, now: datetime, ids: Ids
) -> None:
    refs = [str(2000 + n) for n in range(60)]
    emails = ["Victim@other.example", "victim@other.example "]
    entries = [account(ref, email=emails[n % 2].strip()) for n, ref in enumerate(refs)]
    publish(ImportScope(dealer.dealer_id), [*entries, account("1200")])
    many = replace(dealer, invite_allowance=1_000)
    with counted_calls("dynamodb") as calls:
        result = invite(staff, many, [*refs, "1200"], now, ids)
    assert result.invited == (*refs[:10], "1200")
    assert refusals(result) == dict.fromkeys(refs[10:], str(SAME_ADDRESS))
    assert len(calls) < 40, calls
    assert invite(staff, many, refs[10:12], now, ids).invited == ()
    assert len(outbox(staff)) == 11
    assert invite(staff, many, refs[10:], now + timedelta(days=1), ids).invited == tuple(refs[10:20])


def test_what_the_daily_number_refuses_does_not_count_for_the_address(
    staff: DealerScope, dealer: Dealer, now: datetime, ids: Ids
) -> None:
    refs = [str(2000 + n) for n in range(10)]
    publish(ImportScope(dealer.dealer_id), [account(ref, email="office@farm.example") for ref in refs])
    many = replace(dealer, invite_allowance=1_000)
    with pytest.raises(TooManyError, match="You have used today"):
        invite(staff, replace(many, daily_invitations=5), refs, now, ids)
    assert invite(staff, many, refs, now, ids).invited == tuple(refs)


def interrupted(ids: Ids, act: Callable[[], object]) -> Ids:
    """Ids at the first of which something else happens: after the enrolment was read and before it is written."""
    waiting = [act]

    def random_bytes(count: int) -> bytes:
        if waiting:
            waiting.pop()()
        return ids.random_bytes(count)

    return Ids(random_bytes)


def link_of(enrolment: Enrolment, staff: DealerScope, *, now: datetime, ids: Ids) -> str:
    """The secret in the mail of this invitation."""
    offered = Membership(staff.dealer_id, MembershipKind.CUSTOMER, enrolment.ref, role=FIRST_USER_ROLE)
    invitation_id = enrolment.invitation_id
    return create_invitation(
        IdentityScope(), email=enrolment.email, membership=offered, invitation_id=invitation_id, now=now, ids=ids
    ).secret


def live(secrets: Iterable[str], now: datetime) -> list[str]:
    """The links that still open something."""

    def opens(secret: str) -> bool:
        try:
            return bool(identity.invitation(IdentityScope(), secret, now))
        except NotFoundError:
            return False

    return list(filter(opens, secrets))


def test_a_resend_while_the_mail_is_noted_as_sent_leaves_one_link_that_works(
    staff: DealerScope, dealer: Dealer, now: datetime, ids: Ids
) -> None:
    feed, ends = ImportScope(dealer.dealer_id), now + timedelta(days=14)
    invite(staff, dealer, ["1200"], now, ids)
    secrets = [link_of(enrolled(staff, "1200"), staff, now=now, ids=ids)]
    for _ in range(3):
        now += timedelta(minutes=1)
        sent = enrolled(staff, "1200").invitation_id
        note = partial(transitions.mark_invited, feed, ref="1200", invitation_id=sent, expires_at=ends, now=now)
        operations.resend_invitation(staff, ref="1200", invited_by=MARIA, now=now, ids=interrupted(ids, note))
        found = enrolled(staff, "1200")
        assert (found.state, found.invitation_id != sent) == (State.QUEUED, True)
        secrets.append(link_of(found, staff, now=now, ids=ids))
        assert live(secrets, now) == secrets[-1:]
    with pytest.raises(TooManyError):
        operations.resend_invitation(staff, ref="1200", invited_by=MARIA, now=now, ids=ids)
    assert live(secrets, now) == secrets[-1:]
    assert len(outbox(staff)) == 4


def test_a_resend_that_another_overtakes_ends_no_link_and_is_not_counted(
    staff: DealerScope, dealer: Dealer, now: datetime, ids: Ids
) -> None:
    invite(staff, dealer, ["1200"], now, ids)
    now += timedelta(minutes=1)

    def resend(with_ids: Ids) -> None:
        operations.resend_invitation(staff, ref="1200", invited_by=MARIA, now=now, ids=with_ids)

    secrets = list[str]()

    def quicker() -> None:
        resend(ids)
        secrets.append(link_of(enrolled(staff, "1200"), staff, now=now, ids=ids))

    with pytest.raises(ConflictError):
        resend(interrupted(ids, quicker))
    assert live(secrets, now) == secrets
    resend(ids)
    resend(ids)
    with pytest.raises(TooManyError):
        resend(ids)


def test_a_cancellation_while_the_mail_is_noted_as_sent_is_one(
    staff: DealerScope, dealer: Dealer, now: datetime, ids: Ids
) -> None:
    feed = ImportScope(dealer.dealer_id)
    invite(staff, dealer, ["1200"], now, ids)
    sent = enrolled(staff, "1200")
    secret = link_of(sent, staff, now=now, ids=ids)

    def note() -> None:
        transitions.mark_invited(feed, ref="1200", invitation_id=sent.invitation_id, expires_at=now, now=now)

    operations.cancel_invitation(staff, ref="1200", now=now, ids=interrupted(ids, note))
    assert enrolled(staff, "1200").state is State.CANCELLED
    assert live([secret], now) == []


def test_an_invitation_to_another_email_names_the_one_that_it_replaces(
    staff: DealerScope, dealer: Dealer, now: datetime, ids: Ids
) -> None:
    invite(staff, dealer, ["1200"], now, ids)
    first = enrolled(staff, "1200")
    secret = link_of(first, staff, now=now, ids=ids)
    publish(ImportScope(dealer.dealer_id), [account("1200", email="right@farm.example")])
    operations.resend_invitation(staff, ref="1200", invited_by=MARIA, now=now, ids=ids)
    assert live([secret], now) == []
    assert outbox(staff)[-1].payload["replaces"] == {"email": first.email, "invitation_id": first.invitation_id}


def unsent(staff: DealerScope, refs: Iterable[str]) -> None:
    """The mail service takes none of them."""
    changes = [
        EnrolmentChange(replace(one, state=State.UNSENT), one) for one in repo.enrolments_of(staff, refs).values()
    ]
    assert repo.put_all(staff, changes) == set()


def test_a_dealers_invitations_of_a_day_are_counted_whole(
    staff: DealerScope, dealer: Dealer, now: datetime, ids: Ids
) -> None:
    small = replace(dealer, daily_invitations=2)
    with pytest.raises(TooManyError, match="used today's invitations"):
        invite(staff, small, ["1200", "1201", "1203"], now, ids)
    assert outbox(staff) == []
    assert len(invite(staff, small, ["1200", "1201"], now, ids).invited) == 2
    with pytest.raises(TooManyError):
        invite(staff, small, ["1203"], now, ids)
    assert len(invite(staff, small, ["1203"], now + timedelta(days=1), ids).invited) == 1


@pytest.mark.parametrize("email", ["office@farm.local", "jörg@farm.example", "a@b.c1"])
def test_an_address_that_mail_cannot_be_sent_to_is_not_invited(
    staff: DealerScope, dealer: Dealer, now: datetime, ids: Ids, email: str
) -> None:
    publish(ImportScope(dealer.dealer_id), [account("1200", email=email)])
    assert refusals(invite(staff, dealer, ["1200"], now, ids)) == {"1200": "No usable email address"}


def test_an_account_in_doubt_is_not_invited(staff: DealerScope, dealer: Dealer, now: datetime, ids: Ids) -> None:
    era = ids.ulid(now)
    publish(ImportScope(dealer.dealer_id), [account("1200"), account("1201")])
    invite(staff, dealer, ["1200"], now, ids)
    publish(ImportScope(dealer.dealer_id), [account("1200", next_era=era), account("1201", next_era=era)])
    with pytest.raises(InvalidError, match="seems to belong to somebody else"):
        operations.resend_invitation(staff, ref="1200", invited_by=MARIA, now=now, ids=ids)


def test_the_first_invitation_goes_to_whoever_has_the_number_now(
    staff: DealerScope, dealer: Dealer, now: datetime, ids: Ids
) -> None:
    """Nobody could open the account of before, so staff are asked nothing, and the new era begins."""
    era = ids.ulid(now)
    publish(ImportScope(dealer.dealer_id), [account("1200", next_era=era), account("1201")])
    assert invite(staff, dealer, ["1200", "1201"], now, ids).invited == ("1200", "1201")
    assert (enrolled(staff, "1200").era, enrolled(staff, "1201").era) == (era, "")
    operations.resend_invitation(staff, ref="1200", invited_by=MARIA, now=now, ids=ids)
    assert enrolled(staff, "1200").era == era


def test_a_linked_account_of_another_name_is_not_invited_before_staff_have_decided(
    staff: DealerScope, dealer: Dealer, now: datetime, ids: Ids
) -> None:
    publish(ImportScope(dealer.dealer_id), [account("1200")])
    added = create_customer(staff, name="Hilda Frost", email="hilda@frost.example", now=now, ids=ids)
    link_account(staff, customer_id=added.customer_id, version=1, account_ref="1200", now=now, ids=ids)
    publish(ImportScope(dealer.dealer_id), [account("1200", next_era=ids.ulid(now))])
    assert refusals(invite(staff, dealer, ["1200"], now, ids)) == {"1200": str(operations.IN_DOUBT)}


def test_an_account_that_lost_its_email_is_not_resent(
    staff: DealerScope, dealer: Dealer, now: datetime, ids: Ids
) -> None:
    invite(staff, dealer, ["1200"], now, ids)
    publish(ImportScope(dealer.dealer_id), [account("1200", email=None)])
    with pytest.raises(InvalidError, match="No usable email address"):
        operations.resend_invitation(staff, ref="1200", invited_by=MARIA, now=now, ids=ids)


def test_a_customer_added_in_the_portal_is_invited_within_the_allowance_again_and_cancelled(
    staff: DealerScope, dealer: Dealer, now: datetime, ids: Ids
) -> None:
    added = create_customer(staff, name="Hilda Frost", email="hilda@frost.example", now=now, ids=ids)
    unknown = f"~{ids.ulid(now)}"
    result = invite(staff, dealer, ["1200", added.ref, unknown], now, ids)
    refused = {ref: str(reason) for ref, reason in result.refused.items()}
    assert (result.invited, refused) == (("1200", added.ref), {unknown: "There is no such account"})
    with pytest.raises(InvalidError, match="allows 2 invited customers and has 0 left"):
        invite(staff, replace(dealer, invite_allowance=2), ["1201"], now, ids)
    operations.resend_invitation(staff, ref=added.ref, invited_by=MARIA, now=now, ids=ids)
    (*_, item) = outbox(staff)
    assert (item.payload["account_ref"], item.payload["account_name"]) == (added.ref, "Hilda Frost")
    operations.cancel_invitation(staff, ref=added.ref, now=now, ids=ids)
    assert enrolled(staff, added.ref).state is State.CANCELLED
    assert operations.account(staff, added.ref) == added.entry
    with pytest.raises(NotFoundError):
        operations.account(staff, unknown)
