"""The items of identity: keys `P# E# S# T# K# LIMIT#`, seen by the identity role alone."""

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute
from pynamodb.expressions.condition import Condition

from chalicelib.store.record import Record


class PersonRecord(Record):
    """`P#<id>`, `PERSON`."""

    person_id = UnicodeAttribute()
    email = UnicodeAttribute()
    password_hash = UnicodeAttribute()
    created_at = UTCDateTimeAttribute()
    factors = UnicodeAttribute(null=True)
    factors_version = UnicodeAttribute(null=True)
    reset_at = UTCDateTimeAttribute(null=True)
    language = UnicodeAttribute(null=True)


class AppFactorRecord(Record):
    """`P#<id>`, `FACTOR#app`: an authenticator app."""

    secret = UnicodeAttribute()
    since = UTCDateTimeAttribute()
    last_step = NumberAttribute()


class NewAppRecord(Record):
    """`P#<id>`, `FACTOR#app#NEW`: one that is being set up, until a code of it is entered."""

    secret = UnicodeAttribute()
    session_id = UnicodeAttribute(null=True)
    expires_at = UTCDateTimeAttribute()


class SmsNumberRecord(Record):
    """`P#<id>`, `FACTOR#sms`: the mobile number to which codes go."""

    number = UnicodeAttribute()
    since = UTCDateTimeAttribute()


class TextNumberRecord(Record):
    """`P#<id>`, `TEXTS`: the mobile number to which notifications go; `opted_out_at`: when none reached it any more."""

    number = UnicodeAttribute()
    since = UTCDateTimeAttribute()
    opted_out_at = UTCDateTimeAttribute(null=True)


class RecoveryCodesRecord(Record):
    """`P#<id>`, `RECOVERY`: the hashes of the codes that are left."""

    hashes: JSONAttribute = JSONAttribute()
    made_at = UTCDateTimeAttribute()


class FactorResetRecord(Record):
    """`P#<id>`, `FACTOR_RESET`: the operator has announced it, and not done it yet."""

    factors_version = UnicodeAttribute()
    requested_by = UnicodeAttribute()
    requested_as = UnicodeAttribute(null=True)
    at = UTCDateTimeAttribute()


class TrustedBrowserRecord(Record):
    """`P#<id>`, `REMEMBERED#<hash of the secret>`: a browser in which the second factor is not asked for again."""

    credentials_version = UnicodeAttribute(attr_name="proofs_version")
    since = UTCDateTimeAttribute()
    expires_at = UTCDateTimeAttribute()
    address = UnicodeAttribute(default="")
    user_agent = UnicodeAttribute(attr_name="agent", default="")
    weak = BooleanAttribute(default=False)


class PendingLoginRecord(Record):
    """`T#<hash of the secret>`, `LOGIN`: a login between its two steps."""

    person_id = UnicodeAttribute()
    credentials_version = UnicodeAttribute(attr_name="proofs_version")
    dealer_id = UnicodeAttribute(null=True)
    link_hash = UnicodeAttribute(null=True)
    expires_at = UTCDateTimeAttribute()


class EmailRecord(Record):
    """`E#<hash>`, `EMAIL`: one person an email."""

    person_id = UnicodeAttribute()


class MembershipRecord(Record):
    """`P#<id>`, `M#<membership key>`. `account_ref` is what `subject_ref` was called; only read."""

    dealer_id = UnicodeAttribute()
    kind = UnicodeAttribute()
    subject_ref = UnicodeAttribute(null=True)
    account_ref = UnicodeAttribute(null=True)
    account_name = UnicodeAttribute(default="")
    role = UnicodeAttribute()
    active = BooleanAttribute(default=False)
    invitation_id = UnicodeAttribute(default="")
    era = UnicodeAttribute(null=True)
    last_login = UTCDateTimeAttribute(null=True)
    added_at = UTCDateTimeAttribute()


class SessionRecord(Record):
    """`S#<hash>`, `SESSION`. The copy of the membership saves one read for each page; its end ends the session too."""

    person_id = UnicodeAttribute()
    email = UnicodeAttribute()
    membership: JSONAttribute = JSONAttribute(null=True)
    created_at = UTCDateTimeAttribute()
    last_seen = UTCDateTimeAttribute()
    expires_at = UTCDateTimeAttribute()
    address = UnicodeAttribute(default="")
    user_agent = UnicodeAttribute(attr_name="agent", default="")
    only_membership = BooleanAttribute(attr_name="only", default=False)
    second_factor = BooleanAttribute(default=False)
    factor_due = BooleanAttribute(default=False)
    short_password = BooleanAttribute(default=False)
    weak_factor = BooleanAttribute(default=False)
    language = UnicodeAttribute(null=True)


