"""What happens is mailed to those of the staff whom it reaches, as each has chosen: at once, once a day, or never."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.dealers.missing_exports.model import MISSING_NOTICE
from chalicelib.dealers.staff import operations as staff
from chalicelib.dealers.staff_mails import operations, repo
from chalicelib.dealers.staff_mails.model import DAILY_MAIL, Pace, StaffEvent
from chalicelib.kernel.scopes import ImportScope
from chalicelib.kernel.versions import version_text
from chalicelib.messages import operations as messages
from chalicelib.messages import staff_operations
from chalicelib.messages.model import NewQuestion, Side
from chalicelib.notifications import staff_digests
from chalicelib.notifications.dispatch import send_due
from chalicelib.notifications.kinds.staff_event import StaffEventHappened
from chalicelib.replies.operations import Outcome
from chalicelib.store import outbox
from tests.fixtures.cast import Cast, Dealership, Member
from tests.fixtures.staff import listed
from tests.fixtures.worlds import World
from tests.messages.made import Talk, asked
from tests.messages.recipients.made import group
from tests.notifications.fakes import Post
from tests.replies.made import DOMAIN, Correspondence
from tests.replies.made import mail as reply
from tests.uploads.document_requests.made import known
from tests.uploads.sending import Sending


@pytest.fixture
def ours(cast: Cast, post: Post) -> Dealership:
    listed(cast.ours, cast.ours.admin, cast.ours.user, now=post.clock.now)
    return known(cast.ours, post.clock.now)


def choose(member: Member, post: Post, **paces: Pace) -> None:
    scope = member.staff_scope
    operations.choose(
        scope,
        {StaffEvent(event): pace for event, pace in paces.items()},
        seen=version_text(repo.choices(scope, member.person_id).version),
        now=post.clock.now,
        ids=post.ids,
    )


def sent(ours: Dealership, post: Post) -> list[tuple[str, str]]:
    """To whom with which subject: the event first, then the mails that came of it."""
    post.sender.sent.clear()
    for _ in range(2):
        send_due(ours.import_scope, deps=post.deps)
    return sorted((mail.to, mail.subject) for mail in post.sender.sent)


def ask(ours: Dealership, post: Post, to: str = "") -> Talk:
    new = NewQuestion(subject="Hoses", text="Where?", email=ours.customer.email, account_name="Mr Barlow", to=to)
    begun = messages.ask(ours.customer.customer_scope, new, now=post.clock.now, ids=post.ids)
    return Talk(ours, begun.thread_id, "1200", post.clock.now, post.ids)


def to_all(subject: str, *members: Member) -> list[tuple[str, str]]:
    return sorted((one.email, subject) for one in members)


def test_a_question_to_a_group_reaches_its_members_who_wish_so(ours: Dealership, post: Post) -> None:
    to = f"group:{group(ours, post.clock.now, post.ids, members=[ours.admin.person_id, ours.user.person_id])}"
    talk = ask(ours, post, to)
    assert sent(ours, post) == to_all("New question: Hoses, Mr Barlow", ours.admin, ours.user)
    mail = post.sender.sent[0]
    assert f"/staff/messages/MTIwMA/{talk.thread_id}" in mail.text
    assert "/staff/notifications" in mail.text
    choose(ours.admin, post, question=Pace.NEVER)
    ask(ours, post, to)
    assert sent(ours, post) == to_all("New question: Hoses, Mr Barlow", ours.user)


def test_the_mail_of_a_question_says_what_was_asked_and_is_answered_by_replying_to_it(
    aws: World, ours: Dealership, post: Post
) -> None:
    talk = ask(ours, post, f"group:{group(ours, post.clock.now, post.ids, members=[ours.user.person_id])}")
    talk.write("And when?")
    for _ in range(2):
        send_due(ours.import_scope, deps=replace(post.deps, reply_domain=DOMAIN))
    (mail,) = post.sender.sent
    assert mail.to == ours.user.email
    for text in (mail.text, mail.html):
        assert "“Where?”" in text
        assert "“And when?”" in text
    assert "You can reply to this email" in mail.text
    letters = Correspondence(aws, ours, talk.stored(), post.clock.now, post.ids)
    assert letters.came(mail.reply_to, ours.user.email, reply("On Friday.")) is Outcome.ADDED
    last = talk.entries()[-1]
    assert (last.text, last.side, last.person_id) == ("On Friday.", Side.STAFF, ours.user.person_id)
    talk.write("Thank you")
    assert letters.came(mail.reply_to, ours.user.email, reply("Or Monday."), mail_id="2") is Outcome.NOT_ADDED


def test_without_a_domain_for_replies_it_says_nothing_of_them(ours: Dealership, post: Post) -> None:
    ask(ours, post, f"group:{group(ours, post.clock.now, post.ids, members=[ours.user.person_id])}")
    sent(ours, post)
    (mail,) = post.sender.sent
    assert "“Where?”" in mail.text
    assert "reply" not in mail.text


def test_one_to_nobody_in_particular_is_mailed_to_those_who_have_chosen_it(ours: Dealership, post: Post) -> None:
    ask(ours, post)
    assert sent(ours, post) == []
    choose(ours.user, post, open_question=Pace.AT_ONCE)
    ask(ours, post)
    assert sent(ours, post) == to_all("New question: Hoses, Mr Barlow", ours.user)
    ask(ours, post, f"group:{group(ours, post.clock.now, post.ids, members=[ours.admin.person_id])}")
    assert sent(ours, post) == to_all("New question: Hoses, Mr Barlow", ours.admin)


def test_further_messages_reach_who_answers_once_until_it_is_answered(ours: Dealership, post: Post) -> None:
    talk = asked(ours, post.clock.now, post.ids)
    for one in (ours.admin, ours.user):
        choose(one, post, reply=Pace.AT_ONCE)
    sent(ours, post)
    talk.write()
    assert sent(ours, post) == [], "it waits already"
    talk.answer()
    sent(ours, post)
    talk.write()
    subject = "Another message from the customer: Where is the second hose?, Mr A L Barlow"
    assert sent(ours, post) == to_all(subject, ours.user)


def test_who_is_handed_a_conversation_is_mailed_and_who_hands_it_over_is_not(ours: Dealership, post: Post) -> None:
    talk = ask(ours, post)
    sent(ours, post)
    to = f"group:{group(ours, post.clock.now, post.ids, members=[ours.admin.person_id, ours.user.person_id])}"
    of_it = {"ref": "1200", "thread_id": talk.thread_id, "to": to}
    staff_operations.hand_to(ours.user.staff_scope, **of_it, now=post.clock.now, ids=post.ids)
    assert sent(ours, post) == to_all("New question: Hoses, Mr Barlow", ours.admin)


def test_what_was_closed_reopened_and_handed_over_is_mailed_with_the_question(
    aws: World, ours: Dealership, post: Post
) -> None:
    talk = ask(ours, post)
    talk.close()
    talk.write("Still there?")
    talk.settle()
    talk.reopen()
    to = f"group:{group(ours, post.clock.now, post.ids, members=[ours.admin.person_id])}"
    of_it = {"ref": "1200", "thread_id": talk.thread_id, "to": to}
    sent(ours, post)
    post.sender.sent.clear()
    staff_operations.hand_to(ours.user.staff_scope, **of_it, now=post.clock.now, ids=post.ids)
    for _ in range(2):
        send_due(ours.import_scope, deps=replace(post.deps, reply_domain=DOMAIN))
    (mail,) = post.sender.sent
    assert [words for words in ("“Where?”", "“Still there?”", "“”") if words in mail.text] == [
        "“Where?”",
        "“Still there?”",
    ]
    letters = Correspondence(aws, ours, talk.stored(), post.clock.now, post.ids)
    assert letters.came(mail.reply_to, ours.admin.email, reply("On Friday.")) is Outcome.ADDED


def test_documents_received(ours: Dealership, post: Post) -> None:
    Sending(ours, post.clock.now, post.ids, name="may.csv").accept()
    assert sent(ours, post) == []
    choose(ours.user, post, document=Pace.AT_ONCE)
    Sending(ours, post.clock.now, post.ids, name="june.csv").accept()
    ((to, subject),) = sent(ours, post)
    assert (to, subject.startswith("Document received: june.csv")) == (ours.user.email, True)


def test_a_missing_export_reaches_others_than_admins_too(ours: Dealership, post: Post) -> None:
    choose(ours.user, post, missing_export=Pace.AT_ONCE)
    choose(ours.admin, post, missing_export=Pace.NEVER)
    about = {"day": "2024-06-05", "time": "07:00", "task": "x", "title": "2024-06-05", "path": "/staff/imports"}
    item = operations.happened(ours.scope, StaffEvent.MISSING_EXPORT, about, now=post.clock.now, ids=post.ids)
    repo.put_once(ours.import_scope, "another", [item], now=post.clock.now)
    send_due(ours.import_scope, deps=post.deps)
    assert mails(ours.import_scope, [MISSING_NOTICE]) == [ours.user.email]


def mails(scope: ImportScope, kinds: Iterable[str]) -> list[str]:
    return [item.payload["email"] for item in outbox.items(scope) if item.kind in kinds]


def test_an_event_that_is_done_twice_is_told_once(ours: Dealership, post: Post) -> None:
    choose(ours.user, post, open_question=Pace.AT_ONCE)
    ask(ours, post)
    (item,) = [one for one in outbox.items(ours.scope) if one.kind == "staff_event"]
    assert len(sent(ours, post)) == 1
    StaffEventHappened().run(ours.import_scope, item)
    assert sent(ours, post) == []


def test_who_has_left_or_has_stopped_them_meanwhile_is_not_mailed(ours: Dealership, post: Post) -> None:
    for one in (ours.admin, ours.user):
        choose(one, post, open_question=Pace.AT_ONCE)
    ask(ours, post)
    send_due(ours.import_scope, deps=post.deps, mails=False)
    staff.remove_member(ours.scope, person_id=ours.user.person_id, actor="x", now=post.clock.now, ids=post.ids)
    operations.stop_mails(ours.scope, "open_question", person_id=ours.admin.person_id, now=post.clock.now, ids=post.ids)
    post.sender.sent.clear()
    send_due(ours.import_scope, deps=post.deps)
    assert [mail.to for mail in post.sender.sent if "Hoses" in mail.subject] == []


def test_what_is_for_once_a_day_comes_in_one_mail_in_the_morning(ours: Dealership, post: Post) -> None:
    choose(ours.user, post, open_question=Pace.DAILY, document=Pace.DAILY)
    ask(ours, post)
    Sending(ours, post.clock.now, post.ids, name="may.csv").accept()
    assert sent(ours, post) == []
    morning = post.clock.now.replace(hour=6) + timedelta(days=1)  # 7 in the morning in London
    for at, number in ((post.clock.now, 0), (morning - timedelta(minutes=1), 0), (morning, 1), (morning, 0)):
        post.clock.now = at
        assert staff_digests.send(ours.import_scope, now=at, ids=post.ids) == number
    assert sent(ours, post) == [(ours.user.email, "2 things to look at since yesterday")]
    (mail,) = post.sender.sent
    for words in ("New question: Hoses, Mr Barlow", "Document received: may.csv", "/staff/to-do"):
        assert words in mail.text
    assert mail.unsubscribe
    operations.stop_mails(ours.scope, DAILY_MAIL, person_id=ours.user.person_id, now=post.clock.now, ids=post.ids)
    ask(ours, post)
    sent(ours, post)
    assert repo.waiting(ours.import_scope) == []


def test_of_a_long_day_the_mail_lists_the_first_and_counts_the_rest(
    ours: Dealership, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staff_digests, "MAX_LISTED", 1)
    monkeypatch.setattr(staff_digests, "MAX_TAKEN", 2)
    choose(ours.user, post, open_question=Pace.DAILY)
    for _ in range(3):
        ask(ours, post)
    send_due(ours.import_scope, deps=post.deps)
    post.clock.forward(timedelta(days=1))
    assert staff_digests.send(ours.import_scope, now=post.clock.now, ids=post.ids) == 1
    assert sent(ours, post) == [(ours.user.email, "3 things to look at since yesterday")]
    assert "and 2 more" in post.sender.sent[0].text
    assert repo.waiting(ours.import_scope) == []
