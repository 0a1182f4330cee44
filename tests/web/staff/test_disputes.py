"""Staff work on disputes: from To do to the end, with notes that no customer sees."""

from datetime import datetime

import pytest

from chalicelib.disputes import operations, queries
from chalicelib.disputes.model import Dispute
from chalicelib.disputes.operations import Claim as Over
from chalicelib.http import cookies
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.keys import link_part
from tests.disputes.made import HOSE, PARTS, WORDS, published, raised
from tests.fixtures.cast import Cast, Dealership, LogIn
from tests.fixtures.staff import listed
from tests.ledger.rows import a_row
from tests.web.client import Visitor
from tests.web.customer.barlow import spoken

TO_DO = "/staff/to-do"


@pytest.fixture
def ours(cast: Cast, now: datetime) -> Dealership:
    listed(cast.ours, cast.ours.admin, cast.ours.user, now=now)
    published(cast.ours)
    return cast.ours


@pytest.fixture
def dispute(ours: Dealership, now: datetime, ids: Ids) -> Dispute:
    return raised(ours, now, ids)


def at(dispute: Dispute) -> str:
    return f"/staff/disputes/{link_part('1200')}/{dispute.dispute_id}"


def now_of(ours: Dealership, dispute: Dispute) -> Dispute:
    return queries.dispute(ours.user.staff_scope, "1200", dispute.dispute_id)


def test_from_to_do_through_all_states(staff: Visitor, ours: Dealership, dispute: Dispute) -> None:
    page = staff.get(f"{TO_DO}?kind=dispute&state=raised")
    assert "£46.15 of 126884: Goods are missing or wrong Dispute, Raised, 1200 Mr A L Barlow" in spoken(page)
    assert "Nothing matches" in spoken(staff.get(f"{TO_DO}?kind=dispute&state=under_review"))
    page = staff.get(page.links["£46.15 of 126884: Goods are missing or wrong"])
    words = spoken(page)
    for text in (
        "Dispute over invoice 126884 Mr A L Barlow, account 1200",
        "In dispute £46.15 Goods are missing or wrong",
        "Outstanding now £164.30",
        f"Mr A L Barlow Raised Today 10:00 {WORDS}",
        f"Raised by {ours.customer.email}",
        "£46.15 of £164.30",
        "Raised in the portal.",
    ):
        assert text in words
    here = f"{at(dispute)}/decision"
    assert staff.submit(here, decision="acknowledge", text="Thank you").location == at(dispute)
    staff.follow()
    assert staff.submit(here, decision="review").status == 303
    words = spoken(staff.follow())
    assert f"{ours.user.email} Acknowledged Today 10:00 Thank you" in words
    answer = staff.submit(here, decision="reject", text="")
    assert (answer.status, "Say why it is rejected. The customer reads this." in answer.text) == (422, True)
    answer = staff.submit(here, decision="credit")
    assert (answer.status, "Enter an amount above 0" in answer.text) == (422, True), "none is filled in"
    answer = staff.submit(here, decision="credit", credit="100", text="kept")
    assert (answer.status, "kept" in answer.html) == (422, True)
    assert staff.submit(here, decision="credit", credit="40.00", text="Sorry").status == 303
    words = spoken(staff.follow())
    assert "Credited £40.00 To be entered in your dealer system" in words
    assert "Next step" not in words
    assert now_of(ours, dispute).credit == 4000
    assert "126884" not in spoken(staff.get(TO_DO))


def test_the_second_of_two_reads_that_it_changed_and_keeps_what_was_typed(
    staff: Visitor, ours: Dealership, dispute: Dispute, now: datetime, ids: Ids
) -> None:
    staff.get(at(dispute))
    sent = {**staff.page.form(f"{at(dispute)}/decision").fields, "decision": "acknowledge"} if staff.page else {}
    staff.post(f"{at(dispute)}/decision", sent)
    before = now_of(ours, dispute)
    answer = staff.post(f"{at(dispute)}/decision", {**sent, "text": "Twice <b>"})
    assert (answer.status, "was changed in the meantime" in answer.text) == (422, True)
    assert answer.html.count("Twice &lt;b&gt;</textarea>") == 1, "what was typed stays, beside the step that is next"
    assert now_of(ours, dispute) == before
    assert staff.post(f"{at(dispute)}/decision", {**sent, "decision": "withdraw"}).status == 404
    assert staff.post(f"{at(dispute)}/decision", {**sent, "decision": "x"}).status == 404
    operations.withdraw(ours.customer.customer_scope, ref="1200", dispute_id=dispute.dispute_id, now=now, ids=ids)
    answer = staff.post(f"{at(dispute)}/decision", {**sent, "text": "Too late <b>"})
    assert (answer.status, "You wrote: Too late <b>" in spoken(answer)) == (422, True), "though nothing takes it now"


