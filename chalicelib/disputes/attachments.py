"""Files that either side attaches to a dispute: part of it from the moment they were accepted, while it is open."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from chalicelib.customers.enrolment.repo import in_era
from chalicelib.disputes import queries, repo, steps
from chalicelib.disputes.model import Dispute, DisputeFile
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import ImportScope
from chalicelib.store.audit import BY_CUSTOMER
from chalicelib.store.outbox import outbox_item
from chalicelib.store.record import Record
from chalicelib.store.transactions import refusal_as, retry_when_refused
from chalicelib.uploads import attaching
from chalicelib.uploads.attached_file import AttachedFile, Owner, OwnerKind


def owner_of(dispute: Dispute) -> Owner:
    """The dispute as what files are attached to."""
    return Owner(kind=OwnerKind.DISPUTE, owner_id=dispute.dispute_id, account_ref=dispute.account_ref, era=dispute.era)


def add_accepted_file(
    scope: ImportScope, file: AttachedFile, *, name: str, now: datetime, ids_of: Callable[[str], Ids]
) -> bool:
    """An accepted file becomes part of the dispute, under this name; whether its customer is to be mailed. Repeatable.

    Nobody decides without having seen it: the dispute has another version. Where the dispute has ended the file is left
    out. `ids_of` gives the ids to use for the audit row and the mail. Raises NotFoundError where there is no such
    dispute, or the account is another customer's by now.
    """
    own_era = in_era(scope, file.account_ref, file.era)

    def change() -> bool:
        before = queries.dispute(scope, file.account_ref, file.owner_id)
        if any(one.file_id == file.file_id for one in before.files):
            return False
        # Tested control: no-file-to-ended-dispute
        if not before.is_open:
            attaching.leave_out(scope, file, now=now, ids=ids_of("audit"))
            return False
        new = DisputeFile(
            file_id=file.file_id, name=name, size=file.size, at=now, by=file.sent_by, by_staff=file.by_staff
        )
        after = replace(before, files=(*before.files, new))
        said = {} if file.by_staff else {"by": BY_CUSTOMER}
        also: list[Record] = [
            steps.audit_of(scope, after, "dispute.file", now=now, ids=ids_of("audit"), actor=file.sent_by, **said)
        ]
        if file.by_staff:
            payload = {
                "account_ref": after.account_ref,
                "dispute_id": after.dispute_id,
                "step": len(after.steps),
                "file_id": file.file_id,
            }
            also.append(outbox_item(scope, kind=steps.NEWS, payload=payload, now=now, ids=ids_of("mail")))
        repo.put(scope, after, before=before, marks=None, writes=(own_era,), also=also)
        return file.by_staff

    with refusal_as(NotFoundError(), of=own_era):
        return retry_when_refused(change)
