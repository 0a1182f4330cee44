from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.ccx import digest
from chalicelib.ccx.digest import account_digest, record_number


def digest_of(header: str, raws: list[str]) -> str:
    return account_digest([("file", header, sum(record_number(raw.encode()) for raw in raws))])


@given(st.lists(st.text()), st.randoms())
def test_order_does_not_matter(raws: list[str], random: Random) -> None:
    mixed = list(raws)
    random.shuffle(mixed)
    assert digest_of("a,b", mixed) == digest_of("a,b", raws)


def test_a_row_is_of_its_file() -> None:
    one, two = (record_number(raw) for raw in (b"1", b"2"))
    here, there = [("a", "x", one), ("b", "x", two)], [("a", "x", two), ("b", "x", one)]
    assert account_digest(here) == account_digest(reversed(here)) != account_digest(there)


def test_header_rows_and_rules_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {digest_of("a,b", ["1,2"]), digest_of("b,a", ["1,2"]), digest_of("a,b", ["1,2", "1,2"])}
    found |= {digest_of("a,b", []), digest_of("a,b", ["1,3"])}
    monkeypatch.setattr(digest, "VALIDATOR_VERSION", "next")
    found.add(digest_of("a,b", ["1,2"]))
    assert len(found) == 6
    assert {len(value) for value in found} == {32}
