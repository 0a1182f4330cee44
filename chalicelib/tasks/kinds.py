"""Every kind of task. A new kind is one more entry."""

from collections.abc import Mapping
from datetime import date

from chalicelib.ccx.messages import Formats
from chalicelib.kernel.account_fields import FIELD_LABELS
from chalicelib.kernel.dispute_codes import OPEN_STATES, REASON_LABELS, STATE_LABELS
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.keys import is_portal_customer, link_part
from chalicelib.kernel.roles import Role
from chalicelib.tasks import held_export
from chalicelib.tasks.model import Task, TaskKind


def _change(detail: Mapping[str, str], _fmt: Formats) -> str:
    return _("%(field)s: %(value)s", field=FIELD_LABELS[detail["field"]], value=detail["value"])


def _not_taken(detail: Mapping[str, str], _fmt: Formats) -> str:
    return _("Your dealer system did not take it: %(reason)s", reason=detail["reason"])


def _undelivered(detail: Mapping[str, str], _fmt: Formats) -> str:
    email = detail["email"]
    match detail["reason"]:
        case "complaint":
            return _("%(email)s reported the invitation as spam", email=email)
        case "unsent" | "reject":
            return _("The invitation to %(email)s could not be sent", email=email)
    return _("The invitation to %(email)s bounced", email=email)


def _bounce(detail: Mapping[str, str], _fmt: Formats) -> str:
    email = detail["email"]
    match detail["reason"]:
        case "complaint":
            return _("%(email)s reported an email from you as spam", email=email)
        case "unsent" | "reject":
            return _("Email to %(email)s could not be sent", email=email)
    return _("Email to %(email)s bounced", email=email)


def _document(detail: Mapping[str, str], _fmt: Formats) -> str:
    name = detail["name"] or _("A document")
    asked = detail.get("request")
    return _("%(name)s, requested: %(request)s", name=name, request=asked) if asked else name


def _title(detail: Mapping[str, str], _fmt: Formats) -> str:
    return detail["title"]


def _dispute(detail: Mapping[str, str], fmt: Formats) -> str:
    amount = fmt.money(int(detail["amount"]), detail["currency"])
    reason = REASON_LABELS[detail["reason"]]
    return _("%(amount)s of %(references)s: %(reason)s", amount=amount, references=detail["references"], reason=reason)


def _dispute_page(task: Task) -> str:
    return f"/staff/disputes/{link_part(task.account_ref or '')}/{task.task_id}"


def _document_page(task: Task) -> str:
    return f"/staff/documents/{link_part(task.account_ref or '')}/{task.task_id}"


def _account_page(task: Task) -> str:
    ref = task.account_ref or ""
    home = "/staff/activity?account=" if is_portal_customer(ref) else "/staff/accounts/"
    return home + link_part(ref)


def _question_page(task: Task) -> str:
    return f"/staff/messages/{link_part(task.account_ref or '')}/{task.task_id}"


def _users_page(_task: Task) -> str:
    return "/staff/users"


def _changes_page(task: Task) -> str:
    return f"/staff/accounts/{link_part(task.account_ref or '')}#changes"


def _requests_page(task: Task) -> str:
    ref = task.account_ref or ""
    return "/staff/document-requests" if is_portal_customer(ref) else f"/staff/accounts/{link_part(ref)}#asked-for"


def _feed_page(task: Task) -> str:
    return f"/staff/feed?item={task.task_id}"


def _imports_page(_task: Task) -> str:
    return "/staff/imports"


def _missing(detail: Mapping[str, str], fmt: Formats) -> str:
    return _("No export by %(time)s on %(day)s", day=fmt.date(date.fromisoformat(detail["day"])), time=detail["time"])


def _used_up(detail: Mapping[str, str], fmt: Formats) -> str:
    return _(
        "%(count)s were sent this month. No more go before %(day)s",
        count=fmt.count(int(detail["count"])),
        day=fmt.date(date.fromisoformat(detail["until"])),
    )


def _settings_page(_task: Task) -> str:
    return "/staff/settings#sms_notifications"


def _run_page(task: Task) -> str:
    return held_export.page_of(task.detail)


