"""The operator's commands that suspend a dealer's portal, with all its sessions, and end that."""

import argparse
from datetime import datetime

from chalicelib.customers import queries as customers
from chalicelib.customers.enrolment import repo as enrolments
from chalicelib.dealers import lifecycle
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.staff import repo as staff
from chalicelib.identity import memberships
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope, OperatorScope, TenantScope
from infra.operator_commands.dealer import dealer_with_code


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> list[argparse.ArgumentParser]:
    """Add the commands."""
    suspend = commands.add_parser("suspend-dealer", help="let nobody use a dealer's portal, until resume-dealer")
    suspend.add_argument("--reason", required=True, help="why, for the dealer's Activity")
    suspend.add_argument("--contact", required=True, help="whom its staff are to contact: an email or a number")
    suspend.set_defaults(run=_suspend)
    resume = commands.add_parser("resume-dealer", help="let a suspended portal be used again")
    resume.set_defaults(run=_resume)
    for one in (suspend, resume):
        one.add_argument("dealer", help="the dealer's code")
    return [suspend, resume]


def _suspend(arguments: argparse.Namespace, *, ids: Ids, now: datetime) -> None:
    own = TenantScope(dealer_with_code(arguments.dealer, actor=arguments.actor))
    operator = OperatorScope(arguments.actor)
    lifecycle.suspend(operator, own, reason=arguments.reason, contact=arguments.contact, now=now, ids=ids)
    name = dealers.dealer(own, fresh=True).name
    print(f"The portal of {name} is suspended within 5 seconds. {end_sessions(own)} sessions ended.")
    print("Exports that come, and mails, wait until it is resumed.")


def _resume(arguments: argparse.Namespace, *, ids: Ids, now: datetime) -> None:
    own = TenantScope(dealer_with_code(arguments.dealer, actor=arguments.actor))
    ended = lifecycle.resume(OperatorScope(arguments.actor), own, now=now, ids=ids)
    name = dealers.dealer(own, fresh=True).name
    if not ended:
        print(f"The portal of {name} is not suspended.")
        return
    print(f"The portal of {name} can be used within 5 seconds.")
    print("Mails that waited leave within the hour, and the first export that waited is read then.")


def end_sessions(scope: TenantScope) -> int:
    """Of all who act at the dealer, staff and customers; how many. None that they begin from now on lets them in."""
    refs = customers.enrolment_states(scope).by_ref
    people = {member.person_id for member in staff.members(scope) if member.person_id}
    people |= {user.person_id for ref in refs for user in enrolments.users(scope, ref)}
    identity = IdentityScope()
    return sum(
        memberships.end_sessions_at(identity, person_id=person_id, dealer_id=scope.dealer_id)
        for person_id in sorted(people)
    )
