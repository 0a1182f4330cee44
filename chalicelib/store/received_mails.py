"""Mails as they came, in the quarantine bucket under `mail/`: read in the mail role alone."""

from botocore.exceptions import ClientError

from chalicelib import settings
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.scopes import MailScope
from chalicelib.store.clients import client
from chalicelib.store.roles import scoped

PREFIX = "mail/"
_GONE = frozenset({"NoSuchKey", "404", "NotFound"})


class TooLargeError(Exception):
    """It has more bytes than are wanted; none of them was read."""


@scoped
def read(scope: MailScope, mail_id: str, *, max_bytes: int) -> bytes:  # noqa: ARG001 - its role reads it
    """The whole mail. Raises NotFoundError where it is gone, and TooLargeError."""
    try:
        found = client("s3").get_object(Bucket=settings.load().quarantine_bucket, Key=f"{PREFIX}{mail_id}")
    except ClientError as error:
        if error.response["Error"]["Code"] in _GONE:
            raise NotFoundError from error
        raise
    # Tested control: reply-size
    if found["ContentLength"] > max_bytes:
        found["Body"].close()
        raise TooLargeError
    data: bytes = found["Body"].read()
    return data
