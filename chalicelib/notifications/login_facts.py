"""When and from where something was done to a login, as a mail to its owner says it."""

from chalicelib.dealers.model import Dealer
from chalicelib.kernel import i18n
from chalicelib.kernel.ids import moment_of
from chalicelib.kernel.origin import stored_origin
from chalicelib.rendering.format import Formats, formats
from chalicelib.rendering.user_agents import origin_in_words
from chalicelib.store.outbox import OutboxItem

_NO_DEALERS = i18n.SOURCE_LOCALE, "Europe/London"


def login_facts(item: OutboxItem, dealer: Dealer | None) -> dict[str, str]:
    """`when` (in the dealer's time zone) and `where`, in the dealer's language. Payload: origin, as a list.

    `where` is empty where it has none: what an operator did, and what waited before origins were kept.
    """
    fmt = formats_of(dealer)
    with i18n.activated(fmt.locale):
        where = origin_in_words(stored_origin(item.payload.get("origin")))
    return {"when": fmt.stamp(moment_of(item.item_id)), "where": where}


def formats_of(dealer: Dealer | None) -> Formats:
    """How a mail about a login writes dates: the dealer's way, where it is a dealer's mail."""
    locale, zone = (dealer.locale, dealer.time_zone) if dealer else _NO_DEALERS
    return formats(locale, zone)
