"""Changes that customers ask for, in words."""

from collections.abc import Mapping
from typing import NamedTuple

from chalicelib.customers.change_requests.model import ChangeRequest, value_of
from chalicelib.customers.model import AccountFacts
from chalicelib.kernel.account_fields import FIELD_LABELS, AccountField


class DetailLine(NamedTuple):
    """A field of the account as its customer sees it, with what they asked for, if that is worth showing."""

    field: AccountField
    label: str
    value: str
    request: ChangeRequest | None


def detail_lines(facts: AccountFacts, requests: Mapping[AccountField, ChangeRequest]) -> list[DetailLine]:
    """Every field that can be asked for."""
    return [
        DetailLine(field, str(FIELD_LABELS[field]), value_of(facts, field), requests.get(field))
        for field in AccountField
    ]


class Asked(NamedTuple):
    """An open request as staff see it. `is_shown`: the export has it already."""

    request: ChangeRequest
    label: str
    is_shown: bool


def asked(request: ChangeRequest, facts: AccountFacts | None) -> Asked:
    """The line of one open request."""
    return Asked(request, str(FIELD_LABELS[request.field]), facts is not None and request.is_shown(facts))
