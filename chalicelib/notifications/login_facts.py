"""When and from where something was done to a login, as a mail to its owner says it."""

from chalicelib.dealers.model import Dealer
from chalicelib.kernel import i18n
from chalicelib.kernel.ids import moment_of
from chalicelib.kernel.origin import stored_origin
from chalicelib.rendering.format import formats
from chalicelib.rendering.user_agents import origin_in_words
from chalicelib.store.outbox import OutboxItem

_NO_DEALERS = i18n.SOURCE_LOCALE, "Europe/London"


def login_facts(item: OutboxItem, dealer: Dealer | None) -> dict[str, str]:
    """`when` (in the dealer's time zone) and `where`, in the dealer's language. Payload: origin, as a list.

    `where` is empty where it has none: what an operator did, and what waited before origins were kept.
    """
    locale, zone = (dealer.locale, dealer.time_zone) if dealer else _NO_DEALERS
    with i18n.activated(locale):
        where = origin_in_words(stored_origin(item.payload.get("origin")))
    return {"when": formats(locale, zone).stamp(moment_of(item.item_id)), "where": where}
