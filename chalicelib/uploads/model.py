"""A file that a person sends, and what is found out about it. Pure: no step here reads or writes anything."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self, TypeVar

from chalicelib.kernel.keys import is_portal_customer, link_part
from chalicelib.kernel.scopes import CustomerScope

MAX_BYTES = 15_000_000
MAX_EXTENSION = 5
"""Characters: webp, jpeg, docx."""
FORM_SECONDS = 15 * 60
OVERDUE_AFTER = timedelta(minutes=30)
"""From then on a schedule looks at the object itself."""
GIVEN_UP_AFTER = timedelta(hours=24)
"""The quarantine lets go of an object after a day."""


class FilePurpose(StrEnum):
    """What the sender says that a file is."""

    REMITTANCE = "remittance"
    TAX_CERTIFICATE = "tax_certificate"
    INSURANCE = "insurance"
    ORDER = "order"
    SIGNED = "signed"
    OTHER = "other"


class FileState(StrEnum):
    """Where a file is. Of `ACCEPTED` and `REFUSED` there is no way back, but for what is attached too late."""

    BEGUN = "begun"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class Reason(StrEnum):
    """Why a file is refused."""

    THREAT = "threat"
    PROTECTED = "protected"
    DAMAGED = "damaged"
    ACTIVE = "active"
    MACROS = "macros"
    WEB_PAGE = "web_page"
    ARCHIVE = "archive"
    HEIC = "heic"
    OLD_OFFICE = "old_office"
    WRONG_TYPE = "wrong_type"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_COMPLEX = "too_complex"
    UNCHECKED = "unchecked"
    NOT_SCANNED = "not_scanned"
    NEVER_CAME = "never_came"
    OTHER_CUSTOMER = "other_customer"
    CLOSED = "closed"


class Verdict(StrEnum):
    """What GuardDuty says of an object: its `scanResultStatus`, and the value of its tag.

    https://docs.aws.amazon.com/guardduty/latest/ug/monitoring-malware-protection-s3-scans-gdu.html
    """

    NO_THREATS_FOUND = "NO_THREATS_FOUND"
    THREATS_FOUND = "THREATS_FOUND"
    UNSUPPORTED = "UNSUPPORTED"
    ACCESS_DENIED = "ACCESS_DENIED"
    FAILED = "FAILED"

    @property
    def reason(self) -> Reason | None:
        """Why a file of this verdict is refused; None of the only one that is clean."""
        # Tested control: only-clean-verdict
        return None if self is Verdict.NO_THREATS_FOUND else _REASONS.get(self, Reason.NOT_SCANNED)


_REASONS = {Verdict.THREATS_FOUND: Reason.THREAT, Verdict.UNSUPPORTED: Reason.PROTECTED}


class FileType(StrEnum):
    """What a file is by its content; the value is the extension that it is kept under."""

    PDF = "pdf"
    JPEG = "jpg"
    PNG = "png"
    DOCX = "docx"
    XLSX = "xlsx"
    CSV = "csv"
    TXT = "txt"


@dataclass(frozen=True, slots=True)
class Checked:
    """The result of the check by content: a kind with the bytes to keep, or a reason to refuse it.

    `thumbnail` is a small JPEG of a picture, empty for the rest.
    """

    kind: FileType | None = None
    data: bytes = b""
    thumbnail: bytes = b""
    reason: Reason | None = None


class Review(StrEnum):
    """What the dealer's staff say of an accepted file."""

    DONE = "done"
    ASKED_AGAIN = "asked_again"


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingFile:
    """A file on its way through the checks, a customer's or the staff's, from the moment it is announced.

    Both facts, `kind` or `reason` of the check and the `verdict`, are about the one version `object_version` of its
    object in quarantine. `era` is that of the account when the file was sent. `name` is empty where the browser has
    not told it. `has_thumbnail`: a small picture of it is kept beside it.
    """

    file_id: str
    account_ref: str
    era: str
    sent_by: str
    note: str
    name: str
    begun_at: datetime
    state: FileState = FileState.BEGUN
    object_version: str | None = None
    is_checked: bool = False
    verdict: Verdict | None = None
    kind: FileType | None = None
    size: int = 0
    reason: Reason | None = None
    decided_at: datetime | None = None
    has_thumbnail: bool = False

    @property
    def label(self) -> str:
        """What it is called in what is recorded of it."""
        return self.name

    @property
    def is_from_staff(self) -> bool:
        """Whether staff have sent it, and not the customer."""
        return False

    @property
    def max_bytes(self) -> int:
        """How large it may be."""
        return MAX_BYTES

    @property
    def is_final(self) -> bool:
        """Whether it is decided."""
        return self.state in {FileState.ACCEPTED, FileState.REFUSED}

    def can_be_sent(self, person_id: str, now: datetime) -> bool:
        """Whether the person who announced it may still fetch its form."""
        is_open = now - self.begun_at < timedelta(seconds=FORM_SECONDS)
        return self.state is FileState.BEGUN and self.sent_by == person_id and is_open

    def takes(self, version: str) -> bool:
        """Whether facts of this version count: the first version that anything is known of is the file."""
        # Tested control: one-version-only
        return not self.is_final and self.object_version in {None, version}

    def with_check(self, version: str, checked: Checked, now: datetime) -> Self:
        """It as known once this version was checked. What comes again, or too late, changes nothing."""
        if not self.takes(version) or self.is_checked:
            return self
        known = replace(
            self,
            object_version=version,
            is_checked=True,
            kind=checked.kind,
            size=len(checked.data),
            reason=checked.reason,
        )
        return _decided(known, now)

    def with_verdict(self, version: str, verdict: Verdict, now: datetime) -> Self:
        """It as known once this version was scanned. What comes again, or too late, changes nothing."""
        if not self.takes(version) or self.verdict:
            return self
        return _decided(replace(self, object_version=version, verdict=verdict), now)

    def accepted(self, now: datetime) -> Self:
        """Both facts are known, and good."""
        return replace(self, state=FileState.ACCEPTED, decided_at=now)

    def refused(self, reason: Reason, now: datetime) -> Self:
        """Given up; a decided file stays as it is."""
        if self.is_final:
            return self
        return replace(self, state=FileState.REFUSED, reason=reason, decided_at=now)

    def expired(self, now: datetime) -> Self:
        """Refused where it has waited for a day."""
        if now - self.begun_at < GIVEN_UP_AFTER:
            return self
        return self.refused(Reason.NEVER_CAME if self.state is FileState.BEGUN else Reason.NOT_SCANNED, now)


