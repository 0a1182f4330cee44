"""The Imports pages as staff see them, over real imports."""

import json
import re
import zlib
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from zipfile import ZipFile
from zoneinfo import ZoneInfo

import pytest

from chalicelib import settings
from chalicelib.ccx.messages import sentences
from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import Enrolment, State
from chalicelib.dealers import queries as dealers
from chalicelib.http import cookies
from chalicelib.ingest import repo
from chalicelib.ingest.model import ImportRun, RunState
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.keys import link_part
from chalicelib.notifications.kinds.same_customers import SameCustomers
from chalicelib.rendering.format import formats
from chalicelib.store import blobs, outbox
from chalicelib.web.staff.imports import ACCOUNTS_SHOWN
from tests.bundles import customer
from tests.fixtures.cast import Cast, LogIn
from tests.fixtures.staff import listed
from tests.fixtures.worlds import World
from tests.ingest.exports import export, ledger
from tests.ingest.pipeline import ImportPipeline
from tests.ingest.test_bad_bundles import two_percent_bad, wrong_checksum
from tests.pseudo_locale import pseudo_locale
from tests.web.client import Visitor

HOME = "/staff/imports"


@pytest.fixture
def line(aws: World, cast: Cast, now: datetime, ids: Ids) -> ImportPipeline:
    return ImportPipeline(aws, cast.ours, now, ids)


def stored(line: ImportPipeline, name: str) -> bytes:
    return blobs.get(line.scope, settings.load().files_bucket, name)


@pytest.fixture
def admin(staff: Visitor, cast: Cast, log_in: LogIn, now: datetime) -> Visitor:
    """On the list of staff, as those are who make API keys."""
    listed(cast.ours, cast.ours.admin, now=now)
    staff.cookies[cookies.SESSION] = log_in(cast.ours.admin).secret
    return staff


def test_before_the_first_export_the_page_says_what_to_do(admin: Visitor) -> None:
    page = admin.get(HOME)
    assert page.status == 200, page.html
    assert "No exports yet" in page.text
    assert 'enctype="multipart/form-data"' in page.html


def test_of_another_zip_the_page_says_which_file_to_choose(admin: Visitor, line: ImportPipeline) -> None:
    made = BytesIO()
    with ZipFile(made, "w") as archive:
        archive.writestr("photo.txt", "a tractor")
    run = line.take_in(made.getvalue())
    page = admin.get(f"{HOME}/{run.number}")
    assert "This is not an export of your dealer system. Choose the file that it made" in page.text
    assert page.links["Upload another"] == HOME
    assert page.text.index("holds no manifest.json") < page.text.index("B011_NO_MANIFEST")


def test_only_an_admin_is_given_a_way_to_upload(staff: Visitor) -> None:
    page = staff.get(HOME)
    assert page.status == 200, page.html
    assert "An admin of the dealership can upload the first one" in page.text
    assert "multipart/form-data" not in page.html
    assert "policy" not in page.html


def test_an_applied_export_shows_its_counts_and_can_be_undone(admin: Visitor, line: ImportPipeline) -> None:
    run = line.take_in(export(line, *ledger()))
    page = admin.get(HOME)
    assert "Export 1" in page.text
    assert "Customers see this export now" in page.text
    page = admin.get(f"{HOME}/{run.number}")
    assert page.status == 200, page.html
    assert "10 accounts, 100 transactions" in page.text
    assert "All agree" in page.text
    assert run.ended_at
    until = (run.ended_at + timedelta(days=6)).astimezone(ZoneInfo("Europe/London"))
    assert f"Can be undone until {until:%-d %b %Y} {until:%H:%M}" in page.text
    admin.submit(f"{HOME}/{run.number}/undo")
    page = admin.follow()
    assert "Undone" in page.text
    assert line.run(run.number).state is RunState.UNDONE
    assert line.entries() == []


