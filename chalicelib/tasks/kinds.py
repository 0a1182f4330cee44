"""Every kind of task. A new kind is one more entry."""

from collections.abc import Mapping

from chalicelib.kernel.account_fields import FIELD_LABELS
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.keys import link_part
from chalicelib.tasks.model import Task, TaskKind


def _change(detail: Mapping[str, str]) -> str:
    return _("%(field)s: %(value)s", field=FIELD_LABELS[detail["field"]], value=detail["value"])


def _not_taken(detail: Mapping[str, str]) -> str:
    return _("Your dealer system did not take it: %(reason)s", reason=detail["reason"])


def _document(detail: Mapping[str, str]) -> str:
    return detail["name"] or _("A document")


def _document_page(task: Task) -> str:
    return f"/staff/documents/{link_part(task.account_ref or '')}/{task.task_id}"


def _changes_page(task: Task) -> str:
    return f"/staff/accounts/{link_part(task.account_ref or '')}#changes"


def _feed_page(task: Task) -> str:
    return f"/staff/feed?item={task.task_id}"


CHANGE = TaskKind(
    name="change",
    label=lazy_gettext("Change asked for"),
    plural=lazy_gettext("Changes asked for"),
    icon="pencil-square",
    days=5,
    verb=lazy_gettext("Review"),
    describe=_change,
    page=_changes_page,
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

KINDS: Mapping[str, TaskKind] = {kind.name: kind for kind in (CHANGE, DOCUMENT, NOT_TAKEN)}
"""By name, which is stored, in the order in which pages list them."""
