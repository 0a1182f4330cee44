"""Rows of transactions.csv to the rows of a ledger: the rules of one row, then those that need its neighbours."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from operator import itemgetter

from chalicelib.ccx.codes import Code
from chalicelib.ccx.entity import Key
from chalicelib.ccx.messages import Day, Money, Param, phrase
from chalicelib.ccx.row_plan import Problem, ReadRow
from chalicelib.ingest.checks.context import Context
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.money import as_decimal
from chalicelib.ledger.ageing import Age, AgeingPolicy
from chalicelib.ledger.entity import TRANSACTIONS
from chalicelib.ledger.row import Row
from chalicelib.ledger.settlement import settlement_amount

Problems = list[Problem]
_SIGNS = {"invoice": 1, "refund": 1, "credit_note": -1, "payment": -1, "discount": -1}
_OPPOSITES = {
    "invoice": "credit_note",
    "credit_note": "invoice",
    "payment": "refund",
    "refund": "payment",
    "discount": "journal",
}
"""What an amount is, in all likelihood, whose sign its type does not have."""
_POSITIVE, _NEGATIVE = phrase(lazy_gettext("positive")), phrase(lazy_gettext("negative"))
_FORWARD = "brought_forward"
_slots = TRANSACTIONS.schema.by_name
_MAIN = itemgetter(
    *map(_slots.__getitem__, ("type", "transaction_date", "total_amount", "outstanding_amount", "currency"))
)
_DATES = itemgetter(*map(_slots.__getitem__, ("due_date", "discount_date")))
_EXTRAS = itemgetter(*map(_slots.__getitem__, ("net_amount", "vat_amount", "settlement_amount", "settlement_rate")))
_AMOUNTS = {name: f"{name}_amount" for name in ("total", "outstanding", "net", "vat", "settlement")}
_LEADING = itemgetter(*(_slots[_AMOUNTS.get(name, name)] for name in Row._fields[: Row._fields.index("document")]))
"""The cells of a row's leading fields, in the order in which it stores them; those after them are given by name."""
_row: Callable[..., Row] = Row  # to mypy, cells of unknown number might reach into the fields given by name
_TRAILING = itemgetter(
    *map(_slots.__getitem__, ("dispute_flag", "settled_date", "settled_reason", "period", "machine"))
)
_AGE_LABEL, _DOCUMENT = _slots["age_label"], _slots["document_id"]
_KEY = itemgetter(_slots["type"], _slots["transaction_id"])
_AGES = {
    "future": Age.FUTURE,
    "current": Age.CURRENT,
    "current month": Age.CURRENT,
    "1 month": Age.ONE,
    "2 months": Age.TWO,
    "3 months": Age.THREE,
    "3+ months": Age.THREE,
}
_AGE_NAMES = {
    Age.FUTURE: phrase(lazy_gettext("Future")),
    Age.CURRENT: phrase(lazy_gettext("Current")),
    Age.ONE: phrase(lazy_gettext("1 Month")),
    Age.TWO: phrase(lazy_gettext("2 Months")),
    Age.THREE: phrase(lazy_gettext("3 Months")),
}


@dataclass(frozen=True, slots=True)
class RowContext:
    """What a transaction is measured against: its account's currency and documents, and how many lines each row has.

    `settled` are the stored rows that nothing was outstanding of.
    """

    context: Context
    currency: str
    documents: frozenset[str]
    lines: Mapping[Key, int]
    ageing: AgeingPolicy | None
    settled: Mapping[Key, Row] = field(default_factory=dict)


def check_row(row: ReadRow, around: RowContext) -> Row:
    """Adds the row's problems to it and returns what would be stored; use that only if the row is accepted."""
    values, problems = row.values, row.problems
    kind, day, total, outstanding, currency = _MAIN(values)
    if currency is not None and currency != around.currency:
        problems.append(Problem("currency", Code.E116_CURRENCY, {"currency": around.currency}, currency))
    if total is not None:
        _check_amounts(kind, total, outstanding, around.currency, problems)
        net, vat, settlement, rate = _EXTRAS(values)
        if net is not None and vat is not None:
            _check_vat(net, vat, total, around, _KEY(values), problems)
        if settlement is not None:
            _check_settlement(settlement, total, rate, around.currency, problems)
    if day is not None:
        due, discount = _DATES(values)
        _check_dates(day, due, discount, around.context, problems)
    document = values[_DOCUMENT]
    if document is not None and document not in around.documents:
        problems.append(Problem("document_id", Code.W301_DOCUMENT_NOT_YET, {}, document))
    disputed, settled_date, settled_reason, period, machine = _TRAILING(values)
    made = _row(
        *_LEADING(values),
        dispute_flag=bool(disputed),
        settled_date=settled_date,
        settled_reason=settled_reason,
        period=period,
        machine=machine,
    )
    if values[_AGE_LABEL] is not None and around.ageing is not None and day is not None and outstanding:
        _check_age(values[_AGE_LABEL], made, around.ageing, problems)
    if around.settled and (old := around.settled.get(_KEY(values))):
        _check_settled(old, day, total, around.currency, problems)
    return made


