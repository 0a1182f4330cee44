from chalicelib.ledger.status import LedgerTab, tab
from tests.ledger.rows import a_row


def test_current_is_what_is_outstanding() -> None:
    assert tab(a_row("1", total=1000)) is LedgerTab.CURRENT
    assert tab(a_row("1", total=1000, outstanding=0)) is LedgerTab.HISTORY
    assert tab(a_row("C1", total=-5)) is LedgerTab.CURRENT