def test_staff_see_when_figures_are_as_of_and_what_keeps_totals_from_agreeing(
    staff: Visitor, line: ImportPipeline
) -> None:
    run = line.take_in(export(line, *ledger(20, 10)))
    assert "As of 5 Jun 2024, received 5 Jun 10:00; totals agree" in staff.get(HOME).text
    customers, rows = ledger(20, 10)
    rows[3]["total_amount"] = "1.0.0"
    totals = {"total_amount": {"GBP": "1200.00"}}
    run = line.take_in(export(line, customers, rows, 2, files={"transactions": {"totals": totals}}))
    dealers.forget_published(line.scope)
    assert "totals not checked" in staff.get(HOME).text
    text = staff.get(f"{HOME}/{run.number}").text
    assert "Not all are known" in text
    assert "Unknown: an amount could not be read" in text
    assert "agree" not in staff.get("/staff/accounts").text


def test_the_page_says_what_keeps_absence_from_counting(staff: Visitor, line: ImportPipeline) -> None:
    customers, rows = ledger(3, 40)
    line.take_in(export(line, customers, rows))
    spoilt = [{**rows[0], "account_ref": ""}, rows[40] | {"transaction_id": ""}, *rows[2:]]
    run = line.take_in(
        export(line, customers, spoilt, 2, files={"transactions": {"totals": {}}, "customers": {"totals": {}}})
    )
    assert run.state is RunState.PUBLISHED, run.reasons
    text = staff.get(f"{HOME}/{run.number}").text
    assert "1 row in transactions.csv names no account. Nothing was marked as settled" in text
    assert "1 account has a row without its id. None of their transactions were marked as settled." in text


def test_an_export_that_cannot_be_opened_is_seen_at_once(staff: Visitor, line: ImportPipeline) -> None:
    line.arrive(line.put(export(line, *ledger(2), generated_at="2024-06-05T05:00:00Z", as_at="9999-12-31")))
    page = staff.get(HOME)
    assert "Refused" in page.text
    assert "as_at" in staff.get(f"{HOME}/{line.newest().number}").text


def test_a_refused_export_says_why_and_the_next_step(staff: Visitor, line: ImportPipeline) -> None:
    line.take_in(wrong_checksum(line))
    assert "transactions.csv does not match its checksum" in staff.get(HOME).text
    page = staff.get(f"{HOME}/{line.newest().number}")
    assert "Make the export again" in page.text
    assert "B018_CHECKSUM" in page.text


def test_a_held_export_names_its_rows_and_is_approved_by_an_admin(admin: Visitor, line: ImportPipeline) -> None:
    line.take_in(export(line, *ledger(50, 10)))
    run = line.take_in(two_percent_bad(line))
    page = admin.get(HOME)
    assert "Held for" in page.text
    assert "Customers still see export 1" in page.text
    page = admin.get(f"{HOME}/{run.number}")
    assert "10 rejected rows" in page.text
    assert "31/09/2024" in page.text
    assert "E104_BAD_DATE" in page.text
    assert '<a href="#rejects-transactions.csv">' in page.html
    assert 'id="rejects-transactions.csv"' in page.html
    assert "G401_ERRORS" in page.text
    link = admin.get(f"{HOME}/{run.number}/rejects.csv")
    assert link.status == 303
    assert re.match(r"https?://", link.location)
    admin.get(HOME)
    admin.submit(f"{HOME}/{run.number}/approve")
    assert "Customers see this export now" in admin.follow().text


def test_what_was_found_is_kept_as_codes_and_said_in_the_readers_language(admin: Visitor, line: ImportPipeline) -> None:
    line.take_in(export(line, *ledger(50, 10)))
    run = line.take_in(two_percent_bad(line))
    kept = zlib.decompress(stored(line, f"runs/{run.number}/rejects.all")) + stored(
        line, f"runs/{run.number}/rejects.json"
    )
    assert b"E104_BAD_DATE" in kept
    assert b"no such date" not in kept
    with pseudo_locale():
        page = admin.get(f"{HOME}/{run.number}")
        admin.get(f"{HOME}/{run.number}/rejects.csv")
    assert "⟦There is no such date in the form YYYY-MM-DD⟧" in page.html
    assert "⟦10 of 500 rows in transactions.csv have errors, 2.0%⟧" in page.html
    assert "⟦There is no such date" in stored(line, f"runs/{run.number}/rejects.csv").decode("utf-8-sig")


