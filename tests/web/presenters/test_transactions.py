from datetime import date

from chalicelib.dealers.model import Dealer
from chalicelib.kernel.ids import Ids
from chalicelib.ledger.overlays import Overlays, RowOverlay
from chalicelib.ledger.status import RowState, RowStatus
from chalicelib.rendering.format import formats
from chalicelib.web.presenters.transactions import Badge, RowFormatter, RowLabels, document_state, present, status_badge
from tests.dealers.profiles import a_profile
from tests.ledger.accounts import rules_at
from tests.ledger.rows import a_row
from tests.pseudo_locale import pseudo_locale

INVOICE = a_row("127070", total=770, due_date="2024-07-05", discount_date="2024-06-06", settlement=732)
DUE = RowState(RowStatus.DUE, date(2024, 7, 5))


def a_formatter(overlays: Overlays | None = None) -> RowFormatter:
    rules = rules_at(overlays=overlays or {})
    labels = RowLabels.current(Dealer.of("aaaaaaaaaa", a_profile(Ids())))
    return RowFormatter(formats("en-GB", "Europe/London", "GBP"), rules, "1200", "GBP", labels)


def test_a_row_of_the_list() -> None:
    row = present(a_formatter(), INVOICE, ticked=frozenset({"invoice:MTI3MDcw"}))
    assert (row.key, row.link) == ("invoice:MTI3MDcw", "/invoices/MTIwMA/invoice/MTI3MDcw?on=2024-06-05")
    assert (row.name, row.age, row.state) == ("invoice 127070", "Current", Badge("Due 5 Jul"))
    assert (row.total, row.outstanding, row.outstanding_minor) == ("£7.70", "£7.70", 770)
    assert (row.payable, row.disc_date, row.settlement, row.ticked) == (732, "6 Jun", "£7.32", True)


def test_a_row_is_in_the_readers_language() -> None:
    with pseudo_locale():
        row = present(a_formatter(), INVOICE)
    assert (row.name, row.type) == ("⟦⟦invoice⟧ 127070⟧", "⟦Invoice⟧")
    assert (row.age, row.state.text) == ("⟦Current⟧", "⟦Due 5 Jul⟧")


def test_the_list_sums_up_what_the_rules_call_payable() -> None:
    overlays = {INVOICE.key: RowOverlay(pending=700)}
    row = present(a_formatter(overlays), INVOICE)
    assert (row.payable, row.disc_date, row.settlement) == (70, "", "")
    assert present(a_formatter(), a_row("C1", total=-500, type="credit_note")).payable == -500


def test_every_status_has_its_badge() -> None:
    formatter = a_formatter()
    badges = [status_badge(formatter, RowState(status, date(2024, 5, 28), 8)) for status in RowStatus]
    assert badges == [
        Badge("Disputed", "query", "chat-square-text"),
        Badge("Settled 28 May", "", "check2"),
        Badge("Brought forward 28 May", "", "arrow-right"),
        Badge("No longer in the ledger since 28 May", "", "check2"),
        Badge("Credit to use", "ok", "plus-circle"),
        Badge("Overdue 8 days", "bad", "exclamation-circle"),
        Badge("Due 28 May"),
        Badge("No due date"),
    ]
    assert status_badge(formatter, RowState(RowStatus.ROLLED)) == Badge("Brought forward", "", "arrow-right")
    assert status_badge(formatter, RowState(RowStatus.SETTLED)) == Badge("Settled", "", "check2")
    inferred = RowState(RowStatus.SETTLED, date(2024, 5, 28), inferred=True)
    assert status_badge(formatter, inferred) == Badge("Settled by 28 May", "", "check2")
    assert status_badge(formatter, inferred, whole=True) == Badge("Settled by 28 May 2024", "", "check2")
    assert status_badge(formatter, DUE, whole=True) == Badge("Due 5 Jul 2024", "info", "clock")


def test_a_document_is_ready_drawn_waiting_or_none() -> None:
    rows = [
        INVOICE._replace(document=["x1", 1]),
        INVOICE._replace(lines=[1, 0, 0, 9]),
        INVOICE._replace(document_id="x1"),
        INVOICE,
    ]
    assert [document_state(row) for row in rows] == ["ready", "drawn", "waiting", ""]
