"""What an entry point needs, put together in one place. Nothing is made at import; tests replace it with `use`."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from chalicelib import settings as environment
from chalicelib.alerts import queries as alerts
from chalicelib.customers.impersonation.model import Impersonation
from chalicelib.customers.impersonation.queries import current_impersonation
from chalicelib.dealers import queries as dealers
from chalicelib.dealers import repo as dealers_repo
from chalicelib.dealers.model import Dealer, PublicDealer
from chalicelib.identity import api_keys, own_sessions
from chalicelib.identity.model import ApiKey, Membership, Session
from chalicelib.kernel import i18n
from chalicelib.kernel.clock import Clock, system_clock
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import (
    CustomerScope,
    DealerScope,
    IdentityScope,
    ImportScope,
    PublicLookupScope,
    TenantScope,
)
from chalicelib.ledger import codec
from chalicelib.ledger.access import account_scope
from chalicelib.observability import logger
from chalicelib.rendering import templates
from chalicelib.settings import Settings
from chalicelib.store import clients, outbox_messages
from chalicelib.tasks import queries as tasks
from chalicelib.tasks.queries import OpenCount

if TYPE_CHECKING:
    from chalicelib.mail.sender import MailSender
    from chalicelib.mail.texts import TextSender
    from chalicelib.notifications.deps import MailDeps


def _session_of(secret: str, now: datetime) -> Session | None:
    return own_sessions.resume_session(IdentityScope(), secret=secret, now=now)


def _public_dealer_at(slug: str) -> PublicDealer:
    return dealers.public_dealer_at(PublicLookupScope(), slug)


def _impersonation_of(scope: DealerScope, session_id: str, now: datetime) -> Impersonation | None:
    return current_impersonation(scope, session_id=session_id, now=now)


def _key_of(secret: str, now: datetime) -> ApiKey | None:
    return api_keys.authenticate_key(IdentityScope(), secret=secret, now=now)


@dataclass(frozen=True, kw_only=True)
class Services:
    """Injectable dependencies. `session_of` and `key_of` say whose call it is, `dealer_of` whose branding it shows.

    `public_dealer_at` has what anybody may know of the dealer at an address; `customer_scope_of` says what a customer's
    user may reach, `impersonation_of` as whom a member of staff sees the portal; `unread_alerts` counts what is unread
    behind a customer's bell, `unread_conversations` in messages, `open_tasks` what staff have to do; `languages`
    are the locales that are installed. `texts` sends text messages: Amazon's, unless another is put in its place.
    """

    settings: Settings
    mail: "MailSender"
    texts: "TextSender | None" = None
    clock: Clock = system_clock
    ids: Ids = field(default_factory=Ids)
    render: Callable[[str, dict[str, Any]], str] = templates.render
    session_of: Callable[[str, datetime], Session | None] = _session_of
    key_of: Callable[[str, datetime], ApiKey | None] = _key_of
    dealer_of: Callable[[TenantScope], Dealer] = dealers.dealer
    public_dealer_at: Callable[[str], PublicDealer] = _public_dealer_at
    customer_scope_of: Callable[[str, Membership], CustomerScope] = account_scope
    impersonation_of: Callable[[DealerScope, str, datetime], Impersonation | None] = _impersonation_of
    unread_alerts: Callable[[CustomerScope, Collection[str]], int] = alerts.unread
    unread_conversations: Callable[[CustomerScope, str], int] = alerts.unread_conversations
    open_tasks: Callable[[TenantScope], OpenCount] = tasks.open_counts
    languages: Callable[[], tuple[str, ...]] = i18n.installed_languages

    @property
    def mail_deps(self) -> "MailDeps":
        """What notifications need."""
        from chalicelib.mail.texts import SnsSender
        from chalicelib.notifications.deps import MailDeps

        texts = self.texts or SnsSender(self.settings.sms_sender_id)
        return MailDeps(
            self.mail,
            self.render,
            self.settings.base_url,
            self.clock,
            self.ids,
            texts,
            reply_domain=self.settings.reply_domain,
            text_countries=frozenset(self.settings.sms_countries.split()),
        )

    def notify_outbox(self, scope: TenantScope | IdentityScope, *, at_once: bool = False) -> None:
        """Get the scope's outbox worked on: by a message or, `at_once`, in this call, except its mails.

        Never fails: what was committed stands, and a schedule does the rest within a minute.
        """
        try:
            if at_once:
                from chalicelib.notifications.dispatch import send_due  # loads what mails need

                worker = ImportScope(scope.dealer_id) if isinstance(scope, TenantScope) else scope
                send_due(worker, deps=self.mail_deps, mails=False)
            else:
                outbox_messages.notify(scope)
        except Exception:  # noqa: BLE001 - see above
            logger.exception("outbox.later")


def prepare() -> None:
    """Create what the first call would otherwise wait for: a function has a whole processor only while it starts."""
    _default()
    templates.environment()
    for adapter in (*dealers_repo.ADAPTERS, *codec.ADAPTERS):
        adapter.rebuild()
    clients.client("dynamodb")
    clients.client("sts")


_replaced: list[Services] = []


def current() -> Services:
    """The services of this process, made at the first call."""
    return _replaced[-1] if _replaced else _default()


@cache
def _default() -> Services:
    from chalicelib.mail.sender import SesSender  # pages send no mail themselves

    loaded = environment.load()
    return Services(
        settings=loaded, mail=SesSender(mail_from=loaded.mail_from, configuration_set=loaded.mail_configuration_set)
    )


@contextmanager
def use(replacement: Services) -> Iterator[Services]:
    """Puts other services in place for the length of a `with` block: for tests."""
    _replaced.append(replacement)
    try:
        yield replacement
    finally:
        _replaced.pop()
