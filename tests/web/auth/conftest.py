"""The portal as somebody meets it who is not logged in yet."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

import pytest

from app import app
from chalicelib import services
from chalicelib.identity import invitations
from chalicelib.identity.model import Membership
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.mail.sender import RecordingSender
from chalicelib.mail.texts import RecordingTextSender
from chalicelib.notifications.dispatch import send_due
from tests.fixtures.cast import PASSWORD, Member
from tests.fixtures.worlds import World
from tests.notifications.fakes import empty
from tests.web.client import Page, Visitor

SCOPE = IdentityScope()


@dataclass
class LoginPages:
    """The portal with a clock in hand; each visitor has an address of its own."""

    now: datetime
    ids: Ids
    mail: RecordingSender = field(default_factory=RecordingSender)

    def visitor(self, **headers: str) -> Visitor:
        address = f"2001:db8:{self.ids.random_bytes(2).hex()}:{self.ids.random_bytes(2).hex()}::7"
        return Visitor(app, address=address, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def logged_in(self, member: Member) -> Visitor:
        visitor = self.visitor()
        assert self.log_in(visitor, member.email).status == 303
        return visitor

    def log_in(self, visitor: Visitor, email: str, password: str = PASSWORD, path: str = "/login") -> Page:
        visitor.get(path)
        return visitor.submit(path.partition("?")[0], email=email, password=password)

    def invite(self, email: str, membership: Membership, *, inviter: str = "") -> str:
        return invitations.create_invitation(
            SCOPE,
            email=email,
            membership=membership,
            invitation_id=self.ids.ulid(self.now),
            inviter=inviter,
            now=self.now,
            ids=self.ids,
        ).secret


@pytest.fixture
def pages(aws: World, now: datetime, ids: Ids) -> Iterator[LoginPages]:
    made = LoginPages(now, ids)
    with services.use(services.Services(settings=aws.settings, mail=made.mail, clock=lambda: made.now, ids=ids)):
        yield made


@pytest.fixture
def texts(pages: LoginPages) -> Iterator[RecordingTextSender]:  # noqa: ARG001 - the world must stand
    """What is sent from here on, by a portal that sends no message anywhere."""
    empty(SCOPE)
    sender = RecordingTextSender()
    with services.use(replace(services.current(), texts=sender)):
        yield sender


def sent(texts: RecordingTextSender) -> str:
    """The code of the newest text message."""
    send_due(SCOPE, deps=services.current().mail_deps)
    found = re.match(r"\d{6}", texts.sent[-1].text)
    assert found
    return found[0]
