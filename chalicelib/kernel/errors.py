"""Expected errors. An entrance turns each into one status; anything else is a defect and stays loud."""

from collections.abc import Mapping


class PortalError(Exception):
    """An expected failure. `message` is plain language that may be shown to the person who asked."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotFoundError(PortalError):
    """It is not there, or it is not yours: both read the same (404)."""

    def __init__(self, message: str = "Page not found") -> None:
        super().__init__(message)


class ForbiddenError(PortalError):
    """You may see it but not do this with it (403)."""


class UnauthenticatedError(PortalError):
    """No valid session, key or token (401, or the log in page)."""


class ConflictError(PortalError):
    """Somebody changed it in between, or it is in a state that rules this out (409)."""


class InvalidError(PortalError):
    """Input that cannot be used (422). `fields` maps a field's name to what to do about it."""

    def __init__(self, message: str, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.fields = dict(fields or {})


class TooManyError(PortalError):
    """A limit is reached (429). `retry_after` is whole seconds."""

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after
