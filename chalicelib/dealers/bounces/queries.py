"""Reads about bounces."""

from collections.abc import Iterable

from chalicelib.dealers.bounces import repo
from chalicelib.dealers.bounces.model import Bounce
from chalicelib.kernel.emails import comparable_email
from chalicelib.kernel.scopes import TenantScope


def bounces_of(scope: TenantScope, emails: Iterable[str]) -> list[Bounce]:
    """The bounces of these addresses, the last first."""
    found = repo.of_emails(scope, sorted({comparable_email(email) for email in emails if email}))
    return sorted(found.values(), key=lambda one: one.at, reverse=True)


def all_bounces(scope: TenantScope) -> dict[str, Bounce]:
    """All of the dealer's, by `comparable_email`. One query."""
    return repo.everything(scope)
