"""Who may open a route. Every route names one; there is no default."""

from enum import StrEnum


class Permission(StrEnum):
    """What a caller must be. The comment says what anybody else gets."""

    PUBLIC = "public"  # anybody; may be cached
    VISITOR = "visitor"  # anybody; the page is private to its link or form and never cached
    PERSON = "person"  # somebody logged in; else the log in page
    CUSTOMER = "customer"  # acting for a customer account; staff get 404
    STAFF = "staff"  # acting for the dealer; customers get 404
    STAFF_ADMIN = "staff_admin"  # an admin of the dealer; other staff get 403
    AGENT = "agent"  # a dealer's agent with its API key; else 401 as JSON


OPEN = frozenset({Permission.PUBLIC, Permission.VISITOR})
