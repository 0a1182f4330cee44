"""Everybody who may open the account is notified of a document that staff show, in one mail of several."""

from datetime import timedelta

from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import AccountUser
from chalicelib.customers.portal_customers import repo as portal_customers
from chalicelib.customers.portal_customers.model import PortalCustomer
from chalicelib.kernel.keys import portal_customer_ref
from chalicelib.notifications.dispatch import send_due
from tests.fixtures.cast import Cast
from tests.fixtures.trail import audited
from tests.notifications.fakes import Post
from tests.uploads.shared import SharedSending


def add_user(cast: Cast, post: Post, email: str, *, ref: str = "1200", era: str = "") -> None:
    user = AccountUser(post.ids.ulid(post.clock.now), email, post.clock.now, era)
    enrolments.add_user(cast.ours.scope, user, ref=ref)


def link_portal_customer(cast: Cast, post: Post, email: str) -> None:
    customer_id = post.ids.ulid(post.clock.now)
    new = PortalCustomer(customer_id, "Linked", email, post.clock.now, "1200", "")
    portal_customers.put(cast.ours.scope, new, also=())
    add_user(cast, post, email, ref=portal_customer_ref(customer_id))


def share(cast: Cast, post: Post, title: str) -> SharedSending:
    sending = SharedSending(cast.ours, post.clock.now, post.ids, title=title, visible=True)
    sending.accepted()
    return sending


def send(cast: Cast, post: Post) -> list[str]:
    """What both steps of it send: the first finds the people, the second writes to them."""
    before = len(post.sender.sent)
    for _ in range(2):
        send_due(cast.ours.import_scope, deps=post.deps)
        post.clock.forward(timedelta(seconds=1))
    return sorted(mail.to for mail in post.sender.sent[before:])


def test_people_of_the_account_and_of_customers_linked_to_it_are_told_once(cast: Cast, post: Post) -> None:
    add_user(cast, post, "a@farm.example")
    add_user(cast, post, "b@farm.example")
    add_user(cast, post, "earlier@farm.example", era="01ARZ3NDEKTSV4RRFFQ69G5FAV")
    add_user(cast, post, "other@farm.example", ref="1201")
    link_portal_customer(cast, post, "linked@farm.example")
    share(cast, post, "Warranty")
    share(cast, post, "Terms")
    assert send(cast, post) == ["a@farm.example", "b@farm.example", "linked@farm.example"]
    assert "has shared 2 documents with you" in post.sender.sent[0].subject
    assert send(cast, post) == []
    events = audited(cast.ours.scope, post.clock.now, "shared.announced")
    (row,) = events
    assert set(row.detail["name"].split(", ")) == {"Warranty", "Terms"}


def test_hiding_and_showing_again_tells_nobody_again(cast: Cast, post: Post) -> None:
    add_user(cast, post, "a@farm.example")
    sending = share(cast, post, "Warranty")
    assert len(send(cast, post)) == 1
    sending.show(visible=False)
    sending.show()
    assert send(cast, post) == []
    share(cast, post, "Terms")
    assert len(send(cast, post)) == 1
    assert "Warranty" not in post.sender.sent[-1].text


def test_what_is_hidden_again_before_anybody_was_told_is_told_of_later(cast: Cast, post: Post) -> None:
    add_user(cast, post, "a@farm.example")
    sending = share(cast, post, "Warranty")
    sending.show(visible=False)
    assert send(cast, post) == []
    sending.show()
    assert len(send(cast, post)) == 1


def test_where_nobody_can_log_in_nobody_is_told(cast: Cast, post: Post) -> None:
    sending = share(cast, post, "Warranty")
    assert send(cast, post) == []
    assert sending.found().announced_at is None
