"""Staff share documents with an account's customer, with and without scripts."""

from datetime import datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from chalicelib.customers import eras
from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import AccountUser, Enrolment, State
from chalicelib.http import cookies
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.keys import link_part
from chalicelib.uploads import shared_queries, sharing
from chalicelib.uploads.shared_file import SharedFile
from chalicelib.web.presenters import shared_documents as words
from tests.customers.accounts import account
from tests.customers.accounts import publish as publish_directory
from tests.fixtures.cast import Cast
from tests.uploads.made_files import PICTURE
from tests.uploads.shared import SharedSending
from tests.web.client import Visitor

ACCOUNT = "/staff/accounts/MTIwMA"
HOME = f"{ACCOUNT}/documents"


@pytest.fixture(autouse=True)
def _accounts(cast: Cast) -> None:
    publish_directory(cast.ours.import_scope, [account("1200", "Mr A L Barlow"), account("1201")])


@pytest.fixture
def sending(cast: Cast, now: datetime, ids: Ids) -> SharedSending:
    return SharedSending(cast.ours, now, ids, title="Warranty, baler")


def flash(visitor: Visitor) -> str:
    return unquote(visitor.cookies[cookies.FLASH])


def listed(cast: Cast) -> list[SharedFile]:
    return shared_queries.documents(cast.ours.user.staff_scope, "1200")


def path(sending: SharedSending) -> str:
    return f"{HOME}/{sending.file.file_id}"


def test_the_accounts_page_leads_there(staff: Visitor) -> None:
    assert staff.get(ACCOUNT).links["Documents"] == HOME
    page = staff.get(HOME)
    assert "Nothing is shared yet" in page.text
    assert "Nobody can log in to this account yet." in page.text


def test_without_scripts_a_document_goes_from_form_to_form(staff: Visitor, cast: Cast) -> None:
    staff.get(HOME)
    answer = staff.submit(HOME, kind="agreement", title="Terms of business", note="Please read", visible="yes")
    (file,) = listed(cast)
    assert (answer.status, answer.location) == (303, f"{HOME}/{file.file_id}/send")
    page = staff.get(answer.location)
    (form,) = [form for form in page.forms if "key" in form.fields]
    assert form.fields["key"].endswith(f"/{link_part('1200')}/{file.file_id}")
    assert form.fields["success_action_redirect"].endswith(f"{HOME}?sent=1")
    assert (file.title, file.note, file.is_visible, file.is_shown) == ("Terms of business", "Please read", True, False)
    page = staff.get(f"{HOME}?sent=1")
    assert "1 document uploaded." in page.text
    assert "Not arrived yet" in page.text
    assert "The customer can see it as soon as it is checked." in page.text
    assert page.links["Choose the file and send it"] == answer.location


def test_the_script_gives_each_file_its_name_and_title_and_reads_the_form_from_the_answer(
    staff: Visitor, cast: Cast
) -> None:
    page = staff.get(HOME)
    assert f'data-after="{HOME}?sent={{number}}"' in page.html
    assert "data-title" in page.html
    answer = staff.submit(HOME, kind="manual", title="", name="baler manual.pdf")
    assert "data-file-form" in staff.get(answer.location).html
    assert listed(cast)[0].title == "baler manual.pdf"


def test_what_is_wrong_is_said_beside_the_form_and_to_the_script(staff: Visitor) -> None:
    token = staff.get(HOME).form(HOME).fields["csrf"]
    fields = {"csrf": token, "kind": "", "title": "Terms", "era": ""}
    again = staff.post(HOME, fields)
    assert (again.status, "Choose what kind of document it is" in again.text) == (422, True)
    assert 'value="Terms"' in again.html
    told = staff.post(HOME, fields, headers={"hx-request": "true"})
    assert (told.status, told.json["message"]) == (422, "Choose what kind of document it is")


def test_nothing_is_shared_where_the_number_was_given_to_another_customer_meanwhile(
    staff: Visitor, cast: Cast, now: datetime, ids: Ids
) -> None:
    staff.get(HOME)
    era = ids.ulid(now)
    eras.start_era(cast.ours.import_scope, ref="1200", era=era, reason="test", now=now, ids=ids)
    answer = staff.submit(HOME, kind="quote", title="For the earlier")
    assert answer.status == 409
    assert listed(cast) == []
    staff.get(HOME)
    staff.submit(HOME, kind="quote", title="For the later")
    assert [file.era for file in listed(cast)] == [era]