def test_what_the_first_release_stored_as_text_is_shown_as_it_is(admin: Visitor, line: ImportPipeline) -> None:
    line.take_in(export(line, *ledger(50, 10)))
    run = line.take_in(two_percent_bad(line))
    old = replace(run, reasons=("82 of 4,095 rows in transactions.csv have errors, 2.0%. The limit is 1%.",))
    repo.commit(line.scope, [repo.write_run(line.scope, old)])
    found = '[{"file": "customers.csv", "line": 2, "key": "1", "column": "name", "code": "E101_MISSING", '
    found += '"message": "This cell is blank. Write the name", "value": ""}]'
    bucket = settings.load().files_bucket
    blobs.put(line.scope, bucket, f"runs/{run.number}/rejects.json", found.encode(), "application/json")
    blobs.delete(line.scope, bucket, [f"runs/{run.number}/rejects.all"])
    for path in (HOME, f"{HOME}/{run.number}"):
        assert "82 of 4,095 rows in transactions.csv have errors, 2.0%. The limit is 1%." in admin.get(path).text
    assert "This cell is blank. Write the name" in admin.get(f"{HOME}/{run.number}").text
    assert admin.get(f"{HOME}/{run.number}/rejects.csv").status == 404
    blobs.put(line.scope, bucket, f"runs/{run.number}/rejects.csv", b"file,line", "text/csv")
    assert admin.get(f"{HOME}/{run.number}/rejects.csv").status == 303
    assert stored(line, f"runs/{run.number}/rejects.csv") == b"file,line"


def test_the_api_gives_codes_beside_the_words(admin: Visitor, line: ImportPipeline) -> None:
    line.take_in(export(line, *ledger(50, 10)))
    line.take_in(wrong_checksum(line))
    line.take_in(two_percent_bad(line))
    admin.get(f"{HOME}/api-keys")
    admin.submit(f"{HOME}/api-keys", name="Back office")
    secret = re.search(r"data-secret>(ccx_[\w-]+)<", admin.follow().html)
    assert secret
    key = {"authorization": f"Bearer {secret[1]}"}
    held, refused, _ = admin.get("/api/v1/imports", headers=key).json["imports"]
    assert held["reason_codes"][0] == "G401_ERRORS"
    assert held["reasons"][0] == "10 of 500 rows in transactions.csv have errors, 2.0%. The limit is 1%."
    assert len(held["reasons"]) == len(held["reason_codes"])
    assert refused["code"] == "B018_CHECKSUM"
    assert refused["message"] == "transactions.csv does not match its checksum. Make the export again."
    body = json.dumps({"file_name": "export.zip", "size": 5})
    bad = admin.call("POST", "/api/v1/uploads", headers=key, body=body)
    assert (bad.status, bad.json["code"]) == (422, "B010_BUNDLE_NAME")


def test_a_user_who_is_no_admin_sees_a_held_export_and_cannot_decide(staff: Visitor, line: ImportPipeline) -> None:
    line.take_in(export(line, *ledger(50, 10)))
    run = line.take_in(two_percent_bad(line))
    page = staff.get(f"{HOME}/{run.number}")
    assert "An admin of your dealership can approve or refuse it" in page.text
    assert staff.post(f"{HOME}/{run.number}/approve").status == 403
    assert line.run(run.number).state is RunState.HELD


def test_a_key_is_shown_once_buys_an_upload_and_can_be_revoked(admin: Visitor) -> None:
    admin.get(f"{HOME}/api-keys")
    assert admin.submit(f"{HOME}/api-keys", name="Back office").location == f"{HOME}/api-keys"
    page = admin.follow()
    found = re.search(r"data-secret>(ccx_[\w-]+)<", page.html)
    assert found
    key = {"authorization": f"Bearer {found[1]}"}
    assert found[1] not in admin.get(f"{HOME}/api-keys").html
    assert admin.get("/api/v1/imports", headers=key).json == {"imports": []}
    revoke = next(form.action for form in admin.get(f"{HOME}/api-keys").forms if form.action.endswith("/revoke"))
    admin.submit(revoke)
    assert admin.get("/api/v1/imports", headers=key).status == 401


