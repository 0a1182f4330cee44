"""After an era has begun: one item of the outbox ends what was given before, and may be done again."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from chalicelib.customers import document_requests, eras, operations
from chalicelib.customers.change_requests import repo as change_requests
from chalicelib.customers.change_requests.model import RequestState
from chalicelib.customers.change_requests.queries import open_requests
from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import AccountUser, Enrolment, State
from chalicelib.customers.portal_customers.queries import portal_customer
from chalicelib.feed import queries as feed
from chalicelib.feed.model import ItemState, Taker
from chalicelib.feed.operations import acknowledge, choose_taker
from chalicelib.identity import invitations, queries, repo
from chalicelib.identity.model import ClientInfo, Membership, MembershipKind
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.notifications.dispatch import send_due
from chalicelib.notifications.kinds.activated import Activated
from chalicelib.notifications.kinds.era_started import EraStarted
from chalicelib.profiles import queries as profiles
from chalicelib.store import outbox
from chalicelib.store.audit import AuditRow
from chalicelib.store.outbox import OutboxItem, OutboxState
from chalicelib.store.record import tenant_pk
from chalicelib.store.roles import assume_scope
from chalicelib.tasks import queries as tasks
from chalicelib.uploads.document_requests.model import RequestState as DocumentState
from chalicelib.uploads.model import FileState, Reason
from chalicelib.uploads.operations import begin_file
from tests.customers.accounts import account, publish
from tests.customers.change_requests.made import asked_for
from tests.fixtures.cast import PASSWORD, Cast, Dealership, LogIn
from tests.fixtures.trail import audited
from tests.notifications.fakes import Post
from tests.profiles.made import has_profile
from tests.uploads.document_requests.made import asked, found, known
from tests.uploads.sending import Sending

SCOPE = IdentityScope()


def unlinked(dealership: Dealership) -> list[str]:
    with assume_scope(dealership.scope):
        rows = list(AuditRow.query(tenant_pk(dealership.scope, "AUDIT", "2024-06")))
    return sorted(row.subject for row in rows if row.event == "customer.unlinked")


def test_memberships_sessions_and_links_end_at_once_without_a_mail(cast: Cast, post: Post, log_in: LogIn) -> None:
    dealership, barlow, now, ids = cast.ours, cast.ours.customer, post.clock.now, post.ids
    publish(dealership.import_scope, [account("1200")])
    enrolments.put(dealership.scope, Enrolment("1200", State.ACTIVE, barlow.email, "01HX", "maria", now), before=None)
    enrolments.add_user(dealership.scope, AccountUser(barlow.person_id, barlow.email, now), ref="1200")
    linked = []
    for name in ("hilda", "olga"):
        added = operations.create_customer(
            dealership.user.staff_scope, name=name, email=f"{name}@frost.example", now=now, ids=ids
        )
        linked.append(added)
        operations.link_account(
            dealership.user.staff_scope, customer_id=added.customer_id, version=1, account_ref="1200", now=now, ids=ids
        )
    has_profile(barlow.customer_scope, now=now, ids=ids)
    secret = log_in(barlow).secret
    eras.start_era(dealership.import_scope, ref="1200", era=ids.ulid(now), reason="other name", now=now, ids=ids)
    (item,) = outbox.items(dealership.import_scope)
    assert send_due(dealership.import_scope, deps=post.deps, mails=False) == 1
    assert post.sender.sent == []
    assert outbox.items(dealership.import_scope) == []
    assert queries.session(SCOPE, secret, now) is None
    assert repo.memberships(SCOPE, barlow.person_id) == []
    assert profiles.name_of(dealership.scope, barlow.person_id) == ""
    assert [portal_customer(dealership.scope, one.customer_id).account_ref for one in linked] == [None, None]
    assert unlinked(dealership) == sorted(one.ref for one in linked)
    EraStarted().run(dealership.import_scope, item)
    assert [portal_customer(dealership.scope, one.customer_id).version for one in linked] == [3, 3]


def test_an_open_invitation_ends_and_one_accepted_but_never_used_is_withdrawn(cast: Cast, post: Post) -> None:
    dealership, now, ids = cast.ours, post.clock.now, post.ids
    scope, email = dealership.scope, f"new@{dealership.dealer.slug}.example"
    secrets = []
    for ref in ("1201", "1300"):
        invited = Enrolment(ref, State.INVITED, email, ids.ulid(now), "maria", now)
        enrolments.put(scope, invited, before=enrolments.enrolment(scope, ref))
        offered = Membership(
            dealership.dealer.dealer_id,
            MembershipKind.CUSTOMER,
            ref,
            role=Role.ADMIN,
            invitation_id=invited.invitation_id,
        )
        link = invitations.create_invitation(
            SCOPE, email=email, membership=offered, invitation_id=invited.invitation_id, now=now, ids=ids
        )
        secrets.append(link.secret)
    invitations.accept_invitation(
        SCOPE, secret=secrets[1], password=PASSWORD, client=ClientInfo("2001:db8:9::1"), now=now, ids=ids
    )
    person_id = repo.person_id_of(SCOPE, email)
    assert person_id
    assert len(repo.memberships(SCOPE, person_id)) == 1
    for ref in ("1201", "1300"):
        eras.start_era(dealership.import_scope, ref=ref, era=ids.ulid(now), reason="other name", now=now, ids=ids)
    assert send_due(dealership.import_scope, deps=post.deps) == 2
    with pytest.raises(NotFoundError):
        queries.invitation(SCOPE, secrets[0], now)
    assert repo.memberships(SCOPE, person_id) == []


def test_what_an_earlier_customer_asked_for_is_nobodys_to_enter(cast: Cast, post: Post) -> None:
    """A program that takes it would write the earlier customer's phone into the account of the new one."""
    ours, now, ids = cast.ours, post.clock.now, post.ids
    staff = ours.user.staff_scope
    request_id = asked_for(ours, "1200", now, ids)
    eras.start_era(ours.import_scope, ref="1200", era=ids.ulid(now), reason="other name", now=now, ids=ids)
    (item,) = outbox.items(ours.import_scope)
    for _ in range(2):
        EraStarted().run(ours.import_scope, item)
    assert feed.waiting(ours.import_scope, limit=9).items == ()
    assert tasks.open_tasks(staff) == []
    assert open_requests(staff, "1200") == []
    ended = change_requests.request(staff, "1200", request_id)
    assert ended
    assert (ended.state, ended.decided_by) == (RequestState.WITHDRAWN, "import")
    found = audited(ours.scope, now, "change.")
    assert sorted(entry.event for entry in found) == ["change.asked", "change.ended"]


