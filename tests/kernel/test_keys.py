"""References of customers that no export names: known from account numbers by their form alone."""

import pytest

from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.keys import is_portal_customer, key_part, portal_customer_id, portal_customer_ref

CUSTOMER_ID = "01HZM2Z5Q0XYZXYZXYZXYZXYZX"


def test_a_reference_gives_its_id_back_and_needs_no_encoding() -> None:
    ref = portal_customer_ref(CUSTOMER_ID)
    assert (portal_customer_id(ref), is_portal_customer(ref), key_part(ref)) == (CUSTOMER_ID, True, ref)


@pytest.mark.parametrize(
    "ref", ["", "1200", "~", "~1200", CUSTOMER_ID, f"~{CUSTOMER_ID}\n", f"~{CUSTOMER_ID}1", f"~{CUSTOMER_ID.lower()}"]
)
def test_anything_else_is_an_account_number(ref: str) -> None:
    assert not is_portal_customer(ref)
    with pytest.raises(NotFoundError):
        portal_customer_id(ref)
