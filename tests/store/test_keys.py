import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.keys import portal_customer_ref
from chalicelib.kernel.scopes import CustomerScope, DealerScope, IdentityScope, TenantScope
from chalicelib.store.record import account_pk, tenant_pk

IDS = st.from_regex(r"[a-z0-9]{10}", fullmatch=True)
PARTS = st.lists(st.text(st.characters(exclude_characters="#", exclude_categories=["Cs"]), min_size=1), min_size=1)


@given(st.text())
def test_only_ten_letters_and_digits_are_a_dealers_id(text: str) -> None:
    if re.fullmatch(r"[a-z0-9]{10}", text, re.ASCII):
        assert TenantScope(text).dealer_id == text
    else:
        with pytest.raises(ValueError, match="not a dealer id"):
            TenantScope(text)


@pytest.mark.parametrize(
    "text", ["a", "aa", "*", "", "a" * 9, "a" * 11, "aaaaaaaaa*", "AAAAAAAAAA", "aaaaaaaaaa\n", "\u0430aaaaaaaaa"]
)
def test_ids_that_would_reach_further_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a dealer id"):
        TenantScope(text)


@given(IDS, IDS, PARTS)
def test_no_dealers_key_begins_as_anothers(one: str, other: str, parts: list[str]) -> None:
    key = tenant_pk(TenantScope(one), *parts)
    assert key.startswith(f"D#{one}#")
    assert key.startswith(f"D#{other}#") == (one == other)
    assert key.split("#")[2:] == parts


@pytest.mark.parametrize("parts", [(), ("",), ("A", ""), ("A#B",)])
def test_parts_cannot_forge_a_key(parts: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="not parts"):
        tenant_pk(TenantScope("aaaaaaaaaa"), *parts)


def test_only_a_dealers_scope_has_such_keys() -> None:
    with pytest.raises(TypeError):
        tenant_pk(IdentityScope(), "A")  # type: ignore[arg-type]


def test_a_customer_reaches_the_partitions_of_their_own_accounts_alone() -> None:
    customer = CustomerScope("aaaaaaaaaa", "al", frozenset({"A/1#b"}))
    assert account_pk(customer, "A/1#b") == "D#aaaaaaaaaa#A#A%2F1%23b"
    with pytest.raises(NotFoundError):
        account_pk(customer, "A/1")
    assert account_pk(DealerScope("aaaaaaaaaa", "maria"), "A/1") == "D#aaaaaaaaaa#A#A%2F1"


def test_a_portal_customer_reaches_their_own_partition_and_the_linked_account() -> None:
    ref = portal_customer_ref("01HZM2Z5Q0XYZXYZXYZXYZXYZX")
    customer = CustomerScope("aaaaaaaaaa", "al", frozenset({ref, "1200"}))
    master = CustomerScope("aaaaaaaaaa", "al", frozenset({ref, "1200", "1201"}), account_ref="1201")
    unlinked = CustomerScope("aaaaaaaaaa", "al", frozenset({ref}))
    assert account_pk(customer, ref) == f"D#aaaaaaaaaa#A#{ref}"
    assert account_pk(customer, "1200") == "D#aaaaaaaaaa#A#1200"
    assert [scope.ledger_ref for scope in (customer, master, unlinked)] == ["1200", "1201", None]
    with pytest.raises(NotFoundError):
        account_pk(customer, portal_customer_ref("01HZM2Z5Q0XYZXYZXYZXYZXYZY"))