def test_the_program_is_there_to_download_with_its_commands_for_each_computer(admin: Visitor) -> None:
    page = admin.get(f"{HOME}/api-keys")
    assert re.search(r'href="[^"]*/client/upload\.pyz\?v=\w+" download="upload\.pyz"', page.html)
    commands = re.findall(r"<pre[^>]*>([^<]*)</pre>", page.html)
    assert [(command.split()[:2], "--check" in command, "--key-file" in command) for command in commands] == [
        (["py", "upload.pyz"], False, True),
        (["python3", "upload.pyz"], False, True),
        (["py", "upload.pyz"], True, False),
        (["python3", "upload.pyz"], True, False),
    ]
    assert r"C:\ccx\key.txt" in commands[0]


def test_a_form_that_is_sent_twice_makes_one_key_and_shows_it(admin: Visitor) -> None:
    admin.get(f"{HOME}/api-keys")
    assert admin.page is not None
    fields = {**admin.page.form(f"{HOME}/api-keys").fields, "name": "Back office"}
    admin.post(f"{HOME}/api-keys", fields)  # its answer is lost: the browser shows that of the second click
    admin.post(f"{HOME}/api-keys", fields)
    page = admin.follow()
    assert len(re.findall(r"data-secret>ccx_[\w-]+<", page.html)) == 1
    again = admin.get(f"{HOME}/api-keys")
    assert "data-secret" not in again.html
    assert len({form.action for form in again.forms if form.action.endswith("/revoke")}) == 1
    assert admin.submit(f"{HOME}/api-keys", name="Another").status == 303
    assert len({form.action for form in admin.follow().forms if form.action.endswith("/revoke")}) == 2


def test_a_key_is_not_shown_again_by_its_form_or_its_cookie(admin: Visitor) -> None:
    admin.get(f"{HOME}/api-keys")
    assert admin.page is not None
    fields = {**admin.page.form(f"{HOME}/api-keys").fields, "name": "Back office"}
    admin.post(f"{HOME}/api-keys", fields)
    mark = admin.cookies["__Host-key"]
    admin.call("HEAD", f"{HOME}/api-keys")
    assert "data-secret" in admin.follow().html or "data-secret" in admin.get(f"{HOME}/api-keys").html
    admin.post(f"{HOME}/api-keys", fields)  # Back, and the button again
    told = admin.follow()
    assert "data-secret" not in told.html
    assert "“Back office” was shown already" in told.text
    admin.cookies["__Host-key"] = mark
    assert "data-secret" not in admin.get(f"{HOME}/api-keys").html
    assert "shown already" not in admin.get(f"{HOME}/api-keys").text


@pytest.mark.parametrize("form_id", ["x", "x" * 5_000, "a b;c"])
def test_a_key_is_made_by_no_form_of_another_making(admin: Visitor, form_id: str) -> None:
    admin.get(f"{HOME}/api-keys")
    assert admin.submit(f"{HOME}/api-keys", name="Back office", form_id=form_id).status == 422
    assert "__Host-key" not in admin.cookies
    admin.cookies["__Host-key"] = "x"
    page = admin.get(f"{HOME}/api-keys")
    assert page.status == 200
    assert not [form for form in page.forms if form.action.endswith("/revoke")]


def test_the_cookie_between_form_and_page_shows_no_key_to_another_session(
    admin: Visitor, cast: Cast, log_in: LogIn
) -> None:
    admin.get(f"{HOME}/api-keys")
    admin.submit(f"{HOME}/api-keys", name="Back office")
    mark = admin.cookies["__Host-key"]
    assert "ccx_" not in mark
    assert "data-secret" in admin.follow().html
    assert "__Host-key" not in admin.cookies
    admin.cookies["__Host-key"] = mark
    admin.cookies["__Host-session"] = log_in(cast.ours.admin).secret
    assert "data-secret" not in admin.get(f"{HOME}/api-keys").html


