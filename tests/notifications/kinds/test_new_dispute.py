"""The mail to those of the staff who want to know, when a dispute is raised or reopened."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.dealership_users import operations as users
from chalicelib.disputes import operations
from chalicelib.notifications.dispatch import send_due
from chalicelib.store import outbox
from chalicelib.store.outbox import OutboxItem
from tests.disputes.made import published, raised
from tests.fixtures.cast import Cast, Dealership
from tests.fixtures.staff import listed
from tests.notifications.fakes import Post


@pytest.fixture
def ours(cast: Cast, post: Post) -> Dealership:
    listed(cast.ours, cast.ours.admin, cast.ours.user, now=post.clock.now)
    published(cast.ours)
    return cast.ours


def sent(ours: Dealership, post: Post) -> list[tuple[str, str, str]]:
    before = len(post.sender.sent)
    for _ in range(2):  # the event, then the mails that come of it
        send_due(ours.import_scope, deps=post.deps)
    return [(mail.to, mail.subject, " ".join(mail.text.split())) for mail in post.sender.sent[before:]]


def waiting(ours: Dealership, post: Post) -> list[OutboxItem]:
    send_due(ours.import_scope, deps=post.deps, mails=False)
    found = [item for item in outbox.items(ours.scope) if item.kind == "new_dispute"]
    return sorted(found, key=lambda item: str(item.payload["email"]))


def test_admins_are_mailed_of_a_new_one_and_of_one_that_is_reopened(ours: Dealership, post: Post) -> None:
    dispute = raised(ours, post.clock.now, post.ids)
    ((to, subject, text),) = sent(ours, post)
    assert to == ours.admin.email, "the user of the staff is no admin"
    assert subject.startswith("New dispute: 126884, ")
    for words in ("disputes £46.15 of 126884.", "Reason: Goods are missing or wrong.", "One hose came"):
        assert words in text
    assert f"/staff/disputes/MTIwMA/{dispute.dispute_id}" in text
    post.clock.forward(timedelta(days=1))
    of_it: dict[str, Any] = {"ref": "1200", "dispute_id": dispute.dispute_id, "now": post.clock.now, "ids": post.ids}
    operations.withdraw(ours.customer.customer_scope, **of_it)
    assert sent(ours, post) == []
    operations.reopen(ours.customer.customer_scope, message="It is not settled", **of_it)
    ((_to, subject, text),) = sent(ours, post)
    assert subject.startswith("Dispute reopened: 126884, ")
    assert "It is not settled" in text


def test_nobody_is_mailed_who_is_an_admin_no_more_nor_of_one_that_was_withdrawn(ours: Dealership, post: Post) -> None:
    def has_role(role: str) -> None:
        of_user: dict[str, Any] = {"member_id": ours.user.person_id, "now": post.clock.now, "ids": post.ids}
        users.change_role(ours.admin.staff_scope, role=role, **of_user)

    has_role("admin")
    dispute = raised(ours, post.clock.now, post.ids)
    assert [item.payload["email"] for item in waiting(ours, post)] == sorted([ours.admin.email, ours.user.email])
    has_role("user")
    assert [to for to, *_rest in sent(ours, post)] == [ours.admin.email]
    of_it: dict[str, Any] = {"ref": "1200", "dispute_id": dispute.dispute_id, "now": post.clock.now, "ids": post.ids}
    operations.withdraw(ours.customer.customer_scope, **of_it)
    raised(ours, post.clock.now, post.ids)
    again = operations.withdraw(
        ours.customer.customer_scope,
        **{**of_it, "dispute_id": waiting(ours, post)[0].payload["dispute_id"]},
    )
    assert (again.is_open, sent(ours, post), waiting(ours, post)) == (False, [], [])
