from datetime import datetime
from typing import Any

import pytest

from chalicelib.customers.accounts_list import PAGE
from chalicelib.customers.enrolment import operations, repo, transitions
from chalicelib.customers.enrolment.model import Enrolment, State
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.keys import link_part
from chalicelib.web.staff import invitations
from tests.customers.accounts import account, publish
from tests.fixtures.cast import Cast
from tests.fixtures.worlds import World
from tests.web.client import Visitor

LIST = "/staff/accounts"


@pytest.fixture(autouse=True)
def accounts(cast: Cast) -> None:
    publish(
        cast.ours.import_scope,
        [
            account("1200", "Mr A L Barlow"),
            account("1201", "John Frost Imports"),
            account("1202", "Mr T.Furber", email=None),
        ],
    )


def enrolled(cast: Cast, ref: str) -> Enrolment:
    found = repo.enrolment(cast.ours.user.staff_scope, ref)
    assert found
    return found


def test_an_invite_form_sent_twice_counts_once_and_is_answered_alike(staff: Visitor, cast: Cast) -> None:
    staff.get(LIST)
    assert staff.page is not None
    fields = {**staff.page.form("/staff/accounts/invite").fields, "only": link_part("1200")}
    for _click in range(2):
        staff.post("/staff/accounts/invite", fields)
        assert "An invitation is on its way to Mr A L Barlow, 1200" in staff.follow().text
    first = enrolled(cast, "1200").invitation_id
    for _click in range(2):
        staff.post(f"/staff/accounts/{link_part('1200')}/resend", fields)
        assert "A new invitation is on its way to Mr A L Barlow, 1200" in staff.follow().text
    assert enrolled(cast, "1200").invitation_id != first
    staff.post("/staff/accounts/invite", {**fields, "only": link_part("1201")})
    assert "John Frost Imports, 1201" in staff.follow().text  # another button of the same page is another form


def test_a_list_longer_than_its_page_is_invited_whole(staff: Visitor, cast: Cast) -> None:
    publish(
        cast.ours.import_scope,
        [account(f"{n:04}", "Barlow" if n % 2 else "Frost", email=f"c{n}@x.example") for n in range(3 * PAGE)],
    )
    page = staff.get(f"{LIST}?q=frost")
    assert f"All {3 * PAGE // 2} on this list who can be invited" in page.text
    staff.submit("/staff/accounts/invite", all="yes")
    assert f"{3 * PAGE // 2} invitations on the way" in staff.follow().text
    assert repo.enrolment(cast.ours.user.staff_scope, "0001") is None


def test_cancelling_asks_first_and_comes_back_to_the_list(staff: Visitor, cast: Cast) -> None:
    staff.get(f"{LIST}?q=barlow")
    staff.submit("/staff/accounts/invite", only=link_part("1200"))
    page = staff.follow()
    asked = staff.get(page.links["Cancel the invitation of Mr A L Barlow"])
    assert "Cancel the invitation of Mr A L Barlow?" in asked.text
    assert asked.links["Keep it"] == f"{LIST}?q=barlow"
    staff.submit(f"{LIST}/{link_part('1200')}/cancel")
    assert staff.page is not None
    assert staff.page.location == f"{LIST}?q=barlow"
    assert enrolled(cast, "1200").state is State.CANCELLED
    assert "The invitation of Mr A L Barlow, 1200 is cancelled" in staff.follow().text


def test_the_email_can_be_read_before_it_is_sent(staff: Visitor, cast: Cast) -> None:
    page = staff.get("/staff/accounts/invite?back=%2Fstaff%2Faccounts%3Fq%3Dfrost")
    assert page.status == 200
    assert cast.ours.dealer.name in page.text
    assert "As Mr A L Barlow, account 1200, gets it." in page.text  # the first that can be invited
    chosen = staff.get(f"/staff/accounts/invite?account={link_part('1201')}")
    assert chosen.text.count("John Frost Imports") == 3  # above the mail, and in it with its salutation
    assert "c1201@farm.example" in chosen.text
    framed = f"/staff/accounts/invite.html?account={link_part('1201')}"
    assert f'<iframe class="mail-frame" sandbox src="{framed}"' in chosen.html
    assert "frame-src 'self'" in chosen.headers["content-security-policy"]
    branded = staff.get(framed)
    assert "John Frost Imports" in branded.text
    assert cast.ours.dealer.name in branded.text
    assert "sandbox" in branded.headers["content-security-policy"]
    for path in ("invite", "invite.html"):
        assert staff.get(f"/staff/accounts/{path}?account={link_part('9999')}").status == 404
    assert page.links["Back"] == f"{LIST}?q=frost"
    assert staff.get("/staff/accounts/invite?back=//evil.example").links["Back"] == LIST


def test_invite_resend_cancel_from_the_list(staff: Visitor, cast: Cast, aws: World) -> None:
    staff.get(LIST)
    assert staff.submit("/staff/accounts/invite", only=link_part("1200")).status == 303
    page = staff.follow()
    assert "An invitation is on its way to Mr A L Barlow, 1200" in page.text
    assert {"dealer_id": cast.ours.dealer.dealer_id} in aws.messages(aws.settings.outbox_queue_url)
    first = enrolled(cast, "1200")
    assert (first.state, first.invited_by) == (State.QUEUED, cast.ours.user.email)
    link = f"/staff/accounts/{link_part('1200')}"
    csrf = page.form("/staff/accounts/invite").fields["csrf"]
    assert "Invitation sent again" not in staff.get("/staff/activity").text
    staff.post(f"{link}/resend", {"csrf": csrf, "back": f"{LIST}?status=invited"})
    assert staff.page is not None
    assert staff.page.location == f"{LIST}?status=invited"
    assert enrolled(cast, "1200").invitation_id != first.invitation_id
    assert "Invitation sent again" in staff.get("/staff/activity").text
    staff.post(f"{link}/cancel", {"csrf": csrf, "back": "//evil.example"})
    assert staff.page.location == LIST
    assert enrolled(cast, "1200").state is State.CANCELLED


