"""References of customers that no export names: known from account numbers by their form alone."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.keys import (
    from_link_part,
    is_portal_customer,
    key_part,
    link_part,
    portal_customer_id,
    portal_customer_ref,
)

CUSTOMER_ID = "01HZM2Z5Q0XYZXYZXYZXYZXYZX"


def test_a_reference_gives_its_id_back_and_needs_no_encoding() -> None:
    ref = portal_customer_ref(CUSTOMER_ID)
    assert (portal_customer_id(ref), is_portal_customer(ref), key_part(ref)) == (CUSTOMER_ID, True, ref)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40))
def test_a_link_part_gives_its_reference_back(ref: str) -> None:
    part = link_part(ref)
    assert re.fullmatch(r"[A-Za-z0-9_-]+", part)
    assert from_link_part(part) == ref


@pytest.mark.parametrize("part", ["1", "MTIwMA==", "MTIwMA ", "MTIwMB", "\u00e9", "_w", "MTIw+A"])
def test_nothing_else_is_a_link_part(part: str) -> None:
    with pytest.raises(NotFoundError):
        from_link_part(part)


@pytest.mark.parametrize(
    "ref", ["", "1200", "~", "~1200", CUSTOMER_ID, f"~{CUSTOMER_ID}\n", f"~{CUSTOMER_ID}1", f"~{CUSTOMER_ID.lower()}"]
)
def test_anything_else_is_an_account_number(ref: str) -> None:
    assert not is_portal_customer(ref)
    with pytest.raises(NotFoundError):
        portal_customer_id(ref)
