"""To whom customers write, in the table."""

from chalicelib.kernel.scopes import DealerScope, TenantScope
from chalicelib.messages.recipients.model import ContactPerson, Directory, Group
from chalicelib.messages.recipients.records import DirectoryRecord
from chalicelib.store.record import Record, tenant_pk
from chalicelib.store.roles import scoped
from chalicelib.store.transactions import transaction

_SK = "DIRECTORY"


@scoped
def directory(scope: TenantScope) -> Directory:
    """As it is now; an empty one where nothing has been set up."""
    record = DirectoryRecord.find(_pk(scope), _SK, consistent=True)
    if record is None:
        return Directory()
    return Directory(
        groups=tuple(
            Group(one["id"], one["name"], tuple(one["members"]), bool(one["offered"])) for one in record.groups
        ),
        people=tuple(ContactPerson(one["id"], tuple(one["rep_codes"])) for one in record.people),
        default_group=record.default_group or "",
        version=record.version,
    )


@scoped
def put(scope: DealerScope, new: Directory, *, audit: Record) -> None:
    """Write it with the audit row. Raises TransactionRefusedError where it has another version by now."""
    record = DirectoryRecord(
        _pk(scope),
        _SK,
        groups=[
            {"id": one.group_id, "name": one.name, "members": list(one.members), "offered": one.is_offered}
            for one in new.groups
        ],
        people=[{"id": one.person_id, "rep_codes": list(one.rep_codes)} for one in new.people],
        default_group=new.default_group or None,
    )
    if new.version is not None:
        record.version = new.version
    with transaction() as t:
        t.put(record)
        t.put(audit)


def _pk(scope: TenantScope) -> str:
    return tenant_pk(scope, "RECIPIENTS")
