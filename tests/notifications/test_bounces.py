"""Whatever mail bounces, somebody who can act on it sees it. A kind of mail that nobody would see fails here."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pytest

from chalicelib.customers.colleagues import queries as colleagues
from chalicelib.customers.colleagues.model import State as GrantState
from chalicelib.customers.colleagues.model import of_email
from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import State
from chalicelib.dealers.bounces import queries as bounces
from chalicelib.dealers.staff import operations as staff
from chalicelib.dealers.staff import repo as staff_list
from chalicelib.dealers.staff.model import StaffState
from chalicelib.forwarding import queries as forwards
from chalicelib.forwarding.model import ForwardState
from chalicelib.identity import bounces as bounces_of_people
from chalicelib.kernel.keys import from_link_part, link_part
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.mail.sender import MailRefusedError
from chalicelib.notifications.dispatch import send_due
from chalicelib.notifications.handlers import BounceReport, IdentityMail, MailHandler, Notice
from chalicelib.notifications.kinds.alert_text import AlertText
from chalicelib.notifications.kinds.security_text import SecurityText
from chalicelib.notifications.registry import KINDS
from chalicelib.store.audit import AuditRow
from chalicelib.store.outbox import OutboxItem, OutboxState
from chalicelib.store.record import tenant_pk
from chalicelib.store.roles import assume_scope
from chalicelib.tasks.kinds import KINDS as TASK_KINDS
from chalicelib.tasks.model import Task
from chalicelib.tasks.queries import open_tasks
from tests.customers.colleagues.made import invited
from tests.fixtures.cast import Cast, Dealership
from tests.forwarding.made import forwarded
from tests.ledger.published import the_customer
from tests.notifications.fakes import Post, ask_for_reset, queue_invitation

MAILS = [one for one in KINDS if isinstance(one, MailHandler) and not isinstance(one, SecurityText | AlertText)]
"""All but text messages, which do not bounce."""
STAFFS = frozenset({"staff_invitation", "user_deleted", "new_dispute", "staff_news"})
"""Mails of a dealer to its own staff; all others of a dealer go to customers of an account."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Where people look: the To do list, the account, Dealership Users, the person's next login."""

    tasks: tuple[tuple[str, str | None, Role], ...]
    addresses: tuple[str, ...]
    invitation: StaffState | None
    notified: str


def seen(dealership: Dealership, email: str, person_id: str = "") -> Seen:
    scope = dealership.admin.staff_scope
    invited = staff_list.invitation(dealership.scope, email)
    notified = bounces_of_people.take(IdentityScope(), person_id) if person_id else None
    return Seen(
        tuple((task.kind, task.account_ref, TASK_KINDS[task.kind].role) for task in mentioning(dealership, email)),
        tuple(one.reason for one in bounces.bounces_of(scope, [email])),
        invited.state if invited else None,
        notified.email if notified else "",
    )


def mentioning(dealership: Dealership, email: str) -> list[Task]:
    return [task for task in open_tasks(dealership.admin.staff_scope) if task.detail.get("email") == email]


def sent_to(handler: MailHandler[Any], cast: Cast, post: Post) -> tuple[str, dict[str, str], str]:
    """Whom a mail of this kind goes to, its tags, and the person that it is about, if identity sends it."""
    ours = cast.ours
    tags = {"kind": handler.kind, "item": post.ids.ulid(post.clock.now)}
    if isinstance(handler, IdentityMail):
        return ours.customer.email, tags, ours.customer.person_id
    tags["dealer"] = ours.dealer.dealer_id
    if handler.kind == "staff_invitation":
        email = "new@dealer.example"
        staff.invite_staff(ours.scope, email=email, role=Role.USER, invited_by="x", now=post.clock.now, ids=post.ids)
        found = staff_list.invitation(ours.scope, email)
        assert found
        return email, {**tags, "invitation": found.invitation_id}, ""
    if handler.kind in STAFFS:
        return ours.admin.email, tags, ""
    email, ref = ours.customer.email, "1200"
    if handler.kind in {"customer_invitation", "invitation_reminder"}:
        ref, email = "1300", "al@farm.example"
        tags["invitation"] = queue_invitation(ours, post, ref=ref, email=email).invitation_id
    if handler.kind == "colleague_invitation":
        email = (waiting := invited(ours, ids=post.ids, now=post.clock.now)).email
        tags["invitation"] = waiting.invitation_id
    if handler.kind == "document_forwarded":
        email = (made := forwarded(ours, "127070", post.clock.now, post.ids)[0]).email
        tags["forward"] = made.forward_id
    return email, {**tags, "account": link_part(ref)}, ""


Fate = Callable[[MailHandler[Any], Any, str, dict[str, str], Post], None]


def bounced(handler: MailHandler[Any], scope: Any, email: str, tags: dict[str, str], post: Post) -> None:
    for _ in range(2):  # SES may say it twice
        handler.bounced(scope, BounceReport(email, tags, "NoEmail"), now=post.clock.now, ids=post.ids)


def complained(handler: MailHandler[Any], scope: Any, email: str, tags: dict[str, str], post: Post) -> None:
    for _ in range(2):
        handler.bounced(scope, BounceReport(email, tags, "complaint"), now=post.clock.now, ids=post.ids)


