"""Whose head a mail bears, and its rendering from templates/mail/<template>/ subject.txt, body.txt and body.html."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chalicelib.kernel import i18n
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.texts import header_text
from chalicelib.mail.sender import Mail

Render = Callable[[str, dict[str, Any]], str]

PRODUCT = "Customer Connect"


@dataclass(frozen=True, slots=True)
class MailLogo:
    """A picture in the head of a mail, by its whole address, as large as it is shown. It says the name, or not."""

    address: str
    width: int
    height: int
    on_plate: bool
    shows_name: bool


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Whose mail it is: the dealer's name, ways to reach it, language, colours (`#rrggbb`), logo. Or the product's.

    `sender` is who it comes from, where that is not the name; `invitation`, `closing` and `footer` are the dealer's
    own words: in invitations of customers, below what a mail says, and at its foot. `choices`: the address where its
    reader chooses which mails they get, of those that they can do without. `takes_answers`: what is sent to `reply_to`
    is read by the portal.
    """

    name: str = PRODUCT
    phone: str = ""
    reply_to: str = ""
    address: tuple[str, ...] = ()
    locale: str = i18n.SOURCE_LOCALE
    nav_bg: str = "#10302a"
    nav_fg: str = "#ffffff"
    btn_bg: str = "#0f6b55"
    btn_fg: str = "#ffffff"
    logo: MailLogo | None = None
    sender: str = ""
    invitation: str = ""
    closing: str = ""
    footer: str = ""
    choices: str = ""
    takes_answers: bool = False


def render_mail(
    render: Render, template: str, head: Letterhead, *, to: str, addressee: str = "", **context: Any
) -> Mail:
    """The mail of templates/mail/<template>/. Each is given `context`, `head` and `greeting`.

    `addressee` is the name to greet. Where none is known nobody is called by an email address.
    """
    with i18n.activated(head.locale):
        greeting = _("Dear %(name)s,", name=addressee) if addressee else _("Hello,")
        known = {**context, "head": head, "greeting": greeting}
        # Tested control: mail-header-printable
        return Mail(
            to=to,
            subject=header_text(render(f"mail/{template}/subject.txt", known)),
            text=render(f"mail/{template}/body.txt", known),
            html=render(f"mail/{template}/body.html", known),
            from_name=header_text(head.sender or head.name),
            reply_to=head.reply_to,
        )
