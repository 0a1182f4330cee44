"""Every module of page routes, by audience. A module is served when it is listed here."""

from chalicelib.web.auth import account, invitation, login, second_step, security
from chalicelib.web.customer import activity as own_activity
from chalicelib.web.customer import (
    details,
    document_downloads,
    documents,
    downloads,
    invoices,
    shared_documents,
    transactions,
)
from chalicelib.web.public import root, statements
from chalicelib.web.staff import account as staff_account
from chalicelib.web.staff import (
    account_access,
    account_transactions,
    activity,
    api_keys,
    brand_preview,
    changes,
    customise,
    customise_mails,
    customise_texts,
    document_request,
    document_requests,
    export_format,
    feed,
    impersonation,
    imports,
    invitations,
    settings,
    to_do,
    users,
)
from chalicelib.web.staff import accounts as staff_accounts
from chalicelib.web.staff import document_downloads as staff_document_downloads
from chalicelib.web.staff import documents as staff_documents
from chalicelib.web.staff import downloads as staff_downloads
from chalicelib.web.staff import shared_documents as staff_shared_documents

BINARY_TYPES = (
    "application/octet-stream",
    "application/pdf",
    "application/zip",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "image/png",
)
"""What API Gateway sends as bytes; anything else is text."""

PUBLIC = (root, statements)
AUTH = (login, second_step, invitation, account, security)
CUSTOMER = (transactions, invoices, documents, shared_documents, document_downloads, downloads, details, own_activity)
STAFF = (
    to_do,
    staff_accounts,
    invitations,
    staff_account,
    account_access,
    impersonation,
    changes,
    account_transactions,
    staff_documents,
    document_requests,
    document_request,
    staff_document_downloads,
    staff_shared_documents,
    imports,
    feed,
    export_format,
    activity,
    users,
    settings,
    api_keys,
    customise,
    customise_texts,
    customise_mails,
    brand_preview,
    staff_downloads,
)