def refused(handler: MailHandler[Any], scope: Any, email: str, tags: dict[str, str], post: Post) -> None:
    payload = {"email": email}
    if "account" in tags:
        payload["account_ref"] = from_link_part(tags["account"])
    if "invitation" in tags:
        payload["invitation_id"] = tags["invitation"]
    if "forward" in tags:
        payload["forward_id"] = tags["forward"]
    item = OutboxItem(tags["item"], handler.kind, payload, OutboxState.CLAIMED, post.clock.now)
    handler.refused(scope, item, now=post.clock.now)


@pytest.mark.parametrize("fate", [bounced, complained, refused], ids=lambda fate: fate.__name__)
@pytest.mark.parametrize("handler", MAILS, ids=lambda one: one.kind)
def test_c13_every_kind_of_mail_that_is_not_delivered_is_seen(
    cast: Cast, post: Post, handler: MailHandler[Any], fate: Fate
) -> None:
    email, tags, person_id = sent_to(handler, cast, post)
    scope = cast.ours.import_scope if isinstance(handler, Notice) else IdentityScope()
    fate(handler, scope, email, tags, post)
    found = seen(cast.ours, email, person_id)
    if handler.kind == "staff_invitation":
        assert found.invitation is StaffState.BOUNCED, "Dealership Users says so"
        return
    if handler.kind == "colleague_invitation":
        one = of_email(colleagues.people(cast.ours.scope, "1200", ""), email)
        assert one
        assert one.state in {GrantState.BOUNCED, GrantState.UNSENT}, "the list of the account's people says so"
        return
    if handler.kind == "document_forwarded":
        (sent,) = forwards.forwards(the_customer(cast.ours.import_scope), "1200")
        assert sent.state_at(post.clock.now) is ForwardState.UNDELIVERED, "Sent on says so"
        return
    (task,) = found.tasks
    if handler.kind in STAFFS:
        assert task == ("staff_mail_returned", None, Role.ADMIN)
    else:
        assert task[1] in {"1200", "1300"}, "the account's page is where staff act"
    assert len(found.addresses) == 1
    assert found.notified == (email if isinstance(handler, IdentityMail) else "")
    assert mentioning(cast.rival, email) == []


def test_of_several_mails_to_one_address_there_is_one_task(cast: Cast, post: Post) -> None:
    for handler in MAILS:
        if handler.kind in {"document_requested", "documents_shared", "change_refused"}:
            email, tags, _ = sent_to(handler, cast, post)
            bounced(handler, cast.ours.import_scope, email, tags, post)
    assert len(mentioning(cast.ours, cast.ours.customer.email)) == 1
    with assume_scope(cast.ours.scope):
        rows = [row.event for row in AuditRow.query(tenant_pk(cast.ours.scope, "AUDIT", "2024-06"))]
    assert rows.count("mail.returned") == 3


def test_a_complaint_is_not_forgotten_for_a_bounce(cast: Cast, post: Post) -> None:
    handler = next(one for one in MAILS if one.kind == "documents_shared")
    email, tags, _ = sent_to(handler, cast, post)
    scope = cast.ours.import_scope
    complained(handler, scope, email, tags, post)
    bounced(handler, scope, email, {**tags, "item": post.ids.ulid(post.clock.now)}, post)
    assert seen(cast.ours, email).addresses == ("complaint",)


def test_a_complaint_about_an_invitation_counts_after_it_was_answered(cast: Cast, post: Post) -> None:
    ours = cast.ours
    handler = next(one for one in MAILS if one.kind == "customer_invitation")
    email, tags, _ = sent_to(handler, cast, post)
    found = enrolments.enrolment(ours.scope, "1300")
    assert found
    enrolments.put(ours.scope, replace(found, state=State.ACTIVE), before=found)
    complained(handler, ours.import_scope, email, tags, post)
    assert seen(ours, email).addresses == ("complaint",)
    assert [task.kind for task in mentioning(ours, email)] == ["mail_returned"]


def test_nobody_is_told_of_a_mail_to_nobody(cast: Cast, post: Post) -> None:
    handler = next(one for one in MAILS if one.kind == "password_reset")
    tags = {"kind": handler.kind, "item": post.ids.ulid(post.clock.now)}
    report = BounceReport(cast.outsider_email, tags, "NoEmail")
    assert not handler.bounced(IdentityScope(), report, now=post.clock.now, ids=post.ids)


def test_identitys_mail_says_whose_it_was_from_sending_to_login(cast: Cast, post: Post, now: datetime) -> None:
    email = cast.ours.user.email
    ask_for_reset(email, post)
    post.sender.failures.append(MailRefusedError("no such place", for_good=True))
    send_due(IdentityScope(), deps=post.deps)
    notified = bounces_of_people.take(IdentityScope(), cast.ours.user.person_id)
    assert notified
    assert (notified.email, notified.at) == (email, now)
    assert bounces_of_people.take(IdentityScope(), cast.ours.user.person_id) is None, "once"
    assert [task.kind for task in mentioning(cast.ours, email)] == ["staff_mail_returned"]
