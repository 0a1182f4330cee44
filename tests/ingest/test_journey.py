"""A bundle all the way from the inbox to the customer."""

from chalicelib.ingest.model import RunState
from tests.bundles import build_bundle, customer, document, transaction, with_balances
from tests.bundles import line as invoice_line
from tests.ingest.pipeline import ImportPipeline


def test_a_bundle_goes_in_and_its_accounts_can_be_read(line: ImportPipeline) -> None:
    rows = [transaction("100A", "127070", "7.70", document_id="d1"), transaction("b/2#", "5", "-3.98", type="payment")]
    bundle = build_bundle(
        with_balances([customer("100A"), customer("b/2#")], rows),
        rows,
        [document("100A", "d1")],
        [invoice_line("100A", "127070", 1, "6.42")],
        dealer_code=line.code,
    )
    run = line.take_in(bundle)
    assert (run.state, run.code, run.reasons) == (RunState.PUBLISHED, None, ())
    assert [(row.transaction_id, row.outstanding) for row in line.rows("100A")] == [("127070", 770)]
    assert line.rows("100A")[0].document == ["d1", run.number]
    assert [entry.balance for entry in sorted(line.entries())] == [770, -398]
