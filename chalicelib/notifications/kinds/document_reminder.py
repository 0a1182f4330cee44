"""The mail about a document that was asked for some time ago, has not come, and is due in three days."""

from chalicelib.notifications.kinds.document_requested import DocumentRequested
from chalicelib.uploads.document_requests.operations import REMINDED


class DocumentReminder(DocumentRequested):
    """As the mail that asked for it."""

    kind = REMINDED
