"""What happened to a customer's access to the portal, as staff read it: newest first."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from chalicelib.customers.enrolment.model import Enrolment, State
from chalicelib.customers.queries import StaffAccount
from chalicelib.kernel.i18n import gettext as _
from chalicelib.rendering.format import Formats
from chalicelib.web.presenters.activity import named


class Happening(NamedTuple):
    """One line of the list."""

    at: datetime
    icon: str
    text: str


def account_history(found: StaffAccount, emails: Mapping[str, str], fmt: Formats) -> list[Happening]:
    """`emails`: of the dealer's staff and the account's users, by id."""
    enrolled = list(_enrolment(found.enrolment, emails, fmt)) if found.enrolment else []
    ended = [
        Happening(
            one.at,
            "person-x",
            _("%(staff)s ended the access of %(email)s", staff=named(one.by, emails), email=one.email),
        )
        for one in found.ended
    ]
    return sorted([*ended, *enrolled], key=lambda one: one.at, reverse=True)


def _enrolment(enrolment: Enrolment, emails: Mapping[str, str], fmt: Formats) -> Iterator[Happening]:
    if enrolment.activated_at:
        text = _("%(email)s logged in for the first time", email=enrolment.email)
        yield Happening(enrolment.activated_at, "check-circle", text)
    if enrolment.invited_at:
        yield Happening(enrolment.invited_at, "envelope", _sent(enrolment, fmt))
    icon = "person-plus" if enrolment.email else "person-exclamation"
    yield Happening(enrolment.queued_at, icon, _began(enrolment, emails))


def _sent(enrolment: Enrolment, fmt: Formats) -> str:
    if enrolment.expires_at and enrolment.state in {State.INVITED, State.UNCERTAIN}:
        day = fmt.date(fmt.today(enrolment.expires_at))
        return _("Sent to %(email)s, valid until %(day)s", email=enrolment.email, day=day)
    if enrolment.state is State.CANCELLED:
        return _("Sent to %(email)s, and cancelled since: its link no longer works", email=enrolment.email)
    return _("Sent to %(email)s", email=enrolment.email)


def _began(enrolment: Enrolment, emails: Mapping[str, str]) -> str:
    """How the enrolment began: with an invitation, or with what staff said of a number that changed its name."""
    who = named(enrolment.invited_by, emails)
    if enrolment.email and enrolment.repeats:
        return _("%(inviter)s invited %(email)s again", inviter=who, email=enrolment.email)
    if enrolment.email:
        return _("%(inviter)s invited %(email)s", inviter=who, email=enrolment.email)
    if enrolment.era and enrolment.invitation_id == enrolment.era:
        return _("%(email)s gave the number to another customer", email=who)
    return _("%(email)s confirmed that it is the same customer", email=who)
