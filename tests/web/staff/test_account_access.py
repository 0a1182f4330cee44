"""Staff end somebody's access to an account, and say whose a reused number is."""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from urllib.parse import unquote

import pytest

from app import app
from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import AccountUser, EndedAccess, Enrolment, State
from chalicelib.http import cookies
from chalicelib.identity import repo as identity
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.ledger.model import OwnerChange
from chalicelib.store.audit import AuditRow
from chalicelib.store.record import tenant_pk
from chalicelib.store.roles import assume_scope
from chalicelib.store.transactions import transaction
from tests.customers.accounts import account
from tests.customers.accounts import publish as publish_directory
from tests.fixtures.cast import Cast, LogIn, Member, add_person
from tests.fixtures.staff import listed
from tests.ledger.accounts import a_facts, an_account
from tests.ledger.published import publish
from tests.ledger.rows import a_row
from tests.web.client import Visitor

PAGE = "/staff/accounts/MTIwMA"
SCOPE = IdentityScope()


def events(cast: Cast) -> list[str]:
    with assume_scope(cast.ours.scope):
        return [row.event for row in AuditRow.query(tenant_pk(cast.ours.scope, "AUDIT", "2024-06"))]


def flash(visitor: Visitor) -> str:
    return unquote(visitor.cookies[cookies.FLASH])


@pytest.fixture
def barlow(cast: Cast, now: datetime) -> Member:
    """Active on account 1200."""
    publish(cast.ours.import_scope, [an_account([a_row("127070", total=770)])])
    publish_directory(cast.ours.import_scope, [account("1200", "Mr A L Barlow"), account("1201")])
    member = cast.ours.customer
    active = Enrolment("1200", State.ACTIVE, member.email, "01HX", "maria", now, activated_at=now)
    enrolments.put(cast.ours.scope, active, before=None)
    enrolments.add_user(cast.ours.scope, AccountUser(member.person_id, member.email, now), ref="1200")
    return member


def test_access_ends_at_once_and_may_be_given_again(staff: Visitor, cast: Cast, barlow: Member, log_in: LogIn) -> None:
    theirs = Visitor(app)
    theirs.cookies[cookies.SESSION] = log_in(barlow).secret
    assert theirs.get("/transactions").status == 200
    shown = staff.get(PAGE)
    assert "Last login" in shown.text
    assert "Not known" not in shown.text
    theirs_end = f"{PAGE}/people/p{barlow.person_id}/end"
    assert f"End access of {barlow.email}?" in staff.get(theirs_end).text
    assert staff.submit(theirs_end).location == f"{PAGE}#users"
    assert flash(staff) == f"{barlow.email} can no longer open this account."
    assert theirs.get("/transactions").location.startswith("/login")
    assert identity.memberships(SCOPE, barlow.person_id) == []
    assert "access.ended" in events(cast)
    page = staff.get(PAGE)
    assert "Nobody yet." in page.text
    assert f"A former colleague ended the access of {barlow.email}" in page.text.partition("Invitation and access")[2]
    assert "Invite c1200@farm.example" in page.text


def test_who_has_no_access_is_not_found(staff: Visitor, barlow: Member, cast: Cast) -> None:
    assert staff.get(f"{PAGE}/people/p{cast.ours.other_customer.person_id}/end").status == 404
    assert staff.get(f"/staff/accounts/MTIwMQ/people/p{barlow.person_id}/end").status == 404
    staff.get(f"{PAGE}/people/p{barlow.person_id}/end")
    staff.submit(f"{PAGE}/people/p{barlow.person_id}/end")
    assert staff.get(f"{PAGE}/people/p{barlow.person_id}/end").status == 404


def test_others_of_the_account_keep_theirs(staff: Visitor, cast: Cast, barlow: Member, now: datetime) -> None:
    other = AccountUser(cast.ours.other_customer.person_id, "frost@farm.example", now)
    enrolments.add_user(cast.ours.scope, other, ref="1200")
    staff.get(f"{PAGE}/people/p{barlow.person_id}/end")
    staff.submit(f"{PAGE}/people/p{barlow.person_id}/end")
    assert enrolments.users(cast.ours.scope, "1200") == [other]
    found = enrolments.enrolment(cast.ours.scope, "1200")
    assert found
    assert found.state is State.ACTIVE


