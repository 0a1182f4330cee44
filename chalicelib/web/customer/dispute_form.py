"""The form of a dispute: which transactions, how much of each, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from chalicelib.disputes.model import MAX_LINES, MAX_MESSAGE, MAX_ROWS, DisputedLine
from chalicelib.disputes.operations import Claim
from chalicelib.documents.model import InvoiceLine, LineType
from chalicelib.http.request import Request
from chalicelib.kernel.dispute_codes import REASON_LABELS
from chalicelib.kernel.errors import InvalidError, NotFoundError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.i18n import lazy_gettext, ngettext
from chalicelib.kernel.keys import from_link_part
from chalicelib.kernel.money import round_half_up
from chalicelib.ledger.account_view import AccountView
from chalicelib.ledger.row import Row, RowKey
from chalicelib.rendering.typed_amount import typed_amount
from chalicelib.web.presenters.disputes import row_name, row_noun
from chalicelib.web.presenters.transactions import RowFormatter, row_value

WHOLE, PART, LINES = "whole", "amount", "lines"
CHOOSE_LINE = lazy_gettext("Choose at least one line")


class AskedRows(NamedTuple):
    """What a form is about, each once, in its order there; `settled` is how many it names of which nothing is owed."""

    rows: list[Row]
    settled: int

    @property
    def sentence(self) -> str:
        """What is left out; empty where nothing is."""
        if not self.settled:
            return ""
        return ngettext(
            "Nothing is outstanding on %(num)s of the transactions that you chose. It is left out.",
            "Nothing is outstanding on %(num)s of the transactions that you chose. They are left out.",
            self.settled,
            num=self.settled,
        )


def asked_rows(values: Mapping[str, Sequence[str]], view: AccountView) -> AskedRows:
    """The rows that `row` names. Raises InvalidError for more than a dispute may have."""
    asked = list(dict.fromkeys(values.get("row", [])))
    if len(asked) > MAX_ROWS:
        raise InvalidError(_("Choose 1 to %(max)s transactions", max=MAX_ROWS))
    opened = {row.key: row for row in view.open_rows if row.outstanding > 0}
    found = [row for value in asked if (key := _key(value)) and (row := opened.get(key))]
    return AskedRows(found, len(asked) - len(found))


def _key(value: str) -> RowKey | None:
    kind, _colon, link = value.partition(":")
    try:
        return kind, from_link_part(link)
    except (ValueError, NotFoundError):
        return None


@dataclass(frozen=True, slots=True)
class FormLine:
    """A line of the invoice that can be chosen, with its amount and V.A.T. in minor units."""

    line_no: int
    part_no: str
    description: str
    amount: int

    @property
    def disputed(self) -> DisputedLine:
        """As the dispute names it."""
        return DisputedLine(line_no=self.line_no, part_no=self.part_no, description=self.description)


def form_lines(lines: Sequence[InvoiceLine]) -> list[FormLine]:
    """Those that charge something. A dispute names at most MAX_LINES of them."""
    return [
        FormLine(line.line_no, line.part_no or "", line.description or "", _gross(line))
        for line in lines
        if line.line_type is not LineType.TEXT and (line.net_amount or 0) > 0
    ][:MAX_LINES]


def _gross(line: InvoiceLine) -> int:
    net = line.net_amount or 0
    if line.vat_amount is not None:
        return net + line.vat_amount
    return net + round_half_up(net * (line.vat_rate or Decimal(0)) / 100)


def claims(request: Request, rows: Sequence[Row], lines: Sequence[FormLine], currency: str) -> list[Claim]:
    """What the form says of each row. Raises InvalidError on `line`."""
    form, part = request.form, request.form.get("part", PART)
    if len(rows) == 1 and part == WHOLE:
        return [Claim(key=rows[0].key, amount=rows[0].outstanding)]
    if len(rows) == 1 and part == LINES:
        wanted = set(request.form_all.get("line", []))
        chosen = [line for line in lines if str(line.line_no) in wanted]
        if not chosen:
            raise InvalidError(CHOOSE_LINE, {"line": CHOOSE_LINE})
        amount = min(rows[0].outstanding, sum(line.amount for line in chosen))
        return [Claim(key=rows[0].key, amount=amount, lines=tuple(line.disputed for line in chosen))]
    return [
        Claim(
            key=row.key,
            amount=typed_amount(form.get(_amount_field(row), ""), locale=request.fmt.locale, currency=currency),
        )
        for row in rows
    ]


def _amount_field(row: Row) -> str:
    """Named by its row, and not by its place: what is settled meanwhile must not move an amount to the next row."""
    return f"amount-{row_value(row)}"


def by_field(errors: Mapping[str, str], rows: Sequence[Row]) -> dict[str, str]:
    """What `raise_dispute` says of the claim with a place, at the field of its row."""
    fields = {f"amount-{place}": _amount_field(row) for place, row in enumerate(rows)}
    return {fields.get(name, name): text for name, text in errors.items()}


def form_context(
    request: Request, view: AccountView, rows: Sequence[Row], lines: Sequence[FormLine], errors: Mapping[str, str]
) -> dict[str, Any]:
    """What the template needs: what was sent, or what it proposes."""
    formatter, form = RowFormatter.of(view, request.fmt), request.form
    money = formatter.money
    return {
        "errors": errors,
        "ref": view.ref,
        "account_name": view.facts.name,
        "rows": [
            {
                "value": row_value(row),
                "name": row_name(row),
                "noun": row_noun(row),
                "description": row.description or "",
                "on": row.transaction_date,
                "outstanding": money(row.outstanding),
                "field": _amount_field(row),
                "amount": form.get(_amount_field(row), request.fmt.amount(row.outstanding, view.facts.currency)),
                "dispute": view.rules.dispute(row),
                "marked": row.dispute_flag,
            }
            for row in rows
        ],
        "lines": [
            {
                "line": line,
                "amount": money(line.amount),
                "ticked": str(line.line_no) in request.form_all.get("line", []),
            }
            for line in lines
        ],
        "part": form.get("part", PART if form else WHOLE),
        "reasons": list(REASON_LABELS.items()),
        "reason": form.get("reason", ""),
        "message": form.get("message", ""),
        "max_message": MAX_MESSAGE,
        "total": money(sum(row.outstanding for row in rows)),
    }