HELD_EXPORT = TaskKind(
    name="held_export",
    label=lazy_gettext("Export held"),
    plural=lazy_gettext("Exports held"),
    icon="pause-circle",
    tone="warn",
    days=1,
    verb=lazy_gettext("Decide"),
    describe=held_export.described,
    page=_run_page,
    role=Role.ADMIN,
)
EXPORT_MISSING = TaskKind(
    name="export_missing",
    label=lazy_gettext("Export missing"),
    plural=lazy_gettext("Exports missing"),
    icon="clock-history",
    tone="warn",
    days=0,
    verb=lazy_gettext("Open"),
    describe=_missing,
    page=_imports_page,
    role=Role.ADMIN,
)
CHANGE = TaskKind(
    name="change",
    label=lazy_gettext("Change requested"),
    plural=lazy_gettext("Change requests"),
    icon="pencil-square",
    days=5,
    verb=lazy_gettext("Review"),
    describe=_change,
    page=_changes_page,
)
DISPUTE = TaskKind(
    name="dispute",
    label=lazy_gettext("Dispute"),
    plural=lazy_gettext("Disputes"),
    icon="chat-square-text",
    tone="query",
    days=3,
    verb=lazy_gettext("Open"),
    describe=_dispute,
    page=_dispute_page,
    states={state: label for state, label in STATE_LABELS.items() if state in OPEN_STATES},
)
INVITATION_UNDELIVERED = TaskKind(
    name="invitation_undelivered",
    label=lazy_gettext("Invitation not delivered"),
    plural=lazy_gettext("Invitations not delivered"),
    icon="envelope-exclamation",
    tone="warn",
    days=3,
    verb=lazy_gettext("Open"),
    describe=_undelivered,
    page=_account_page,
)
MAIL_BOUNCED = TaskKind(
    name="mail_returned",
    label=lazy_gettext("Email bounced"),
    plural=lazy_gettext("Emails bounced"),
    icon="envelope-exclamation",
    tone="warn",
    days=3,
    verb=lazy_gettext("Open"),
    describe=_bounce,
    page=_account_page,
    ends_by_hand=True,
)
STAFF_MAIL_BOUNCED = TaskKind(
    name="staff_mail_returned",
    label=lazy_gettext("Email to a colleague bounced"),
    plural=lazy_gettext("Emails to colleagues bounced"),
    icon="envelope-exclamation",
    tone="warn",
    days=3,
    verb=lazy_gettext("Open"),
    describe=_bounce,
    page=_users_page,
    ends_by_hand=True,
    role=Role.ADMIN,
)
DOCUMENT = TaskKind(
    name="document",
    label=lazy_gettext("Document received"),
    plural=lazy_gettext("Documents received"),
    icon="file-earmark-check",
    days=3,
    verb=lazy_gettext("Open"),
    describe=_document,
    page=_document_page,
)
DOCUMENT_OVERDUE = TaskKind(
    name="document_overdue",
    label=lazy_gettext("Document overdue"),
    plural=lazy_gettext("Documents overdue"),
    icon="file-earmark-x",
    tone="warn",
    days=2,
    verb=lazy_gettext("Open"),
    describe=_title,
    page=_requests_page,
)
QUESTION = TaskKind(
    name="question",
    label=lazy_gettext("Question"),
    plural=lazy_gettext("Questions"),
    icon="chat-left-text",
    days=1,
    verb=lazy_gettext("Answer"),
    describe=_title,
    page=_question_page,
)
NOT_TAKEN = TaskKind(
    name="not_taken",
    label=lazy_gettext("Not taken"),
    plural=lazy_gettext("Not taken"),
    icon="arrow-return-left",
    tone="warn",
    days=3,
    verb=lazy_gettext("Mark done"),
    describe=_not_taken,
    page=_feed_page,
    ends_by_hand=True,
)
TEXTS_USED_UP = TaskKind(
    name="texts_used_up",
    label=lazy_gettext("Text messages used up"),
    plural=lazy_gettext("Text messages used up"),
    icon="phone",
    tone="warn",
    days=3,
    verb=lazy_gettext("Open"),
    describe=_used_up,
    page=_settings_page,
    ends_by_hand=True,
    role=Role.ADMIN,
)

_ALL = (
    HELD_EXPORT,
    EXPORT_MISSING,
    QUESTION,
    CHANGE,
    DISPUTE,
    INVITATION_UNDELIVERED,
    MAIL_BOUNCED,
    STAFF_MAIL_BOUNCED,
    DOCUMENT,
    DOCUMENT_OVERDUE,
    NOT_TAKEN,
    TEXTS_USED_UP,
)
KINDS: Mapping[str, TaskKind] = {kind.name: kind for kind in _ALL}
"""By name, which is stored, in the order in which pages list them."""