@pytest.mark.parametrize("is_enrolled", [True, False])
def test_where_it_is_not_known_whose_the_number_is_nothing_is_shared(
    staff: Visitor, cast: Cast, now: datetime, ids: Ids, *, is_enrolled: bool
) -> None:
    token = staff.get(HOME).form(HOME).fields["csrf"]
    if is_enrolled:
        new = Enrolment("1200", State.ACTIVE, "a@farm.example", invitation_id="1", invited_by="p", queued_at=now)
        enrolments.put(cast.ours.scope, new, before=None)
    doubtful = account("1200", "Somebody Else Ltd", next_era=ids.ulid(now + timedelta(days=1)))
    publish_directory(cast.ours.import_scope, [doubtful, account("1201")])
    page = staff.get(HOME)
    assert page.links["Confirm whose it is"] == ACCOUNT
    assert HOME not in [form.action for form in page.forms]
    assert staff.post(HOME, {"csrf": token, "kind": "quote", "title": "a", "era": ""}).status == 409
    assert listed(cast) == []


def test_the_switch_works_at_once_in_both_directions_and_answers_scripts_with_itself(
    staff: Visitor, sending: SharedSending
) -> None:
    sending.accepted()
    for visible in ("yes", "no"):
        page = staff.get(HOME)
        form = page.form(f"{path(sending)}/visible")
        answer = staff.submit(f"{path(sending)}/visible", visible=visible)
        assert (answer.status, answer.location) == (303, HOME)
        assert ("can see Warranty" in flash(staff)) is (visible == "yes")
        assert sending.found().is_shown is (visible == "yes")
        fields = {"csrf": form.fields["csrf"], "visible": visible}
        part = staff.post(f"{path(sending)}/visible", fields, headers={"hx-request": "true"})
        assert part.status == 200
        assert "<html" not in part.html
        assert f'aria-checked="{"true" if visible == "yes" else "false"}"' in part.html
        assert f'value="{"no" if visible == "yes" else "yes"}"' in part.html


def test_the_switch_of_its_own_page_leads_back_there(staff: Visitor, sending: SharedSending) -> None:
    sending.accepted()
    staff.get(path(sending))
    assert staff.submit(f"{path(sending)}/visible", visible="yes").location == path(sending)
    assert "The customer can see it." in staff.get(path(sending)).text


def test_what_was_refused_says_why_and_has_no_switch(staff: Visitor, sending: SharedSending) -> None:
    sending.arrived(sending.put(b"<html><script>"))
    page = staff.get(HOME)
    assert "Not accepted" in page.text
    assert "Print it to a PDF" in page.text
    assert 'role="switch"' not in page.html
    assert 'role="switch"' not in staff.get(path(sending)).html
    token = page.form(HOME).fields["csrf"]
    fields = {"csrf": token, "visible": "yes"}
    assert staff.post(f"{path(sending)}/visible", fields).location == HOME
    assert "was not accepted" in flash(staff)
    assert staff.post(f"{path(sending)}/visible", fields, headers={"hx-request": "true"}).status == 409
    assert staff.get(f"{path(sending)}/file").status == 404


def test_staff_rename_and_describe_it(staff: Visitor, sending: SharedSending) -> None:
    sending.accepted()
    staff.get(path(sending))
    refused = staff.submit(path(sending), title="", kind="manual", note="")
    assert (refused.status, "Enter a title" in refused.text) == (422, True)
    done = staff.submit(path(sending), title="Warranty card", kind="manual", note="Keep it")
    assert (done.status, done.location) == (303, path(sending))
    page = staff.get(HOME)
    for text in ("Warranty card", "Manual", "Keep it"):
        assert text in page.text
    link = staff.get(f"{path(sending)}/file").location
    assert parse_qs(urlsplit(link).query)["response-content-disposition"] == [
        "attachment; filename*=UTF-8''Warranty%20card.csv"
    ]


