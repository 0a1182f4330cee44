"""The operator's command about a dealer's logo."""

import argparse
from datetime import datetime
from pathlib import Path

from chalicelib.dealers import operations
from chalicelib.dealers import queries as dealers
from chalicelib.kernel.errors import InvalidError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import TenantScope
from chalicelib.rendering.pictures import MAX_BYTES
from infra.operator_commands.dealer import dealer_with_code


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> argparse.ArgumentParser:
    """Add the command."""
    command = commands.add_parser("set-logo", help="show a dealer's logo on its pages, mails and drawn invoices")
    command.add_argument("dealer", help="the dealer's code")
    command.add_argument("file", nargs="?", type=Path, help="PNG, JPEG or WebP, at most 1 MB and 40 megapixels")
    command.add_argument("--shows-name", action="store_true", help="it says the name: leave that out beside it")
    command.add_argument("--remove", action="store_true", help="show the name alone again")
    command.set_defaults(run=_set_logo)
    return command


def _set_logo(arguments: argparse.Namespace, *, ids: Ids, now: datetime) -> None:
    if arguments.remove == (arguments.file is not None):
        raise InvalidError("Give the image file, or --remove without one")
    own = TenantScope(dealer_with_code(arguments.dealer, actor=arguments.actor))
    name = dealers.dealer(own).name
    if arguments.remove:
        was_there = operations.remove_logo(own, actor=arguments.actor, now=now, ids=ids)
        print(f"Removed the logo of {name}." if was_there else f"{name} has no logo.")
        return
    data = _read(arguments.file)
    logo = operations.set_logo(own, data=data, shows_name=arguments.shows_name, actor=arguments.actor, now=now, ids=ids)
    print(f"{name} shows its logo, {logo.width} by {logo.height} pixels, within 5 seconds.")


def _read(file: Path) -> bytes:
    """One byte more than is allowed at most, so that a larger file is noticed and not read whole."""
    try:
        with file.open("rb") as opened:
            return opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise InvalidError(f"Cannot read {file}: {error.strerror}") from None