@dataclass(frozen=True, slots=True, kw_only=True)
class SentFile(IncomingFile):
    """A file of a customer's.

    `account_name` is empty where no export names the sender, `request_id` where staff did not ask for it. `in_feed`: it
    has an item of the feed, of the same id.
    """

    purpose: FilePurpose
    review: Review | None = None
    comment: str = ""
    reviewed_by: str | None = None
    reviewed_at: datetime | None = None
    account_name: str = ""
    request_id: str = ""
    in_feed: bool = False


F = TypeVar("F", bound=IncomingFile)


def _decided(file: F, now: datetime) -> F:
    reason = file.reason or (file.verdict.reason if file.verdict else None)
    if reason:
        return file.refused(reason, now)
    # Tested control: both-facts-needed
    if file.is_checked and file.verdict:
        return file.accepted(now)
    return replace(file, state=FileState.RECEIVED)


def with_extension(name: str, kind: FileType | None) -> str:
    """The name with the extension that the content has."""
    stem, dot, extension = name.rpartition(".")
    known = dot and extension.isalnum() and len(extension) <= MAX_EXTENSION
    return f"{stem if known and stem else name}.{kind.value if kind else 'bin'}"


def quarantine_name(account_ref: str, file_id: str) -> str:
    """The name of its object in quarantine."""
    return f"{link_part(account_ref)}/{file_id}"


def kept_name(file_id: str) -> str:
    """The name of an accepted file among the dealer's objects: it tells nothing of the sender or the content."""
    return f"uploads/{file_id}"


def thumbnail_name(file_id: str) -> str:
    """The name of the small picture beside it."""
    return f"{kept_name(file_id)}-thumbnail"


def sender_ref(scope: CustomerScope) -> str | None:
    """Whose partition a customer's files are in: the portal customer's own, since a link to an account may be wrong."""
    own = next((ref for ref in sorted(scope.account_refs) if is_portal_customer(ref)), None)
    return own or scope.ledger_ref
