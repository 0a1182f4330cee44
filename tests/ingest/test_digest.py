import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.ingest import digest
from chalicelib.ingest.digest import account_digest


@given(st.lists(st.text()), st.randoms())
def test_order_does_not_matter(raws: list[str], random: object) -> None:
    mixed = list(raws)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert account_digest("a,b", mixed) == account_digest("a,b", raws)


def test_header_rows_and_rules_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {account_digest("a,b", ["1,2"]), account_digest("b,a", ["1,2"]), account_digest("a,b", ["1,2", "1,2"])}
    found |= {account_digest("a,b", []), account_digest("a,b", ["1,3"])}
    monkeypatch.setattr(digest, "VALIDATOR_VERSION", "next")
    found.add(account_digest("a,b", ["1,2"]))
    assert len(found) == 6
    assert {len(value) for value in found} == {32}
