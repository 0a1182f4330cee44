"""Whose head a mail bears, and its rendering from templates/mail/<template>/ subject.txt, body.txt and body.html."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chalicelib.kernel import i18n
from chalicelib.mail.sender import Mail

Render = Callable[[str, dict[str, Any]], str]

PRODUCT = "Customer Connect"


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Whose mail it is: the dealer's name, ways to reach it, language and colours (`#rrggbb`), or the product's own."""

    name: str = PRODUCT
    phone: str = ""
    reply_to: str = ""
    address: tuple[str, ...] = ()
    locale: str = i18n.SOURCE_LOCALE
    nav_bg: str = "#10302a"
    nav_fg: str = "#ffffff"
    btn_bg: str = "#0f6b55"
    btn_fg: str = "#ffffff"


def render_mail(render: Render, template: str, head: Letterhead, *, to: str, **context: Any) -> Mail:
    """The mail of templates/mail/<template>/. Each is given `context`, `head`, `to` and `product`."""
    known = {**context, "head": head, "to": to, "product": PRODUCT}
    with i18n.activated(head.locale):
        return Mail(
            to=to,
            subject=" ".join(render(f"mail/{template}/subject.txt", known).split()),
            text=render(f"mail/{template}/body.txt", known),
            html=render(f"mail/{template}/body.html", known),
            from_name=" ".join(head.name.split()),
            reply_to=head.reply_to,
        )
