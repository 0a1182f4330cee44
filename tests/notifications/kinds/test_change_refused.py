"""The mail about a change that the dealer does not make."""

from chalicelib.customers.change_requests import operations
from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import AccountUser
from chalicelib.kernel.account_fields import AccountField
from chalicelib.notifications.dispatch import send_due
from tests.customers.colleagues.made import enrolled
from tests.fixtures.cast import Cast, Dealership
from tests.ledger.accounts import a_facts
from tests.notifications.fakes import Post


def refused(ours: Dealership, post: Post) -> None:
    now, ids = post.clock.now, post.ids
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


def test_who_requested_it_is_told_why(cast: Cast, post: Post) -> None:
    ours = cast.ours
    enrolled(ours, post.clock.now)
    refused(ours, post)
    assert send_due(ours.import_scope, deps=post.deps) == 1
    (mail,) = post.sender.sent
    assert mail.to == ours.customer.email
    for words in ("account 1200", "Phone: 01632 960 118", "The reason: Not in service", "/details"):
        assert words in mail.text
    assert send_due(ours.import_scope, deps=post.deps) == 0


def test_it_goes_to_the_email_that_they_have_now(cast: Cast, post: Post) -> None:
    ours, customer = cast.ours, cast.ours.customer
    enrolments.add_user(ours.scope, AccountUser(customer.person_id, "al@new.example", post.clock.now), ref="1200")
    refused(ours, post)
    send_due(ours.import_scope, deps=post.deps)
    assert [mail.to for mail in post.sender.sent] == ["al@new.example"]


def test_who_no_longer_has_access_is_not_mailed(cast: Cast, post: Post) -> None:
    refused(cast.ours, post)
    send_due(cast.ours.import_scope, deps=post.deps)
    assert post.sender.sent == []