def test_undo_says_what_becomes_of_an_export_that_waits_and_asks_without_scripts(
    admin: Visitor, line: ImportPipeline
) -> None:
    first = line.take_in(export(line, *ledger(50, 10)))
    held = line.take_in(two_percent_bad(line))
    waits = f"Export {held.manifest.sequence if held.manifest else 0}, which waits for your decision, is refused"
    page = admin.get(f"{HOME}/{first.number}")
    assert waits in page.text  # in the dialog
    asked = admin.get(f"{HOME}/{first.number}/undo")
    assert waits in asked.text
    assert asked.links["Keep it"] == f"{HOME}/{first.number}"
    assert "It cannot be applied afterwards" in admin.get(f"{HOME}/{held.number}/refuse").text
    admin.get(f"{HOME}/{first.number}/undo")
    admin.submit(f"{HOME}/{first.number}/undo")
    assert "is undone" in admin.follow().text
    page = admin.get(f"{HOME}/{held.number}")
    told = [sentences(reason, formats("en-GB", "Europe/London", "GBP")) for reason in held.reasons]
    assert told
    assert all(reason in page.text for reason in told)
    assert "Nothing of this export is shown" in page.text


def test_the_same_export_again_says_which_run_took_it(admin: Visitor, line: ImportPipeline) -> None:
    bundle = export(line, *ledger(5))
    run = line.take_in(bundle)
    name = line.put(bundle)
    line.arrive(name)
    upload = name.split("/")[1]
    for htmx in (False, True):
        page = admin.get(f"{HOME}?upload={upload}", htmx=htmx)
        assert page.status == 200
        assert "This export was uploaded before. It is Export 1, which came 5 Jun 2024 10:00 " in page.text
        assert page.links["Export 1"] == f"{HOME}/{run.number}"
        assert "this page updates by itself" not in page.text


def test_an_upload_that_was_taken_leads_to_its_run(admin: Visitor, line: ImportPipeline) -> None:
    name = line.put(export(line, *ledger(5)))
    line.arrive(name)
    here = f"{HOME}?upload={name.split('/')[1]}"
    assert admin.get(here).location == f"{HOME}/1"
    page = admin.get(here, htmx=True)
    assert (page.status, page.headers["hx-redirect"], page.location) == (200, f"{HOME}/1", "")


def test_rejected_rows_are_listed_by_cause(admin: Visitor, line: ImportPipeline) -> None:
    customers, rows = ledger(50, 10)
    for row in rows[:30]:
        row["transaction_date"] = "31/09/2024"
    rows[40]["due_date"] = "soon"
    rows[41]["type"] = "x" * 90
    run = line.take_in(export(line, customers, rows))
    page = admin.get(f"{HOME}/{run.number}")
    said = "30 rows: There is no such date in the form YYYY-MM-DD transaction_date in transactions.csv, for example"
    assert f"{said} line 2" in page.text
    assert "1 row: There is no such date in the form YYYY-MM-DD due_date in transactions.csv, line 42" in page.text
    assert "The first 25 of 30 are listed here. Download the CSV file for more." in page.text
    assert "These are the first" not in page.text
    assert page.text.index("30 rows: There") < page.text.index("1 row: There")
    assert page.html.count('id="rejects-transactions.csv"') == 1


def test_the_figures_of_a_run_open_the_accounts_that_it_changed(admin: Visitor, line: ImportPipeline) -> None:
    customers, rows = ledger(3, 2)
    line.take_in(export(line, customers, rows))
    rows[2]["description"] = "corrected"
    run = line.take_in(export(line, customers, rows, 2))
    here = f"{HOME}/{run.number}"
    page = admin.get(here)
    assert page.links["Changed"] == f"{here}/accounts?change=changed"
    assert "New" not in page.links  # there is nothing new to open
    page = admin.get(f"{here}/accounts?change=changed")
    assert "1 account" in page.text
    assert page.links[customers[1]["name"]] == f"/staff/accounts/{link_part('1001')}"
    assert "This export changed no account in this way." in admin.get(f"{here}/accounts?change=settled").text
    assert "1 account" in admin.get(f"{here}/accounts?change=nonsense&after=x").text


