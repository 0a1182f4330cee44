"""The accounts of a group that a customer's user reaches, and the scope of one of them alone."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from chalicelib.customers.directory import queries as directory
from chalicelib.customers.model import DirectoryEntry
from chalicelib.dealers import queries as dealers
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.keys import is_portal_customer
from chalicelib.kernel.scopes import CustomerScope
from chalicelib.kernel.standing import Standing

MAX_LISTED = 20
"""Accounts that one list of a group is read of: each takes a query. Of the others one is chosen."""


class GroupAccount(NamedTuple):
    """An account of the group, as a list names it."""

    ref: str
    name: str


def group_accounts(scope: CustomerScope) -> list[GroupAccount]:
    """The current account, then the others that the scope reaches by number; empty where there are no others.

    Left out are those that let nobody in. One round trip for the shards that hold them, none where these are known.
    """
    own, others = scope.ledger_ref, others_of(scope)
    if own is None or not others:
        return []
    known = directory.entries(scope, dealers.published(scope), [own, *others])
    found = {ref: one for ref, one in known.items() if ref == own or not one.is_shut}
    listed = [own, *(ref for ref in others if ref in found)]
    return [GroupAccount(ref, found[ref].name if ref in found else "") for ref in listed] if listed[1:] else []


def others_of(scope: CustomerScope) -> list[str]:
    """The accounts that the scope reaches besides the current one, by number, also those that let nobody in."""
    rest = (ref for ref in scope.account_refs if ref != scope.ledger_ref and not is_portal_customer(ref))
    return sorted(rest, key=directory.natural_key)


def scope_of(scope: CustomerScope, ref: str) -> CustomerScope:
    """The scope of this account alone, as if it were the current one.

    Raises NotFoundError for one that the scope does not reach, and for one that lets nobody in.
    """
    if ref == scope.ledger_ref:
        return scope
    # Tested control: group-account-in-scope
    if ref not in others_of(scope):
        raise NotFoundError
    return _narrowed(scope, ref, directory.entry(scope, dealers.published(scope), ref))


def scopes_of(scope: CustomerScope, refs: Sequence[str]) -> dict[str, CustomerScope]:
    """The same of several that the scope reaches; those that let nobody in are left out."""
    others = [ref for ref in refs if ref != scope.ledger_ref]
    known = directory.entries(scope, dealers.published(scope), others) if others else {}
    reached = set(others_of(scope))
    shown = {ref: one for ref, one in known.items() if ref in reached and not one.is_shut}
    return {
        ref: scope if ref == scope.ledger_ref else _narrowed(scope, ref, shown[ref])
        for ref in refs
        if ref == scope.ledger_ref or ref in shown
    }


def _narrowed(scope: CustomerScope, ref: str, entry: DirectoryEntry | None) -> CustomerScope:
    if entry is None or entry.is_shut:
        raise NotFoundError
    return replace(
        scope,
        account_refs=frozenset({ref}),
        account_ref=ref,
        eras={ref: scope.eras[ref]} if ref in scope.eras else {},
        standing=Standing.FROZEN if entry.archived else scope.standing,
    )
