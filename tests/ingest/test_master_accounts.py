from hypothesis import given
from hypothesis import strategies as st

from chalicelib.ingest.master_accounts import MasterLink, bad_masters


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
