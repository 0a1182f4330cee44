"""People of an account, as tests want them."""

from datetime import datetime

from chalicelib.customers.colleagues import operations, repo
from chalicelib.customers.colleagues.model import Grant, Manager, Rights, State, person_key
from chalicelib.customers.colleagues.operations import Account
from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.customers.enrolment.model import AccountUser, Enrolment
from chalicelib.customers.enrolment.model import State as EnrolmentState
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.roles import Role
from tests.fixtures.cast import Dealership, Member, add_person

ACCOUNT = Account("1200", "", "Mr A L Barlow")


def enrolled(ours: Dealership, now: datetime) -> Member:
    """The customer of the cast, the first user of account 1200."""
    one = ours.customer
    active = Enrolment("1200", EnrolmentState.ACTIVE, one.email, "01HX", "maria", now, activated_at=now)
    enrolments.put(ours.scope, active, before=None)
    enrolments.add_user(ours.scope, AccountUser(one.person_id, one.email, now), ref="1200")
    return one


def colleague(ours: Dealership, rights: Rights, *, ids: Ids, now: datetime) -> Member:
    """Somebody else of account 1200 with these rights."""
    email = f"{ids.dealer_id()}@farm.example"
    member = add_person(ids, now, email=email, membership=ours.customer.membership)
    enrolments.add_user(ours.scope, AccountUser(member.person_id, email, now), ref="1200")
    new = Grant(person_key(member.person_id), email, rights, State.ACTIVE, person_id=member.person_id)
    repo.put(ours.scope, new, ref="1200", seen=None)
    return member


def invited(ours: Dealership, *, ids: Ids, now: datetime, rights: Rights | None = None) -> Grant:
    """Somebody whom the dealer has invited beside them."""
    return operations.invite(
        ours.user.staff_scope,
        ACCOUNT,
        email=f"{ids.dealer_id()}@farm.example",
        rights=rights or Rights(Role.VIEW),
        by=Manager(ours.user.person_id, "", of_dealer=True),
        now=now,
        ids=ids,
    )


def as_admin(member: Member) -> Manager:
    """Somebody of the account as who manages the others."""
    return Manager(member.person_id, member.email)
