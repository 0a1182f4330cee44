"""A dealer's own words: what the fields are called, and for whom the long texts are."""

from collections.abc import Mapping

from chalicelib.dealers.wording.model import Statement
from chalicelib.kernel.i18n import LazyText, lazy_gettext

TEXT_LABELS: Mapping[str, LazyText] = {
    "introduction": lazy_gettext("Introduction"),
    "placeholder": lazy_gettext("Send message placeholder"),
    "privacy": lazy_gettext("Privacy statement"),
    "terms": lazy_gettext("Terms"),
    "footer": lazy_gettext("Footer"),
    "current_label": lazy_gettext("Label of the youngest age"),
}
MAIL_LABELS: Mapping[str, LazyText] = {
    "sender": lazy_gettext("Sender's name"),
    "reply_to": lazy_gettext("Answers go to"),
    "invitation": lazy_gettext("Paragraph of the invitation"),
    "closing": lazy_gettext("Closing"),
    "look": lazy_gettext("Colours of emails"),
}
CURRENT_LABELS: Mapping[str, LazyText] = {
    "current": lazy_gettext("Current"),
    "current_month": lazy_gettext("Current month"),
}
STATEMENT_TITLES: Mapping[Statement, LazyText] = {
    Statement.PRIVACY: lazy_gettext("Privacy statement"),
    Statement.TERMS: lazy_gettext("Terms"),
}
