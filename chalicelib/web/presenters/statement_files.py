"""A statement as a PDF and as a file of rows."""

from chalicelib.downloads.model import SpreadsheetFile
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.money import as_decimal
from chalicelib.rendering.spreadsheet import Cell, Column, FileKind
from chalicelib.rendering.statement_document import StatementDocument, StatementLine
from chalicelib.store.temporary_files import safe_file_name
from chalicelib.web.presenters.invoice import mark_of, sender_of
from chalicelib.web.presenters.statements import Line, ShownStatement, slip
from chalicelib.web.presenters.transactions import RowFormatter


def document(shown_: ShownStatement, *, logo: bytes | None) -> StatementDocument:
    """The statement as it is drawn, under the dealer's `logo`, a PNG."""
    found, formatter = shown_.found, shown_.formatter
    view, statement = found.view, found.statement
    later = [StatementLine(description=_("Not yet on a statement"), kind="heading")] if shown_.later else []
    return StatementDocument(
        title=shown_.title,
        dealer=view.dealer.name,
        sender=sender_of(view.dealer),
        addressee_label=_("Statement to"),
        addressee=found.addressee,
        facts=((_("Account"), view.ref), (_("Figures as of"), formatter.fmt.date(found.as_at))),
        references=(
            (_("From"), formatter.fmt.date(statement.period.first)),
            (_("To"), formatter.fmt.date(statement.period.last)),
        ),
        headings=shown_.headings,
        lines=(
            *(_drawn(formatter, line) for line in shown_.lines),
            *later,
            *(_drawn(formatter, line) for line in shown_.later),
        ),
        ages_title=_("Ageing on %(day)s", day=formatter.fmt.date(min(statement.period.last, found.as_at))),
        ages=(
            *((label, formatter.money(amount)) for _age, label, amount in shown_.ages),
            (_("Balance"), formatter.money(statement.closing)),
        )
        if shown_.ages
        else (),
        notes=shown_.notes,
        slip=slip(shown_),
        footer=view.dealer.name,
        mark=mark_of(view.dealer, logo),
    )


def spreadsheet(shown_: ShownStatement, kind: FileKind) -> SpreadsheetFile:
    """The lines as a file, from opening to closing."""
    view = shown_.found.view
    digits = view.rules.digits
    labels = (_("Date"), _("Type"), _("Reference"), _("Description"), *shown_.headings, _("Account"), _("Currency"))
    return SpreadsheetFile(
        file_name=file_name(shown_, kind.value),
        form=kind,
        title=_("Statement %(account)s", account=view.ref),
        columns=[Column(label, 32 if place == 3 else 14, digits) for place, label in enumerate(labels)],  # noqa: PLR2004
        rows=(_cells(shown_, line) for line in shown_.lines),
        count=len(shown_.lines),
        snapshot_ref=str(view.snapshot.snapshot_ref),
        restarted=view.snapshot.restarted,
    )


def file_name(shown_: ShownStatement, extension: str) -> str:
    """`statement-1200-2024-06.pdf`."""
    period = shown_.found.statement.period
    days = period.month or f"{period.first.isoformat()}-{period.last.isoformat()}"
    return safe_file_name("statement", shown_.found.view.ref, days, extension=extension)


def _drawn(formatter: RowFormatter, line: Line) -> StatementLine:
    first, second = ("" if amount is None else formatter.money(amount) for amount in line.amounts)
    return StatementLine(
        on=formatter.fmt.date(line.on) if line.on else "",
        type=line.type,
        reference=line.reference,
        description=_described(line),
        amounts=(first, second, formatter.money(line.balance)),
        kind="sum" if line.is_sum else "row",
    )


def _described(line: Line) -> str:
    return _("%(text)s (entered late)", text=line.description).strip() if line.late else line.description


def _cells(shown_: ShownStatement, line: Line) -> list[Cell]:
    view = shown_.found.view
    currency = view.facts.currency
    amounts = (None if amount is None else as_decimal(amount, currency) for amount in (*line.amounts, line.balance))
    return [line.on, line.type, line.reference, _described(line), *amounts, view.ref, currency]
