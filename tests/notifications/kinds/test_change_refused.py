"""The mail about a change that the dealer does not make."""

from chalicelib.customers.change_requests import operations
from chalicelib.kernel.account_fields import AccountField
from chalicelib.notifications.dispatch import send_due
from tests.fixtures.cast import Cast
from tests.ledger.accounts import a_facts
from tests.notifications.fakes import Post


def test_whoever_asked_is_told_why(cast: Cast, post: Post) -> None:
    ours, now, ids = cast.ours, post.clock.now, post.ids
    asked = operations.ask_for_change(
        ours.customer.customer_scope,
        facts=a_facts(),
        field=AccountField.PHONE,
        value="01632 960 118",
        note="",
        asked_by=ours.customer.email,
        now=now,
        ids=ids,
    )
    operations.refuse(
        ours.user.staff_scope, ref="1200", request_id=asked.request_id, reason="Not in service", now=now, ids=ids
    )
    assert send_due(ours.import_scope, deps=post.deps) == 1
    (mail,) = post.sender.sent
    assert mail.to == ours.customer.email
    for words in ("account 1200", "Phone: 01632 960 118", "The reason: Not in service", "/details"):
        assert words in mail.text
    assert send_due(ours.import_scope, deps=post.deps) == 0
