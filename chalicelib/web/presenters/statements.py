"""A statement in words, as its page shows it."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import NamedTuple

from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.i18n import lazy_gettext, ngettext
from chalicelib.kernel.keys import link_part
from chalicelib.ledger.ageing import Age
from chalicelib.ledger.allocations import Allocated
from chalicelib.ledger.row import Row, RowKey, TransactionType, newest_first
from chalicelib.rendering.format import Formats
from chalicelib.rendering.invoice_document import Pair
from chalicelib.statements.model import Effect, Movement, Period, Source, StatementStyle, kind_of
from chalicelib.statements.queries import AccountStatement
from chalicelib.statements.sent import SentStatement
from chalicelib.web.presenters.invoice import REASONS, SETTLED
from chalicelib.web.presenters.transactions import RowFormatter, ages_of, row_link

EFFECTS = {
    Effect.SETTLED: lazy_gettext("Settled"),
    Effect.UNDATED: lazy_gettext("Settled"),
    Effect.REMOVED: lazy_gettext("Removed"),
    Effect.UNLISTED: lazy_gettext("Other entries"),
    Effect.CHANGED: lazy_gettext("Corrections"),
}
STYLES = {
    StatementStyle.BALANCE_FORWARD: lazy_gettext("All movements"),
    StatementStyle.OPEN_ITEM: lazy_gettext("Open items only"),
}
PART_LABELS = {
    "ageing": lazy_gettext("Ageing"),
    "payments": lazy_gettext("Payments"),
    "credits": lazy_gettext("Credits"),
}
_MAX_NAMED = 5


class Line(NamedTuple):
    """A line of a statement. `amounts` are two columns, of which a movement fills one; `balance` is that after it."""

    on: date | None
    type: str
    reference: str
    description: str
    amounts: tuple[int | None, int | None]
    balance: int
    link: str = ""
    is_sum: bool = False
    late: bool = False


class SentLine(NamedTuple):
    """A statement of the dealer's own system: its days in words, and the way to its PDF, empty where none has come."""

    title: str
    closing: int
    link: str


class Settlement(NamedTuple):
    """What the discounts of a statement would save."""

    until: date
    sentence: str


@dataclass(frozen=True, slots=True)
class ShownStatement:
    """A statement as its reader asked for it, in words. `is_open_items`: its lines are what is open, not movements."""

    found: AccountStatement
    formatter: RowFormatter
    is_open_items: bool
    lines: tuple[Line, ...]
    later: tuple[Line, ...]
    ages: tuple[tuple[Age, str, int], ...]
    notes: tuple[str, ...]
    settlement: Settlement | None

    @property
    def title(self) -> str:
        """`Statement, June 2024`."""
        return _("Statement, %(period)s", period=in_words(self.formatter, self.found.statement.period))

    @property
    def headings(self) -> tuple[str, str, str]:
        """Those of the three amounts."""
        if self.is_open_items:
            return _("Total"), _("Outstanding"), _("Balance")
        return _("Debit"), _("Credit"), _("Balance")

    @property
    def reference(self) -> str:
        """What a payment of it names."""
        period = self.found.statement.period
        return f"{self.found.view.ref} / ST-{period.month or period.last.isoformat()}"


def shown(
    found: AccountStatement, formatter: RowFormatter, style: StatementStyle, parts: frozenset[str], *, linked: bool
) -> ShownStatement:
    """The statement of this style, with those `parts`; what is left out of the lines is added up."""
    statement = found.statement
    is_open_items = style is StatementStyle.OPEN_ITEM and statement.items is not None
    words = _Words(formatter, _paid(found.allocated), linked=linked)
    hidden = frozenset(kind for part, kind in (("payments", "payment"), ("credits", "credit")) if part not in parts)
    made = (
        [words.item(row) for row in statement.items or ()]
        if is_open_items
        else [words.movement(one) for one in statement.movements]
    )
    kinds = (
        [kind_of(Effect.ENTERED, row.type) for row in statement.items or ()]
        if is_open_items
        else [kind_of(one.effect, one.type) for one in statement.movements]
    )
    listed = [line for line, kind in zip(made, kinds, strict=True) if kind not in hidden]
    summed = [
        _added_up(formatter.fmt, kind, [line for line, other in zip(made, kinds, strict=True) if other == kind])
        for kind in ("payment", "credit")
        if kind in hidden and kind in kinds
    ]
    opening = 0 if is_open_items else statement.opening
    lines = (*_with_balances([*listed, *summed], opening, is_open_items=is_open_items),)
    first = () if is_open_items else (_sum_line(statement.period.first, _("Opening balance"), statement.opening),)
    last = _sum_line(statement.period.last, _("Closing balance"), statement.closing)
    totals: tuple[int | None, int | None] = (None, None) if is_open_items else (statement.debits, statement.credits)
    return ShownStatement(
        found,
        formatter,
        is_open_items,
        (*first, *lines, last._replace(amounts=totals)),
        (*_with_balances([words.movement(one) for one in statement.later], statement.closing),),
        tuple(_ages(found)) if "ageing" in parts else (),
        tuple(_notes(found, formatter, style, parts)),
        _settlement(found, formatter),
    )


