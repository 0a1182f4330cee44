"""Customise, Mails: who sends them, where answers go, what they say besides, and their colours."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from chalice.app import Response

from chalicelib.dealers import appearance
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.appearance import Brand, MailSettings
from chalicelib.dealers.branding.model import CUSTOM, THEMES
from chalicelib.dealers.drafts.model import DraftKind, fingerprint
from chalicelib.dealers.model import Dealer
from chalicelib.dealers.wording import operations, queries
from chalicelib.dealers.wording.model import MailsDraft, Part, changes
from chalicelib.http.access import STAFF_ADMIN
from chalicelib.http.errors import log_refusal
from chalicelib.http.headers import content_security_policy
from chalicelib.http.request import Request
from chalicelib.http.responses import page, redirect
from chalicelib.http.routing import Routes
from chalicelib.identity import rate_limits
from chalicelib.kernel.errors import InvalidError, NotFoundError, TooManyError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.web.presenters.branding import colour_fields, measured
from chalicelib.web.presenters.wording import MAIL_LABELS
from chalicelib.web.staff import customise, draft_form
from chalicelib.web.staff.last_saved import last_saved
from chalicelib.web.staff.settings_form import SettingField, email_address, plain_text, read_form

if TYPE_CHECKING:
    from chalicelib.mail.sender import Mail

routes = Routes(__name__)

HOME = "/staff/customise/mails"
PREVIEW = f"{HOME}/preview"
PORTAL = "portal"
"""The choice of no theme of their own."""
FRAMED = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; frame-ancestors 'self'; sandbox"
"""What a mail that is shown in a frame may do: mail programs know no stylesheet, hence the styles in place."""


def _sender(typed: str) -> str:
    """A display name. One that looks like an address would make a mail seem to come from there."""
    text = plain_text(appearance.MAX_SENDER)(typed)
    if "@" in text or "://" in text:
        raise InvalidError(_("Enter a name, without an email or web address"))
    return text


FIELDS = (
    SettingField("sender", _sender),
    SettingField("reply_to", email_address),
    SettingField("invitation", plain_text(appearance.MAX_INVITATION_TEXT, lines=True)),
    SettingField("closing", plain_text(appearance.MAX_CLOSING, lines=True)),
)


@routes.get(HOME, STAFF_ADMIN)
def mails(request: Request) -> Response:
    """The reader's own draft, or what customers get."""
    dealer, draft = _now(request)
    return _page(request, dealer, draft, _entered(draft.mails), {})


@routes.post(HOME, STAFF_ADMIN)
def change(request: Request) -> Response:
    """What the pressed button says: keep the choices, preview or save them, begin again, drop them."""
    scope, action = request.dealer_scope, request.form.get("do", "")
    if action == "cancel":
        operations.discard(scope, DraftKind.MAILS)
        return draft_form.cancelled()
    dealer, before = _now(request)
    base = draft_form.base_of(request, before.base)
    if action == "reset":
        operations.keep_mails(scope, MailsDraft(MailSettings(), base), dealer=dealer, now=request.now)
        return redirect(HOME)
    filled = _entered(before.mails) | {one.name: request.form[one.name] for one in FIELDS if one.name in request.form}
    read = read_form(FIELDS, filled)
    look, wrong = _look(dealer, before.mails.look, request.form)
    errors = {**read.errors, **wrong}
    if errors:
        return _page(request, dealer, MailsDraft(replace(before.mails, look=look), base), filled, errors, status=422)
    draft = MailsDraft(MailSettings(**{name: text or None for name, text in read.values.items()}, look=look), base)
    try:
        if action == "save":
            return _save(request, dealer, draft)
        operations.keep_mails(scope, draft, dealer=dealer, now=request.now)
    except InvalidError as error:
        return _page(request, dealer, draft, filled, error.fields, status=422)
    return redirect(PREVIEW if action == "preview" else HOME)


def _save(request: Request, dealer: Dealer, draft: MailsDraft) -> Response:
    scope, now, ids = request.dealer_scope, request.now, request.services.ids
    return draft_form.save(
        request,
        HOME,
        publish=lambda seen: operations.publish_mails(scope, draft.mails, seen=seen, now=now, ids=ids),
        keep=lambda: operations.keep_mails(scope, draft, dealer=dealer, now=now),
        saved=_("Saved. Emails from now on have it."),
    )


@routes.get(PREVIEW, STAFF_ADMIN)
def preview(request: Request) -> Response:
    """A mail as it would leave, with what the reader has chosen here and under Texts."""
    from chalicelib.notifications.samples import SAMPLES

    name, mail = _sample(request)
    shown = page(
        request,
        "staff/customise_mail_preview.html",
        mail=mail,
        shown=name,
        samples=[(kind, sample.label) for kind, sample in SAMPLES.items()],
        email=request.session.email if request.session else "",
    )
    return around_frame(request, shown)


