"""Whom an address stands for, as long as they may write in its conversation."""

from dataclasses import dataclass

from chalicelib.customers.enrolment.queries import current_era
from chalicelib.dealers.staff import queries as staff
from chalicelib.identity.model import Membership, MembershipKind
from chalicelib.kernel.errors import ForbiddenError, NotFoundError
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import CustomerScope, DealerScope, ImportScope
from chalicelib.ledger.access import account_scope
from chalicelib.messages import queries as messages
from chalicelib.messages.answer_mails import readers
from chalicelib.messages.model import Side, Thread


@dataclass(frozen=True, slots=True)
class Writer:
    """A person who may write in a thread, with the scope in which they do, and the address that is theirs."""

    scope: CustomerScope | DealerScope
    email: str
    thread: Thread


def writer(scope: ImportScope, *, account_ref: str, thread_id: str, person_id: str, side: Side) -> Writer | None:
    """None once they have no access any more, or the account is another customer's: asked at each mail."""
    try:
        thread = messages.thread(scope, ref=account_ref, thread_id=thread_id)
        return _customer(scope, thread, person_id) if side is Side.CUSTOMER else _staff(scope, thread, person_id)
    except (NotFoundError, ForbiddenError):
        return None


def _customer(scope: ImportScope, thread: Thread, person_id: str) -> Writer | None:
    if thread.era != current_era(scope, thread.account_ref):
        return None
    reader = next((one for one in readers(scope, thread) if one.user.person_id == person_id), None)
    # Tested control: reply-by-present-people
    if reader is None:
        return None
    user = reader.user
    held = Membership(
        scope.dealer_id,
        MembershipKind.CUSTOMER,
        reader.account_ref,
        role=Role.VIEW,
        active=True,
        invitation_id=user.invitation_id,
        era=user.era,
    )
    own = account_scope(person_id, held)
    return Writer(own, user.email, messages.own_thread(own, thread.thread_id))


def _staff(scope: ImportScope, thread: Thread, person_id: str) -> Writer | None:
    member = staff.colleague(scope, person_id)
    return Writer(DealerScope(scope.dealer_id, person_id, member.role), member.email, thread) if member else None
