"""An invoice for its page: the facts beside its PDF, and the whole document where the portal draws it."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from chalicelib.customers.model import AccountFacts
from chalicelib.dealers.model import Dealer
from chalicelib.documents.model import InvoiceLine, LineType
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.ledger.account_view import AccountView
from chalicelib.ledger.row import Row, TransactionType
from chalicelib.ledger.settlement import discount_offered
from chalicelib.rendering.brand import shows_on_paper
from chalicelib.rendering.invoice_document import DealerMark, DocumentLine, InvoiceDocument, Pair, VatLine
from chalicelib.web.presenters.transactions import TYPES, RowFormatter

REASONS = {
    "paid": lazy_gettext("Paid"),
    "discount": lazy_gettext("Paid less discount"),
    "written_off": lazy_gettext("Written off"),
    "credited": lazy_gettext("Credited"),
    "rolled": lazy_gettext("Brought forward into a new balance"),
}
SETTLED = lazy_gettext("Settled")


def title_of(row: Row) -> str:
    """`Invoice 127070`."""
    return _("%(type)s %(reference)s", type=TYPES[TransactionType(row.type)], reference=row.reference)


class Detail(NamedTuple):
    """A fact about a row: its name, its value, and whether it stands out."""

    name: str
    value: str
    strong: bool = False


def details(view: AccountView, formatter: RowFormatter, row: Row) -> list[Detail]:
    """All that the export says of the row, without what it leaves empty."""
    age = view.rules.age(row)
    label = formatter.labels.types[TransactionType(row.type)]
    found = [
        Detail(_("%(type)s date", type=label), _day(formatter, row.transaction_date)),
        Detail(_("Due date"), _day(formatter, row.due_date)),
        Detail(_("Goods"), _money(formatter, row.net)),
        Detail(_("V.A.T."), _money(formatter, row.vat)),
        Detail(_("Total"), formatter.money(row.total), strong=True),
        *_settled_details(formatter, row),
        Detail(_("Age"), formatter.labels.ages[age] if age else ""),
        Detail(_("Description"), row.description or ""),
        Detail(_("Machine"), row.machine or ""),
        Detail(_("Advice no."), row.advice_no or ""),
        Detail(_("Order no."), row.order_no or ""),
        Detail(_("Your reference"), row.customer_order_ref or ""),
        Detail(_("Depot"), row.depot_code or ""),
        Detail(_("Rep code"), row.rep_code or ""),
        Detail(_("Period"), row.period or ""),
    ]
    return [detail for detail in found if detail.value]


def _settled_details(formatter: RowFormatter, row: Row) -> list[Detail]:
    """What a part payment, or a part use of a credit, has left."""
    if not row.outstanding or row.outstanding == row.total:
        return []
    done = Detail(_("Used") if row.total < 0 else _("Paid"), formatter.money(abs(row.total - row.outstanding)))
    return [done, Detail(_("Outstanding"), formatter.money(row.outstanding), strong=True)]


def events(view: AccountView, row: Row) -> list[tuple[str, str, date]]:
    """What happened to it, newest first: icon, sentence, day."""
    found = []
    if row.settled_date:
        found.append(("check2", _settled(view, row), date.fromisoformat(row.settled_date)))
    if row.due_date and row.total > 0 and row.due_date < view.as_at.isoformat():
        found.append(("calendar-event", _("Fell due"), date.fromisoformat(row.due_date)))
    found.append(("receipt", _entered(row, view.dealer), date.fromisoformat(row.transaction_date)))
    return sorted(found, key=lambda event: event[2], reverse=True)


def _settled(view: AccountView, row: Row) -> str:
    if row.vanished:
        return _("No longer in the ledger of %(dealer)s", dealer=view.dealer.name)
    if row.settled_inferred:
        return _("Settled by this day; %(dealer)s does not say when", dealer=view.dealer.name)
    return str(REASONS.get(row.settled_reason or "", SETTLED))


def _entered(row: Row, dealer: Dealer) -> str:
    if row.type == TransactionType.INVOICE:
        return _("Invoiced by %(dealer)s", dealer=dealer.name)
    if row.type == TransactionType.CREDIT_NOTE:
        return _("Credited by %(dealer)s", dealer=dealer.name)
    if row.type == TransactionType.PAYMENT:
        return _("Received by %(dealer)s", dealer=dealer.name)
    return _("Entered by %(dealer)s", dealer=dealer.name)


def document(
    view: AccountView, formatter: RowFormatter, row: Row, lines: Sequence[InvoiceLine], *, logo: bytes | None
) -> InvoiceDocument:
    """The row and its lines as the document that is drawn, under the dealer's `logo`, a PNG.

    A credit note's amounts are written without a minus.
    """
    label = formatter.labels.types[TransactionType(row.type)]
    sign = -1 if row.total < 0 else 1
    line_sign = -1 if sum(line.net_amount or 0 for line in lines) < 0 else 1
    return InvoiceDocument(
        title=title_of(row),
        dealer=view.dealer.name,
        sender=sender_of(view.dealer),
        addressee_label=_("%(type)s to", type=label),
        addressee=_addressee(view.facts),
        facts=_pairs(
            (_("%(type)s date and tax point", type=label), _day(formatter, row.transaction_date)),
            (_("Due date"), _day(formatter, row.due_date)),
            (_("Account"), view.ref),
            (_("Depot"), row.depot_code),
        ),
        references=_references(row),
        lines=tuple(_line(formatter, line, line_sign) for line in lines),
        vat=_vat(formatter, row, lines, line_sign),
        totals=_totals(formatter, row, lines, sign=sign, line_sign=line_sign),
        grand=(
            _("%(type)s total, %(currency)s", type=label, currency=formatter.currency),
            formatter.money(row.total * sign),
        ),
        settlement=_settlement(formatter, row),
        payment=_pairs((_("Reference"), f"{view.ref} / {row.reference}"), (_("Questions"), view.dealer.phone_in_full))
        if row.total > 0
        else (),
        advice=_advice() if row.total > 0 else None,
        footer=view.dealer.name,
        mark=mark_of(view.dealer, logo),
    )


def mark_of(dealer: Dealer, png: bytes | None) -> DealerMark | None:
    """The dealer's logo where it can be seen on paper."""
    logo = dealer.brand.logo
    if logo is None or png is None or not shows_on_paper(logo.inks):
        return None
    return DealerMark(png, logo.width, logo.height, shows_name=logo.shows_name)