def in_words(formatter: RowFormatter, period: Period) -> str:
    """`June 2024`, or from one day to another."""
    fmt = formatter.fmt
    if period.month:
        return fmt.month(period.first)
    return _("%(first)s to %(last)s", first=fmt.date(period.first), last=fmt.date(period.last))


def sent_lines(
    formatter: RowFormatter, statements: Sequence[SentStatement], documents: Collection[str], home: str, kept: str = ""
) -> list[SentLine]:
    """Statements of the dealer's own system; `documents` are the ids of PDFs that may be opened, `kept` their query."""
    return [
        SentLine(
            sent_title(formatter, one),
            one.closing,
            f"{home}/sent/{link_part(one.statement_id)}/pdf{kept and f'?{kept}'}"
            if one.document_id in documents
            else "",
        )
        for one in statements
    ]


def sent_title(formatter: RowFormatter, one: SentStatement) -> str:
    """Its days: `June 2024`, `1 Jun 2024 to 15 Jun 2024`, or up to which day it goes."""
    last = date.fromisoformat(one.period_to)
    if one.period_from is None:
        return _("To %(day)s", day=formatter.fmt.date(last))
    return in_words(formatter, Period(date.fromisoformat(one.period_from), last))


def slip(shown_: ShownStatement) -> tuple[Pair, ...]:
    """What is sent with a payment; nothing where nothing is owed."""
    found, money = shown_.found, shown_.formatter.money
    if found.statement.closing <= 0:
        return ()
    dealer, pairs = found.view.dealer, []
    pairs.append((_("Pay to"), ", ".join((dealer.name, *dealer.address))))
    pairs.append((_("Reference"), shown_.reference))
    pairs.append((_("Closing balance"), money(found.statement.closing)))
    if saving := shown_.settlement:
        pairs.append((_("By %(day)s", day=shown_.formatter.fmt.date(saving.until)), saving.sentence))
    return tuple(pairs)


@dataclass(frozen=True, slots=True)
class _Words:
    """Says what movements and items are. `linked`: their reader may open them. `paid` is what payments were for."""

    formatter: RowFormatter
    paid: Mapping[RowKey, str]
    linked: bool

    def movement(self, one: Movement) -> Line:
        return Line(
            on=date.fromisoformat(one.on),
            type=self._type(one),
            reference=one.reference if one.row_key else "",
            description=self._description(one),
            amounts=(one.amount, None) if one.amount > 0 else (None, one.amount),
            balance=0,
            link=self._link(one),
            late=one.late,
        )

    def item(self, row: Row) -> Line:
        due = row.due_date if row.outstanding > 0 else None
        day = _("due %(day)s", day=self.formatter.fmt.date(date.fromisoformat(due))) if due else ""
        return Line(
            on=date.fromisoformat(row.transaction_date),
            type=self.formatter.labels.types[TransactionType(row.type)],
            reference=row.reference,
            description=", ".join(filter(None, (row.description, day))),
            amounts=(row.total, row.outstanding),
            balance=0,
            link=row_link(self.formatter.ref, row) if self.linked else "",
        )

    def _type(self, one: Movement) -> str:
        if one.effect == Effect.ENTERED:
            return self.formatter.labels.types[TransactionType(one.type)]
        return str(EFFECTS[Effect(one.effect)])

    def _description(self, one: Movement) -> str:
        if one.effect == Effect.ENTERED:
            return ", ".join(filter(None, (one.description, self.paid.get((one.type, one.transaction_id)))))
        if one.effect == Effect.REMOVED:
            return _("No longer in the ledger of %(dealer)s", dealer=self.formatter.dealer)
        if one.effect == Effect.UNLISTED:
            return _("Payments and other entries that were not sent one by one")
        if one.effect == Effect.CHANGED:
            return _("Changes to entries of earlier statements")
        if one.effect == Effect.UNDATED:
            return _("Paid or credited; the day is not known")
        return str(REASONS.get(one.description, SETTLED))

    def _link(self, one: Movement) -> str:
        if not self.linked or one.row_key is None:
            return ""
        on = one.on if one.effect in {Effect.ENTERED, Effect.UNDATED} else ""
        row = Row(one.transaction_id, one.type, one.reference, on, 0, 0)
        return row_link(self.formatter.ref, row).removesuffix("?on=")


def _paid(allocated: Sequence[Allocated]) -> Mapping[RowKey, str]:
    """What each payment and credit was for: `for 127070, 127072`."""
    found: dict[RowKey, dict[str, None]] = {}
    for one in allocated:
        found.setdefault(one.source.key, {})[one.target.reference] = None
    return {key: _for(tuple(references)) for key, references in found.items()}


