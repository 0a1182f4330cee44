"""All kinds of outbox items. A kind that is not listed here waits in its outbox, and dispatch logs an error."""

from collections.abc import Mapping

from chalicelib.notifications.handlers import Handler, Handlers, OutboxScope
from chalicelib.notifications.kinds.access_changed import AccessChanged
from chalicelib.notifications.kinds.access_ended import AccessEnded
from chalicelib.notifications.kinds.activated import Activated
from chalicelib.notifications.kinds.alert_text import AlertText
from chalicelib.notifications.kinds.audit import Audit
from chalicelib.notifications.kinds.change_refused import ChangeRefused
from chalicelib.notifications.kinds.colleague_invitation import ColleagueInvitation
from chalicelib.notifications.kinds.colleague_joined import ColleagueJoined
from chalicelib.notifications.kinds.customer_invitation import CustomerInvitation
from chalicelib.notifications.kinds.dealer_closing import DealerClosing
from chalicelib.notifications.kinds.dispute_news import DisputeNews
from chalicelib.notifications.kinds.document_asked_again import DocumentAskedAgain
from chalicelib.notifications.kinds.document_deleted import DocumentDeleted
from chalicelib.notifications.kinds.document_forwarded import DocumentForwarded
from chalicelib.notifications.kinds.document_reminder import DocumentReminder
from chalicelib.notifications.kinds.document_requested import DocumentRequested
from chalicelib.notifications.kinds.document_shown import DocumentShown
from chalicelib.notifications.kinds.documents_shared import DocumentsShared
from chalicelib.notifications.kinds.download_ready import DownloadReady
from chalicelib.notifications.kinds.email_change import EmailChange
from chalicelib.notifications.kinds.email_change_requested import EmailChangeRequested
from chalicelib.notifications.kinds.email_changed import EmailChanged
from chalicelib.notifications.kinds.email_sync import EmailSync
from chalicelib.notifications.kinds.era_started import EraStarted
from chalicelib.notifications.kinds.export_missing import ExportMissing
from chalicelib.notifications.kinds.feed_files import FeedFiles
from chalicelib.notifications.kinds.file_attached import FileAttached
from chalicelib.notifications.kinds.invitation_reminder import InvitationReminder
from chalicelib.notifications.kinds.message_answered import MessageAnswered
from chalicelib.notifications.kinds.new_device import NewDevice
from chalicelib.notifications.kinds.new_dispute import NewDispute
from chalicelib.notifications.kinds.new_documents import NewDocuments
from chalicelib.notifications.kinds.passkey_changed import PasskeyChanged
from chalicelib.notifications.kinds.password_changed import PasswordChanged
from chalicelib.notifications.kinds.password_reset import PasswordReset
from chalicelib.notifications.kinds.payment_reminder import PaymentReminder
from chalicelib.notifications.kinds.payment_reminder_share import PaymentReminderShare
from chalicelib.notifications.kinds.reply_not_added import ReplyNotAdded
from chalicelib.notifications.kinds.run_news import RunNews
from chalicelib.notifications.kinds.run_news_share import RunNewsShare
from chalicelib.notifications.kinds.same_customers import SameCustomers
from chalicelib.notifications.kinds.sample_mail import SampleMail
from chalicelib.notifications.kinds.second_factor import SecondFactor
from chalicelib.notifications.kinds.security_code import SecurityCode
from chalicelib.notifications.kinds.security_text import SecurityText
from chalicelib.notifications.kinds.staff_changed import StaffChanged
from chalicelib.notifications.kinds.staff_event import StaffEventHappened
from chalicelib.notifications.kinds.staff_factor_reset import StaffFactorReset
from chalicelib.notifications.kinds.staff_invitation import StaffInvitation
from chalicelib.notifications.kinds.staff_news import StaffNews
from chalicelib.notifications.kinds.statement_ready import StatementReady
from chalicelib.notifications.kinds.statement_round import StatementRound
from chalicelib.notifications.kinds.user_deleted import UserDeleted

KINDS: Handlers = (
    CustomerInvitation(),
    InvitationReminder(),
    ColleagueInvitation(),
    ColleagueJoined(),
    AccessChanged(),
    StaffInvitation(),
    StaffChanged(),
    UserDeleted(),
    StaffFactorReset(),
    EraStarted(),
    SameCustomers(),
    AccessEnded(),
    ChangeRefused(),
    StaffEventHappened(),
    StaffNews(),
    DisputeNews(),
    NewDispute(),
    DocumentRequested(),
    DocumentReminder(),
    DocumentAskedAgain(),
    DocumentShown(),
    DocumentsShared(),
    DocumentDeleted(),
    DownloadReady(),
    DocumentForwarded(),
    MessageAnswered(),
    ReplyNotAdded(),
    RunNews(),
    RunNewsShare(),
    NewDocuments(),
    StatementRound(),
    StatementReady(),
    PaymentReminderShare(),
    PaymentReminder(),
    AlertText(),
    FeedFiles(),
    FileAttached(),
    DealerClosing(),
    ExportMissing(),
    SampleMail(),
    PasswordReset(),
    PasswordChanged(),
    SecondFactor(),
    SecurityCode(),
    SecurityText(),
    PasskeyChanged(),
    NewDevice(),
    EmailChange(),
    EmailChangeRequested(),
    EmailChanged(),
    EmailSync(),
    Activated(),
    Audit(),
)


def handlers_of(scope: OutboxScope, kinds: Handlers = KINDS) -> Mapping[str, Handler]:
    """Those of the scope's outbox, by kind: a dealer's item never runs a handler of identity's, nor the reverse."""
    return {one.kind: one for one in kinds if isinstance(scope, one.scope_type)}
