"""Documents that one person opens in two windows at the same moment."""

from concurrent.futures import ThreadPoolExecutor

from chalicelib.ledger.viewed import operations, repo
from chalicelib.ledger.viewed.model import Viewer
from tests.fixtures.worlds import World
from tests.ledger.accounts import AS_AT
from tests.ledger.published import NOW, a_dealer, the_customer
from tests.ledger.rows import a_row


def test_of_two_windows_at_once_both_count(engine: World) -> None:
    assert engine.name
    dealer = a_dealer()
    customer, ann = the_customer(dealer), Viewer("ann", lambda: "Ann Barlow")
    rows = [a_row(f"12707{n}", total=1) for n in range(3)]

    def opens(n: int) -> None:
        operations.note_views(customer, ref="1200", rows=[rows[n]], viewer=ann, today=AS_AT, now=NOW)

    with ThreadPoolExecutor(2) as windows:
        list(windows.map(opens, (0, 1)))
    opens(2)
    found = repo.viewings(dealer, "1200", era="", since="2024-01")
    assert set(found.by_row) == {row.key for row in rows}
