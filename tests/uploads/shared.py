"""A document of the staff's on its way to the customer of account 1200, as `Sending` is a customer's to the staff."""

from dataclasses import dataclass, field

from chalicelib.uploads import repo, sharing
from chalicelib.uploads.shared_file import SharedFile
from chalicelib.uploads.sharing import NewDocument
from tests.uploads.sending import GOOD, Sending

MAXIMUM = 10_000


@dataclass(slots=True)
class SharedSending(Sending):
    """One document of the dealership's user, begun at `now`; nobody sees it yet unless it is `visible`."""

    name: str = "warranty.csv"
    title: str = ""
    kind: str = "certificate"
    visible: bool = False
    era: str = ""
    account_ref: str = "1200"
    file: SharedFile = field(init=False)  # type: ignore[assignment]

    def __post_init__(self) -> None:
        self.file = sharing.begin_document(
            self.dealership.user.staff_scope,
            NewDocument(self.title, self.kind, self.note, self.name, self.visible),
            account_ref=self.account_ref,
            era=self.era,
            maximum=MAXIMUM,
            now=self.now,
            ids=self.ids,
        )

    def found(self) -> SharedFile:  # type: ignore[override]
        stored = repo.stored_shared_file(self.dealership.scope, self.file.account_ref, self.file.file_id)
        assert stored
        return stored.file

    def accepted(self, data: bytes = GOOD) -> SharedFile:
        """Checked, and scanned clean."""
        version = self.put(data)
        self.arrived(version)
        self.scanned(version)
        return self.found()

    def show(self, *, visible: bool = True) -> SharedFile:
        """As staff choose."""
        return sharing.set_visibility(
            self.dealership.user.staff_scope,
            account_ref=self.file.account_ref,
            file_id=self.file.file_id,
            visible=visible,
            now=self.now,
            ids=self.ids,
        )
