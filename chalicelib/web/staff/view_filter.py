"""Which of an account's documents its customer has opened, for staff: beside each row, and as a filter of the list."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Self

from chalicelib.http.request import Request
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.scopes import DealerScope
from chalicelib.ledger.row import Row
from chalicelib.ledger.viewed import queries
from chalicelib.ledger.viewed.model import Viewings
from chalicelib.rendering.format import Formats
from chalicelib.web.presenters.viewings import viewed

MISSING = "no"
"""The only choice besides all."""
OPTIONS = [("", lazy_gettext("Show All")), (MISSING, lazy_gettext("Not viewed"))]


@dataclass(frozen=True, slots=True)
class ViewFilter:
    """What the address asks for. `found` is read before the rows where it decides which: one query either way."""

    scope: DealerScope
    ref: str
    era: str
    today: date
    fmt: Formats
    found: Viewings | None = None

    @classmethod
    def of(cls, request: Request, ref: str, *, era: str) -> Self:
        """For this page of the account."""
        scope, today = request.dealer_scope, request.fmt.today(request.now)
        is_asked = request.query.get("viewed") == MISSING
        found = queries.viewings(scope, ref, era=era, today=today) if is_asked else None
        return cls(scope, ref, era, today, request.fmt, found)

    @property
    def only(self) -> Callable[[Row], bool] | None:
        """Which rows are left; None where all are."""
        return partial(self.found.is_missing, today=self.today) if self.found else None

    def shown_in(self, context: Mapping[str, Any], rows: Sequence[Row]) -> dict[str, Any]:
        """The context of the list, whose rows are `rows`, with who has opened each and with the filter."""
        found = self.found
        if found is None:
            found = queries.viewings_of(self.scope, self.ref, rows, era=self.era, today=self.today)
        marked = [
            shown._replace(viewed=viewed(found, row, self.fmt, self.today))
            for shown, row in zip(context["rows"], rows, strict=True)
        ]
        words = ", ".join(text for text in (context["range"], _("not viewed yet") if self.found else "") if text)
        return {
            **context,
            "rows": marked,
            "range": words,
            "view_options": OPTIONS,
            "chosen_view": MISSING if self.found else "",
        }

    def narrowed_in(self, context: Mapping[str, Any]) -> dict[str, Any]:
        """The context of the totals, with the filter among those in words."""
        return {**context, "narrowed": [*context["narrowed"], *([_("Not viewed")] if self.found else [])]}
