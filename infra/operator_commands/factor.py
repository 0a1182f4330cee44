"""The operator's commands for somebody who has lost the second factor, and whom no admin can help: the only one."""

import argparse
from datetime import datetime

from chalicelib.dealers.staff import repo as staff
from chalicelib.identity import factor_reset, memberships
from chalicelib.identity.model import MembershipKind, normal_email
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope, ImportScope

_IDENTITY = IdentityScope()


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> list[argparse.ArgumentParser]:
    """Add the commands."""
    request = commands.add_parser(
        "request-factor-reset", help="announce that somebody's second factor is reset, to them and to the other admins"
    )
    request.set_defaults(run=_request)
    confirm = commands.add_parser(
        "confirm-factor-reset", help="reset it, 24 hours after the request or as another operator"
    )
    confirm.set_defaults(run=_confirm)
    cancel = commands.add_parser("cancel-factor-reset", help="forget the request: it was not that person who asked")
    cancel.set_defaults(run=_cancel)
    for one in (request, confirm, cancel):
        one.add_argument("--email", required=True, help="the email they log in with")
    return [request, confirm, cancel]


def _request(arguments: argparse.Namespace, *, ids: Ids, now: datetime) -> None:
    email = normal_email(arguments.email)
    admins = _admins(email)
    factor_reset.request_reset(_IDENTITY, email=email, actor=arguments.actor, notify=admins, now=now, ids=ids)
    print(f"Requested. {email} and {len(admins - {email})} other admins are notified by email.")
    print("Confirm it 24 hours from now, or have another operator confirm it before.")


def _confirm(arguments: argparse.Namespace, *, ids: Ids, now: datetime) -> None:
    email = normal_email(arguments.email)
    factor_reset.confirm_reset(_IDENTITY, email=email, actor=arguments.actor, now=now, ids=ids)
    print(f"{email} no longer has a second factor, is logged out everywhere, and is notified by email.")


def _cancel(arguments: argparse.Namespace, *, ids: Ids, now: datetime) -> None:
    email = normal_email(arguments.email)
    admins = _admins(email)
    factor_reset.cancel_reset(_IDENTITY, email=email, actor=arguments.actor, notify=admins, now=now, ids=ids)
    print(f"Cancelled. {email} and {len(admins - {email})} other admins are notified by email.")


def _admins(email: str) -> set[str]:
    """Emails of the admins of each dealership whose staff the person is."""
    return {
        one.email for dealer in _dealers(email) for one in staff.members(ImportScope(dealer)) if one.is_active_admin
    }


def _dealers(email: str) -> list[str]:
    _, held = memberships.memberships_of(_IDENTITY, email=email)
    return [one.dealer_id for one in held if one.kind is MembershipKind.STAFF]
