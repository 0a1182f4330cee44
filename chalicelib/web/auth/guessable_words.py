"""What an attacker would try of somebody's password: the names of their dealers and accounts."""

from collections.abc import Iterator, Sequence

from chalicelib.dealers import queries as dealers
from chalicelib.identity.model import Membership
from chalicelib.kernel.scopes import PublicScope

MAX_DEALERS = 10
"""Each is a read where this process has not read it lately."""


def guessable_words(memberships: Sequence[Membership]) -> Iterator[str]:
    """The texts whose words a new password must not be made of."""
    for dealer_id in list(dict.fromkeys(one.dealer_id for one in memberships))[:MAX_DEALERS]:
        yield dealers.public_dealer(PublicScope(dealer_id), even_suspended=True).name
    yield from (one.account_name for one in memberships if one.account_name)
