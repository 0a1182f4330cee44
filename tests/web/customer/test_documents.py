"""Documents: a customer sends files with and without scripts, and reads what became of them."""

from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from app import app
from chalicelib import services
from chalicelib.dealers import queries as dealers
from chalicelib.http import cookies
from chalicelib.kernel.ids import Ids
from chalicelib.uploads import operations, queries
from chalicelib.uploads.document_requests import operations as document_requests
from chalicelib.uploads.model import Reason, Review, SentFile
from chalicelib.web.presenters.files import REASONS
from tests.fixtures.cast import Cast, LogIn
from tests.ledger.accounts import a_facts, an_account
from tests.ledger.published import publish
from tests.ledger.rows import a_row
from tests.uploads.document_requests.made import asked, known, reviewed, sent
from tests.uploads.made_files import PICTURE
from tests.uploads.sending import Sending
from tests.web.client import Visitor


@pytest.fixture
def sending(cast: Cast, now: datetime, ids: Ids) -> Sending:
    return Sending(cast.ours, now, ids, name="may.csv")


def accept(sending: Sending) -> SentFile:
    version = sending.put()
    sending.arrived(version)
    sending.scanned(version)
    return sending.found()


def begun(customer: Visitor, **fields: str) -> str:
    """The path of the page with the form for the storage."""
    customer.get("/documents")
    answer = customer.submit("/documents", purpose="order", **fields)
    assert answer.status == 303
    return answer.location


def test_without_scripts_a_file_goes_from_form_to_form(customer: Visitor, cast: Cast) -> None:
    page = customer.get(begun(customer))
    (form,) = [form for form in page.forms if "key" in form.fields]
    assert form.fields["Content-Type"] == "application/octet-stream"
    assert form.fields["success_action_redirect"].endswith("/documents?sent=1")
    (listed,) = queries.sent_files(cast.ours.customer.customer_scope)
    assert form.fields["key"].endswith(f"/{listed.file_id}")
    shown = customer.get("/documents?sent=1")
    assert "1 document sent." in shown.text
    assert shown.links["Choose the file and send it"] == f"/documents/{listed.file_id}"


def test_the_script_reads_its_form_from_the_same_page(customer: Visitor) -> None:
    page = customer.get(begun(customer, name="IMG_2041.JPG"))
    assert "data-file-form" in page.html
    assert "&#34;success_action_status&#34;: &#34;201&#34;" in page.html
    assert "IMG_2041.JPG" in page.text


def test_a_purpose_is_asked_for_beside_the_form_and_told_to_the_script(customer: Visitor) -> None:
    page = customer.get("/documents")
    token = page.form("/documents").fields["csrf"]
    again = customer.post("/documents", {"csrf": token, "purpose": "", "note": "For May"})
    assert (again.status, "Choose what the files are for" in again.text) == (422, True)
    assert ">For May</textarea>" in again.html
    told = customer.post("/documents", {"csrf": token, "purpose": ""}, headers={"hx-request": "true"})
    assert (told.status, told.json["message"]) == (422, "Choose what the files are for")


def test_a_file_bears_the_name_that_the_export_gives_its_account(customer: Visitor, cast: Cast) -> None:
    account = an_account([a_row("127070", total=770)], facts=a_facts(balance=770, name="Barlow & Sons"))
    publish(cast.ours.import_scope, [account], run=1)
    dealers.forget_published(cast.ours.scope)
    begun(customer)
    (file,) = queries.sent_files(cast.ours.customer.customer_scope)
    assert file.account_name == "Barlow & Sons"


def test_a_day_has_so_many_files(customer: Visitor, cast: Cast) -> None:
    maximum = dealers.dealer(cast.ours.scope).daily_files
    scope = cast.ours.customer.customer_scope
    made = services.current()
    for _ in range(maximum):
        operations.begin_file(
            scope, purpose="order", note="", name="", account_name="", maximum=maximum, now=made.clock(), ids=made.ids
        )
    customer.get("/documents")
    answer = customer.submit("/documents", purpose="order")
    assert (answer.status, "daily limit of 50 files" in answer.text) == (429, True)


def test_each_state_is_shown_and_the_page_watches_until_it_is_final(customer: Visitor, sending: Sending) -> None:
    page = customer.get("/documents")
    assert "Not arrived yet" in page.text
    assert 'hx-trigger="every 2s"' in page.html
    version = sending.put()
    sending.arrived(version)
    assert "Being checked" in customer.get("/documents").text
    sending.scanned(version)
    page = customer.get("/documents")
    assert "Received" in page.text
    assert "every 2s" not in page.html
    link = customer.get(page.links["may.csv"]).location
    assert parse_qs(urlsplit(link).query)["response-content-disposition"] == ["attachment; filename*=UTF-8''may.csv"]


def test_a_refusal_says_what_to_do(customer: Visitor, sending: Sending) -> None:
    sending.arrived(sending.put(b"<html><script>"))
    page = customer.get("/documents")
    assert "Not accepted" in page.text
    assert "Print it to a PDF and send that." in page.text
    assert customer.get(f"/documents/{sending.file.file_id}/file").status == 404


def test_after_a_refusal_the_page_no_longer_says_that_all_is_well(
    customer: Visitor, sending: Sending, cast: Cast, now: datetime, ids: Ids
) -> None:
    assert "1 document sent." in customer.get("/documents?sent=1").text
    sending.arrived(sending.put(b"<html><script>"))
    page = customer.get("/documents?sent=1")
    assert "The document you sent was not accepted. See why" in page.text
    assert "document sent." not in page.text
    accept(Sending(cast.ours, now + timedelta(seconds=1), ids, name="may.csv", note="Page 2 follows"))
    text = customer.get("/documents?sent=1").text
    assert "1 document sent. What you sent" in text
    assert "Your note: Page 2 follows" in text
    assert "1 of the documents you sent was not accepted." in customer.get("/documents?sent=2").text


