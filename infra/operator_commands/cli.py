"""The operator's commands: `python -m infra.operator_commands.cli create-dealer ...`, on the AWS of the environment."""

import argparse
import getpass
import sys
from collections.abc import Callable, Sequence
from datetime import datetime

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import services, settings
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.model import Dealer, Profile
from chalicelib.dealers.operations import create_dealer, profile_of, refresh_public_copies
from chalicelib.dealers.staff.operations import invite_staff
from chalicelib.identity.model import normal_email
from chalicelib.kernel.callers import Caller, called_by
from chalicelib.kernel.clock import system_clock
from chalicelib.kernel.errors import InvalidError, PortalError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import OperatorScope, TenantScope
from infra.operator_commands import (
    allowances,
    closing,
    factor,
    logo,
    outbox,
    people,
    suspension,
)
from infra.operator_commands.caller import caller

_TEXTS = {
    "name": "the dealer's name as customers know it",
    "slug": "its address in the portal: a-z, 0-9 and -, as in /d/moorbeck",
    "code": "what its export bundles call it: 2 to 32 of A-Z, a-z, 0-9, _ and -",
    "contact_email": "the main contact, who is invited as the first admin",
    "phone": "for customers who need help",
    "support_email": "where customers who need help may write",
    "sales_email": "where customers who want to buy may write, beside it",
    "document_version": "of the guide that customers are given, at the foot of their pages",
    "idle_minutes": "minutes without activity after which a session ends: 10 to 60, default 30",
    "statement_style": "whether each account's statement is made each month: balance_forward or open_item, default not",
    "statement_day": "the day of the month after, 1 to 28, on which it is made: default the first",
    "vat_number": "printed on drawn invoices",
    "user_allowance": "how many staff users the licence allows",
    "invite_allowance": "how many customers may be invited",
    "daily_invitations": "how many invitations may leave in a day",
    "daily_files": "how many files each account may send in a day, and staff may share with it",
    "monthly_texts": "how many text messages may notify customers in a month: default 1000",
    "locale": "language, dates and numbers, as in en-GB",
    "country": "where the dealer is, as in GB (ISO 3166): default that of the locale",
    "time_zone": "as in Europe/London",
    "currency": "ISO 4217, as in GBP",
    "tagline": "what the dealer does, in two or three words",
    "staff_second_factor": "whether staff need a second factor from their second login on: yes (so without this) or no",
    "help_text": "for customers who need help, at the foot of their pages",
}
_REQUIRED = frozenset({"name", "slug", "code", "contact_email"})


def main(
    argv: Sequence[str] | None = None,
    *,
    ids: Ids | None = None,
    now: datetime | None = None,
    run_by: Callable[[], Caller] = caller,
) -> int:
    """0 if done, 1 with one sentence on stderr if not. `run_by`: whose command it is, for the audit trail."""
    arguments = command_parser().parse_args(argv)
    try:
        with called_by(run_by()):
            arguments.run(arguments, ids=ids or Ids(), now=now or system_clock())
    except InvalidError as error:
        details = [f"  --{name.replace('_', '-')}: {text}" for name, text in error.fields.items()]
        return _failed("\n".join([error.message, *details]))
    except PortalError as error:
        return _failed(error.message)
    except (BotoCoreError, ClientError) as error:
        return _failed(f"AWS did not answer as it should: {error}. Are AWS_ENDPOINT_URL and TABLE_NAME right?")
    return 0


def _create_dealer(arguments: argparse.Namespace, *, ids: Ids, now: datetime) -> None:
    """Create the dealer and invite its main contact. Idempotent."""
    profile = _profile(arguments)
    email = _email(profile)
    scope = OperatorScope(arguments.actor)
    is_known = dealers.by_slug(scope, profile.slug) is not None
    dealer = create_dealer(scope, profile=profile, now=now, ids=ids)
    print(_created(dealer, is_known=is_known))
    own = TenantScope(dealer.dealer_id)
    again = arguments.invite_again
    if invite_staff(own, email=email, role=Role.ADMIN, invited_by=arguments.actor, again=again, now=now, ids=ids):
        services.current().notify_outbox(own)
        print(f"Queued the invitation to {email}; it leaves within a minute.")
    else:
        print(f"{email} is invited or active already, so no mail was queued. --invite-again sends another invitation.")


def _refresh_public_copies(arguments: argparse.Namespace, **_: object) -> None:
    """Once after an upgrade from a release that wrote none; again it changes nothing."""
    refreshed = refresh_public_copies(OperatorScope(arguments.actor))
    for entry in refreshed:
        print(f"Wrote the public copy of {entry.name}, {entry.dealer_id}")
    print(f"{len(refreshed)} written; every dealer's public page shows its own settings.")


def _profile(arguments: argparse.Namespace) -> Profile:
    given = {name: value for name in _TEXTS if (value := getattr(arguments, name)) is not None}
    given["address"] = tuple(line.strip() for text in arguments.address for line in text.split(",") if line.strip())
    if arguments.modules is not None:
        given["modules"] = frozenset(module.strip() for module in arguments.modules.split(",") if module.strip())
    if arguments.help_link:
        given["help_links"] = tuple(_help_link(text) for text in arguments.help_link)
    return profile_of(given)


def _help_link(text: str) -> dict[str, str]:
    label, _, address = text.partition("=")
    return {"label": label, "address": address}


def _email(profile: Profile) -> str:
    try:
        return normal_email(profile.contact_email)
    except InvalidError as error:
        raise InvalidError(error.message, {"contact_email": error.message}) from None


def _created(dealer: Dealer, *, is_known: bool) -> str:
    address = f"{settings.load().base_url.rstrip('/')}/d/{dealer.slug}"
    verb = "Already exists:" if is_known else "Created"
    return f"{verb} {dealer.name}, {dealer.dealer_id}, at {address}"


def _failed(message: str) -> int:
    print(message, file=sys.stderr)
    return 1


def command_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="dev.py operator --stack NAME",
        description="Commands for the operator of a deployed portal; NAME is its CloudFormation stack.",
        epilog="A command's own --help explains its options. docs/operations.md says when to use which.",
    )
    commands = parser.add_subparsers(required=True, metavar="command")
    refresh = commands.add_parser("refresh-public-copies", help="write again what public pages show of each dealer")
    refresh.set_defaults(run=_refresh_public_copies)
    command = commands.add_parser("create-dealer", help="set a dealer up and invite its main contact")
    command.set_defaults(run=_create_dealer)
    for name, text in _TEXTS.items():
        command.add_argument(f"--{name.replace('_', '-')}", required=name in _REQUIRED, help=text)
    command.add_argument("--address", action="append", required=True, help="postal lines, by commas or repeated")
    command.add_argument("--modules", help="by commas, as in invoices,documents")
    command.add_argument("--help-link", action="append", help="as in 'Order parts=https://...'; mailto: and tel: too")
    command.add_argument("--invite-again", action="store_true", help="send the main contact another invitation")
    others = (
        allowances.add_to(commands),
        logo.add_to(commands),
        outbox.add_to(commands),
        *people.add_to(commands),
        *suspension.add_to(commands),
        *closing.add_to(commands),
        *factor.add_to(commands),
    )
    for one in (command, refresh, *others):
        one.add_argument(
            "--actor",
            default=f"operator:{getpass.getuser()}",
            help="who does it, for the audit trail, beside whom the system knows",
        )
    return parser


if __name__ == "__main__":
    sys.exit(main())
