"""One function a mail. Each renders templates/mail/<message>/ subject.txt, body.txt and body.html."""

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


def invitation(
    render: Render, head: Letterhead, *, to: str, link: str, ends: str, account_ref: str, account_name: str
) -> Mail:
    """To a customer: Create Your Account. `ends` is a date in words."""
    context = {"link": link, "ends": ends, "account_ref": account_ref, "account_name": account_name}
    return _mail(render, "invitation", head, to=to, **context)


def staff_invitation(render: Render, head: Letterhead, *, to: str, link: str, ends: str) -> Mail:
    """To a member of a dealer's staff: Create Your Account."""
    return _mail(render, "staff_invitation", head, to=to, link=link, ends=ends)


def password_reset(render: Render, head: Letterhead, *, to: str, link: str) -> Mail:
    """To somebody who forgot the password: a link that works for an hour."""
    return _mail(render, "password_reset", head, to=to, link=link)


def password_changed(render: Render, head: Letterhead, *, to: str, link: str) -> Mail:
    """To somebody whose password was changed. `link` leads to Forgot Password, for the case that it was another."""
    return _mail(render, "password_changed", head, to=to, link=link)


def _mail(render: Render, message: str, head: Letterhead, *, to: str, **context: str) -> Mail:
    known = {**context, "head": head, "to": to, "product": PRODUCT}
    with i18n.activated(head.locale):
        return Mail(
            to=to,
            subject=" ".join(render(f"mail/{message}/subject.txt", known).split()),
            text=render(f"mail/{message}/body.txt", known),
            html=render(f"mail/{message}/body.html", known),
            from_name=" ".join(head.name.split()),
            reply_to=head.reply_to,
        )
