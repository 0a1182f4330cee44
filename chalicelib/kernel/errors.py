"""Expected errors. An entry point turns each into one status; anything else is a defect and stays loud."""

from collections.abc import Mapping

from chalicelib.kernel.i18n import Text, lazy_gettext

PAGE_NOT_FOUND = lazy_gettext("Page not found")
READ_ONLY = lazy_gettext("You see the portal as the customer does, and can change nothing here.")
BUSY = lazy_gettext("Too many people are changing this at the same moment. Wait a few seconds and try again.")


class PortalError(Exception):
    """An expected failure. Programs are told its `code`, where it has one."""

    code = ""

    def __init__(self, message: Text) -> None:
        super().__init__(message)
        self._message = message

    @property
    def message(self) -> str:
        """Plain words for the person who asked, in the language that is theirs when it is read."""
        return str(self._message)


class NotFoundError(PortalError):
    """It is not there, or it is not yours: both read the same (404)."""

    def __init__(self, message: Text = PAGE_NOT_FOUND) -> None:
        super().__init__(message)


class ForbiddenError(PortalError):
    """You may see it but not do this with it (403)."""


class ReadOnlyError(ForbiddenError):
    """Somebody who sees the portal as a customer would have changed something (403)."""

    def __init__(self) -> None:
        super().__init__(READ_ONLY)


class UnauthenticatedError(PortalError):
    """No valid session, key or token (401, or the login page)."""


class ConflictError(PortalError):
    """Somebody changed it in between, or it is in a state that rules this out (409)."""


class BusyError(PortalError):
    """Others wrote to the same items all the time that was allowed; nothing was written (503)."""

    def __init__(self) -> None:
        super().__init__(BUSY)


class InvalidError(PortalError):
    """Input that cannot be used (422). `fields` maps a field's name to what to do about it."""

    def __init__(self, message: Text, fields: Mapping[str, Text] | None = None) -> None:
        super().__init__(message)
        self._fields = dict(fields or {})

    @property
    def fields(self) -> dict[str, str]:
        """In the reader's language, as `message` is."""
        return {name: str(text) for name, text in self._fields.items()}


class TooLargeError(PortalError):
    """More was sent than this may be (413)."""


class UnsupportedMediaTypeError(PortalError):
    """What was sent is of a kind that is not read here (415)."""


class TooManyError(PortalError):
    """A limit is reached (429). `retry_after` is whole seconds."""

    def __init__(self, message: Text, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after