@pytest.mark.parametrize("action", ["cancel", "resend"])
def test_a_page_from_before_comes_back_to_its_list_and_says_why_nothing_was_done(
    staff: Visitor, cast: Cast, now: datetime, ids: Ids, action: str
) -> None:
    staff.get(LIST)
    staff.submit("/staff/accounts/invite", only=link_part("1200"))
    csrf = staff.follow().form("/staff/accounts/invite").fields["csrf"]
    operations.cancel_invitation(cast.ours.user.staff_scope, ref="1200", now=now, ids=ids)
    sent = staff.post(f"/staff/accounts/{link_part('1200')}/{action}", {"csrf": csrf, "back": f"{LIST}?q=barlow"})
    assert (sent.status, sent.location) == (303, f"{LIST}?q=barlow")
    page = staff.follow()
    assert "Mr A L Barlow, 1200: There is no open invitation for this account" in page.text
    assert 'class="toast show bad" role="alert"' in page.html


def test_ticked_rows_go_together_and_refusals_are_named(staff: Visitor) -> None:
    staff.get(LIST)
    refs = [link_part(ref) for ref in ("1200", "1201", "1202")]
    staff.submit("/staff/accounts/invite", ref=refs)
    assert "2 invitations on the way. Mr T.Furber, 1202: No usable email address" in staff.follow().text


def test_more_than_can_be_invited_at_once_are_not(staff: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invitations, "MAX_AT_ONCE", 1)
    staff.get(LIST)
    staff.submit("/staff/accounts/invite", ref=[link_part("1200"), link_part("1201")])
    assert "At most 1 customers can be invited at once" in staff.follow().text


def test_nothing_ticked_says_what_to_do(staff: Visitor) -> None:
    staff.get(LIST)
    staff.get(f"{LIST}?q=frost")
    assert staff.submit("/staff/accounts/invite").location == f"{LIST}?q=frost"
    page = staff.follow()
    assert "Choose at least one customer" in page.text
    assert 'class="toast show bad" role="alert"' in page.html


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"portal_eligible": False}, "Not enabled for the portal in your dealer system"),
        ({"account_type": "internal"}, "Internal account"),
        ({"account_status": "closed"}, "Closed in your dealer system"),
        ({"archived": True}, "Not in the last export"),
    ],
)
def test_an_invited_account_that_may_not_be_any_more_says_why_and_is_only_cancelled(
    staff: Visitor, cast: Cast, now: datetime, change: dict[str, Any], reason: str
) -> None:
    invited = Enrolment("1200", State.INVITED, "c1200@farm.example", "01HX", "maria", now, invited_at=now)
    repo.put(cast.ours.scope, invited, before=None)
    part = f"/staff/accounts/{link_part('1200')}"
    (form,) = [form for form in staff.get(part).forms if form.action == f"{part}/resend"]
    publish(cast.ours.import_scope, [account("1200", "Mr A L Barlow", **change)])
    shown = staff.get(f"{LIST}?status=invited")
    assert f"c1200@farm.example{reason}" in shown.text
    assert f"{part}/resend" not in shown.html
    assert f"{part}/cancel" in shown.html
    page = staff.get(part)
    assert f"The invitation cannot be sent again. {reason}." in page.text
    assert f"{part}/resend" not in page.html
    assert f"{part}/cancel" in page.html
    assert (
        staff.post(form.action, {**form.fields, "back": f"{LIST}?status=invited"}).location == f"{LIST}?status=invited"
    )
    assert f"Mr A L Barlow cannot be invited. {reason}" in staff.follow().text


def test_an_invitation_that_came_back_is_sent_again_from_its_task(
    staff: Visitor, cast: Cast, now: datetime, ids: Ids
) -> None:
    admin, feed = cast.ours.user.staff_scope, cast.ours.import_scope
    operations.invite_customers(admin, dealer=cast.ours.dealer, refs=["1200"], invited_by="maria", now=now, ids=ids)
    first = enrolled(cast, "1200")
    transitions.mark_bounced(feed, ref="1200", invitation_id=first.invitation_id, reason="NoEmail", now=now, ids=ids)
    page = staff.get("/staff/to-do")
    assert "Invitation not delivered, 1200" in page.text
    page = staff.get(page.links[f"The invitation to {first.email} bounced"])
    assert f"The invitation to {first.email} bounced. It was reported on 5 Jun 2024. Correct the address" in page.text
    publish(feed, [account("1200", email="new@farm.example")])
    page = staff.get(page.path)
    assert "Your dealer system has new@farm.example now. Send the invitation there." in page.text
    staff.submit(f"{page.path}/resend")
    assert enrolled(cast, "1200").email == "new@farm.example"
    assert "bounced" not in staff.get(page.path).text
    assert "Nothing to do" in staff.get("/staff/to-do").text
    transitions.mark_unsent(feed, ref="1200", invitation_id=enrolled(cast, "1200").invitation_id, now=now)
    page = staff.get(page.path)
    assert "The invitation to new@farm.example could not be sent. It was reported on 5 Jun 2024. Correct" in page.text