def test_notes_are_read_by_colleagues_alone(staff: Visitor, ours: Dealership, dispute: Dispute, log_in: LogIn) -> None:
    staff.get(at(dispute))
    assert staff.submit(f"{at(dispute)}/notes", note="The carrier lost <one>").location == f"{at(dispute)}#notes"
    assert f"{ours.user.email} Today 10:00 The carrier lost <one>" in spoken(staff.get(at(dispute)))
    answer = staff.submit(f"{at(dispute)}/notes", note=" ")
    assert (answer.status, "Write a note of 1 to 1000 characters" in answer.text) == (422, True)
    staff.cookies[cookies.SESSION] = log_in(ours.customer).secret
    assert "carrier" not in staff.get(f"/disputes/{dispute.dispute_id}").text
    assert "carrier" not in staff.get("/account/activity").text
    assert staff.get(at(dispute)).status == 404


def test_it_is_assigned_to_a_colleague(staff: Visitor, ours: Dealership, dispute: Dispute) -> None:
    here = f"{at(dispute)}/assign"
    staff.get(at(dispute))
    assert staff.submit(here, to=ours.admin.person_id).location == at(dispute)
    page = staff.follow()
    assert f'value="{ours.admin.person_id}" selected' in page.html
    sent = page.form(here).fields
    assert staff.submit(here, to="nobody").status == 303
    staff.follow()
    assert f'value="{ours.admin.person_id}" selected' not in (staff.page.html if staff.page else "")
    assert staff.post(here, {**sent, "to": "me"}).status == 303
    assert staff.cookies[cookies.FLASH].startswith("!"), "changed since that page"
    assert staff.post(here, {**sent, "task": "change.01HZKT00000000000000000000.1"}).status == 404
    staff.get(at(dispute))
    assert staff.submit(here, to="somebody").status == 422


def test_of_several_with_lines_and_the_dealers_own_mark(
    staff: Visitor, ours: Dealership, now: datetime, ids: Ids
) -> None:
    dispute = raised(ours, now, ids, Over(key=HOSE.key, amount=100), Over(key=PARTS.key, amount=100))
    words = spoken(staff.get(at(dispute)))
    assert "Dispute over 2 transactions" in words
    assert "Also marked in dispute in your dealer system." in words
    operations.withdraw(ours.customer.customer_scope, ref="1200", dispute_id=dispute.dispute_id, now=now, ids=ids)
    words = spoken(staff.get(at(dispute)))
    assert "Was in dispute £2.00" in words
    assert "Assigned to" not in words


def test_activity_leads_to_it(staff: Visitor, dispute: Dispute) -> None:
    page = staff.get("/staff/activity")
    assert page.links["Account 1200, 126884"] == at(dispute)


def test_the_rivals_is_not_found(staff: Visitor, cast: Cast, dispute: Dispute, log_in: LogIn) -> None:
    staff.get(at(dispute))
    staff.cookies[cookies.SESSION] = log_in(cast.rival.user).secret
    assert staff.get(at(dispute)).status == 404
    assert staff.get("/staff/disputes/MTIwMA/x").status == 404


def test_a_credit_note_of_an_export_is_suggested_and_closes_nothing(
    staff: Visitor, ours: Dealership, dispute: Dispute
) -> None:
    assert "may settle this" not in staff.get(at(dispute)).text
    credit = a_row("C9", total=-4615, on="2024-06-05", type="credit_note", description="One hose")
    settled = credit._replace(transaction_id="C8", reference="C8", outstanding=0, settled_date="2024-06-05")
    published(ours, [HOSE, credit, settled], run=2)
    words = spoken(staff.get(at(dispute)))
    for reference in ("C8", "C9"):
        assert f"Credit note {reference} over £46.15 of 5 Jun 2024 may settle this." in words
    assert now_of(ours, dispute).is_open
