"""What files that people send are called, and why one is refused: in words that say what to do."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from json import dumps
from typing import Any

from chalicelib.feed.model import FeedItem, ItemState
from chalicelib.kernel.i18n import LazyText, lazy_gettext
from chalicelib.kernel.i18n import gettext as _
from chalicelib.uploads.attached_file import UNNAMED, AttachedFile
from chalicelib.uploads.model import (
    MAX_BYTES,
    FilePurpose,
    FileState,
    FileType,
    IncomingFile,
    Reason,
    Review,
    SentFile,
    with_extension,
)
from chalicelib.uploads.operations import FileForms

PURPOSES: Mapping[FilePurpose, LazyText] = {
    FilePurpose.REMITTANCE: lazy_gettext("Remittance advice"),
    FilePurpose.TAX_CERTIFICATE: lazy_gettext("VAT or tax certificate"),
    FilePurpose.INSURANCE: lazy_gettext("Proof of insurance"),
    FilePurpose.ORDER: lazy_gettext("Order"),
    FilePurpose.SIGNED: lazy_gettext("Signed document"),
    FilePurpose.OTHER: lazy_gettext("Something else"),
}

REASONS: Mapping[Reason, LazyText] = {
    Reason.THREAT: lazy_gettext(
        "It contains a virus or other harmful software, so it was not passed on. Check your device first."
    ),
    Reason.PROTECTED: lazy_gettext("It is protected by a password, so we cannot check it. Send it without one."),
    Reason.DAMAGED: lazy_gettext("It is damaged or incomplete. Open it on your device, save it again and send that."),
    Reason.ACTIVE: lazy_gettext(
        "It contains scripts, attached files or links that open by themselves. Print it to a new PDF and send that."
    ),
    Reason.MACROS: lazy_gettext("It contains macros or other files. Save it as a PDF and send that."),
    Reason.WEB_PAGE: lazy_gettext("Web pages and SVG drawings are not accepted. Print it to a PDF and send that."),
    Reason.ARCHIVE: lazy_gettext("It is a ZIP or other archive. Send the files in it one by one."),
    Reason.HEIC: lazy_gettext(
        "Photos in Apple’s HEIC format are not accepted. Send it as JPEG: on an iPhone choose Most Compatible under "
        "Settings, Camera, Formats."
    ),
    Reason.OLD_OFFICE: lazy_gettext("It is in an old Word or Excel format. Save it as .docx, .xlsx or PDF."),
    Reason.WRONG_TYPE: lazy_gettext(
        "We do not accept this kind of file. Send a PDF, a photo (JPEG, PNG or WebP), Word, Excel, CSV or plain text."
    ),
    Reason.TOO_MANY_PIXELS: lazy_gettext("The picture has more than 40 megapixels. Make it smaller and send it again."),
    Reason.TOO_COMPLEX: lazy_gettext("Its contents are too large to check. Split it up, or print it to a PDF."),
    Reason.UNCHECKED: lazy_gettext("We could not check it. Save it again, as a PDF if you can, and send that."),
    Reason.NOT_SCANNED: lazy_gettext("We could not check it for viruses. Send it again."),
    Reason.NEVER_CAME: lazy_gettext("It did not arrive. Send it again."),
    Reason.OTHER_CUSTOMER: lazy_gettext("The account number was given to another customer before it was checked."),
    Reason.CLOSED: lazy_gettext("The dispute had ended before it was checked, so it was not added."),
}

Chip = tuple[LazyText, str, str]
_BEING_CHECKED: Chip = (lazy_gettext("Being checked"), "hourglass-split", "info")
_AWAITED: Chip = (lazy_gettext("Not arrived yet"), "hourglass-split", "")
_REFUSED: Chip = (lazy_gettext("Not accepted"), "x-circle", "bad")
_RECEIVED: Chip = (lazy_gettext("Received"), "check2", "ok")
ON_THE_WAY: Mapping[FileState, Chip] = {
    FileState.BEGUN: _AWAITED,
    FileState.RECEIVED: _BEING_CHECKED,
    FileState.REFUSED: _REFUSED,
}
"""The state of a file that is not accepted, for its sender."""
_REVIEWED: Mapping[Review, Chip] = {
    Review.DONE: (lazy_gettext("Done"), "check-circle", "ok"),
    Review.ASKED_AGAIN: (lazy_gettext("Requested again"), "arrow-repeat", "warn"),
}
_IN_FEED: Mapping[ItemState, Chip] = {
    ItemState.WAITING: (lazy_gettext("Waiting for your dealer system"), "hourglass-split", ""),
    ItemState.TAKEN: (lazy_gettext("Passed on to your dealer system"), "arrow-up-square", "ok"),
    ItemState.REJECTED: (lazy_gettext("Not taken by your dealer system"), "arrow-return-left", "warn"),
}
_NEW: Chip = (lazy_gettext("New"), "inbox", "info")
_PICTURES = frozenset({FileType.JPEG, FileType.PNG})
_WATCHED = timedelta(minutes=10)
"""For so long a page updates by itself: the check takes seconds."""


def title(file: SentFile) -> str:
    """Its name, or what it is for where the browser could not tell its name."""
    return file.name or str(PURPOSES[file.purpose])


def download_name(file: SentFile) -> str:
    """Its name with the extension that its content has."""
    return with_extension(title(file), file.kind)


def icon(file: IncomingFile) -> str:
    """For the list, where there is no thumbnail."""
    if file.kind is FileType.PDF:
        return "file-earmark-pdf"
    return "file-earmark-image" if file.kind in _PICTURES else "file-earmark-text"


def state_chip(file: SentFile) -> Chip:
    """Its state, for its sender."""
    if file.state is FileState.ACCEPTED:
        return _REVIEWED[file.review] if file.review else _RECEIVED
    return ON_THE_WAY[file.state]


def review_chip(file: SentFile) -> Chip:
    """Its state, for the dealer's staff."""
    return _REVIEWED[file.review] if file.review else _NEW