def _check_settled(old: Row, day: str | None, total: int | None, currency: str, problems: Problems) -> None:
    """A settled transaction is done with: one of another day or amount is likely another one, under the same id."""
    if day is not None and day != old.transaction_date:
        params: dict[str, Param] = {"column": "transaction_date", "before": Day(old.transaction_date)}
        problems.append(Problem("transaction_date", Code.W317_SETTLED_CHANGED, params, day))
    if total is not None and total != old.total:
        params = {"column": "total_amount", "before": Money(old.total, currency)}
        problems.append(Problem("total_amount", Code.W317_SETTLED_CHANGED, params, _text(total, currency)))


def _check_dates(day: str, due: str | None, discount: str | None, context: Context, problems: Problems) -> None:
    if day > context.latest:
        problems.append(
            Problem("transaction_date", Code.E111_FUTURE_DATE, {"as_at": Day(context.as_at.isoformat())}, day)
        )
    if due is not None and due < day:
        problems.append(Problem("due_date", Code.W302_DUE_DATE, {"date": Day(day)}, due))
    if discount is not None and discount < day:
        problems.append(Problem("discount_date", Code.E113_DISCOUNT_DATE, {"date": Day(day)}, discount))


def _check_amounts(kind: str | None, total: int, outstanding: int | None, currency: str, problems: Problems) -> None:
    sign = _SIGNS.get(kind or "", 0)
    if total * sign < 0:
        _amount_problem(
            "total_amount",
            Code.E110_SIGN,
            total,
            currency,
            problems,
            type=kind or "",
            sign=_POSITIVE if sign > 0 else _NEGATIVE,
            amount=_text(total, currency),
            other=_OPPOSITES[kind or ""],
        )
    if total == 0:
        _amount_problem("total_amount", Code.W307_ZERO, total, currency, problems)
    if outstanding is None or kind == _FORWARD:
        return
    if abs(outstanding) > abs(total):
        _amount_problem(
            "outstanding_amount", Code.E112_OUTSTANDING, outstanding, currency, problems, total=Money(total, currency)
        )
    elif outstanding * total < 0:
        _amount_problem(
            "outstanding_amount",
            Code.E121_OVERPAID,
            outstanding,
            currency,
            problems,
            amount=Money(outstanding, currency),
            zero=_text(0, currency),
            other="payment" if total > 0 else "refund",
            rest=_text(outstanding, currency),
        )


def _check_vat(net: int, vat: int, total: int, around: RowContext, key: Key, problems: Problems) -> None:
    """Each line may have been rounded by a minor unit (a sum of rounded amounts is not rounded again)."""
    if abs(net + vat - total) > max(1, around.lines.get(key, 1)):
        params = {"sum": Money(net + vat, around.currency), "total": Money(total, around.currency)}
        problems.append(Problem("vat_amount", Code.W304_NET_AND_VAT, params, _text(vat, around.currency)))


def _check_settlement(settlement: int, total: int, rate: str | None, currency: str, problems: Problems) -> None:
    if abs(settlement) > abs(total) or settlement * total < 0:
        _amount_problem(
            "settlement_amount", Code.E114_SETTLEMENT, settlement, currency, problems, total=Money(total, currency)
        )
    elif rate is not None:
        expected = settlement_amount(total=total, rate=Decimal(rate))
        if abs(expected - settlement) > 1:
            _amount_problem(
                "settlement_amount",
                Code.W305_SETTLEMENT,
                settlement,
                currency,
                problems,
                rate=rate,
                total=Money(total, currency),
                expected=Money(expected, currency),
            )


def _check_age(label: str, made: Row, ageing: AgeingPolicy, problems: Problems) -> None:
    """Only labels that plainly mean another bucket; what a dealer calls the buckets is the dealer's affair."""
    said, computed = _AGES.get(label.casefold()), ageing.age(made)
    if said is not None and computed in _AGE_NAMES and said is not computed:
        problems.append(Problem("age_label", Code.W308_AGE_LABEL, {"expected": _AGE_NAMES[computed]}, label))


def _amount_problem(
    column: str, code: Code, amount: int, currency: str, problems: Problems, /, **params: Param
) -> None:
    problems.append(Problem(column, code, params, _text(amount, currency)))


def _text(amount: int, currency: str) -> str:
    return str(as_decimal(amount, currency))
