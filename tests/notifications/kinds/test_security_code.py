"""B25: the mail with a code."""

import re
from datetime import timedelta

from chalicelib.identity import operations
from chalicelib.identity.model import ClientInfo
from chalicelib.identity.pending_logins import SecondStepError
from chalicelib.identity.second_step import enter_code
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.mail.sender import Mail, MailRefusedError
from chalicelib.notifications.dispatch import send_due
from tests.fixtures.cast import PASSWORD, Cast, Member
from tests.fixtures.worlds import World
from tests.identity.second_factors import give_email_codes
from tests.notifications.fakes import Post

SCOPE = IdentityScope()
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:126.0) Gecko/20100101 Firefox/126.0"
HERE = ClientInfo("2001:db8:77::7", FIREFOX)
CODE = re.compile(r"^\d{6}$", re.MULTILINE)


def log_in(member: Member, post: Post, dealer_id: str | None = None) -> str:
    try:
        operations.log_in(
            SCOPE,
            email=member.email,
            password=PASSWORD,
            client=HERE,
            dealer_id=dealer_id,
            now=post.clock.now,
            ids=post.ids,
        )
    except SecondStepError as waits:
        return waits.secret
    raise AssertionError("no second step")


def mailed(post: Post) -> list[Mail]:
    send_due(SCOPE, deps=post.deps)
    return [mail for mail in post.sender.sent if mail.about["kind"] == "security_code"]


def test_it_says_the_code_when_and_from_where_and_what_to_do(cast: Cast, post: Post) -> None:
    member = cast.ours.customer
    give_email_codes(member, now=post.clock.now, ids=post.ids)
    secret = log_in(member, post, cast.ours.dealer.dealer_id)
    (mail,) = mailed(post)
    (code,) = CODE.findall(mail.text)
    assert (mail.to, mail.subject) == (member.email, "Your code for Moorbeck Machinery")
    assert "Requested: 5 Jun 2024 10:00, 2001:db8:77::7, Firefox on Windows" in mail.text
    assert "Nobody from Moorbeck Machinery will ever ask you for this code." in mail.text
    assert f"https://portal.example/d/{cast.ours.dealer.slug}/forgot" in mail.text
    entered = enter_code(SCOPE, secret=secret, code=code, client=HERE, now=post.clock.now, ids=post.ids)
    assert entered.session.second_factor


def test_a_locked_telephone_does_not_show_it(cast: Cast, post: Post) -> None:
    """What mail programs show of a mail that is not open: its subject and the first words of its text."""
    give_email_codes(cast.ours.customer, now=post.clock.now, ids=post.ids)
    log_in(cast.ours.customer, post)
    (mail,) = mailed(post)
    (code,) = CODE.findall(mail.text)
    hidden = re.search(r"display:none[^>]*>(.*?)</div>", mail.html, re.DOTALL)
    assert hidden
    assert hidden[1].strip()
    assert code not in mail.subject + hidden[1] + mail.text[:60]


def test_no_code_waits_in_the_outbox(cast: Cast, post: Post, aws: World) -> None:
    give_email_codes(cast.ours.customer, now=post.clock.now, ids=post.ids)
    log_in(cast.ours.customer, post)
    items = aws.root("dynamodb").scan(TableName=aws.settings.table_name)["Items"]
    before = [str(item) for item in items if item["pk"]["S"].startswith("T#")]
    (mail,) = mailed(post)
    (code,) = CODE.findall(mail.text)
    assert before
    assert not [item for item in before if f"'{code}'" in item]


def test_what_comes_too_late_or_was_overtaken_is_not_sent(cast: Cast, post: Post) -> None:
    give_email_codes(cast.ours.customer, now=post.clock.now, ids=post.ids)
    log_in(cast.ours.customer, post)
    post.clock.forward(timedelta(minutes=10))
    assert mailed(post) == []


def test_a_mail_that_was_refused_makes_a_new_code_when_it_is_sent_again(cast: Cast, post: Post) -> None:
    give_email_codes(cast.ours.customer, now=post.clock.now, ids=post.ids)
    secret = log_in(cast.ours.customer, post)
    post.sender.failures.append(MailRefusedError("Throttling", for_good=False))
    assert mailed(post) == []
    (mail,) = mailed(post)
    (code,) = CODE.findall(mail.text)
    entered = enter_code(SCOPE, secret=secret, code=code, client=HERE, now=post.clock.now, ids=post.ids)
    assert entered.session.second_factor
