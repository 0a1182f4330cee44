from itertools import pairwise

from chalicelib.kernel.roles import CUSTOMER_ROLES, STAFF_ROLES, Role


def test_each_role_includes_itself_and_those_below() -> None:
    for ladder in ((Role.VIEW, Role.PAY, Role.ADMIN), (Role.USER, Role.ADMIN)):
        assert all(role.includes(role) for role in ladder)
        assert all(upper.includes(lower) and not lower.includes(upper) for lower, upper in pairwise(ladder))


def test_every_role_is_of_somebody() -> None:
    assert set(Role) == STAFF_ROLES | CUSTOMER_ROLES
