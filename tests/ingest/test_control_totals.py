"""A control total of a currency in which an amount cannot be read is not known: neither agreement nor alarm."""

from typing import Any

from chalicelib.dealers import queries as dealers
from chalicelib.ingest.counts import Counts, FileCount
from chalicelib.ingest.model import RunState
from tests.bundles import build_bundle, customer, export_id, transaction, with_balances
from tests.ccx.words import words
from tests.ingest.exports import export, ledger
from tests.ingest.pipeline import ImportPipeline
from tests.ingest.zips import without_transactions

EURO = transaction("E1", "e1", "70.00", currency="EUR")


def spoilt(line: ImportPipeline, euros: str, sequence: int = 1) -> bytes:
    """One amount in pounds cannot be read; the outstanding euros are declared as `euros`."""
    customers, rows = ledger(20, 10)
    customers, rows = with_balances([*customers, customer("E1", currency="EUR")], [*rows, EURO]), [*rows, EURO]
    rows[0] = rows[0] | {"total_amount": "1.0.0"}
    totals = {"total_amount": {"GBP": "1234.00"}, "outstanding_amount": {"GBP": "1200.00", "EUR": euros}}
    values: dict[str, Any] = {
        "dealer_code": line.code,
        "sequence": sequence,
        "export_id": export_id(sequence, line.code),
    }
    return build_bundle(customers, rows, files={"transactions": {"totals": totals}}, **values)


def test_sums_and_rows_of_several_parts_add_up() -> None:
    def part(amount: int) -> Counts:
        made = Counts()
        made.count("transactions", "transactions.csv", rows=3, new=2, rejected=1)
        made.add_sum("transactions", "total_amount", "GBP", amount)
        return made

    whole = part(770)
    whole.add_counts(part(-70))
    whole.add_sum("transactions", "total_amount", "EUR", 5)
    assert whole.totals == {"transactions": {"total_amount": {"GBP": 700, "EUR": 5}}}
    assert whole.counts["transactions"] == FileCount("transactions", "transactions.csv", rows=6, new=4, rejected=2)


def test_an_unreadable_amount_leaves_the_total_of_its_currency_unknown(line: ImportPipeline) -> None:
    run = line.take_in(spoilt(line, "70.00"))
    assert (run.state, run.reasons) == (RunState.PUBLISHED, ())
    assert run.summary is not None
    whole = {(t.column, t.currency): t.whole for t in run.summary.totals if t.file == "transactions.csv"}
    assert whole == {
        ("total_amount", "GBP"): False,
        ("total_amount", "EUR"): True,
        ("outstanding_amount", "GBP"): True,
        ("outstanding_amount", "EUR"): True,
    }
    published = dealers.published(line.scope, fresh=True)
    assert (published.totals_agree, published.totals_known) == (True, False)


def test_a_wrong_total_of_another_currency_holds_all_the_same(line: ImportPipeline) -> None:
    run = line.take_in(spoilt(line, "1070.00"))
    assert run.state is RunState.HELD
    (reason,) = run.reasons
    assert "outstanding_amount in transactions.csv comes to EUR 70.00, your dealer system says EUR 1,070.00" in words(
        reason
    )


def test_an_export_without_transactions_claims_no_agreement(line: ImportPipeline) -> None:
    customers, rows = ledger(3, 2)
    line.take_in(export(line, customers, rows))
    assert dealers.published(line.scope, fresh=True).totals_known
    values: dict[str, Any] = {"dealer_code": line.code, "sequence": 2, "export_id": export_id(2, line.code)}
    newcomer = [*with_balances(customers, rows), customer("H1", balance="25.00")]
    run = line.take_in(without_transactions(build_bundle(newcomer, **values)))
    assert run.state is RunState.PUBLISHED, run.code
    assert not dealers.published(line.scope, fresh=True).totals_known
    assert run.summary is not None
    customers_count = run.summary.file("customers")
    assert customers_count is not None
    assert customers_count.warnings == 1  # W312_OUT_OF_BALANCE of H1, which has no rows
