from chalicelib.alerts.kinds import BY_NAME, KINDS
from chalicelib.notifications.handlers import MailHandler
from chalicelib.notifications.registry import KINDS as HANDLERS

OTHERS = {
    "alert_text",
    "staff_invitation",
    "user_deleted",
    "download_ready",
    "document_forwarded",
    "new_dispute",
    "reply_not_added",
    "staff_news",
    "dealer_closing",
    "export_missing",
    "sample_mail",
}
"""Mails that no user of an account gets, or that somebody has just asked for; and text messages, of several kinds."""


def test_each_mail_is_of_one_kind() -> None:
    declared = [mail for kind in KINDS for mail in kind.mails]
    assert len(declared) == len(set(declared))
    mails = {handler.kind for handler in HANDLERS if isinstance(handler, MailHandler)}
    assert mails == {*declared, *OTHERS}


def test_a_kind_has_one_name() -> None:
    assert list(BY_NAME) == [kind.name for kind in KINDS]
    assert all(kind.channels for kind in KINDS)
