"""What the tests of sending share: tools with a clock in hand, and items put straight into the outboxes."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import Portal, State
from chalicelib.customers.enrolment.operations import INVITATION
from chalicelib.kernel.ids import Ids
from chalicelib.mail.sender import RecordingSender
from chalicelib.notifications.tools import Tools
from chalicelib.rendering.templates import render
from chalicelib.store.outbox import outbox_item
from tests.fixtures.cast import House


@dataclass
class Clock:
    """Stands still until told."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def forward(self, step: timedelta) -> None:
        self.now += step


@dataclass
class Post:
    """The tools of sending, and what they did."""

    clock: Clock
    ids: Ids
    sender: RecordingSender = field(default_factory=RecordingSender)

    @property
    def tools(self) -> Tools:
        return Tools(self.sender, render, "https://portal.example", self.clock, self.ids)

    @property
    def recipients(self) -> list[str]:
        return [mail.to for mail in self.sender.sent]

    @property
    def links(self) -> Iterator[str]:
        """The secrets of the links, mail by mail."""
        for mail in self.sender.sent:
            line = next(line for line in mail.text.splitlines() if line.startswith("https://portal.example/"))
            yield line.rpartition("/")[2]


def queue_invitation(house: House, post: Post, *, ref: str = "1300", email: str = "") -> Portal:
    """What the dealer's Invite leaves behind."""
    now, ids = post.clock.now, post.ids
    to = email or f"{ref}@{house.dealer.slug}.example"
    new = Portal(ref, State.QUEUED, to, ids.ulid(now), "admin", now)
    payload = {"account_ref": ref, "account_name": "Barn & Co", "email": to, "invitation_id": new.invitation_id}
    item = outbox_item(house.scope, kind=INVITATION, payload=payload, now=now, ids=ids)
    before = enrolments.portal(house.scope, ref)
    enrolments.put(house.scope, new, before=before, also=(item,))
    return new