def test_a_note_keeps_what_is_seen_of_it(customer: Visitor, cast: Cast) -> None:
    begun(customer, note="Page 2\x00 follows\u202e\r\nsoon\x1b[31m")
    (file,) = queries.sent_files(cast.ours.customer.customer_scope)
    assert file.note == "Page 2 follows\nsoon[31m"


def test_every_reason_has_words() -> None:
    assert REASONS.keys() == set(Reason)


def test_what_staff_ask_for_again_is_shown_until_it_is_sent(
    customer: Visitor, sending: Sending, cast: Cast, now: datetime, ids: Ids
) -> None:
    file = accept(sending)
    operations.review_file(
        cast.ours.user.staff_scope,
        account_ref=file.account_ref,
        file_id=file.file_id,
        review=Review.ASKED_AGAIN,
        comment="Page 2 is missing",
        now=now,
        ids=ids,
    )
    text = customer.get("/documents").text
    assert "Moorbeck Machinery asks you to send this again: may.csv. “Page 2 is missing”" in text
    assert "Requested again" in text
    another = Sending(cast.ours, now + timedelta(seconds=1), ids, name="both-pages.csv")
    assert "asks you to send this again" in customer.get("/documents").text
    accept(another)
    assert "asks you to send this again" not in customer.get("/documents").text


def test_nobody_reads_the_files_of_another(customer: Visitor, sending: Sending, cast: Cast, log_in: LogIn) -> None:
    file = accept(sending)
    other = Visitor(app)
    other.cookies[cookies.SESSION] = log_in(cast.ours.other_customer).secret
    assert other.get(f"/documents/{file.file_id}/file").status == 404
    assert other.get(f"/documents/{file.file_id}").status == 404
    assert customer.get(f"/documents/{file.file_id}").location == "/documents"
    assert "may.csv" not in other.get("/documents").text
    assert "may.csv" in customer.get("/documents").text


def test_what_is_asked_for_stands_on_top_and_is_answered_without_scripts(
    customer: Visitor, cast: Cast, now: datetime, ids: Ids
) -> None:
    ours = known(cast.ours, now)
    request = asked(ours, now, ids, wanted="2", title="Payslips <b>")
    page = customer.get("/documents")
    for words in ("Moorbeck Machinery asks you for a document", "Payslips <b>", "The newest ones", "0 of 2 received"):
        assert words in page.text
    assert "By 19 Jun 2024, in 14 days" in page.text
    page = customer.get(page.links["Send for this: Payslips <b>"])
    assert "Chosen below" in page.text
    assert f'<option value="{request.request_id}" selected>' in page.html
    answer = customer.submit("/documents", purpose=request.request_id)
    assert answer.status == 303
    assert queries.sent_files(ours.customer.customer_scope)[0].request_id == request.request_id
    sent(ours, now, ids, request)
    assert "1 of 2 received" in customer.get("/documents").text
    sent(ours, now, ids, request)
    assert "asks you for" not in customer.get("/documents").text


def test_what_is_late_says_so_and_what_is_wanted_again_says_why(
    customer: Visitor, cast: Cast, now: datetime, ids: Ids
) -> None:
    ours = known(cast.ours, now)
    asked(ours, now - timedelta(days=3), ids, days=1, title="Passport")
    request = asked(ours, now, ids, days=1, wanted="1")
    file = sent(ours, now, ids, request)
    reviewed(ours, now, ids, file, Review.ASKED_AGAIN)
    text = customer.get("/documents").text
    for words in ("It was due on 3 Jun 2024", "Overdue", "Requested again: Page 2 is missing", "By 12 Jun 2024"):
        assert words in text
    assert "asks you to send this again" not in text  # that is said once
    on_its_way = Sending(ours, now + timedelta(seconds=1), ids, purpose=request.request_id)
    on_its_way.arrived(on_its_way.put())
    text = customer.get("/documents").text
    assert "1 being checked" in text
    assert "Requested again: Page 2 is missing" not in text


def test_what_is_no_longer_asked_for_has_to_be_chosen_anew(
    customer: Visitor, cast: Cast, now: datetime, ids: Ids
) -> None:
    ours = known(cast.ours, now)
    request = asked(ours, now, ids)
    customer.get(f"/documents?request={request.request_id}")
    document_requests.cancel(ours.user.staff_scope, account_ref="1200", request_id=request.request_id, now=now, ids=ids)
    answer = customer.submit("/documents", purpose=request.request_id)
    assert (answer.status, "This is no longer requested" in answer.text) == (422, True)


def test_a_picture_that_was_sent_is_shown_small_to_its_sender_alone(
    customer: Visitor, sending: Sending, cast: Cast, log_in: LogIn
) -> None:
    thumbnail = f"/documents/{sending.file.file_id}/thumbnail"
    version = sending.put(PICTURE)
    sending.arrived(version)
    assert '<img class="thumb' not in customer.get("/documents").html
    assert customer.get(thumbnail).status == 404
    sending.scanned(version)
    assert f'<img class="thumb" src="{thumbnail}" alt="Picture of may.csv"' in customer.get("/documents").html
    assert customer.get(thumbnail).status == 303
    other = Visitor(app)
    other.cookies[cookies.SESSION] = log_in(cast.ours.other_customer).secret
    assert other.get(thumbnail).status == 404
