"""How profiles are stored in the table."""

from pynamodb.attributes import BinaryAttribute, UnicodeAttribute

from chalicelib.store.record import Record, Versioned


class ProfileRecord(Versioned):
    """`D#d#U#<person>`, `PROFILE`: what is empty is not stored; `photo` names the pictures beside it."""

    title = UnicodeAttribute(null=True)
    first_name = UnicodeAttribute(null=True)
    last_name = UnicodeAttribute(null=True)
    line1 = UnicodeAttribute(null=True)
    line2 = UnicodeAttribute(null=True)
    city = UnicodeAttribute(null=True)
    postcode = UnicodeAttribute(null=True)
    phone = UnicodeAttribute(null=True)
    mobile = UnicodeAttribute(null=True)
    alternate = UnicodeAttribute(null=True)
    photo = UnicodeAttribute(null=True)


class PhotoRecord(Record):
    """`D#d#U#<person>`, `PHOTO`: JPEGs in two sizes, some 30 KB; they come and go with the profile's `photo`."""

    photo = UnicodeAttribute()
    large = BinaryAttribute(legacy_encoding=False)
    small = BinaryAttribute(legacy_encoding=False)
