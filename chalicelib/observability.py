"""Logs: structured, one event a line, with dealer and request bound, and no secret in any of them."""

import hmac
import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter
from aws_lambda_powertools.metrics import MetricUnit, single_metric

from chalicelib import settings

MASK = "***"
NAMESPACE = "CustomerConnect"
"""Of our metrics in CloudWatch."""

_SECRET_NAMES = re.compile(
    r"password|passwd|secret|token|cookie|authorization|csrf|signature|api_?key|session", re.IGNORECASE
)
# Our own secrets are 43 characters of base64url, an API key with `ccx_` before them; a presigned link carries its
# right in X-Amz-* parameters.
_SECRET_TEXTS = re.compile(
    r"(?<![A-Za-z0-9_-])(?:ccx_)?[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])|(?<=X-Amz-Signature=)[^&\s]+|(?<=X-Amz-Security-Token=)[^&\s]+"
)


_INPUT_END = ", input_type="
_INPUT = re.compile(rf"input_value=.*?{_INPUT_END}", re.DOTALL)
"""How pydantic shows what it could not take: our models hide it, and another library's may not."""

_MARKS = r"\s<>()\[\],;:\"'`=/?&@"
_ADDRESSES = re.compile(rf"(?<![^{_MARKS}])[^{_MARKS}]+?(?:@|%40)[^{_MARKS}]+")
"""Email addresses: what a mail service says of one that it does not take holds it.

They begin after a mark alone, so that a text without any is read once and not from each of its characters.
"""


def redact(value: Any) -> Any:
    """The same value with secrets and email addresses masked: by the name of a field, and by their form in any text."""
    match value:
        case str():
            text = _without_inputs(_SECRET_TEXTS.sub(MASK, value))
            # Tested control: addresses-redacted
            return _ADDRESSES.sub(MASK, text)
        case Mapping():
            return {k: MASK if v and _SECRET_NAMES.search(str(k)) else redact(v) for k, v in value.items()}
        case list() | tuple():
            return [redact(item) for item in value]
    return value


def _without_inputs(text: str) -> str:
    """Nothing after the last end is searched: each beginning there would be followed to the end of the text."""
    before, end, after = text.rpartition(_INPUT_END)
    return _INPUT.sub(f"input_value={MASK}{_INPUT_END}", before + end) + after


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


class Refusal(StrEnum):
    """Why somebody was turned away."""

    CREDENTIALS = "credentials"  # a wrong password or an unknown email: nobody is told which
    LIMIT = "limit"
    LINK = "link"  # a one-time link that works no more, or never did
    CSRF = "csrf"
    ORIGIN = "origin"  # the call began on another site
    ROLE = "role"
    AUDIENCE = "audience"  # of staff for customers, of customers for staff
    NOT_FOUND = "not_found"  # not there, or not theirs: nobody is told which
    API_KEY = "api_key"
    WEBHOOK = "webhook"
    REPLY = "reply"  # a mail to an address for answers that is dropped: unknown, expired, automatic, spam
    MODULE = "module"  # one that the dealer has not switched on
    MEDIA_TYPE = "media_type"  # neither a form nor JSON
    SIZE = "size"
    BYPASSED_CLOUDFRONT = "origin_secret"  # the distribution, whose secret it does not know


def refused(why: Refusal, *, email: str = "", address: str = "", dealer: str = "") -> None:
    """One line `auth.refused` and one count of the metric `Refusals` by `Stage` and `Why`.

    The line has the route that is bound. A search finds all refusals of one address or one email, and shows neither:
    their hashes are keyed.
    """
    known: dict[str, Any] = {
        "email_hash": _pseudonym("email", email),
        "address_hash": _pseudonym("address", address),
        "dealer": dealer,
    }
    logger.warning("auth.refused", why=why.value, **{name: value for name, value in known.items() if value})
    with single_metric(name="Refusals", unit=MetricUnit.Count, value=1, namespace=NAMESPACE) as metric:
        metric.add_dimension("Stage", settings.load().stage)
        metric.add_dimension("Why", why.value)


def _pseudonym(kind: str, text: str) -> str:
    """Sixteen hex digits. The key is made of the origin secret, and changes with it; a local portal's is no secret."""
    if not text:
        return ""
    loaded = settings.load()
    key = hmac.digest((loaded.accepted_origin_secrets or (loaded.stage,))[0].encode(), b"log", "sha256")
    return hmac.new(key, f"{kind}\n{text}".encode(), "sha256").hexdigest()[:16]