class SessionEntry(Record):
    """`P#<id>`, `S#<hash>`: the list of a person's sessions."""

    membership_key = UnicodeAttribute(null=True)


class LinkRecord(Record):
    """`T#<hash of the secret>`, `LINK`: a one-time link that still works."""

    purpose = UnicodeAttribute()
    email = UnicodeAttribute()
    person_id = UnicodeAttribute(null=True)
    membership: JSONAttribute = JSONAttribute(null=True)
    inviter = UnicodeAttribute(null=True)
    request_id = UnicodeAttribute()
    expires_at = UTCDateTimeAttribute()


class UnsubscribeRecord(Record):
    """`T#<hash of the secret>`, `UNSUBSCRIBE`: a link of a mail that stops those of its kind."""

    dealer_id = UnicodeAttribute()
    person_id = UnicodeAttribute()
    kind = UnicodeAttribute()
    expires_at = UTCDateTimeAttribute()


class ForwardLinkRecord(Record):
    """`T#<hash of the secret>`, `FORWARD`: where the link of a document that was sent on leads."""

    dealer_id = UnicodeAttribute()
    account_ref = UnicodeAttribute()
    forward_id = UnicodeAttribute()
    expires_at = UTCDateTimeAttribute()


class EmailChangeRecord(Record):
    """`P#<id>`, `EMAIL_CHANGE`: another address that waits for its link to be opened."""

    email = UnicodeAttribute()
    asked_at = UTCDateTimeAttribute()
    expires_at = UTCDateTimeAttribute()


class UsedLinkRecord(Record):
    """`T#<hash of the secret>`, `USED`: an invitation that was accepted, so that its link can say so."""


class ActiveLinkRecord(Record):
    """`T#CURRENT#<hash of what it is for>`, `CURRENT`: which link counts. An older request never replaces a newer."""

    link_hash = UnicodeAttribute(null=True)
    request_id = UnicodeAttribute()
    cancelled = BooleanAttribute(default=False)


class ApiKeyRecord(Record):
    """`K#<hash>`, `KEY`: a key that works. `K#DEALER#<dealer>`, `<key id>`: what staff see of it, also when revoked."""

    key_id = UnicodeAttribute()
    key_hash = UnicodeAttribute()
    dealer_id = UnicodeAttribute()
    name = UnicodeAttribute()
    prefix = UnicodeAttribute()
    created_at = UTCDateTimeAttribute()
    revoked_at = UTCDateTimeAttribute(null=True)
    last_used_at = UTCDateTimeAttribute(null=True)
    shown_at = UTCDateTimeAttribute(null=True)
    made_by = UnicodeAttribute(null=True)


class LimitRecord(Record):
    """`LIMIT#<name>#<hash of subject>`, `<start of the window>`, or `HELD` while an exclusive operation runs."""

    n = NumberAttribute()


class DeviceRecord(Record):
    """`LIMIT#DEVICE#<hash>`, `DEVICE`: a browser in which somebody has logged in.

    One hash is of email and secret, another of the secret alone.
    """

    expires_at = UTCDateTimeAttribute()


class BounceRecord(Record):
    """`P#<id>`, `RETURNED`: the last mail to them that bounced, and whether they were notified."""

    email = UnicodeAttribute()
    at = UTCDateTimeAttribute()
    kind = UnicodeAttribute()
    mail_id = UnicodeAttribute()
    is_notified = BooleanAttribute(default=False, attr_name="is_told")


class AuditRecord(Record):
    """`P#<id>`, `AUDIT#<ulid>`: only ever put."""

    at = UTCDateTimeAttribute()
    event = UnicodeAttribute()
    detail: JSONAttribute = JSONAttribute()

    def put_condition(self) -> Condition:
        """A row never replaces another; the same one may be written twice, where the operation is repeated."""
        same: Condition = (type(self).event == self.event) & (type(self).at == self.at)
        new: Condition = type(self).pk.does_not_exist()
        either: Condition = new | same
        return either
