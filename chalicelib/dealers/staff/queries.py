"""Reads about a dealer's staff."""

from chalicelib.dealers.staff import repo
from chalicelib.kernel.scopes import DealerScope


def emails(scope: DealerScope) -> dict[str, str]:
    """The email of everybody who works at the dealer, by their id: who did something is stored as an id."""
    return {member.person_id: member.email for member in repo.members(scope) if member.person_id}
