from pathlib import Path

from chalicelib.kernel.scopes import IdentityScope, ImportScope
from chalicelib.notifications import kinds
from chalicelib.notifications.registry import KINDS, handlers_of

DEALERS = {
    "customer_invitation",
    "invitation_reminder",
    "access_changed",
    "colleague_invitation",
    "colleague_joined",
    "user_deleted",
    "staff_invitation",
    "era_started",
    "feed_files",
    "statement_ready",
    "statement_round",
    "access_ended",
    "staff_changed",
    "staff_factor_reset",
    "same_customers",
    "change_refused",
    "dispute_news",
    "new_dispute",
    "staff_event",
    "staff_news",
    "document_requested",
    "document_reminder",
    "document_asked_again",
    "message_answered",
    "reply_not_added",
    "run_news",
    "payment_reminder",
    "alert_text",
    "payment_reminder_share",
    "run_news_share",
    "new_documents",
    "document_shown",
    "file_attached",
    "documents_shared",
    "document_forwarded",
    "download_ready",
    "document_deleted",
    "dealer_closing",
    "export_missing",
    "sample_mail",
}
IDENTITYS = {
    "password_reset",
    "password_changed",
    "second_factor",
    "passkey_changed",
    "new_device",
    "security_code",
    "security_text",
    "email_change",
    "email_change_requested",
    "email_changed",
    "email_sync",
    "activated",
    "audit",
}


def test_each_outbox_has_its_own_kinds() -> None:
    assert handlers_of(ImportScope("aaaaaaaaaa")).keys() == DEALERS
    assert handlers_of(IdentityScope()).keys() == IDENTITYS


def test_each_module_is_listed_under_its_name() -> None:
    modules = {path.stem for path in Path(kinds.__path__[0]).glob("*.py")} - {"__init__"}
    assert sorted(handler.kind for handler in KINDS) == sorted(modules)
