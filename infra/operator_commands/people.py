"""The operator's commands about people: who left loses what they may act for, and is logged out."""

import argparse
from contextlib import suppress
from datetime import datetime

from chalicelib.customers.colleagues import removal
from chalicelib.customers.enrolment import operations as enrolment
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.staff import operations as staff
from chalicelib.dealership_users import operations as dealership_users
from chalicelib.identity import memberships
from chalicelib.identity.model import Membership, MembershipKind, normal_email
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope, ImportScope, OperatorScope, TenantScope
from infra.operator_commands.dealer import dealer_with_code

_IDENTITY = IdentityScope()


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> list[argparse.ArgumentParser]:
    """Add the commands."""
    remove = commands.add_parser("remove-person", help="take away all that somebody may act for, and log them out")
    remove.add_argument("--code", help="only at the dealer of this code; else everywhere")
    remove.set_defaults(run=_remove_person)
    end = commands.add_parser("end-sessions", help="log somebody out everywhere")
    end.set_defaults(run=_end_sessions)
    for one in (remove, end):
        one.add_argument("--email", required=True, help="the email they log in with")
    return [remove, end]


def _remove_person(arguments: argparse.Namespace, *, ids: Ids, now: datetime) -> None:
    """End each membership, the dealer's side first; one that was ended by half is ended whole. Idempotent.

    Open invitations to the email go first, of customers and of staff: else a click on a link would give access again.
    """
    email = normal_email(arguments.email)
    only = dealer_with_code(arguments.code, actor=arguments.actor) if arguments.code else None
    cancelled = _cancel_invitations(email, only, actor=arguments.actor, now=now, ids=ids)
    try:
        person_id, held = memberships.memberships_of(_IDENTITY, email=email)
    except NotFoundError:
        if cancelled:  # invited, and never accepted
            return
        raise
    meant = [one for one in held if only in {None, one.dealer_id}]
    for one in meant:
        _end_at_dealer(one, person_id, actor=arguments.actor, now=now, ids=ids)
        with suppress(NotFoundError):  # taken away by somebody else in between
            memberships.remove_membership(
                _IDENTITY,
                person_id=person_id,
                dealer_id=one.dealer_id,
                kind=one.kind,
                subject_ref=one.subject_ref,
                now=now,
                ids=ids,
            )
        print(f"Ended: {_named(one)}")
    print(f"{email} has lost {len(meant)} of {len(held)} memberships.")
    if only is None:
        _log_out(email, ids=ids, now=now)


def _cancel_invitations(email: str, only: str | None, *, actor: str, now: datetime, ids: Ids) -> bool:
    """At the dealer `only`, or at all. Whether there were any."""
    found = False
    for dealer_id in [only] if only else [one.dealer_id for one in dealers.all_dealers(OperatorScope(actor))]:
        refs = enrolment.cancel_invitations_to(ImportScope(dealer_id), email=email, actor=actor, now=now, ids=ids)
        for ref in refs:
            print(f"Cancelled: the invitation for account {ref} at {dealers.dealer(TenantScope(dealer_id)).name}")
        own = TenantScope(dealer_id)
        as_staff = dealership_users.cancel_invitations_to(own, email=email, actor=actor, now=now, ids=ids)
        if as_staff:
            print(f"Cancelled: the invitation to the staff of {dealers.dealer(own).name}")
        found = found or bool(refs) or as_staff
    return found


def _end_at_dealer(one: Membership, person_id: str, *, actor: str, now: datetime, ids: Ids) -> None:
    with suppress(NotFoundError):  # given and not used yet, or ended before: that side knows nothing of them
        if one.account_ref is None:
            staff.remove_member(TenantScope(one.dealer_id), person_id=person_id, actor=actor, now=now, ids=ids)
        else:
            scope = ImportScope(one.dealer_id)
            removal.end_access(scope, ref=one.account_ref, person_id=person_id, actor=actor, now=now, ids=ids)


def _end_sessions(arguments: argparse.Namespace, *, ids: Ids, now: datetime) -> None:
    _log_out(normal_email(arguments.email), ids=ids, now=now)


def _log_out(email: str, *, ids: Ids, now: datetime) -> None:
    count = memberships.end_all_sessions(_IDENTITY, email=email, now=now, ids=ids)
    print(f"Ended {count} sessions of {email}.")


def _named(one: Membership) -> str:
    dealer = dealers.dealer(TenantScope(one.dealer_id)).name
    return f"staff of {dealer}" if one.kind is MembershipKind.STAFF else f"account {one.account_ref} at {dealer}"