@pytest.mark.usefixtures("barlow")
def test_the_page_refreshes_until_the_mail_has_left(staff: Visitor, cast: Cast, now: datetime) -> None:
    queued = Enrolment("1201", State.QUEUED, "c1201@farm.example", "01HY", "maria", now)
    page = "/staff/accounts/MTIwMQ"
    enrolments.put(cast.ours.scope, queued, before=None)
    assert (
        'hx-trigger="every 2s" hx-disinherit="*" hx-select="#enrolment" hx-select-oob="#history"'
        in staff.get(page).html
    )
    sent = replace(queued, state=State.INVITED, invited_at=now)
    enrolments.put(cast.ours.scope, sent, before=queued)
    shown = staff.get(page)
    assert "every 2s" not in shown.html
    assert "Sent to c1201@farm.example" in shown.text
    late = replace(queued, queued_at=now - timedelta(minutes=6))
    enrolments.put(cast.ours.scope, late, before=sent)
    assert "every 2s" not in staff.get(page).html


@pytest.fixture
def era(cast: Cast, barlow: Member, now: datetime, ids: Ids) -> str:  # noqa: ARG001 - he is there first
    """The newest export gives the number another name and email."""
    made = ids.ulid(now)
    built = an_account(
        [a_row("127070", total=770)], run=3, facts=a_facts(name="New Garage", email="office@garage.example")
    )
    change = OwnerChange(made, date(2024, 5, 5), "Mr A L Barlow", "al@farm.example")
    publish(cast.ours.import_scope, [replace(built, head=replace(built.head, owner_change=change))], run=3)
    entry = account("1200", "New Garage", email="office@garage.example", next_era=made)
    publish_directory(cast.ours.import_scope, [entry, account("1201")])
    return made


@pytest.fixture
def manager(staff: Visitor, cast: Cast, log_in: LogIn, now: datetime, ids: Ids) -> Visitor:
    """A service manager of ours."""
    email = f"service.manager@{cast.ours.dealer.slug}.example"
    membership = replace(cast.ours.user.membership, role=Role.SERVICE_MANAGER)
    member = add_person(ids, now, email=email, membership=membership)
    listed(cast.ours, member, now=now)
    staff.cookies[cookies.SESSION] = log_in(member).secret
    return staff


def decide(staff: Visitor, owner: str) -> str:
    page = staff.get(PAGE)
    if owner == "other":
        (link,) = re.findall(rf'href="({PAGE}/owner\?era=[^"]+)"', page.html)
        page = staff.get(link)
    (form,) = [form for form in page.forms if form.fields.get("owner") == owner]
    return staff.post(form.action, form.fields).location


def test_the_page_says_that_it_seems_to_be_somebody_elses(staff: Visitor, era: str) -> None:
    assert era
    page = staff.get(PAGE)
    assert "Account 1200 seems to belong to somebody else now." in page.text
    assert "It was Mr A L Barlow, al@farm.example and is New Garage, office@garage.example." in page.text
    assert "Invite" not in page.text


def test_a_user_is_told_who_decides_and_cannot(staff: Visitor, cast: Cast, barlow: Member, era: str) -> None:
    page = staff.get(PAGE)
    assert "A service manager or an admin of the dealership can say whose it is." in page.text
    assert not [form for form in page.forms if "owner" in form.fields]
    refused = staff.get(f"{PAGE}/owner?era={era}")
    assert refused.status == 403
    assert "Only a service manager or an admin of the dealership can do this" in refused.text
    form = page.forms[0].fields
    assert staff.post(f"{PAGE}/owner", {"csrf": form["csrf"], "owner": "other", "era": era}).status == 403
    assert identity.memberships(SCOPE, barlow.person_id)
    assert "account.era_started" not in events(cast)


def test_the_same_customer_opens_it_again(
    manager: Visitor, cast: Cast, barlow: Member, era: str, log_in: LogIn
) -> None:
    theirs = Visitor(app)
    theirs.cookies[cookies.SESSION] = log_in(barlow).secret
    assert era
    assert theirs.get("/transactions").status == 403
    assert decide(manager, "same") == PAGE
    assert "is unchanged" in flash(manager)
    assert theirs.get("/transactions").status == 200
    assert "account.same_customer" in events(cast)
    assert "seems to belong" not in manager.get(PAGE).text