def passed_on_chip(item: FeedItem | None) -> Chip | None:
    """What the dealer's system has made of it; None of a file that it is not told of, or no more."""
    return _IN_FEED.get(item.state) if item else None


def is_watched(files: Sequence[IncomingFile], now: datetime) -> bool:
    """Whether something is about to change."""
    return any(not file.is_final and now - file.begun_at < _WATCHED for file in files)


def asked_again(files: Sequence[SentFile]) -> list[SentFile]:
    """Those that staff want again and for which nothing has come since; `files` are newest first."""
    found, answered = [], set()
    for file in files:
        if file.review is Review.ASKED_AGAIN and file.purpose not in answered:
            found.append(file)
        elif file.state in {FileState.RECEIVED, FileState.ACCEPTED}:
            answered.add(file.purpose)
    return found


def refused(files: Sequence[SentFile]) -> int:
    """How many of them were not accepted."""
    return sum(file.state is FileState.REFUSED for file in files)


def attached_name(file: AttachedFile) -> str:
    """What a file of a thread or a dispute is called, with the extension that its content has."""
    return with_extension(file.name or UNNAMED, file.kind)


def attached_label(file: AttachedFile) -> str:
    """The same while its content is not known."""
    return file.name or _("A file")


def attached_chip(file: AttachedFile) -> Chip:
    """Its state, for its sender. One that was accepted is about to appear."""
    return ON_THE_WAY.get(file.state, _BEING_CHECKED)


def is_awaited(files: Sequence[AttachedFile], now: datetime) -> bool:
    """Whether one of them is about to appear, or to be refused."""
    return any(file.state is not FileState.REFUSED and now - file.begun_at < _WATCHED for file in files)


def storage_form(forms: FileForms, max_bytes: int = MAX_BYTES) -> dict[str, Any]:
    """What the macro of this name in templates/parts/choose_files.html takes; the script reads `script_fields`."""
    return {"forms": forms, "script_fields": dumps(forms.script_form.fields), "max_bytes": max_bytes}