@routes.get(f"{PREVIEW}.html", STAFF_ADMIN)
def framed(request: Request) -> Response:
    """The HTML of the same mail, for the frame on its page: no script runs in it, and no link leads anywhere."""
    _name, mail = _sample(request)
    return in_frame(mail)


def in_frame(mail: "Mail") -> Response:
    """Its HTML alone, for a frame."""
    # Tested control: mail-preview-sandboxed
    return Response(mail.html, {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": FRAMED})


def around_frame(request: Request, response: Response) -> Response:
    """A page that shows a mail in a frame."""
    origins = request.services.settings.bucket_origins
    response.headers["Content-Security-Policy"] = content_security_policy(origins, frames="'self'")
    return response


@routes.post(f"{HOME}/test", STAFF_ADMIN)
def send_test(request: Request) -> Response:
    """Send the mail that is shown to the reader, at the address that they log in with."""
    from chalicelib.notifications.samples import SAMPLES

    name = request.form.get("mail", "")
    if name not in SAMPLES or request.session is None:
        raise NotFoundError
    scope, back = request.dealer_scope, f"{PREVIEW}?mail={name}"
    try:
        # Tested control: test-mails-limited
        rate_limits.consume(IdentityScope(), rate_limits.sample_mail_attempts(scope.person_id), now=request.now)
    except TooManyError as error:
        log_refusal(request, error)
        return redirect(back, flash=error.message, failed=True)
    email = request.session.email
    operations.send_test(scope, mail=name, email=email, now=request.now, ids=request.services.ids)
    request.services.notify_outbox(scope)
    return redirect(back, flash=_("A test is on its way to %(email)s", email=email))


def _sample(request: Request) -> "tuple[str, Mail]":
    from chalicelib.notifications.samples import SAMPLES, drafted, sample_mail

    name = request.query.get("mail", next(iter(SAMPLES)))
    if name not in SAMPLES or request.session is None:
        raise NotFoundError
    scope = request.dealer_scope
    dealer = drafted(scope, person_id=scope.person_id, now=request.now)
    return name, sample_mail(request.services.mail_deps, dealer, name, to=request.session.email)


def _look(dealer: Dealer, shown: Brand | None, form: Mapping[str, str]) -> tuple[Brand | None, dict[str, str]]:
    """The colours that the form describes; None for those of the portal."""
    if form.get("theme", PORTAL) == PORTAL:
        return None, {}
    before = shown or portal_look(dealer)
    brand, errors = customise.chosen(before, form)
    return replace(brand, logo=None, font_head=None, font_body=None), errors


def portal_look(dealer: Dealer) -> Brand:
    """The portal's colours, as a look of mails."""
    return replace(dealer.brand, logo=None, font_head=None, font_body=None)


def _theme_of(look: Brand | None) -> str:
    if look is None:
        return PORTAL
    same = (one.name for one in THEMES if (one.nav_bg, None, one.btn_bg, None) == _colours(look))
    return next(same, CUSTOM)


def _colours(look: Brand) -> tuple[str | None, ...]:
    return look.nav_bg, look.nav_fg, look.btn_bg, look.btn_fg


def _entered(settings: MailSettings) -> dict[str, str]:
    return {one.name: getattr(settings, one.name) or "" for one in FIELDS}


def _now(request: Request) -> tuple[Dealer, MailsDraft]:
    scope = request.dealer_scope
    dealer = dealers.dealer(scope, fresh=True)
    return dealer, queries.mails_draft(scope, dealer, person_id=scope.person_id, now=request.now)


def _page(
    request: Request,
    dealer: Dealer,
    draft: MailsDraft,
    filled: Mapping[str, str],
    errors: dict[str, str],
    *,
    status: int = 200,
) -> Response:
    look = draft.mails.look or portal_look(dealer)
    changed = changes(dealer.mails, draft.mails)
    return page(
        request,
        "staff/customise_mails.html",
        status=status,
        filled=filled,
        errors=errors,
        labels=MAIL_LABELS,
        limits=appearance,
        dealer_name=dealer.name,
        support_email=dealer.support_email,
        themes=THEMES,
        theme=_theme_of(draft.mails.look),
        live_theme=_theme_of(dealer.mails.look),
        portal=portal_look(dealer),
        colours=colour_fields(look, request.form if errors else {}, errors),
        measured=measured(look, request.fmt),
        seen=fingerprint(dealer.mails),
        overtaken=bool(changed) and draft.base != fingerprint(dealer.mails),
        changed=[str(MAIL_LABELS[name]) for name in changed],
        saved=last_saved(request, Part.MAILS),
    )
