"""Invite customers: readiness with what to do, a plan, the campaign with its buttons, reminders."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import unquote

import pytest

from chalicelib.customers.campaigns import operations, queries
from chalicelib.customers.campaigns.model import CampaignState
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.bounces import repo as bounces
from chalicelib.dealers.bounces.model import Bounce
from chalicelib.dealers.operations import change_allowances
from chalicelib.http import cookies
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.keys import link_part
from tests.customers.accounts import account, publish
from tests.customers.campaigns.made import open_campaign
from tests.fixtures.cast import Cast, LogIn
from tests.fixtures.staff import listed
from tests.web.client import Visitor

HOME = "/staff/invitations"
PLAN = {"per_day": "2", "first_day": "2024-06-06", "weekdays": "yes"}


def flash(visitor: Visitor) -> str:
    return unquote(visitor.cookies[cookies.FLASH])


@pytest.fixture(autouse=True)
def accounts(cast: Cast, now: datetime, ids: Ids) -> None:
    """Three ready, two with one address, and one for most of the other reasons."""
    publish(
        cast.ours.import_scope,
        [
            *(account(ref, f"Al Barlow {ref}") for ref in ("1300", "1301", "1302")),
            account("1310", "Jo Frost", email="both@farm.example"),
            account("1311", "Jim Frost", email="both@farm.example"),
            account("1320", "Ann Post", email=None),
            account("1330", "Workshop ledger", account_type="internal"),
            account("1340", "Tom Gone", email="gone@farm.example"),
            account("1341", "Tim Angry", email="angry@farm.example"),
            account("1350", "Mr Barlow"),
            account("1360", "Old Customer", archived=True),
        ],
    )
    for email, reason in (("gone@farm.example", "NoEmail"), ("angry@farm.example", "complaint")):
        mail = Bounce(email=email, reason=reason, at=now, kind="x", mail_id=ids.ulid(now), account_ref="1340")
        bounces.put(cast.ours.scope, mail)


@pytest.fixture
def admin(staff: Visitor, cast: Cast, log_in: LogIn, now: datetime) -> Visitor:
    listed(cast.ours, cast.ours.admin, now=now)
    staff.cookies[cookies.SESSION] = log_in(cast.ours.admin).secret
    return staff


def test_each_reason_has_its_number_what_to_do_and_its_list(admin: Visitor) -> None:
    page = admin.get("/staff/accounts")
    page = admin.get(page.links["Invite customers"])
    assert page.status == 200
    for said in (
        "Ready3Can be invited now",
        "No email address 1 Add an address in your dealer system",
        "Email bounced before 1 Correct the address",
        "Reported your email as spam 1 Ask them by phone",
        "Same email as another account 2 Give each account",
        "Only one name, such as Mr Barlow 1 The email greets them",
        "Internal and cash accounts 1 Nothing to do",
        "Not in the last export 1 Nothing to do",
    ):
        assert said in page.text, said
    listed_page = admin.get(page.links["Same email as another account"])
    assert "Jo Frost" in listed_page.text
    assert "Al Barlow" not in listed_page.text
    csv = admin.get(f"{HOME}/accounts.csv?reason=complained")
    assert "1341" in csv.body.decode("utf-8-sig")
    assert "1340" not in csv.body.decode("utf-8-sig")
    ready = admin.get(f"{HOME}/accounts")
    assert ready.text.count("Al Barlow") == 3


def test_the_plan_is_shown_before_anything_begins(admin: Visitor, cast: Cast) -> None:
    admin.get(HOME)
    page = admin.submit(f"{HOME}/new", **PLAN)
    assert "3 customers in 2 days, first on 6 Jun 2024, done on 7 Jun 2024" in page.text
    assert "6 Jun 2024, from 8 in the morning" in page.text
    assert queries.open_campaign(cast.ours.scope) is None
    changed = admin.get(page.links["Change the plan"]).form(f"{HOME}/new").fields
    assert {name: changed[name] for name in PLAN} == PLAN
    admin.submit(f"{HOME}/new")
    assert admin.submit(HOME).location.startswith(f"{HOME}/")
    page = admin.follow()
    assert "The campaign is planned: 3 customers in 2 days, first on 6 Jun 2024, done on 7 Jun 2024" in page.text
    assert (
        "Next: 6 Jun 2024, from 8 in the morning. Left: 3 customers in 2 days, first on 6 Jun 2024, done on 7 Jun 2024."
        in page.text
    )
    begun = queries.open_campaign(cast.ours.scope)
    assert begun
    assert (begun.invited_by, begun.refs) == (cast.ours.admin.email, ("1300", "1301", "1302"))


def test_a_campaign_whose_first_day_is_to_come_is_planned_and_its_accounts_say_when(admin: Visitor, cast: Cast) -> None:
    admin.get(HOME)
    admin.submit(f"{HOME}/new", **PLAN)
    admin.submit(HOME)
    page = admin.follow()
    assert f"starts 6 Jun 2024, planned by {cast.ours.admin.email} Planned" in page.text
    assert "Email bounced" not in page.text
    listed_page = admin.get(HOME)
    assert "A campaign is planned: 3 customers in 2 days" in listed_page.text
    assert "starts 6 Jun 2024Planned" in listed_page.text
    accounts = admin.get("/staff/accounts").text
    assert accounts.count("To be invited from 6 Jun") == 2
    assert accounts.count("To be invited from 7 Jun") == 1
    account = admin.get(f"/staff/accounts/{link_part('1302')}")
    assert "A campaign invites this customer from 7 Jun 2024." in account.text
    campaign = account.links["Open the campaign"]
    admin.get(campaign)
    admin.submit(f"{campaign}/pause")
    assert "To be invited" not in admin.get("/staff/accounts").text


def test_who_is_held_back_for_a_name_or_an_address_may_be_included(admin: Visitor) -> None:
    admin.get(HOME)
    page = admin.submit(f"{HOME}/new", **PLAN, include_shared_email="yes", include_no_second_name="yes")
    assert "6 customers in 3 days" in page.text


def test_a_form_sent_twice_begins_one_campaign_and_a_second_admin_is_told(admin: Visitor, cast: Cast) -> None:
    admin.get(HOME)
    page = admin.submit(f"{HOME}/new", **PLAN)
    fields = page.form(HOME).fields
    first = [admin.post(HOME, fields).location for _click in range(2)]
    assert first[0] == first[1] != HOME
    page = admin.get(f"{HOME}/new?per_day=1&first_day=2024-06-06")
    assert admin.submit(HOME).location == HOME
    assert "Another campaign has not ended" in flash(admin)
    assert len(queries.last_campaigns(cast.ours.admin.staff_scope)) == 1


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"per_day": "0"}, "Enter how many a day, from 1 to 500"),
        ({"per_day": "many"}, "Enter how many a day, from 1 to 500"),
        ({"first_day": "2024-06-01"}, "Choose a day from today on, within a year"),
    ],
)
def test_wrong_input_is_said_at_its_field_and_kept(admin: Visitor, fields: dict[str, str], said: str) -> None:
    admin.get(HOME)
    page = admin.submit(f"{HOME}/new", **{**PLAN, **fields})
    assert page.status == 422
    assert said in page.text
    kept = page.form(f"{HOME}/new").fields
    assert {name: kept[name] for name in fields} == fields


def test_pause_resume_and_cancel(admin: Visitor, cast: Cast, now: datetime, ids: Ids) -> None:
    here = f"{HOME}/{open_campaign(cast.ours, now, ids)}"
    before = admin.get(here)
    assert admin.submit(f"{here}/pause").location == here
    assert "The campaign is paused" in admin.follow().text
    admin.post(f"{here}/pause", before.form(f"{here}/pause").fields)  # a page from before
    assert "Somebody else changed this campaign" in flash(admin)
    admin.get(here)
    admin.submit(f"{here}/resume")
    asked = admin.get(f"{here}/cancel")
    assert "1 customer whose turn has not come is not invited" in asked.text
    admin.submit(f"{here}/cancel")
    assert "The campaign is cancelled" in admin.follow().text
    assert queries.open_campaign(cast.ours.scope) is None
    assert admin.get(f"{here}/cancel").location == here
    events = admin.get("/staff/activity?about=invitation").text
    for said in ("paused", "resumed", "cancelled"):
        assert f"Campaign of invitations {said}" in events


def test_the_page_says_what_came_of_each_day(admin: Visitor, cast: Cast, now: datetime, ids: Ids) -> None:
    ours = cast.ours
    campaign = operations.start(
        ours.admin.staff_scope, dealer=ours.dealer, fields=PLAN, invited_by="x@y.example", now=now, ids=ids
    )
    publish(ours.import_scope, [account("1300", "Al Barlow"), account("1301", email=None), account("1302", "Al Post")])
    operations.run_due(ours.import_scope, now=now + timedelta(days=1), ids=ids)
    page = admin.get(f"{HOME}/{campaign.campaign_id}")
    assert "Invited1of 3 customers" in page.text
    assert "6 Jun 2024 1 1" in page.text
    assert "1301 No email address" in page.text
    assert "Left out1No longer ready" in page.text


def test_the_page_says_in_short_why_customers_were_left_out(
    admin: Visitor, cast: Cast, now: datetime, ids: Ids
) -> None:
    ours = cast.ours
    dealer = replace(ours.dealer, invite_allowance=100)
    refs = [str(2000 + number) for number in range(11)]
    publish(ours.import_scope, [account(ref, "Al Barlow", email="farm@farm.example") for ref in refs])
    fields = {"per_day": "20", "first_day": "2024-06-05", "include_shared_email": "yes"}
    change_allowances(ours.scope, {"invite_allowance": 100}, actor="operator", now=now, ids=ids)
    campaign = operations.start(
        ours.admin.staff_scope, dealer=dealer, fields=fields, invited_by="x@y.example", now=now, ids=ids
    )
    assert "Left out0No longer ready" in admin.get(f"{HOME}/{campaign.campaign_id}").text
    operations.run_due(ours.import_scope, now=now, ids=ids)
    text = admin.get(f"{HOME}/{campaign.campaign_id}").text
    assert "Left out1Too many to one address" in text
    assert "2010 As many as a day allows had gone to this address" in text


def test_the_page_says_what_found_no_room_in_the_day_and_when_it_goes(
    admin: Visitor, cast: Cast, now: datetime, ids: Ids
) -> None:
    ours = cast.ours
    plan = {**PLAN, "per_day": "3", "first_day": "2024-06-05"}
    campaign = operations.start(
        ours.admin.staff_scope, dealer=ours.dealer, fields=plan, invited_by="x@y.example", now=now, ids=ids
    )
    change_allowances(ours.scope, {"daily_invitations": 1}, actor="operator", now=now, ids=ids)
    operations.run_due(ours.import_scope, now=now, ids=ids)
    page = admin.get(f"{HOME}/{campaign.campaign_id}")
    assert "Next: 6 Jun 2024, from 8 in the morning. Left: 2 customers" in page.text
    assert "On 5 Jun 2024 there was no room for 2 customers: too few of the invitations" in page.text
    operations.cancel(ours.admin.staff_scope, campaign_id=campaign.campaign_id, seen="running", now=now, ids=ids)
    assert "there was no room" not in admin.get(f"{HOME}/{campaign.campaign_id}").text
    assert "Reminders and invitations by your staff count towards the 1 a day" in admin.get(HOME).text


def test_as_many_are_held_back_as_the_table_lists(admin: Visitor) -> None:
    page = admin.get(HOME)
    told = re.search(r"Held back\s*(\d+)", page.text)
    assert told
    rows = re.findall(r'/staff/invitations/accounts\?reason=\w+"[^>]*>[^<]+</a></td>\s*<td[^>]*>(\d+)<', page.html)
    assert sum(map(int, rows)) == int(told[1]) > 0


def test_a_second_reminder_is_not_made_the_first(admin: Visitor) -> None:
    admin.get(HOME)
    page = admin.submit(f"{HOME}/reminders", first="", second="10")
    assert page.status == 422
    assert "Enter the first reminder too, or the second one here" in page.text
    fields = page.form(f"{HOME}/reminders").fields
    assert (fields["first"], fields["second"]) == ("", "10")


def test_reminders_are_chosen_by_admins(admin: Visitor, cast: Cast) -> None:
    page = admin.get(HOME)
    assert page.form(f"{HOME}/reminders").fields["first"] == "7"
    page = admin.submit(f"{HOME}/reminders", first="5", second="40")
    assert page.status == 422
    assert "Enter a day from 6 to 18, or leave it empty" in page.text
    admin.submit(f"{HOME}/reminders", first="5", second="")
    assert "The reminders are saved" in flash(admin)
    assert dealers.dealer(cast.ours.scope, fresh=True).reminder_days == (5,)
    stale = {**page.form(f"{HOME}/reminders").fields, "first": "3", "second": ""}
    admin.post(f"{HOME}/reminders", stale)
    assert "The settings were changed" in flash(admin)
    admin.get(HOME)
    admin.submit(f"{HOME}/reminders", first="", second="")
    assert dealers.dealer(cast.ours.scope, fresh=True).reminder_days == ()
    assert "Reminders of invitations" in admin.get("/staff/activity").text


def test_users_read_and_admins_decide(staff: Visitor, cast: Cast, now: datetime, ids: Ids) -> None:
    here = f"{HOME}/{open_campaign(cast.ours, now, ids)}"
    assert "Pause" not in staff.get(here).text
    for path in (f"{here}/pause", f"{here}/cancel", f"{HOME}/reminders"):
        assert staff.post(path, {"csrf": staff.get(HOME).form("/logout").fields["csrf"]}).status == 403
    found = queries.open_campaign(cast.ours.scope)
    assert found
    assert found.state is CampaignState.RUNNING


def test_another_dealers_campaign_is_not_found(admin: Visitor, cast: Cast, now: datetime, ids: Ids) -> None:
    here = f"{HOME}/{open_campaign(cast.rival, now, ids)}"
    assert admin.get(here).status == 404
    assert admin.get(f"{HOME}/nonsense").status == 404


def test_the_account_says_which_address_mail_came_back_from_and_staff_say_that_it_works(
    admin: Visitor, cast: Cast
) -> None:
    here = f"/staff/accounts/{link_part('1341')}"
    assert "angry@farm.example reported an email from you as spam on 5 Jun 2024" in admin.get(here).text
    page = admin.get(f"/staff/accounts/{link_part('1340')}")
    assert "Email to gone@farm.example bounced on 5 Jun 2024" in page.text
    admin.submit(f"/staff/accounts/{link_part('1340')}/mail-works")
    assert "gone@farm.example counts as working again" in admin.follow().text
    assert "1340" in [entry.ref for entry in queries.readiness(cast.ours.scope).ready]
    assert "Address said to work again" in admin.get("/staff/activity").text


def test_dealership_users_say_whose_mail_came_back(admin: Visitor, cast: Cast, now: datetime, ids: Ids) -> None:
    ours = cast.ours
    listed(ours, ours.user, now=now)
    mail = Bounce(email=ours.user.email, reason="NoEmail", at=now, kind="x", mail_id=ids.ulid(now))
    bounces.put(ours.scope, mail)
    assert "Email bounced on 5 Jun 2024" in admin.get("/staff/users").text
    here = f"/staff/users/{ours.user.person_id}"
    assert f"Email to {ours.user.email} bounced on 5 Jun 2024" in admin.get(here).text
    admin.submit(f"{here}/mail-works")
    assert "Email bounced" not in admin.get("/staff/users").text
