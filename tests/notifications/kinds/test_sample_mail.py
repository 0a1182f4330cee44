"""The test of a mail that an admin sends to themselves."""

from chalicelib.dealers.appearance import MailSettings
from chalicelib.dealers.wording import operations
from chalicelib.dealers.wording.model import MailsDraft
from chalicelib.notifications.dispatch import send_due
from tests.fixtures.cast import Cast
from tests.fixtures.trail import audited
from tests.notifications.fakes import Post


def test_it_has_what_the_admin_has_drafted_and_says_that_it_is_a_test(cast: Cast, post: Post) -> None:
    scope, now = cast.ours.admin.staff_scope, post.clock.now
    draft = MailsDraft(MailSettings(sender="Moorbeck Parts", closing="Kind regards"), "")
    operations.keep_mails(scope, draft, dealer=cast.ours.dealer, now=now)
    operations.send_test(scope, mail="password_reset", email=cast.ours.admin.email, now=now, ids=post.ids)
    assert send_due(cast.ours.import_scope, deps=post.deps) == 1
    (mail,) = post.sender.sent
    assert (mail.to, mail.from_name) == (cast.ours.admin.email, "Moorbeck Parts")
    assert mail.subject.startswith("Test: ")
    assert "Kind regards" in mail.text
    assert f"/d/{cast.ours.dealer.slug}" in mail.text
    assert "/reset/" not in mail.text
    assert [row.event for row in audited(cast.ours.scope, now, "mails.")] == ["mails.tested"]


def test_it_is_not_sent_to_somebody_who_has_left_nor_a_mail_that_is_not_known(cast: Cast, post: Post) -> None:
    scope, now = cast.ours.admin.staff_scope, post.clock.now
    operations.send_test(scope, mail="of_a_newer_release", email=cast.ours.admin.email, now=now, ids=post.ids)
    for gone in (cast.rival.admin, cast.ours.customer):
        operations.send_test(scope, mail="password_reset", email=gone.email, now=now, ids=post.ids)
    send_due(cast.ours.import_scope, deps=post.deps)
    assert post.sender.sent == []
