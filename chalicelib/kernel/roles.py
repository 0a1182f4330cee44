"""What a member may do at a dealer or on a customer account: each side has its own roles, ranked."""

from enum import StrEnum

from chalicelib.kernel.i18n import lazy_gettext


class Role(StrEnum):
    """Staff are USER, SERVICE_MANAGER or ADMIN; users of a customer account are VIEW, PAY or ADMIN."""

    USER = "user"
    SERVICE_MANAGER = "service_manager"
    VIEW = "view"
    PAY = "pay"
    ADMIN = "admin"

    def includes(self, required: "Role") -> bool:
        """Whether this role may do what `required` may."""
        return _RANK[self] >= _RANK[required]


STAFF_ROLES = frozenset({Role.USER, Role.SERVICE_MANAGER, Role.ADMIN})
CUSTOMER_ROLES = frozenset({Role.VIEW, Role.PAY, Role.ADMIN})
_RANK = {Role.USER: 0, Role.VIEW: 0, Role.PAY: 1, Role.SERVICE_MANAGER: 1, Role.ADMIN: 2}
STAFF_ROLE_REQUIRED = {
    Role.SERVICE_MANAGER: lazy_gettext("Only a service manager or an admin of the dealership can do this"),
    Role.ADMIN: lazy_gettext("Only an admin of the dealership can do this"),
}
"""What is said to staff whose role is too low, by the role that is required."""
