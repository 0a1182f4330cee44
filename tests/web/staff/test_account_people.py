"""Staff see who may use an account and what each sees, invite others, and keep a contact from invoices."""

from datetime import datetime
from urllib.parse import unquote

import pytest

from app import app
from chalicelib.customers.colleagues import queries
from chalicelib.customers.colleagues.model import Rights, State
from chalicelib.http import cookies
from chalicelib.kernel.areas import Area
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.roles import Role
from chalicelib.notifications.dispatch import send_due
from tests.customers.accounts import account
from tests.customers.accounts import publish as publish_directory
from tests.customers.colleagues.made import enrolled
from tests.fixtures.cast import Cast, LogIn, Member
from tests.fixtures.trail import audited
from tests.ledger.accounts import an_account
from tests.ledger.published import publish
from tests.ledger.rows import a_row
from tests.notifications.fakes import Clock, Post
from tests.web.client import Visitor

PAGE = "/staff/accounts/MTIwMA"
UNTICKED = {f"area-{area}": "" for area in Area}


@pytest.fixture
def barlow(cast: Cast, now: datetime) -> Member:
    publish(cast.ours.import_scope, [an_account([a_row("127070", total=770)])])
    publish_directory(cast.ours.import_scope, [account("1200", "Mr A L Barlow"), account("1201")])
    return enrolled(cast.ours, now)


def test_a_contact_is_kept_from_invoices(
    staff: Visitor, cast: Cast, barlow: Member, log_in: LogIn, now: datetime, ids: Ids
) -> None:
    theirs = Visitor(app)
    theirs.cookies[cookies.SESSION] = log_in(barlow).secret
    assert theirs.get("/transactions").status == 200
    one = f"{PAGE}/people/p{barlow.person_id}"
    assert one in staff.get(PAGE).links.values()
    staff.get(one)
    ticks = {**UNTICKED, "area-documents": "yes", "area-messages": "yes"}
    assert staff.submit(one, level="view", **ticks).location == f"{PAGE}#users"
    assert theirs.get("/transactions").status == 404
    assert theirs.get("/documents").status == 200
    assert "Documents, Messages" in staff.get(PAGE).text
    post = Post(Clock(now), ids)
    send_due(cast.ours.import_scope, deps=post.deps)
    assert [mail.to for mail in post.sender.sent] == [barlow.email]
    assert f"{cast.ours.dealer.name} has changed" in " ".join(post.sender.sent[0].text.split())
    (row,) = audited(cast.ours.scope, now, "colleague.rights_changed")
    assert row.actor == cast.ours.user.person_id
    activity = staff.get("/staff/activity?account=MTIwMA").text
    assert f"{barlow.email}, View, Documents, Messages" in activity


def test_staff_invite_somebody_beside_the_first(staff: Visitor, cast: Cast, barlow: Member, ids: Ids) -> None:
    assert barlow.email in staff.get(PAGE).text
    email = f"{ids.dealer_id()}@farm.example"
    staff.get(f"{PAGE}/people/invite")
    staff.submit(f"{PAGE}/people/invite", email=email, level="pay")
    assert email in unquote(staff.cookies[cookies.FLASH])
    (new,) = (one for one in queries.people(cast.ours.scope, "1200", "") if one.email == email)
    assert (new.state, new.rights) == (State.QUEUED, Rights(Role.PAY))
    assert (
        staff.get("/staff/accounts/MTIwMQ/people/invite").status == 404
    )  # its first is invited by the account's email


def test_people_of_another_dealers_account_are_not_found(staff: Visitor, cast: Cast, barlow: Member) -> None:
    assert barlow.email not in staff.get(PAGE.replace("MTIwMA", "OTk5OQ")).text
    assert staff.get(f"/staff/accounts/OTk5OQ/people/p{barlow.person_id}").status == 404
    assert staff.get(f"{PAGE}/people/p{cast.rival.customer.person_id}").status == 404
