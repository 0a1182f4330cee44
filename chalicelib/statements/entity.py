"""statements.csv: the statements that the dealer's own system has made."""

from typing import Any

from chalicelib.ccx.codes import Code
from chalicelib.ccx.columns import AMOUNT, DATE, RECORD, Column, Schema, account_ref, identifier
from chalicelib.ccx.entity import Absence, AccountContext, Entity
from chalicelib.ccx.messages import Day, Money
from chalicelib.ccx.row_plan import Problem, ReadRow
from chalicelib.kernel.i18n import lazy_gettext, lazy_ngettext
from chalicelib.statements.sent import SentStatement

_AGED = ("aged_future", "aged_current", "aged_1", "aged_2", "aged_3plus", "unallocated_amount")


def _check(row: ReadRow, around: AccountContext) -> None:
    slots = STATEMENTS.schema.by_name
    cells = {name: row.values[slot] for name, slot in slots.items()}
    first, last, document_id = cells["period_from"], cells["period_to"], cells["document_id"]
    if first and last and last < first:
        row.problems.append(Problem("period_to", Code.E127_PERIOD, {"first": Day(first)}, last))
    if document_id and document_id not in around.documents:
        row.problems.append(Problem("document_id", Code.W301_DOCUMENT_NOT_YET, {}, document_id))
    _check_ages(row, cells, around)


def _check_ages(row: ReadRow, cells: dict[str, Any], around: AccountContext) -> None:
    given, closing = [cells[name] for name in _AGED if cells[name] is not None], cells["closing"]
    if not given or closing is None or (len(given) == len(_AGED) and sum(given) == closing):
        return
    params = {"sum": Money(sum(given), around.currency), "closing": Money(closing, around.currency)}
    row.problems.append(Problem("aged_current", Code.W322_STATEMENT_AGES, params, ""))
    for name in _AGED:
        row.values[STATEMENTS.schema.by_name[name]] = None


STATEMENTS: Entity[SentStatement] = Entity(
    name="statements",
    tag="b",
    intro="Optional. The statements that your own system has made, one row each. Customers find them in the archive "
    "beside those of the portal, with your name as the source, and open the PDF that `document_id` names.",
    notes="""\
Send the PDF once, with its row in documents.csv and the `doc_type` `statement`. The portal shows what the row says and
your PDF; it works nothing out from either.""",
    nouns=lazy_ngettext("%(num)s statement", "%(num)s statements"),
    absence=Absence.GONE,
    key=("statement_id",),
    row=SentStatement,
    period="period_to",
    refuses=False,
    check=_check,
    schema=Schema(
        account_ref(),
        Column(
            "statement_id",
            identifier(64),
            description="your own id. It must stay the same in every export",
            what=lazy_gettext("an id that stays the same in every export"),
        ),
        Column("period_from", DATE, description="its first day"),
        Column("period_to", DATE, description="its last day", what=lazy_gettext("the last day of the statement")),
        Column("opening", AMOUNT, description="the balance before `period_from`"),
        Column("closing", AMOUNT, description="the balance at its end", what=lazy_gettext("the closing balance")),
        *(
            Column(
                name, AMOUNT, description="the closing balance by age: all six, or none; together they make `closing`"
            )
            for name in _AGED
        ),
        Column("document_id", identifier(64), description="its PDF in documents.csv, of this or an earlier export"),
        *RECORD,
    ),
)
