"""By what a dealer may send a customer offers and news. The dealer's system knows each as a yes or a no."""

from collections.abc import Mapping
from enum import StrEnum

from chalicelib.kernel.i18n import LazyText, lazy_gettext


class Channel(StrEnum):
    """Named as the end of its column in customers.csv, `marketing_email`."""

    EMAIL = "email"
    SMS = "sms"
    PHONE = "phone"
    POST = "post"


CHANNEL_LABELS: Mapping[Channel, LazyText] = {
    Channel.EMAIL: lazy_gettext("Email"),
    Channel.SMS: lazy_gettext("Text message (SMS)"),
    Channel.PHONE: lazy_gettext("Phone"),
    Channel.POST: lazy_gettext("Post"),
}
"""What they are called on pages."""