def test_of_many_changed_accounts_a_page_is_shown_at_a_time(admin: Visitor, line: ImportPipeline) -> None:
    line.take_in(export(line, *ledger(ACCOUNTS_SHOWN + 3, 1)))
    page = admin.get(f"{HOME}/1/accounts?change=new")
    assert "Showing 1 to 50 of 53" in page.text
    page = admin.get(page.links["Next"])
    assert "Showing 51 to 53 of 53" in page.text
    assert "Next" not in page.links
    assert admin.get(page.links["Previous"]).text.count("Showing 1 to 50") == 1
    assert "Showing 54" not in admin.get(f"{HOME}/1/accounts?after=900").text


def test_of_a_run_that_left_no_list_of_accounts_the_page_says_so(staff: Visitor, line: ImportPipeline) -> None:
    line.take_in(wrong_checksum(line))
    assert "No list of accounts" in staff.get(f"{HOME}/1/accounts").text
    assert staff.get(f"{HOME}/9/accounts").status == 404


def test_an_export_that_a_newer_one_overtook_is_not_called_refused(admin: Visitor, line: ImportPipeline) -> None:
    line.take_in(export(line, *ledger(50, 10)))
    run = line.take_in(two_percent_bad(line))
    line.take_in(export(line, *ledger(51, 10), 9))
    page = admin.get(f"{HOME}/{run.number}")
    assert "Overtaken by the export of 5 Jun 2024, number 9, which was applied first." in page.text
    assert "Refused" not in page.text
    listed = admin.get(HOME).text
    assert "Overtaken Overtaken by the export of 5 Jun 2024, number 9" in listed.partition("Earlier")[2]
    assert "Export overtaken" in admin.get("/staff/activity").text
    link = f"{HOME}/{run.number}"
    assert link in admin.get(f"{HOME}?state=overtaken").html
    assert link not in admin.get(f"{HOME}?state=refused").html


def test_runs_are_filtered_by_their_state(admin: Visitor, line: ImportPipeline) -> None:
    line.take_in(export(line, *ledger(5)))
    line.take_in(wrong_checksum(line))
    assert "does not match its checksum" in admin.get(f"{HOME}?state=refused").text
    assert "No export is in this state" in admin.get(f"{HOME}?state=overtaken").text
    page = admin.get(f"{HOME}?state=published")
    assert "does not match its checksum" not in page.text
    assert f"{HOME}/1" in page.html
    assert "No export is in this state" in admin.get(f"{HOME}?state=undone").text
    assert admin.get(f"{HOME}?state=nonsense").status == 200


def test_a_key_that_is_not_there_cannot_be_asked_about(admin: Visitor) -> None:
    assert admin.get(f"{HOME}/api-keys/nothing/revoke").status == 404
    admin.get(f"{HOME}/api-keys")
    admin.submit(f"{HOME}/api-keys", name="Back office")
    revoke = next(form.action for form in admin.follow().forms if form.action.endswith("/revoke"))
    assert "Revoke Back office?" in admin.get(revoke).text
    (form,) = [form for form in admin.page.forms if form.action == revoke] if admin.page else []
    admin.submit(revoke)
    for answer in (admin.get(revoke), admin.post(revoke, form.fields)):
        assert answer.location == f"{HOME}/api-keys"
        assert "This key has been revoked already." in admin.follow().text


def test_a_bundle_that_waits_for_more_than_a_day_is_told_of(staff: Visitor, line: ImportPipeline) -> None:
    line.wait(hours=-30)
    for n in (1, 2):
        line.arrive(line.put(export(line, *ledger(1), n)))
    page = staff.get(HOME)
    assert "Export 2 has been waiting its turn since" in page.text
    assert "more than a day" in page.text


