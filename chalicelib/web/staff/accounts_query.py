"""The list of Customer Accounts as its address says it: filters, order, and the way back to it."""

from collections.abc import Mapping
from typing import Any

from chalicelib.customers.accounts_list import SORTS, AccountsQuery
from chalicelib.customers.enrolment.model import Status
from chalicelib.http.request import Request
from chalicelib.http.responses import is_local_path
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.whole_numbers import whole_number

HOME = "/staff/accounts"
FIELDS = {
    "all": lazy_gettext("All"),
    "name": lazy_gettext("Name"),
    "address": lazy_gettext("Address"),
    "city": lazy_gettext("City"),
    "state": lazy_gettext("County or state"),
    "number": lazy_gettext("Number"),
}
EVERYBODY = "all"
"""The choice of status that also lists the dealer's own internal and cash accounts."""
FORMER_STATUSES = {"cannot": Status.INELIGIBLE.value}
"""What bookmarks may still say."""


def accounts_query(values: Mapping[str, str]) -> AccountsQuery:
    status = FORMER_STATUSES.get(values.get("status", ""), values.get("status", ""))
    return AccountsQuery(
        status=Status(status) if status in set(Status) else None,
        everybody=status == EVERYBODY,
        depot=values.get("depot", ""),
        sort=values["sort"] if values.get("sort") in SORTS else "number",
        descending=values.get("order") == "desc",
        offset=whole_number(values.get("after", "")) or 0,
    )


def search_arguments(values: Mapping[str, str]) -> dict[str, Any]:
    field = values.get("field", "all")
    return {"text": values.get("q", "").strip()[:100], "field": field if field in FIELDS else "all"}


def list_path(request: Request) -> str:
    """The address of the list from which the reader came, or of the whole list."""
    back = request.form.get("back", "") or request.query.get("back", "")
    return back if back.startswith(HOME) and is_local_path(back) else HOME