def _line(formatter: RowFormatter, line: InvoiceLine, sign: int) -> DocumentLine:
    if line.line_type is LineType.TEXT:
        return DocumentLine("", line.description or "", text=True)
    quantity = None if line.quantity is None else line.quantity * sign
    return DocumentLine(
        part=line.part_no or "",
        description=_described(formatter, line),
        quantity="" if quantity is None else formatter.fmt.number(quantity),
        unit=line.unit or "",
        unit_price="" if line.unit_price is None else formatter.fmt.number(line.unit_price, 2),
        amount="" if line.net_amount is None else formatter.fmt.amount(line.net_amount * sign, formatter.currency),
    )


def _described(formatter: RowFormatter, line: InvoiceLine) -> str:
    text = line.description or ""
    return (
        _("%(item)s (less %(rate)s)", item=text, rate=f"{formatter.fmt.number(line.discount_pct)}%")
        if line.discount_pct
        else text
    )


def _vat(formatter: RowFormatter, row: Row, lines: Sequence[InvoiceLine], sign: int) -> tuple[VatLine, ...]:
    return tuple(
        VatLine(
            f"{formatter.fmt.number(rate, 2)}%",
            formatter.fmt.amount(goods * sign, formatter.currency),
            formatter.fmt.amount(vat * sign, formatter.currency),
        )
        for rate, (goods, vat) in sorted(_analysis(row, lines).items(), reverse=True)
    )


