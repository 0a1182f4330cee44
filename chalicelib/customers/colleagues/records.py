"""How the rights of an account's people are stored in the table."""

from pynamodb.attributes import UnicodeAttribute, UTCDateTimeAttribute

from chalicelib.store.record import Versioned


class GrantRecord(Versioned):
    """`D#d#A#<ref>`, `ACCESS#<key>`: the rights of one person, or of an invitation, read at each request of theirs.

    Who has none may do everything: the first user, and everybody from before there were levels. What has ended stays,
    so that a session that is still open finds that it has.
    """

    email = UnicodeAttribute()
    role = UnicodeAttribute()
    areas = UnicodeAttribute(null=True)
    accounts = UnicodeAttribute(null=True)
    state = UnicodeAttribute()
    era = UnicodeAttribute(null=True)
    invitation_id = UnicodeAttribute(null=True)
    person_id = UnicodeAttribute(null=True)
    invited_by = UnicodeAttribute(null=True)
    queued_at = UTCDateTimeAttribute(null=True)
    expires_at = UTCDateTimeAttribute(null=True)
    ended = UnicodeAttribute(null=True)


class GrantListRecord(Versioned):
    """`D#d#A#<ref>`, `ACCESSES`: its version moves with every change, so that of two admins one stays."""
