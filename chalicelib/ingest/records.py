"""How runs, their parts, uploads and what follows from them are stored in the table."""

from pynamodb.attributes import (
    BinaryAttribute,
    NumberAttribute,
    NumberSetAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)

from chalicelib.store.record import Record, Versioned


class LeaseRecord(Versioned):
    """`D#d#DEALER`, `IMPORTS`: one bundle at a time, and the numbers of runs."""

    last_run = NumberAttribute()
    run = NumberAttribute(null=True)
    expires_at = UTCDateTimeAttribute(null=True)
    finalising = NumberSetAttribute(null=True)


class RunRecord(Versioned):
    """`D#d#RUNS`, `<run>`. `state` and `code` are kept apart from the packed `body`, for conditions and filters."""

    state = UnicodeAttribute()
    code = UnicodeAttribute(null=True)
    body = BinaryAttribute(legacy_encoding=False)


class PartRecord(Record):
    """`D#d#RUN#<run>`, `PART#nnnn`: the part is done. Written once."""

    shard_run = NumberAttribute(attr_name="slice_run")
    rows = NumberAttribute()
    done_at = UTCDateTimeAttribute()


class ProgressRecord(Record):
    """`D#d#RUN#<run>`, `PROGRESS`: when a part that takes several calls last stored how far it came."""

    at = UTCDateTimeAttribute()


class ExportRecord(Record):
    """`D#d#EXPORTS`, `<export_id>`: the run that took it in last, and the digest of its files."""

    run = NumberAttribute()
    content = UnicodeAttribute()


class UploadRecord(Versioned):
    """`D#d#UPLOADS`, `<upload_id>`. `key_id` is the API key that began one, while it has not come."""

    key_id = UnicodeAttribute(null=True)
    body = BinaryAttribute(legacy_encoding=False)
