import io

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.ccx.bundle import open_bundle
from chalicelib.ingest.master_accounts import MasterLink, bad_masters, master_links, repeated_documents
from tests.bundles import build_bundle, customer, document, transaction
from tests.ingest.zips import without


def problems(*links: tuple[str, str | None, str]) -> dict[str, str]:
    return {ref: problem.code.value for ref, problem in bad_masters(MasterLink(*link) for link in links).items()}


def test_a_group_of_one_depth() -> None:
    assert problems(("5000", None, "GBP"), ("5001", "5000", "GBP"), ("5002", "5000", "GBP")) == {}


def test_loops_of_any_length() -> None:
    assert problems(("1", "1", "GBP")) == {"1": "E204_MASTER_LOOP"}
    found = problems(("1", "2", "GBP"), ("2", "3", "GBP"), ("3", "1", "GBP"), ("4", "1", "GBP"))
    assert found == dict.fromkeys("123", "E204_MASTER_LOOP") | {"4": "E205_MASTER_DEPTH"}


def test_depth_two() -> None:
    assert problems(("1", None, "GBP"), ("2", "1", "GBP"), ("3", "2", "GBP")) == {"3": "E205_MASTER_DEPTH"}


def test_another_currency() -> None:
    assert problems(("1", None, "EUR"), ("2", "1", "GBP")) == {"2": "E206_MASTER_CURRENCY"}


def test_an_unknown_master_is_a_warning() -> None:
    assert problems(("2", "1", "GBP")) == {"2": "W314_UNKNOWN_MASTER"}


@given(st.dictionaries(st.sampled_from("abcdef"), st.none() | st.sampled_from("abcdefg")))
def test_what_passes_is_flat(masters: dict[str, str | None]) -> None:
    bad = bad_masters(MasterLink(ref, master, "GBP") for ref, master in masters.items())
    for ref, master in masters.items():
        if master is not None and ref not in bad:
            assert masters[master] is None


def test_links_come_from_customers() -> None:
    rows = [customer("5000"), customer("5001", master_account_ref="5000"), customer("", master_account_ref="5000")]
    bundle = open_bundle(io.BytesIO(build_bundle(rows)))
    assert list(master_links(bundle)) == [MasterLink("5000", None, "GBP"), MasterLink("5001", "5000", "GBP")]


def test_no_column_or_no_file_means_no_links() -> None:
    assert list(master_links(open_bundle(io.BytesIO(build_bundle([customer("1")]))))) == []
    absent = build_bundle(transactions=[transaction("1", "1", "1.00")], files={"customers": {"mode": "absent"}})
    assert list(master_links(open_bundle(io.BytesIO(without(absent, "customers.csv"))))) == []


def test_a_document_that_two_accounts_claim() -> None:
    rows = [document("1", "d1"), document("2", "d1"), document("2", "d2"), document("2", "d2"), document("", "d3")]
    bundle = open_bundle(io.BytesIO(build_bundle([customer("1"), customer("2")], documents=rows)))
    assert repeated_documents(bundle) == {"d1"}
    assert repeated_documents(open_bundle(io.BytesIO(build_bundle([customer("1")])))) == frozenset()
