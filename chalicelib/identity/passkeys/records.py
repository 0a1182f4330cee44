"""How passkeys are stored in the table."""

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute

from chalicelib.store.record import Record


class PasskeyRecord(Record):
    """`P#<id>`, `PASSKEY#<hash of the credential id>`."""

    credential_id = UnicodeAttribute()
    public_key = UnicodeAttribute()
    sign_count = NumberAttribute()
    transports: JSONAttribute = JSONAttribute(null=True)
    name = UnicodeAttribute()
    created_at = UTCDateTimeAttribute()
    last_used_at = UTCDateTimeAttribute(null=True)
    confirmed_at = UTCDateTimeAttribute(null=True)


class PasskeyOwnerRecord(Record):
    """`K#PASSKEY#<hash of the credential id>`, `OWNER`: whose it is. It stays when the passkey is removed."""

    person_id = UnicodeAttribute()


class ChallengeRecord(Record):
    """`T#<hash of the challenge>`, `CHALLENGE`: not used yet."""

    purpose = UnicodeAttribute()
    bound_to = UnicodeAttribute()
    name = UnicodeAttribute(null=True)
    expires_at = UTCDateTimeAttribute()