def test_a_deletion_is_asked_for_and_takes_the_content_too(staff: Visitor, sending: SharedSending) -> None:
    sending.accepted()
    page = staff.get(staff.get(HOME).links["Delete Warranty, baler"])
    assert "Delete Warranty, baler?" in page.text
    assert sending.kept() is not None
    answer = staff.submit(f"{path(sending)}/delete")
    assert (answer.status, answer.location, flash(staff)) == (303, HOME, "Warranty, baler is deleted")
    assert sending.kept() is None
    for address in (path(sending), f"{path(sending)}/delete", f"{path(sending)}/send"):
        assert staff.get(address).status == 404


def test_what_is_being_checked_is_not_deleted(staff: Visitor, sending: SharedSending) -> None:
    token = staff.get(f"{path(sending)}/delete").form(f"{path(sending)}/delete").fields["csrf"]
    sending.arrived(sending.put())
    assert "every 2s" in staff.get(HOME).html
    assert staff.get(f"{path(sending)}/delete").location == HOME
    assert staff.post(f"{path(sending)}/delete", {"csrf": token}).location == HOME
    assert "still being checked" in flash(staff)


def test_staff_read_who_has_opened_it(
    staff: Visitor, sending: SharedSending, cast: Cast, now: datetime, ids: Ids
) -> None:
    sending.accepted()
    file, customer = sending.show(), cast.ours.customer
    assert "Not yet" in staff.get(path(sending)).text
    enrolments.add_user(cast.ours.scope, AccountUser(customer.person_id, customer.email, now), ref="1200")
    sharing.note_opening(customer.customer_scope, file, now=now, ids=ids)
    assert customer.email in staff.get(path(sending)).text
    assert "by 1 person" in staff.get(HOME).text


def test_of_an_earlier_customer_it_is_marked_and_cannot_be_switched(
    staff: Visitor, sending: SharedSending, cast: Cast, now: datetime, ids: Ids
) -> None:
    sending.accepted()
    era = ids.ulid(now)
    eras.start_era(cast.ours.import_scope, ref="1200", era=era, reason="test", now=now, ids=ids)
    assert "For an earlier customer with this account number" in staff.get(HOME).text
    page = staff.get(path(sending))
    assert "Nobody can see it." in page.text
    assert 'role="switch"' not in page.html


def test_a_long_list_is_searched_and_paged(staff: Visitor, cast: Cast, now: datetime, ids: Ids) -> None:
    for number in range(words.PAGE + 2):
        SharedSending(cast.ours, now, ids, title=f"Paper {number:02}", kind="manual" if number % 2 else "quote")
    page = staff.get(HOME)
    assert f"Showing 1 to {words.PAGE} of {words.PAGE + 2}" in page.text
    assert f"Showing {words.PAGE + 1} to" in staff.get(f"{HOME}?page=2").text
    page = staff.get(f"{HOME}?q=paper+07&kind=manual")
    assert "1 document, newest first" in page.text
    assert "Nothing matches" in staff.get(f"{HOME}?q=paper+07&kind=quote").text


def test_another_account_has_no_such_document(staff: Visitor, sending: SharedSending) -> None:
    other = f"/staff/accounts/{link_part('1201')}/documents"
    assert "Warranty" not in staff.get(other).text
    assert staff.get(f"{other}/{sending.file.file_id}").status == 404
    assert staff.get(f"/staff/accounts/{link_part('9999')}/documents").status == 404
    assert staff.get(f"/staff/accounts/!/documents/{sending.file.file_id}").status == 404


def test_activity_names_what_happened(staff: Visitor, sending: SharedSending) -> None:
    sending.accepted()
    sending.show()
    page = staff.get("/staff/activity?about=shared")
    for text in ("Upload of a document for a customer started", "Document made visible to the customer"):
        assert text in page.text
    assert page.links["Account 1200, Warranty, baler"] == path(sending)


def test_a_picture_is_shown_small_in_the_list_and_larger_on_its_page(
    staff: Visitor, sending: SharedSending, cast: Cast, now: datetime, ids: Ids
) -> None:
    sending.accepted(PICTURE)
    other = SharedSending(cast.ours, now, ids)
    other.accepted()
    for page in (staff.get(HOME), staff.get(path(sending))):
        assert page.html.count('<img class="thumb') == 1
        assert f'src="{path(sending)}/thumbnail" alt="Picture of Warranty, baler"' in page.html
    assert staff.get(f"{path(sending)}/thumbnail").status == 303
    assert staff.get(f"{path(other)}/thumbnail").status == 404
