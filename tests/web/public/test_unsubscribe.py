"""Out of a kind of mails without a login: by one click in a mail program, or by the button behind the link."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from app import app
from chalicelib import services, settings
from chalicelib.alerts import repo as alerts
from chalicelib.alerts.kinds import SECURITY, AlertChannel
from chalicelib.customers import unsubscribing
from chalicelib.identity import memberships
from chalicelib.identity.unsubscribe_links import LIFE
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.notifications.dispatch import send_due
from chalicelib.services import Services
from tests.fixtures.cast import Cast
from tests.messages.made import Talk, asked
from tests.notifications.fakes import Clock, Post
from tests.uploads.document_requests.made import known
from tests.web.client import Page, Visitor

ONE_CLICK = "List-Unsubscribe=One-Click"
AS_FORM = '--x\r\ncontent-disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'


@pytest.fixture
def post(now: datetime, ids: Ids) -> Post:
    return Post(Clock(now), ids)


@pytest.fixture
def mail_program(post: Post, ids: Ids) -> Iterator[Visitor]:
    """Of nobody who is logged in; no page of ours was open before."""
    made = Services(settings=settings.load(), mail=post.sender, clock=post.clock, ids=ids)
    with services.use(made):
        yield Visitor(app)


@pytest.fixture
def talk(cast: Cast, now: datetime, ids: Ids) -> Talk:
    return asked(known(cast.ours, now), now, ids)


def mailed(cast: Cast, post: Post, talk: Talk) -> str:
    """The path in the header of a mail about an answer; empty where none was sent."""
    post.sender.sent.clear()
    talk.answer()
    send_due(cast.ours.import_scope, deps=post.deps)
    return post.sender.sent[0].unsubscribe.removeprefix("https://portal.example") if post.sender.sent else ""


def one_click(
    visitor: Visitor, path: str, body: str = ONE_CLICK, kind: str = "application/x-www-form-urlencoded"
) -> Page:
    return visitor.call("POST", path, body=body, headers={"content-type": kind})


@pytest.mark.parametrize(
    ("body", "kind"), [(ONE_CLICK, "application/x-www-form-urlencoded"), (AS_FORM, "multipart/form-data; boundary=x")]
)
def test_one_click_of_a_mail_program_stops_the_kind_and_no_other(
    mail_program: Visitor, cast: Cast, post: Post, talk: Talk, body: str, kind: str
) -> None:
    path = mailed(cast, post, talk)
    for _ in range(2):
        page = one_click(mail_program, path, body, kind)
        assert (page.status, page.location) == (200, "")
    assert mailed(cast, post, talk) == ""
    found = alerts.preferences(cast.ours.scope, cast.ours.customer.person_id)
    assert found.chosen == {"message_answered": {AlertChannel.PORTAL}}
    assert found.version == 1, "a repetition wrote nothing"


def test_opening_the_link_changes_nothing_and_its_button_does(
    mail_program: Visitor, cast: Cast, post: Post, talk: Talk
) -> None:
    path = mailed(cast, post, talk)
    for _ in range(2):
        page = mail_program.get(path)
        assert "Moorbeck Machinery emails you about: Answers to my questions" in page.text
    assert cast.ours.customer.email not in page.html
    assert page.headers["referrer-policy"] == "no-referrer"
    assert mailed(cast, post, talk)
    done = mail_program.submit(path)
    assert "You get no more of these emails" in done.text
    assert "You get no more of these emails" in mail_program.get(path).text
    assert mailed(cast, post, talk) == ""


def test_a_link_that_was_never_made_or_has_expired_does_nothing(
    mail_program: Visitor, cast: Cast, post: Post, talk: Talk
) -> None:
    path = mailed(cast, post, talk)
    post.clock.forward(LIFE + timedelta(seconds=1))
    answers = [(mail_program.get(one).status, one_click(mail_program, one).status) for one in (path, "/unsubscribe/x")]
    assert answers == [(404, 401)] * 2
    assert alerts.preferences(cast.ours.scope, cast.ours.customer.person_id).version is None


def test_nothing_is_kept_of_somebody_whom_the_dealer_knows_no_more(
    mail_program: Visitor, cast: Cast, post: Post, talk: Talk, ids: Ids
) -> None:
    path, member = mailed(cast, post, talk), cast.ours.customer
    memberships.remove_membership(
        IdentityScope(),
        person_id=member.person_id,
        dealer_id=member.membership.dealer_id,
        kind=member.membership.kind,
        subject_ref=member.membership.subject_ref,
        now=post.clock.now,
        ids=ids,
    )
    assert one_click(mail_program, path).status == 200
    assert alerts.preferences(cast.ours.scope, member.person_id).version is None


def test_there_is_no_way_out_of_a_must(cast: Cast, now: datetime, ids: Ids) -> None:
    with pytest.raises(ValueError, match="nobody can unsubscribe from security"):
        unsubscribing.new_secret(cast.ours.scope, SECURITY, person_id="anna", now=now, ids=ids)