def _analysis(row: Row, lines: Sequence[InvoiceLine]) -> dict[Decimal, tuple[int, int]]:
    """Goods and V.A.T. by rate. Of a single rate it is the whole invoice's: lines are rounded one by one."""
    found: dict[Decimal, tuple[int, int]] = {}
    for line in lines:
        if line.vat_rate is not None and line.net_amount is not None:
            goods, vat = found.get(line.vat_rate, (0, 0))
            found[line.vat_rate] = goods + line.net_amount, vat + (line.vat_amount or 0)
    if len(found) == 1 and row.vat is not None:
        ((rate, (goods, _lines_vat)),) = found.items()
        return {rate: (goods, row.vat if (row.vat < 0) == (goods < 0) else -row.vat)}
    return found


def _totals(
    formatter: RowFormatter, row: Row, lines: Sequence[InvoiceLine], *, sign: int, line_sign: int
) -> tuple[Pair, ...]:
    goods = row.net * sign if row.net is not None else sum(line.net_amount or 0 for line in lines) * line_sign
    vat = row.vat * sign if row.vat is not None else sum(line.vat_amount or 0 for line in lines) * line_sign
    rest = row.total * sign - goods - vat
    pairs = [(_("Goods"), goods), (_("V.A.T."), vat), *([(_("Rounding"), rest)] if rest else [])]
    return tuple((name, formatter.fmt.amount(amount, formatter.currency)) for name, amount in pairs)


def _settlement(formatter: RowFormatter, row: Row) -> Pair | None:
    amount = discount_offered(row)
    if amount is None or row.discount_date is None:
        return None
    pay = _("Pay %(amount)s by %(day)s.", amount=formatter.money(amount), day=_day(formatter, row.discount_date))
    return pay, f"{_discount(formatter, row, formatter.money(row.total - amount))} {_no_credit_note()}"


def _discount(formatter: RowFormatter, row: Row, saved: str) -> str:
    if not row.settlement_rate:
        return _("That is the full price less a settlement discount of %(saved)s.", saved=saved)
    rate = f"{formatter.fmt.number(Decimal(row.settlement_rate), 2)}%"
    return _("That is the full price less a settlement discount of %(rate)s, %(saved)s.", rate=rate, saved=saved)


def _no_credit_note() -> str:
    return _(
        "We issue no credit note for the discount. Once you have paid, please make sure that you recover only the "
        "V.A.T. you actually paid."
    )


def _advice() -> Pair:
    return (
        _("Check before you pay"),
        _("If an email says that our bank details have changed, ring us on a number you already know before you pay."),
    )


def sender_of(dealer: Dealer) -> tuple[str, ...]:
    """Where the dealer is, how to reach it, its tax number."""
    reach = " · ".join(_filled(dealer.phone_in_full, dealer.support_email))
    return _filled(
        ", ".join(dealer.address), reach, dealer.vat_number and _("V.A.T. No. %(number)s", number=dealer.vat_number)
    )


def _addressee(facts: AccountFacts) -> tuple[str, ...]:
    lines = (facts.address_1, facts.address_2, facts.address_3, facts.address_4)
    return _filled(facts.name, *lines, facts.city, facts.region, facts.postcode)


def _references(row: Row) -> tuple[Pair, ...]:
    return _pairs(
        (_("Advice No."), row.advice_no),
        (_("Order No."), row.order_no),
        (_("Cust. Adv. No."), row.customer_order_ref),
        (_("Rep Code"), row.rep_code),
        (_("Sale type"), row.description),
        (_("Machine"), row.machine),
    )


def _filled(*values: str | None) -> tuple[str, ...]:
    return tuple(value for value in values if value)


def _pairs(*pairs: tuple[str, str | None]) -> tuple[Pair, ...]:
    return tuple((name, value) for name, value in pairs if value)


def _day(formatter: RowFormatter, iso: str | None) -> str:
    return formatter.fmt.date(date.fromisoformat(iso)) if iso else ""


def _money(formatter: RowFormatter, minor: int | None) -> str:
    return "" if minor is None else formatter.money(minor)
