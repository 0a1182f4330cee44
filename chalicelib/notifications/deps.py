"""What sending needs, handed in by the trigger or the page."""

from dataclasses import dataclass
from typing import Any

from chalicelib.dealers.model import Dealer
from chalicelib.kernel.clock import Clock
from chalicelib.kernel.ids import Ids
from chalicelib.mail.messages import Letterhead, Render, render_mail
from chalicelib.mail.sender import Mail, MailSender


@dataclass(frozen=True, slots=True)
class MailDeps:
    """The sender, the renderer, the portal's own address (links are built on it alone, threat 7), clock and ids."""

    sender: MailSender
    render: Render
    base_url: str
    clock: Clock
    ids: Ids

    def link(self, path: str) -> str:
        """`/i/abc` -> `https://portal.example/i/abc`."""
        return self.base_url.rstrip("/") + path

    def mail(self, template: str, head: Letterhead, *, to: str, **context: Any) -> Mail:
        """The mail of templates/mail/<template>/."""
        return render_mail(self.render, template, head, to=to, **context)


def letterhead(dealer: Dealer) -> Letterhead:
    """The head of a dealer's mails."""
    return Letterhead(
        name=dealer.name,
        phone=dealer.phone,
        reply_to=dealer.support_email,
        address=dealer.address,
        locale=dealer.locale,
        nav_bg=dealer.brand.nav_bg,
        nav_fg=dealer.brand.nav_fg,
        btn_bg=dealer.brand.btn_bg,
        btn_fg=dealer.brand.btn_fg,
    )
