"""Threads of messages, for tests of what comes of them."""

from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.kernel.ids import Ids
from chalicelib.messages import operations, repo, staff_operations
from chalicelib.messages.model import About, Entry, NewQuestion, Thread
from tests.fixtures.cast import Dealership

INVOICE = About("invoice", "inv-127070", "2024-06-01", "127070")


@dataclass(frozen=True, slots=True)
class Talk:
    """A thread that the dealership's first customer has begun, and what either side does in it."""

    dealership: Dealership
    thread_id: str
    ref: str
    now: datetime
    ids: Ids

    def stored(self) -> Thread:
        found = repo.thread(self.dealership.scope, self.ref, self.thread_id)
        assert found
        return found

    def entries(self) -> list[Entry]:
        return repo.entries(self.dealership.user.staff_scope, self.ref, self.thread_id)

    def write(self, text: str = "And another thing") -> Thread:
        return operations.write(
            self.dealership.customer.customer_scope,
            thread_id=self.thread_id,
            text=text,
            now=self.now,
            ids=self.ids,
        )

    def answer(self, text: str = "It was delivered on Monday", *, seen: str | None = None) -> int:
        return staff_operations.answer(
            self.dealership.user.staff_scope,
            ref=self.ref,
            thread_id=self.thread_id,
            text=text,
            seen=self.stored().shown_id if seen is None else seen,
            now=self.now,
            ids=self.ids,
        )[1]

    def note(self, text: str = "Ask the depot first") -> Thread:
        return staff_operations.add_note(
            self.dealership.user.staff_scope,
            ref=self.ref,
            thread_id=self.thread_id,
            text=text,
            now=self.now,
            ids=self.ids,
        )

    def close(self, *, seen: str | None = None) -> Thread:
        """By staff."""
        return staff_operations.close(
            self.dealership.user.staff_scope,
            ref=self.ref,
            thread_id=self.thread_id,
            seen=self.stored().shown_id if seen is None else seen,
            now=self.now,
            ids=self.ids,
        )

    def settle(self) -> Thread:
        """Closed by the customer."""
        return operations.close(
            self.dealership.customer.customer_scope, thread_id=self.thread_id, now=self.now, ids=self.ids
        )

    def reopen(self) -> Thread:
        return staff_operations.reopen(
            self.dealership.user.staff_scope, ref=self.ref, thread_id=self.thread_id, now=self.now, ids=self.ids
        )

    def assign(self, to: str | None) -> None:
        staff_operations.assign(
            self.dealership.user.staff_scope,
            ref=self.ref,
            thread_id=self.thread_id,
            to=to,
            now=self.now,
            ids=self.ids,
        )


def asked(
    dealership: Dealership,
    now: datetime,
    ids: Ids,
    *,
    ref: str = "1200",
    subject: str = "Where is the second hose?",
    text: str = "One came, two are on the invoice.",
    about: About | None = INVOICE,
    name: str = "Mr A L Barlow",
) -> Talk:
    """A question of the account's customer."""
    member = dealership.customer if ref == "1200" else dealership.other_customer
    scope = member.customer_scope
    if ref not in scope.account_refs:
        scope = replace(scope, account_refs=frozenset({ref}))
    new = NewQuestion(subject=subject, text=text, email=member.email, about=about, account_name=name, depot="CAS")
    begun = operations.ask(scope, new, now=now, ids=ids)
    return Talk(dealership, begun.thread_id, ref, now, ids)
