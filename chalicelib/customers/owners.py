"""Whether an account of an export is still the customer that it was. Pure."""

from unicodedata import normalize

from chalicelib.customers.model import AccountFacts


def is_somebody_else(before: AccountFacts, now: AccountFacts, *, archived: bool) -> bool:
    """Name and email both differ. After a gap (`archived`) another name alone is enough where there is no email."""
    if _plain(before.name) == _plain(now.name):
        return False
    emails = (before.email or "").casefold(), (now.email or "").casefold()
    return emails[0] != emails[1] or (archived and not emails[1])


def _plain(name: str) -> str:
    """Without what is often written otherwise for the same customer: case, spaces, punctuation."""
    return "".join(c for c in normalize("NFKC", name).casefold() if c.isalnum())
