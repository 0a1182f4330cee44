"""What sending needs, handed in by the trigger or the page."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from chalicelib.alerts.kinds import OPTIONAL_MAILS
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.model import Dealer
from chalicelib.dealers.staff_mails.model import STAFF_MAILS
from chalicelib.identity import queries as identity
from chalicelib.identity.model import Membership
from chalicelib.kernel.clock import Clock
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope, TenantScope
from chalicelib.mail.messages import Letterhead, MailLogo, Render, render_mail
from chalicelib.mail.sender import Mail, MailSender
from chalicelib.mail.texts import SnsSender, TextSender
from chalicelib.profiles import queries as profiles
from chalicelib.rendering.brand import fitted, logo_address, needs_plate, readable_text


@dataclass(frozen=True, slots=True)
class MailDeps:
    """The sender, the renderer, the portal's own address (links are built on it alone, threat 7), clock and ids.

    `texts` sends text messages; `text_countries` are those to which they go, beside a dealer's own.
    `reply_domain`: that of addresses for answers, or empty.
    """

    sender: MailSender
    render: Render
    base_url: str
    clock: Clock
    ids: Ids
    texts: TextSender = field(default_factory=SnsSender)
    reply_domain: str = ""
    text_countries: frozenset[str] = frozenset()

    def link(self, path: str) -> str:
        """`/i/abc` -> `https://portal.example/i/abc`."""
        return self.base_url.rstrip("/") + path

    def mail(self, template: str, dealer: Dealer | None, *, to: str, answers_to: str = "", **context: Any) -> Mail:
        """The mail of templates/mail/<template>/, in the dealer's branding or, without one, the product's own.

        `answers_to`: the address by which it is answered, see `answering.answers_to`.
        """
        head = letterhead(dealer, base_url=self.base_url) if dealer else Letterhead()
        if template in OPTIONAL_MAILS:
            head = replace(head, choices=self.link("/profile/notifications"))
        elif template in STAFF_MAILS:
            head = replace(head, choices=self.link("/staff/notifications"))
        if answers_to:
            head = replace(head, reply_to=answers_to, takes_answers=True)
        return render_mail(self.render, template, head, to=to, **context)


def look_of(dealer: Dealer | None) -> str:
    """What a mailed link says of whose mail it stands in: its page has the same look, also when it works no more."""
    return f"?at={dealer.slug}" if dealer else ""


def read_by(dealer: Dealer, email: str) -> Dealer:
    """The dealer in the language that the reader with this email has chosen there; in its own for all others."""
    if not dealer.languages:
        return dealer
    return replace(dealer, locale=dealer.language_of(identity.language_of(IdentityScope(), email)))


def dealer_of_person(memberships: Iterable[Membership], *, email: str, asked_at: str | None = None) -> Dealer | None:
    """Whose branding a mail about a login has: `asked_at`, if the person is known there, or their only dealer.

    In the language of the reader, who is known by `email`. None where that dealer's portal is suspended: the login is
    the person's own.
    """
    known = {one.dealer_id for one in memberships}
    only = next(iter(known)) if len(known) == 1 else None
    chosen = asked_at if asked_at in known else only
    found = dealers.dealer(TenantScope(chosen)) if chosen else None
    return None if found is None or found.suspended else read_by(found, email)


def name_at(dealer: Dealer | None, person_id: str | None) -> str:
    """What the person is called there, to greet them; empty where that is not known."""
    return profiles.name_of(TenantScope(dealer.dealer_id), person_id) if dealer and person_id else ""


def letterhead(dealer: Dealer, *, base_url: str) -> Letterhead:
    """The head of a dealer's mails. `base_url` is the portal's own address, where its logo is."""
    own, look = dealer.mails, dealer.mails.look or dealer.brand
    return Letterhead(
        name=dealer.name,
        phone=dealer.phone_in_full,
        reply_to=own.reply_to or dealer.support_email,
        address=dealer.address,
        locale=dealer.locale,
        nav_bg=look.nav_bg,
        nav_fg=readable_text(look.nav_bg, look.nav_fg),
        btn_bg=look.btn_bg,
        btn_fg=readable_text(look.btn_bg, look.btn_fg),
        logo=_logo(dealer, base_url, look.nav_bg),
        sender=own.sender or "",
        invitation=own.invitation or "",
        closing=own.closing or "",
        footer=dealer.texts.footer or "",
    )


def _logo(dealer: Dealer, base_url: str, ground: str) -> MailLogo | None:
    logo = dealer.brand.logo
    if logo is None:
        return None
    width, height = fitted(logo.width, logo.height, into=(200, 40))
    return MailLogo(
        address=base_url.rstrip("/") + logo_address(dealer.slug, logo.version),
        width=width,
        height=height,
        on_plate=needs_plate(logo.inks, ground),
        shows_name=logo.shows_name,
    )