def _for(references: Sequence[str]) -> str:
    named = ", ".join(references[:_MAX_NAMED])
    if (more := len(references) - _MAX_NAMED) > 0:
        return ngettext(
            "for %(references)s and %(num)s more", "for %(references)s and %(num)s more", more, references=named
        )
    return _("for %(references)s", references=named)


def _with_balances(lines: Sequence[Line], opening: int, *, is_open_items: bool = False) -> Iterator[Line]:
    changes = [line.amounts[1] if is_open_items else sum(filter(None, line.amounts)) for line in lines]
    balances = list(accumulate((change or 0 for change in changes), initial=opening))[1:]
    for line, balance in zip(lines, balances, strict=True):
        yield line._replace(balance=balance)


def _added_up(fmt: Formats, kind: str, lines: Sequence[Line]) -> Line:
    label = (
        fmt.plural(len(lines), "%(num)s payment, not listed", "%(num)s payments, not listed")
        if kind == "payment"
        else fmt.plural(len(lines), "%(num)s credit, not listed", "%(num)s credits, not listed")
    )
    first, second = ([amount for line in lines if (amount := line.amounts[place]) is not None] for place in (0, 1))
    return Line(None, "", "", label, (sum(first) if first else None, sum(second) if second else None), 0)


def _sum_line(day: date, label: str, balance: int) -> Line:
    return Line(day, "", "", label, (None, None), balance, is_sum=True)


def _ages(found: AccountStatement) -> Iterable[tuple[Age, str, int]]:
    if found.buckets is None or found.buckets.source == "none":
        return
    labels = ages_of(found.view.dealer)
    for age, amount in found.buckets.shown:
        yield age, str(labels[age]), amount


def _notes(
    found: AccountStatement, formatter: RowFormatter, style: StatementStyle, parts: frozenset[str]
) -> Iterator[str]:
    statement, fmt, dealer = found.statement, formatter.fmt, found.view.dealer.name
    first, last = statement.period
    if found.archived:
        yield _("Made on %(day)s.", day=fmt.stamp(found.archived.made_at))
    if statement.known_from is None:
        yield _("%(dealer)s has sent no transactions of this account.", dealer=dealer)
    elif first < statement.known_from:
        yield _(
            "The oldest transaction that %(dealer)s has sent is of %(day)s. What is said here of the days before it is "
            "worked out from the later ones.",
            dealer=dealer,
            day=fmt.date(statement.known_from),
        )
    if last > found.as_at:
        yield _("The figures are those of %(day)s.", day=fmt.date(found.as_at))
    if statement.source is Source.SETTLED_DATES:
        yield _(
            "%(dealer)s does not send the payments of this account. What was settled is taken off on the day that its "
            "system gives.",
            dealer=dealer,
        )
    if statement.items is None and (style is StatementStyle.OPEN_ITEM or "ageing" in parts):
        yield _(
            "Which items were open on %(day)s, and how old they were, is not known: the dates on which items were "
            "settled do not add up to the balance of that day.",
            day=fmt.date(last),
        )
    elif style is StatementStyle.OPEN_ITEM and last < found.as_at:
        yield (
            _("What was open on %(day)s is worked out from what payments were set against.", day=fmt.date(last))
            if statement.by_allocations
            else _(
                "What was open on %(day)s is worked out from the dates on which items were settled.", day=fmt.date(last)
            )
        )
    if found.buckets is not None and found.buckets.source == "none" and "ageing" in parts:
        yield _("This balance is not aged: it was brought forward without dates.")
    if statement.unallocated:
        yield _(
            "Payments that are not set against an invoice yet: %(amount)s, in the balance above.",
            amount=formatter.money(statement.unallocated),
        )


def _settlement(found: AccountStatement, formatter: RowFormatter) -> Settlement | None:
    saving = None if found.archived else found.saving
    if saving is None:
        return None
    chosen = sorted((row for row in found.view.open_rows if row.key in saving.keys), key=newest_first)
    named = [f"{row.reference} ({formatter.money(found.view.rules.payable(row))})" for row in chosen[:_MAX_NAMED]]
    amount, saved = formatter.money(saving.amount), formatter.money(saving.saved)
    if len(chosen) > _MAX_NAMED:
        sentence = ngettext(
            "%(amount)s settles %(num)s invoice; you save %(saved)s",
            "%(amount)s settles %(num)s invoices; you save %(saved)s",
            len(chosen),
            amount=amount,
            saved=saved,
            num=formatter.fmt.count(len(chosen)),
        )
        return Settlement(saving.until, sentence)
    return Settlement(
        saving.until,
        _("%(amount)s settles %(invoices)s; you save %(saved)s", amount=amount, invoices=", ".join(named), saved=saved),
    )
