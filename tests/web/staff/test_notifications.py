from datetime import datetime, timedelta
from urllib.parse import unquote

import pytest

from chalicelib.customers import unsubscribing
from chalicelib.dealers.staff_mails import operations, repo
from chalicelib.dealers.staff_mails.model import DAILY_MAIL, Pace, StaffEvent
from chalicelib.http import cookies
from chalicelib.kernel.ids import Ids
from tests.fixtures.cast import Cast
from tests.fixtures.staff import listed
from tests.web.client import Visitor

HERE = "/staff/notifications"


@pytest.fixture(autouse=True)
def joined(cast: Cast, now: datetime) -> None:
    listed(cast.ours, cast.ours.admin, cast.ours.user, now=now)


def flash(visitor: Visitor) -> str:
    return unquote(visitor.cookies[cookies.FLASH])


def test_staff_choose_what_they_are_mailed_of(staff: Visitor, cast: Cast) -> None:
    assert staff.get("/profile").links["Choose notifications"] == HERE
    form = staff.get(HERE).form(HERE).fields
    assert {one: form[one] for one in ("question", "open_question", "dispute")} == {
        "question": "at_once",
        "open_question": "never",
        "dispute": "never",
    }
    staff.submit(HERE, dispute="daily", question="never")
    assert flash(staff) == "Saved"
    found = repo.choices(cast.ours.scope, cast.ours.user.person_id)
    assert found.chosen == {StaffEvent.DISPUTE: Pace.DAILY, StaffEvent.QUESTION: Pace.NEVER}
    staff.get(HERE)
    staff.submit(HERE)
    assert flash(staff) == "Nothing has changed"
    assert "Emails to a colleague chosen" in staff.get("/staff/activity").text


def test_what_another_window_has_chosen_is_not_lost(staff: Visitor, cast: Cast) -> None:
    staff.get(HERE)
    stale = staff.page
    staff.submit(HERE, dispute="daily")
    staff.page = stale
    page = staff.submit(HERE, document="daily", dispute="nonsense")
    assert (page.status, page.form(HERE).fields["document"]) == (409, "daily")
    assert "Your choice was changed in another window" in page.text
    found = repo.choices(cast.ours.scope, cast.ours.user.person_id)
    assert found.chosen == {StaffEvent.DISPUTE: Pace.DAILY}


@pytest.mark.parametrize(("name", "what"), [("question", "New questions to me"), (DAILY_MAIL, "All that has happened")])
def test_the_link_in_a_mail_stops_such_mails(
    staff: Visitor, cast: Cast, now: datetime, ids: Ids, name: str, what: str
) -> None:
    ours, person = cast.ours, cast.ours.user.person_id
    operations.choose(ours.user.staff_scope, {StaffEvent.DOCUMENT: Pace.DAILY}, seen="", now=now, ids=ids)
    secret = unsubscribing.new_staff_secret(ours.scope, name, person_id=person, now=now, ids=ids)
    here = f"/unsubscribe/{secret}"
    assert what in staff.get(here).text
    page = staff.submit(here)
    assert page.links["Choose notifications"] == HERE
    assert not operations.is_mailed(ours.scope, name, person_id=person)
    assert staff.post(here).status == 200
    gone = unsubscribing.new_staff_secret(ours.scope, "nonsense", person_id=person, now=now, ids=ids)
    assert "This link no longer works" in staff.get(f"/unsubscribe/{gone}").text
    assert unsubscribing.subscription(secret, now=now + timedelta(days=1)).staff_event == name


def test_nothing_is_kept_of_who_belongs_to_the_dealer_no_more(cast: Cast, now: datetime, ids: Ids) -> None:
    ours, person = cast.ours, cast.ours.user.person_id
    operations.choose(ours.user.staff_scope, {StaffEvent.DOCUMENT: Pace.DAILY}, seen="", now=now, ids=ids)
    operations.forget_person(ours.scope, person_id=person)
    assert repo.choices(ours.scope, person).version is None
    operations.stop_mails(ours.scope, "question", person_id="nobody", now=now, ids=ids)
    assert repo.choices(ours.scope, "nobody").version is None