def test_what_an_earlier_customer_was_asked_for_is_not_asked_of_the_next(cast: Cast, post: Post) -> None:
    now, ids = post.clock.now, post.ids
    ours = known(cast.ours, now)
    request = asked(ours, now, ids, days=0)
    document_requests.chase(ours.import_scope, now=now + timedelta(days=1), ids=ids)
    assert [task.kind for task in tasks.open_tasks(ours.user.staff_scope)] == ["document_overdue"]
    eras.start_era(ours.import_scope, ref="1200", era=ids.ulid(now), reason="other name", now=now, ids=ids)
    (item,) = [one for one in outbox.items(ours.import_scope) if one.kind == eras.STARTED]
    for _ in range(2):
        EraStarted().run(ours.import_scope, item)
    assert tasks.open_tasks(ours.user.staff_scope) == []
    assert found(ours, request).state is DocumentState.ENDED


def test_a_document_of_an_earlier_customer_is_not_filed_with_the_next(cast: Cast, post: Post) -> None:
    ours, now, ids = cast.ours, post.clock.now, post.ids
    choose_taker(ours.admin.staff_scope, taker=Taker.PROGRAM, now=now, ids=ids)
    taken, waits = (Sending(ours, now, ids).accept().file_id for _ in range(2))
    acknowledge(ours.import_scope, item_ids=[taken], now=now, ids=ids)
    on_its_way = Sending(ours, now, ids)
    version = on_its_way.put()
    on_its_way.arrived(version)
    era = ids.ulid(now)
    eras.start_era(ours.import_scope, ref="1200", era=era, reason="other name", now=now, ids=ids)
    scope = replace(ours.customer.customer_scope, eras={"1200": era})
    sending = Sending(ours, now, ids)
    sending.file = begin_file(
        scope, purpose="order", note="", name="a.csv", account_name="", maximum=9, now=now, ids=ids
    )
    new = sending.accept().file_id
    (item,) = [one for one in outbox.items(ours.import_scope) if one.kind != "staff_event"]
    for _ in range(2):
        EraStarted().run(ours.import_scope, item)
    on_its_way.scanned(version)
    assert (on_its_way.found().state, on_its_way.found().reason) == (FileState.REFUSED, Reason.OTHER_CUSTOMER)
    states = {
        one: found.state for one, found in feed.items(ours.scope, [taken, waits, new, on_its_way.file.file_id]).items()
    }
    assert states == {taken: ItemState.TAKEN, waits: ItemState.WITHDRAWN, new: ItemState.WAITING}
    (entry,) = audited(ours.scope, now, "file.withdrawn")
    assert (entry.actor, entry.detail["file"]) == ("import", waits)


def activated(dealership: Dealership, now: datetime, era: str | None) -> OutboxItem:
    payload = {
        "dealer_id": dealership.dealer.dealer_id,
        "kind": "customer",
        "account_ref": "1200",
        "role": "admin",
        "invitation_id": "",
        "person_id": dealership.customer.person_id,
        "email": dealership.customer.email,
    }
    payload |= {} if era is None else {"era": era}
    return OutboxItem("01HZM2Z5Q0XYZXYZXYZXYZXYZX", "activated", payload, OutboxState.QUEUED, now)


def test_a_first_log_in_that_is_told_too_late_ends_instead(cast: Cast, post: Post) -> None:
    dealership, now, ids = cast.ours, post.clock.now, post.ids
    eras.start_era(dealership.import_scope, ref="1200", era=ids.ulid(now), reason="other name", now=now, ids=ids)
    for era in (None, ""):  # as an older release queued it, and as this one does
        Activated().run(SCOPE, activated(dealership, now, era))
    assert repo.memberships(SCOPE, dealership.customer.person_id) == []
    assert enrolments.users(dealership.scope, "1200") == []


def test_a_first_log_in_queued_by_an_older_release_activates(cast: Cast, post: Post) -> None:
    dealership, now = cast.ours, post.clock.now
    enrolments.put(dealership.scope, Enrolment("1200", State.INVITED, "a@b.example", "01HX", "maria", now), before=None)
    Activated().run(SCOPE, activated(dealership, now, None))
    found = enrolments.enrolment(dealership.scope, "1200")
    assert found
    assert found.state is State.ACTIVE
