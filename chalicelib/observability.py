"""Logs: structured, one event a line, with dealer and request bound, and no secret in any of them."""

import re
from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter

MASK = "***"

_SECRET_NAMES = re.compile(
    r"password|passwd|secret|token|cookie|authorization|csrf|signature|api_?key|session", re.IGNORECASE
)
# Our own secrets are 43 characters of base64url, an API key with `ccx_` before them; a presigned link carries its
# right in X-Amz-* parameters.
_SECRET_TEXTS = re.compile(
    r"(?<![A-Za-z0-9_-])(?:ccx_)?[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])|(?<=X-Amz-Signature=)[^&\s]+|(?<=X-Amz-Security-Token=)[^&\s]+"
)


def redact(value: Any) -> Any:
    """The same value with secrets masked: by the name of a field, and by their form in any text."""
    match value:
        case str():
            return _SECRET_TEXTS.sub(MASK, value)
        case Mapping():
            return {k: MASK if v and _SECRET_NAMES.search(str(k)) else redact(v) for k, v in value.items()}
        case list() | tuple():
            return [redact(item) for item in value]
    return value


class _RedactingFormatter(LambdaPowertoolsFormatter):
    def serialize(self, log: dict[str, Any]) -> str:  # type: ignore[override]  # powertools widened it to a TypedDict
        # Tested control: log-redacted
        return super().serialize(redact(log))


_formatter = _RedactingFormatter(utc=True, use_rfc3339=True, serialize_stacktrace=False)
logger = Logger(service="customer-connect", logger_formatter=_formatter)
"""`logger.info("import.published", run=17)`. Its level is the variable LOG_LEVEL, INFO where that is not set."""


def bind(**keys: str | int | None) -> None:
    """Begin a request or message: forget what the one before bound, then put `keys` on every line of this thread."""
    _formatter.thread_safe_clear_keys()
    _formatter.thread_safe_append_keys(**{name: value for name, value in keys.items() if value is not None})


def bind_also(**keys: str | int) -> None:
    """Add what became known on the way, such as the dealer after the session was read."""
    _formatter.thread_safe_append_keys(**keys)
