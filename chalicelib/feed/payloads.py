"""What items of the feed say, by kind. docs/api.md describes each: what is published there is not changed."""

from typing import Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass

from chalicelib.kernel.account_fields import AccountField
from chalicelib.kernel.schemas import STRICT

MAX_EMAIL = 254
MAX_VALUE = 254
MAX_NOTE = 500

Email = Annotated[str, Field(max_length=MAX_EMAIL)]


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class InvitationAccepted:
    """A customer logged in for the first time after an invitation."""

    email: Email


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class ChangeAskedFor:
    """A customer asks for another value of `field`, which was `before` when they asked. `asked_by` is an email."""

    field: AccountField
    before: Annotated[str, Field(max_length=MAX_VALUE)]
    value: Annotated[str, Field(max_length=MAX_VALUE)]
    note: Annotated[str, Field(max_length=MAX_NOTE)]
    asked_by: Email


Payload = InvitationAccepted | ChangeAskedFor
