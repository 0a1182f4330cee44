"""Every module of page routes, by audience. A module is served when it is listed here."""

from chalicelib.web import einvoice_api, profile, profile_photo
from chalicelib.web.auth import (
    account,
    email_change,
    invitation,
    login,
    passkey_login,
    passkeys,
    second_step,
    security,
    sent_codes,
    sms_codes,
)
from chalicelib.web.customer import (
    account_group,
    colleagues,
    details,
    disputes,
    document_downloads,
    documents,
    downloads,
    einvoices,
    invoices,
    messages,
    notification_preferences,
    notifications,
    proof,
    send_on,
    shared_documents,
    text_number,
    totals,
    transaction_documents,
    transactions,
)
from chalicelib.web.customer import activity as own_activity
from chalicelib.web.customer import statements as own_statements
from chalicelib.web.public import forwarded, landing, root, statements, unsubscribe
from chalicelib.web.staff import account as staff_account
from chalicelib.web.staff import (
    account_access,
    account_people,
    account_totals,
    account_transaction,
    account_transactions,
    activity,
    api_keys,
    brand_preview,
    campaign,
    campaigns,
    changes,
    customise,
    customise_mails,
    customise_texts,
    dispute_list,
    document_request,
    document_requests,
    export_format,
    feed,
    impersonation,
    imports,
    invitations,
    landing_page,
    landing_picture,
    landing_preview,
    message_list,
    message_settings,
    settings,
    to_do,
    users,
)
from chalicelib.web.staff import accounts as staff_accounts
from chalicelib.web.staff import disputes as staff_disputes
from chalicelib.web.staff import document_downloads as staff_document_downloads
from chalicelib.web.staff import documents as staff_documents
from chalicelib.web.staff import downloads as staff_downloads
from chalicelib.web.staff import messages as staff_messages
from chalicelib.web.staff import notifications as staff_notifications
from chalicelib.web.staff import (
    proof as staff_proof,
)
from chalicelib.web.staff import shared_documents as staff_shared_documents
from chalicelib.web.staff import statements as staff_statements

BINARY_TYPES = (
    "application/octet-stream",
    "application/pdf",
    "application/zip",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "image/png",
    "image/jpeg",
    "image/webp",
)
"""What API Gateway sends as bytes; anything else is text."""

PUBLIC = (root, landing, statements, unsubscribe, forwarded)
AUTH = (
    login,
    passkey_login,
    second_step,
    invitation,
    account,
    security,
    sent_codes,
    sms_codes,
    passkeys,
    email_change,
    profile,
    profile_photo,
)
CUSTOMER = (
    transactions,
    account_group,
    own_statements,
    proof,
    totals,
    transaction_documents,
    invoices,
    send_on,
    einvoices,
    disputes,
    messages,
    documents,
    shared_documents,
    document_downloads,
    downloads,
    details,
    colleagues,
    own_activity,
    notifications,
    notification_preferences,
    text_number,
)
STAFF = (
    to_do,
    staff_accounts,
    invitations,
    campaigns,
    campaign,
    staff_account,
    account_access,
    account_people,
    impersonation,
    changes,
    account_transactions,
    account_transaction,
    staff_statements,
    account_totals,
    staff_proof,
    dispute_list,
    staff_disputes,
    staff_documents,
    document_requests,
    document_request,
    staff_document_downloads,
    staff_shared_documents,
    staff_messages,
    message_list,
    message_settings,
    staff_notifications,
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
    landing_page,
    landing_preview,
    landing_picture,
    staff_downloads,
)
PROGRAMS = (einvoice_api,)
