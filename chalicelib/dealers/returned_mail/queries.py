"""Reads about returned mail."""

from collections.abc import Iterable

from chalicelib.dealers.returned_mail import repo
from chalicelib.dealers.returned_mail.model import ReturnedMail, spelled
from chalicelib.kernel.scopes import TenantScope


def returned_from(scope: TenantScope, emails: Iterable[str]) -> list[ReturnedMail]:
    """What came back from these addresses, the last first."""
    found = repo.of_emails(scope, sorted({spelled(email) for email in emails if email}))
    return sorted(found.values(), key=lambda one: one.at, reverse=True)


def all_returned(scope: TenantScope) -> dict[str, ReturnedMail]:
    """All of the dealer's, by `spelled` address. One query."""
    return repo.everything(scope)
