from chalicelib.dealers.model import Dealer
from chalicelib.kernel.ids import Ids
from chalicelib.ledger.row import TransactionType
from chalicelib.ledger.status import RowStatus
from chalicelib.web.customer.transactions_file import Labels, columns
from tests.dealers.profiles import a_profile
from tests.pseudo_locale import pseudo_locale


def test_the_headings_begin_with_those_of_the_page() -> None:
    labels = [column.label for column in columns(2)]
    assert labels[:4] == ["Inv. Date", "Reference No", "Type", "Description"]
    assert len(set(labels)) == len(labels) == 23


def test_headings_and_values_are_in_the_readers_language() -> None:
    with pseudo_locale():
        assert all(column.label.startswith("⟦") for column in columns(2))
        labels = Labels.current(Dealer.of("aaaaaaaaaa", a_profile(Ids())))
    assert labels.types[TransactionType.CREDIT_NOTE] == "⟦Credit Note⟧"
    assert labels.states[RowStatus.OVERDUE] == "⟦Overdue⟧"