def test_somebody_else_begins_anew(manager: Visitor, cast: Cast, barlow: Member, era: str, log_in: LogIn) -> None:
    decides = f"service.manager@{cast.ours.dealer.slug}.example"
    theirs = Visitor(app)
    theirs.cookies[cookies.SESSION] = log_in(barlow).secret
    assert decide(manager, "other") == PAGE
    assert theirs.get("/transactions").location.startswith("/login")
    assert identity.memberships(SCOPE, barlow.person_id) == []
    page = manager.get(PAGE)
    assert "Their figures come with the next export." in page.text
    assert "Invite office@garage.example" in page.text
    assert f"{decides} gave the number to another customer" in page.text
    found = enrolments.enrolment(cast.ours.scope, "1200")
    assert found
    assert found.era == era


def test_somebody_else_is_asked_first_and_names_who_loses_access(
    manager: Visitor, cast: Cast, barlow: Member, era: str, now: datetime
) -> None:
    assert not [form for form in manager.get(PAGE).forms if form.fields.get("owner") == "other"]
    asked = manager.get(f"{PAGE}/owner?era={era}")
    assert "Is account 1200 another customer's now?" in asked.text
    assert f"{barlow.email} loses access at once." in asked.text
    other = AccountUser(cast.ours.other_customer.person_id, "frost@farm.example", now)
    enrolments.add_user(cast.ours.scope, other, ref="1200")
    asked = manager.get(f"{PAGE}/owner?era={era}")
    assert "frost@farm.example" in asked.text
    assert "lose access at once." in asked.text
    assert "account.era_started" not in events(cast)
    assert manager.get(f"{PAGE}/owner").location == PAGE


def test_who_of_the_customer_ended_somebodys_access_is_named(
    manager: Visitor, cast: Cast, barlow: Member, now: datetime, ids: Ids
) -> None:
    gone = EndedAccess("frost@farm.example", now, f"customer {barlow.person_id}")
    record = enrolments.ended_access_record(cast.ours.scope, gone, ref="1200", ids=ids)
    with assume_scope(cast.ours.scope), transaction() as t:
        t.put(record)
    assert f"{barlow.email} ended the access of frost@farm.example" in manager.get(PAGE).text


def test_an_invitation_that_stops_working_is_named_before(manager: Visitor, cast: Cast, era: str) -> None:
    before = enrolments.enrolment(cast.ours.scope, "1200")
    assert before
    opened = replace(before, state=State.INVITED, email="al@farm.example")
    enrolments.put(cast.ours.scope, opened, before=before)
    assert "The invitation of al@farm.example stops working." in manager.get(f"{PAGE}/owner?era={era}").text


def test_a_decision_that_was_taken_before_says_so(manager: Visitor, era: str) -> None:
    (form,) = [form for form in manager.get(PAGE).forms if form.fields.get("owner") == "same"]
    decide(manager, "same")
    stale = {**form.fields, "owner": "other"}
    for answer in (manager.post(form.action, stale), manager.get(f"{PAGE}/owner?era={era}")):
        assert answer.location == PAGE
        assert "has decided this" in flash(manager)
    assert manager.post(form.action, {**form.fields, "owner": ""}).status == 422


def test_of_an_account_that_nobody_could_open_nothing_is_asked(
    manager: Visitor, cast: Cast, now: datetime, ids: Ids
) -> None:
    made = ids.ulid(now)
    built = an_account([a_row("127070", total=770)], facts=a_facts(name="New Garage", email="office@garage.example"))
    change = OwnerChange(made, date(2024, 5, 5), "Mr A L Barlow", "al@farm.example")
    publish(cast.ours.import_scope, [replace(built, head=replace(built.head, owner_change=change))])
    publish_directory(
        cast.ours.import_scope, [account("1200", "New Garage", email="office@garage.example", next_era=made)]
    )
    page = manager.get(PAGE)
    assert "seems to belong" not in page.text
    assert "Nobody could open it so far, so there is nothing to decide" in page.text
    assert "Invite office@garage.example" in page.text
    assert decide(manager, "same") == PAGE
    page = manager.get(PAGE)
    assert "nothing to decide" not in page.text
    assert "Invite office@garage.example" in page.text
