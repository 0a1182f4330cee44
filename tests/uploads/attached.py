"""A file on its way to a thread or a dispute of account 1200, as `Sending` is a customer's document to the staff."""

from dataclasses import dataclass, field

from chalicelib.kernel.scopes import CustomerScope, DealerScope
from chalicelib.uploads import attaching, repo
from chalicelib.uploads.attached_file import AttachedFile, Owner, OwnerKind
from tests.uploads.sending import Sending


@dataclass(slots=True)
class AttachedSending(Sending):
    """One of the dealership's customer, or of its user's where it is `by_staff`."""

    name: str = "delivery note.csv"
    owner_id: str = ""
    owner_kind: OwnerKind = OwnerKind.THREAD
    era: str = ""
    by_staff: bool = False
    account_ref: str = "1200"
    maximum: int = 50
    file: AttachedFile = field(init=False)  # type: ignore[assignment]

    def __post_init__(self) -> None:
        self.file = attaching.begin_attachment(
            self.scope, self.owner, name=self.name, maximum=self.maximum, now=self.now, ids=self.ids
        )

    @property
    def owner(self) -> Owner:
        return Owner(kind=self.owner_kind, owner_id=self.owner_id, account_ref=self.account_ref, era=self.era)

    @property
    def scope(self) -> CustomerScope | DealerScope:
        ours = self.dealership
        return ours.user.staff_scope if self.by_staff else ours.customer.customer_scope

    def stored(self) -> AttachedFile | None:
        found = repo.stored_attached_file(self.dealership.scope, self.account_ref, self.file.file_id)
        return found.file if found else None

    def found(self) -> AttachedFile:  # type: ignore[override]
        found = self.stored()
        assert found
        return found
