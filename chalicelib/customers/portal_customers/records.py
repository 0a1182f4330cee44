"""How customers that were added in the portal are stored in the table."""

from pynamodb.attributes import UnicodeAttribute, UTCDateTimeAttribute

from chalicelib.store.record import Versioned


class PortalCustomerRecord(Versioned):
    """`D#d#CUSTOMERS`, `<ulid>`. Memberships name the record, so changing `account_ref` moves nothing."""

    name = UnicodeAttribute()
    email = UnicodeAttribute()
    account_ref = UnicodeAttribute(null=True)
    account_era = UnicodeAttribute(null=True)
    created_at = UTCDateTimeAttribute()
