"""The operator's command about what a dealer may do: how many users, invitations and files, and which modules."""

import argparse
from datetime import datetime

from chalicelib.dealers import operations
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.model import OPERATORS_SETTINGS
from chalicelib.kernel.errors import InvalidError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import TenantScope
from infra.operator_commands.dealer import dealer_with_code

_TEXTS = {
    "user_allowance": "how many staff users the licence allows, pending ones included",
    "invite_allowance": "how many customers may be invited",
    "daily_invitations": "how many invitations may leave in a day",
    "daily_files": "how many files each account may send in a day, and staff may share with it",
    "monthly_texts": "how many text messages may notify customers in a month: default 1000",
    "modules": "what is switched on, with commas: all of it, for what is not named is switched off",
}


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> argparse.ArgumentParser:
    """Add the command."""
    command = commands.add_parser("set-allowances", help="change how much a dealer may do, and its modules")
    command.add_argument("dealer", help="the dealer's code")
    for name in OPERATORS_SETTINGS:
        command.add_argument(f"--{name.replace('_', '-')}", help=_TEXTS[name])
    command.set_defaults(run=_set_allowances)
    return command


def _set_allowances(arguments: argparse.Namespace, *, ids: Ids, now: datetime) -> None:
    given = {name: value for name in OPERATORS_SETTINGS if (value := getattr(arguments, name)) is not None}
    if not given:
        raise InvalidError("Say what to change: " + ", ".join(f"--{name.replace('_', '-')}" for name in _TEXTS))
    if "modules" in given:
        given["modules"] = frozenset(module.strip() for module in given["modules"].split(",") if module.strip())
    own = TenantScope(dealer_with_code(arguments.dealer, actor=arguments.actor))
    before = operations.change_allowances(own, given, actor=arguments.actor, now=now, ids=ids)
    after = dealers.dealer(own, fresh=True)
    for name in given:
        was, now_is = _shown(getattr(before, name)), _shown(getattr(after, name))
        print(
            f"{after.name}, {name.replace('_', ' ')}: {now_is}"
            + (f", before {was}" if was != now_is else ", as before")
        )


def _shown(value: object) -> str:
    if value is None:
        return "the usual number"
    return ", ".join(sorted(value)) if isinstance(value, frozenset) else str(value)
