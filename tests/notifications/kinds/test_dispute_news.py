"""The mail to who raised a dispute, when the dealer has acknowledged or decided it."""

import pytest

from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import AccountUser
from chalicelib.disputes import operations
from chalicelib.disputes.model import Action, Decision, Dispute
from chalicelib.notifications.dispatch import send_due
from tests.disputes.made import published, raised
from tests.fixtures.cast import Cast, Dealership
from tests.notifications.fakes import Post


@pytest.fixture
def ours(cast: Cast, post: Post) -> Dealership:
    published(cast.ours)
    customer = cast.ours.customer
    user = AccountUser(customer.person_id, customer.email, post.clock.now)
    enrolments.add_user(cast.ours.scope, user, ref="1200")
    return cast.ours


def decide(ours: Dealership, post: Post, before: Dispute, decision: Decision) -> Dispute:
    return operations.decide(
        ours.user.staff_scope,
        ref="1200",
        dispute_id=before.dispute_id,
        version=before.version,
        decision=decision,
        now=post.clock.now,
        ids=post.ids,
    )


def test_each_decision_is_news_and_what_leads_to_it_is_not(ours: Dealership, post: Post) -> None:
    dispute = raised(ours, post.clock.now, post.ids)
    send_due(ours.import_scope, deps=post.deps)
    assert post.sender.sent == []
    dispute = decide(ours, post, dispute, Decision(Action.ACKNOWLEDGE, "We ask the carrier."))
    dispute = decide(ours, post, dispute, Decision(Action.REVIEW))
    decide(ours, post, dispute, Decision(Action.CREDIT, "Sorry", 4000))
    assert send_due(ours.import_scope, deps=post.deps) == 2
    first, second = sorted(post.sender.sent, key=lambda mail: mail.subject)
    assert {mail.to for mail in (first, second)} == {ours.customer.email}
    assert first.subject == "Your dispute over 126884: acknowledged"
    for words in ("has your dispute over £46.15 of 126884", "We ask the carrier.", f"/disputes/{dispute.dispute_id}"):
        assert words in " ".join(first.text.split())
    assert second.subject == "Your dispute over 126884: credited"
    assert "credits £40.00 for your dispute over 126884 of account 1200" in " ".join(second.text.split())


def test_a_rejection_says_why_and_how_to_go_on(ours: Dealership, post: Post) -> None:
    dispute = decide(ours, post, raised(ours, post.clock.now, post.ids), Decision(Action.ACKNOWLEDGE))
    dispute = decide(ours, post, dispute, Decision(Action.REVIEW))
    decide(ours, post, dispute, Decision(Action.REJECT, "Both were signed for."))
    send_due(ours.import_scope, deps=post.deps)
    (mail,) = [one for one in post.sender.sent if one.subject == "Your dispute over 126884: rejected"]
    for words in ("You can reopen it once within 30 days.", "Both were signed for."):
        assert words in " ".join(mail.text.split())
        assert words in " ".join(mail.html.split())


def test_who_may_not_log_in_any_more_is_not_mailed(ours: Dealership, post: Post) -> None:
    dispute = raised(ours, post.clock.now, post.ids)
    customer = ours.customer
    enrolments.remove_user(
        ours.scope, AccountUser(customer.person_id, customer.email, post.clock.now), ref="1200", also=()
    )
    decide(ours, post, dispute, Decision(Action.ACKNOWLEDGE))
    send_due(ours.import_scope, deps=post.deps)
    assert post.sender.sent == []


def test_who_has_another_email_by_now_is_mailed_there(ours: Dealership, post: Post) -> None:
    dispute = raised(ours, post.clock.now, post.ids)
    customer = ours.customer
    moved = AccountUser(customer.person_id, "al@new.example", post.clock.now)
    enrolments.add_user(ours.scope, moved, ref="1200")
    decide(ours, post, dispute, Decision(Action.ACKNOWLEDGE))
    send_due(ours.import_scope, deps=post.deps)
    assert [mail.to for mail in post.sender.sent] == ["al@new.example"]