def cleaned(line: ImportPipeline, invited: int = 2) -> ImportRun:
    """Every customer under another name and email; the first `invited` have users."""
    customers, rows = ledger(25, 1)
    line.take_in(export(line, customers, rows))
    for ref in map(str, range(1000, 1000 + invited)):
        active = Enrolment(ref, State.ACTIVE, "a@farm.example", "01HX", "maria", line.now)
        enrolments.put(line.scope, active, before=None)
    renamed = [{**one, "name": f"MR {n}", "email": f"new{n}@farm.example"} for n, one in enumerate(customers)]
    return line.take_in(export(line, renamed, rows, 2))


def carry_out(line: ImportPipeline) -> None:
    for item in outbox.items(line.scope):
        SameCustomers().run(line.scope, item)


def test_a_held_clean_up_of_names_is_approved_as_the_same_customers(admin: Visitor, line: ImportPipeline) -> None:
    run = cleaned(line)
    page = admin.get(f"{HOME}/{run.number}")
    assert "25 accounts have another name and another email" in page.text
    assert "2 accounts seem to belong to somebody else now." in page.text  # nobody could open the others
    was = customer("1000")
    assert f"1000: {was['name']}, {was['email']} is now MR 0, new0@farm.example" in page.text
    assert "1002:" not in page.text
    (form,) = [form for form in page.forms if form.fields.get("owners") == "same"]
    admin.post(form.action, form.fields)
    carry_out(line)
    page = admin.follow()
    assert line.run(run.number).state is RunState.PUBLISHED
    assert "seem" not in page.text


def test_what_is_decided_of_a_run_is_asked_first_and_says_what_changes(admin: Visitor, line: ImportPipeline) -> None:
    run = cleaned(line)
    here = f"{HOME}/{run.number}"
    assert admin.get(here).html.count("btn btn-primary") == 3  # one on the page, and one in each of two dialogs
    for query, said in (("", "cannot open them until you confirm"), ("?owners=same", "stay open")):
        asked = admin.get(f"{here}/approve{query}")
        assert "Apply Export 2?" in asked.text
        assert "in place of export 1. New: Nothing. Changed: 25 accounts. Settled: 0." in asked.text
        assert said in asked.text
    assert asked.form(f"{here}/approve").fields["owners"] == "same"
    assert line.run(run.number).state is RunState.HELD
    form = admin.get(f"{here}/approve").form(f"{here}/approve")
    admin.submit(f"{here}/approve")
    for decision in ("approve", "refuse"):
        assert admin.post(f"{here}/{decision}", form.fields).location == here
        assert "This export has been decided on already." in admin.follow().text
    assert "Are all of them the same customers?" in admin.get(f"{here}/same-customers").text
    assert admin.submit(f"{here}/same-customers").location == here


def test_of_many_accounts_the_first_are_named_and_the_others_linked(admin: Visitor, line: ImportPipeline) -> None:
    run = cleaned(line, invited=23)
    here = f"{HOME}/{run.number}"
    for state in (RunState.HELD, RunState.PUBLISHED):
        assert line.run(run.number).state is state
        page = admin.get(here)
        assert "23 accounts seem to belong to somebody else now." in page.text
        assert "is now MR 19, new19@farm.example" in page.text
        assert "MR 20" not in page.text
        assert "and 3 more" in page.text
        assert page.links["1022"] == f"/staff/accounts/{link_part('1022')}"
        if state is RunState.HELD:
            admin.submit(f"{here}/approve")


def test_an_applied_run_asks_for_accounts_that_somebody_could_open_until_all_are_decided(
    admin: Visitor, line: ImportPipeline
) -> None:
    run = cleaned(line)
    (form,) = [form for form in admin.get(f"{HOME}/{run.number}").forms if form.action.endswith("/approve")][:1]
    admin.post(form.action, form.fields)
    page = admin.follow()
    assert "2 accounts seem to belong to somebody else now." in page.text
    admin.submit(f"{HOME}/{run.number}/same-customers")
    assert "Their users can open their accounts again." in admin.follow().text
    carry_out(line)
    assert "seem to belong" not in admin.get(f"{HOME}/{run.number}").text
