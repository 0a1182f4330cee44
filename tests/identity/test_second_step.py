"""The password alone opens nothing where a second factor is set up, whichever way it was entered."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.identity import (
    code_proofs,
    invitations,
    operations,
    queries,
    rate_limits,
    recovery,
    repo,
    second_step,
    trusted_browsers,
)
from chalicelib.identity.model import Membership, MembershipKind
from chalicelib.identity.operations import LoggedIn, Proof
from chalicelib.identity.pending_logins import SecondStepError
from chalicelib.identity.repo import factor_reads
from chalicelib.kernel.errors import (
    ConflictError,
    InvalidError,
    NotFoundError,
    TooManyError,
    UnauthenticatedError,
)
from chalicelib.kernel.ids import Ids, secret_hash
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import IdentityScope
from tests.fixtures.cast import PASSWORD, Cast, Dealership, LogIn, Member
from tests.identity.second_factors import BY_APP, HERE, Begin, code_at, give_app, take_app

SCOPE = IdentityScope()
NEW_PASSWORD = "quiet orchard ladder"

Enter = Callable[..., LoggedIn]


@pytest.fixture
def enter(now: datetime, ids: Ids) -> Enter:
    """Enters a code; by default the one that the app shows."""

    def enter_code(
        secret: str, code: str | None = None, at: datetime = now, *, trust_browser: bool = False
    ) -> LoggedIn:
        typed = code_at(at) if code is None else code
        return second_step.enter_code(
            SCOPE, secret=secret, code=typed, trust_browser=trust_browser, client=HERE, now=at, ids=ids
        )

    return enter_code


@pytest.fixture
def owner(cast: Cast, now: datetime, ids: Ids) -> Member:
    """Somebody who has an app."""
    give_app(cast.ours.customer, now=now, ids=ids)
    return cast.ours.customer


def test_the_session_begins_with_the_second_step(owner: Member, begin: Begin, enter: Enter) -> None:
    secret = begin(owner)
    assert repo.session_ids(SCOPE, owner.person_id) == []
    session = enter(secret).session
    assert (session.person_id, session.membership, session.second_factor) == (
        owner.person_id,
        owner.membership,
        True,
    )
    assert [one for one, _ in repo.session_ids(SCOPE, owner.person_id)] == [session.session_id]


def test_a_session_without_the_second_factor_is_a_defect(owner: Member, now: datetime, ids: Ids) -> None:
    person = repo.person(SCOPE, owner.person_id)
    assert person
    with pytest.raises(RuntimeError):
        operations.open_session(SCOPE, person=person, client=HERE, now=now, ids=ids)
    assert repo.session_ids(SCOPE, owner.person_id) == []
    assert operations.open_session(
        SCOPE, person=person, client=HERE, proof=BY_APP, now=now, ids=ids
    ).session.second_factor


def test_a_login_is_used_once(owner: Member, begin: Begin, enter: Enter, now: datetime) -> None:
    secret = begin(owner)
    enter(secret)
    with pytest.raises(UnauthenticatedError):
        enter(secret, at=now + timedelta(minutes=2))


def test_a_login_ends_after_ten_minutes(owner: Member, begin: Begin, enter: Enter, now: datetime) -> None:
    secret = begin(owner)
    with pytest.raises(UnauthenticatedError):
        enter(secret, at=now + timedelta(minutes=10))
    assert enter(secret, at=now + timedelta(minutes=9, seconds=59)).session.second_factor


@pytest.mark.parametrize("secret", ["", "A" * 43, "x" * 5_000])
@pytest.mark.usefixtures("cast")
def test_a_login_that_nobody_began_opens_nothing(enter: Enter, secret: str) -> None:
    with pytest.raises(UnauthenticatedError):
        enter(secret)


def test_a_new_password_ends_a_login_that_waits(
    owner: Member, begin: Begin, enter: Enter, now: datetime, ids: Ids
) -> None:
    secret = begin(owner)
    link = recovery.create_reset_link(SCOPE, email=owner.email, request_id=ids.ulid(now), now=now, ids=ids)
    assert link
    recovery.reset_password(SCOPE, secret=link.link.secret, password=NEW_PASSWORD, client=HERE, now=now, ids=ids)
    with pytest.raises(UnauthenticatedError):
        enter(secret)
    with pytest.raises(SecondStepError):  # the link of a reset sets a password, and spares nobody the second factor
        operations.log_in(SCOPE, email=owner.email, password=NEW_PASSWORD, client=HERE, now=now, ids=ids)


def test_a_factor_that_is_set_up_again_ends_a_login_that_waits(
    owner: Member, begin: Begin, enter: Enter, now: datetime, ids: Ids
) -> None:
    secret = begin(owner)
    give_app(owner, now=now, ids=ids)
    with pytest.raises(UnauthenticatedError):
        enter(secret)


def test_a_login_whose_factor_is_set_up_in_between_begins_no_session(cast: Cast, now: datetime, ids: Ids) -> None:
    member = cast.ours.user
    person = repo.person(SCOPE, member.person_id)
    assert person
    give_app(member, now=now, ids=ids)
    with pytest.raises(ConflictError):
        operations.open_session(SCOPE, person=person, client=HERE, now=now, ids=ids)
    assert repo.session_ids(SCOPE, member.person_id) == []


def test_a_code_counts_once(owner: Member, begin: Begin, enter: Enter, now: datetime) -> None:
    enter(begin(owner))
    with pytest.raises(InvalidError) as refused:
        enter(begin(owner))
    assert list(refused.value.fields) == ["code"]
    with pytest.raises(InvalidError):  # the one before it counts no more either
        enter(begin(owner), code_at(now - timedelta(seconds=30)))
    assert enter(begin(owner), at=now + timedelta(seconds=30)).session.second_factor


@pytest.mark.parametrize("by", ["app", "recovery"])
def test_a_code_that_two_browsers_send_at_once_lets_one_in(cast: Cast, now: datetime, ids: Ids, by: str) -> None:
    owner = cast.ours.customer
    recovery_code, *_ = give_app(owner, now=now, ids=ids)
    person = repo.person(SCOPE, owner.person_id)
    assert person
    typed = code_at(now) if by == "app" else recovery_code
    first, second = (
        code_proofs.proof_by_code(SCOPE, person, typed, now=now) for _ in range(2)
    )  # both before either wrote
    assert first
    assert second

    def open_with(found: code_proofs.CodeProof) -> LoggedIn:
        proof = Proof(factor=found.factor, uses=found.uses)
        return operations.open_session(SCOPE, person=person, client=HERE, proof=proof, now=now, ids=ids)

    opened = open_with(first).session.session_id
    with pytest.raises(ConflictError):
        open_with(second)
    assert [one for one, _ in repo.session_ids(SCOPE, owner.person_id)] == [opened]


def test_codes_are_tried_five_times_in_five_minutes(owner: Member, begin: Begin, enter: Enter, now: datetime) -> None:
    for _ in range(5):
        with pytest.raises(InvalidError):
            enter(begin(owner), "000000")
    with pytest.raises(TooManyError):
        enter(begin(owner))
    assert enter(begin(owner, at=now + timedelta(minutes=5)), at=now + timedelta(minutes=5)).session.second_factor


def test_a_mailbox_gives_no_more_guesses_of_codes(owner: Member, now: datetime, ids: Ids) -> None:
    """Each link sets a password; were its browser known, it had five codes of its own."""
    link = recovery.create_reset_link(SCOPE, email=owner.email, request_id=ids.ulid(now), now=now, ids=ids)
    assert link
    done = recovery.reset_password(SCOPE, secret=link.link.secret, password=NEW_PASSWORD, client=HERE, now=now, ids=ids)
    assert done.devices == ()


def test_codes_are_tried_200_times_a_day_in_all_browsers_together(
    owner: Member, begin: Begin, now: datetime, ids: Ids
) -> None:
    tried = rate_limits.Attempt(rate_limits.CODE_ALL_DAY, owner.person_id)
    for _ in range(rate_limits.CODE_ALL_DAY.maximum):
        rate_limits.consume(SCOPE, (tried,), now=now)
    with pytest.raises(TooManyError):
        second_step.enter_code(SCOPE, secret=begin(owner), code="000000", client=HERE, now=now, ids=ids)


def test_strangers_who_have_the_password_keep_nobody_out_of_their_own_browser(
    owner: Member, begin: Begin, now: datetime, ids: Ids
) -> None:
    secret = begin(owner)
    first = second_step.enter_code(SCOPE, secret=secret, code=code_at(now), client=HERE, now=now, ids=ids)
    own = replace(HERE, devices=first.devices)
    for _ in range(5):
        with pytest.raises(InvalidError):
            second_step.enter_code(SCOPE, secret=begin(owner), code="000000", client=HERE, now=now, ids=ids)
    later = now + timedelta(seconds=30)
    done = second_step.enter_code(SCOPE, secret=begin(owner, own), code=code_at(later), client=own, now=later, ids=ids)
    assert done.session.second_factor


@pytest.mark.parametrize("code", ["", "   "])
def test_an_empty_code_is_no_attempt(owner: Member, begin: Begin, enter: Enter, code: str) -> None:
    secret = begin(owner)
    for _ in range(6):
        with pytest.raises(InvalidError):
            enter(secret, code)
    assert enter(secret).session.second_factor


def test_a_recovery_code_works_once_and_is_told_to_its_owner(
    cast: Cast, begin: Begin, enter: Enter, now: datetime, ids: Ids
) -> None:
    owner = cast.ours.customer
    code, *others = give_app(owner, now=now, ids=ids)
    assert enter(begin(owner), code.upper().replace("-", " ")).session.second_factor
    with pytest.raises(InvalidError):
        enter(begin(owner), code)
    assert enter(begin(owner), others[0]).session.second_factor
    codes = factor_reads.recovery_codes(SCOPE, owner.person_id)
    assert codes
    assert len(codes.hashes) == 8
    events = queries.person_events(SCOPE, owner.person_id, since=now - timedelta(days=1), limit=20)
    assert [one.event for one in events].count("recovery_code_used") == 2


def test_the_code_of_somebody_else_is_wrong(
    owner: Member, cast: Cast, begin: Begin, enter: Enter, now: datetime, ids: Ids
) -> None:
    theirs, *_ = give_app(cast.rival.customer, now=now, ids=ids)
    with pytest.raises(InvalidError):
        enter(begin(owner), theirs)


def test_a_trusted_browser_is_asked_for_the_password_alone(
    owner: Member, begin: Begin, enter: Enter, now: datetime, ids: Ids
) -> None:
    kept = enter(begin(owner), trust_browser=True).trusted_secrets
    assert kept
    browser = replace(HERE, trusted_secrets=kept)

    def log_in(at: datetime, password: str = PASSWORD) -> LoggedIn:
        return operations.log_in(SCOPE, email=owner.email, password=password, client=browser, now=at, ids=ids)

    assert log_in(now + timedelta(days=29)).session.second_factor
    with pytest.raises(UnauthenticatedError):
        log_in(now, "not it")
    with pytest.raises(SecondStepError):
        log_in(now + timedelta(days=30))


def test_a_browser_is_trusted_only_where_asked_for_and_for_its_own_person(
    owner: Member, cast: Cast, begin: Begin, enter: Enter, now: datetime, ids: Ids
) -> None:
    assert enter(begin(owner)).trusted_secrets is None
    later = now + timedelta(seconds=30)
    kept = enter(begin(owner), at=later, trust_browser=True).trusted_secrets
    assert kept
    give_app(cast.rival.customer, now=now, ids=ids)
    begin(cast.rival.customer, replace(HERE, trusted_secrets=kept))


@pytest.mark.parametrize("change", ["password", "factor", "forgotten"])
def test_a_trusted_browser_ends_with_the_password_the_factor_and_by_hand(
    owner: Member, begin: Begin, enter: Enter, now: datetime, ids: Ids, change: str
) -> None:
    done = enter(begin(owner), trust_browser=True)
    assert done.trusted_secrets
    browser, password = replace(HERE, trusted_secrets=done.trusted_secrets), PASSWORD
    if change == "password":
        password = NEW_PASSWORD
        recovery.change_password(
            SCOPE, session=done.session, current_password=PASSWORD, password=password, now=now, ids=ids
        )
    elif change == "factor":
        take_app(owner, now=now, ids=ids)
        give_app(owner, now=now, ids=ids)
    else:
        device_id = secret_hash(done.trusted_secrets[0])
        trusted_browsers.revoke(SCOPE, session=done.session, device_id=device_id, now=now, ids=ids)
        with pytest.raises(NotFoundError):
            trusted_browsers.revoke(SCOPE, session=done.session, device_id=device_id, now=now, ids=ids)
    person = repo.person(SCOPE, owner.person_id)
    assert person
    assert trusted_browsers.browsers(SCOPE, person, now) == []
    with pytest.raises(SecondStepError):
        operations.log_in(SCOPE, email=owner.email, password=password, client=browser, now=now, ids=ids)


def test_twenty_browsers_of_a_person_are_trusted(owner: Member, now: datetime, ids: Ids) -> None:
    person = repo.person(SCOPE, owner.person_id)
    assert person
    for minute in range(22):
        written, _ = trusted_browsers.trust(SCOPE, person, client=HERE, now=now + timedelta(minutes=minute), ids=ids)
        repo.commit(SCOPE, written)
    found = trusted_browsers.browsers(SCOPE, person, now)
    assert len(found) == 20
    assert min(one.since for one in found) == now + timedelta(minutes=2)


def test_a_browser_is_trusted_by_five_people(owner: Member, now: datetime, ids: Ids) -> None:
    person = repo.person(SCOPE, owner.person_id)
    assert person
    others = tuple(ids.secret() for _ in range(9))
    _, secrets = trusted_browsers.trust(SCOPE, person, client=replace(HERE, trusted_secrets=others), now=now, ids=ids)
    assert secrets[1:] == others[:4]


def invited(dealership: Dealership, member: Member, now: datetime, ids: Ids) -> tuple[str, Membership]:
    offered = Membership(dealership.dealer.dealer_id, MembershipKind.CUSTOMER, "1777", "Postgate", role=Role.ADMIN)
    link = invitations.create_invitation(
        SCOPE, email=member.email, membership=offered, invitation_id=ids.ulid(now), now=now, ids=ids
    )
    return link.secret, offered


def test_an_invitation_is_accepted_with_the_second_step_and_not_before(
    cast: Cast, enter: Enter, now: datetime, ids: Ids
) -> None:
    member = cast.rival.customer
    give_app(member, now=now, ids=ids)
    secret, offered = invited(cast.ours, member, now, ids)

    def accept() -> LoggedIn:
        return invitations.accept_as_existing_user(
            SCOPE, secret=secret, password=PASSWORD, client=HERE, now=now, ids=ids
        )

    with pytest.raises(SecondStepError) as waits:
        accept()
    assert repo.membership(SCOPE, member.person_id, offered.key) is None
    with pytest.raises(InvalidError):
        enter(waits.value.secret, "000000")
    assert repo.membership(SCOPE, member.person_id, offered.key) is None
    session = enter(waits.value.secret).session
    assert session.membership
    assert session.membership.key == offered.key
    with pytest.raises(NotFoundError):
        accept()


def test_an_invitation_that_is_cancelled_in_between_gives_nothing(
    cast: Cast, enter: Enter, now: datetime, ids: Ids
) -> None:
    member = cast.rival.customer
    give_app(member, now=now, ids=ids)
    secret, offered = invited(cast.ours, member, now, ids)
    with pytest.raises(SecondStepError) as waits:
        invitations.accept_as_existing_user(SCOPE, secret=secret, password=PASSWORD, client=HERE, now=now, ids=ids)
    current = queries.invitation(SCOPE, secret, now)
    invitations.cancel_invitation(
        SCOPE, email=member.email, membership=offered, invitation_id=current.invitation_id, now=now, ids=ids
    )
    with pytest.raises(UnauthenticatedError):
        enter(waits.value.secret)
    assert repo.membership(SCOPE, member.person_id, offered.key) is None


def test_staff_owe_a_second_factor_from_their_second_login_on(
    cast: Cast, log_in: LogIn, now: datetime, ids: Ids
) -> None:
    assert log_in(cast.ours.user).session.factor_due  # who has logged in before
    assert not log_in(cast.ours.customer).session.factor_due
    offered = Membership(cast.rival.dealer.dealer_id, MembershipKind.STAFF, role=Role.USER)
    link = invitations.create_invitation(
        SCOPE, email="new.clerk@quernmore.example", membership=offered, invitation_id=ids.ulid(now), now=now, ids=ids
    )
    invitations.accept_invitation(SCOPE, secret=link.secret, password=PASSWORD, client=HERE, now=now, ids=ids)
    email = "new.clerk@quernmore.example"
    first, second = (
        operations.log_in(SCOPE, email=email, password=PASSWORD, client=HERE, now=now, ids=ids) for _ in range(2)
    )
    assert not first.session.factor_due
    assert second.session.factor_due
    _, switched = operations.switch_membership(
        SCOPE, session=second.session, membership_key=offered.key, now=now, ids=ids
    )
    assert switched.factor_due
