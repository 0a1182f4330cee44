"""What the task of a held export stores of it: its numbers, and the reason as a message, worded when it is read."""

from collections.abc import Mapping

from pydantic import TypeAdapter

from chalicelib.ccx.messages import Formats, Stored, reason_of
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.schemas import adapter

_REASON: TypeAdapter[Stored] = adapter(Stored)


def detail_of(*, run: int, export: int, reason: Stored) -> Mapping[str, str]:
    """`export` is the dealer system's own number, `run` the portal's."""
    return {"run": str(run), "export": str(export), "reason": _REASON.dump_json(reason).decode()}


def described(detail: Mapping[str, str], fmt: Formats) -> str:
    """`Export 412: It would remove 30 of 40 accounts, 75%`. Of a reason of two sentences it is the first."""
    reason = reason_of(_REASON.validate_json(detail["reason"]), fmt).partition(". ")[0]
    return _("Export %(number)s: %(reason)s", number=detail["export"], reason=reason)


def page_of(detail: Mapping[str, str]) -> str:
    """Where it is decided on."""
    return f"/staff/imports/{detail['run']}"
