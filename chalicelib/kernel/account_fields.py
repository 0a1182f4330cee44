"""What of an account's details customers may ask to have changed. The dealer's system owns them all."""

from collections.abc import Mapping
from enum import StrEnum

from chalicelib.kernel.i18n import LazyText, lazy_gettext


class AccountField(StrEnum):
    """Named as the column of customers.csv."""

    NAME = "name"
    ADDRESS_1 = "address_1"
    ADDRESS_2 = "address_2"
    ADDRESS_3 = "address_3"
    ADDRESS_4 = "address_4"
    CITY = "city"
    REGION = "region"
    POSTCODE = "postcode"
    PHONE = "phone"
    MOBILE = "mobile"
    EMAIL = "email"


FIELD_LABELS: Mapping[str, LazyText] = {
    AccountField.NAME: lazy_gettext("Name"),
    AccountField.ADDRESS_1: lazy_gettext("Address line 1"),
    AccountField.ADDRESS_2: lazy_gettext("Address line 2"),
    AccountField.ADDRESS_3: lazy_gettext("Address line 3"),
    AccountField.ADDRESS_4: lazy_gettext("Address line 4"),
    AccountField.CITY: lazy_gettext("City"),
    AccountField.REGION: lazy_gettext("Region"),
    AccountField.POSTCODE: lazy_gettext("Postcode"),
    AccountField.PHONE: lazy_gettext("Phone"),
    AccountField.MOBILE: lazy_gettext("Mobile"),
    AccountField.EMAIL: lazy_gettext("Email"),
}
"""What they are called on pages."""
