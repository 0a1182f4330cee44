"""Customise: how the portal looks to customers. What is chosen is a draft of one's own until it is saved."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, get_args
from urllib.parse import urlencode

from chalice.app import Response

from chalicelib.dealers import queries as dealers
from chalicelib.dealers.appearance import Brand, FontName, Logo
from chalicelib.dealers.branding import operations, queries
from chalicelib.dealers.branding.model import CUSTOM, PINE, THEMES, Draft, changes, theme_of, themed
from chalicelib.dealers.drafts.model import fingerprint
from chalicelib.http.access import STAFF_ADMIN
from chalicelib.http.request import Request
from chalicelib.http.responses import page, redirect
from chalicelib.http.routing import Routes
from chalicelib.kernel.errors import InvalidError, NotFoundError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.rendering.brand import INTER, ROOT, brand_css, colour
from chalicelib.web.presenters.branding import (
    COLOUR_LABELS,
    FIELD_LABELS,
    FONT_LABELS,
    colour_fields,
    measured,
)
from chalicelib.web.staff import draft_form
from chalicelib.web.staff.last_saved import last_saved
from chalicelib.web.staff.settings_form import OneOf, SettingField, read_form

routes = Routes(__name__)

HOME = "/staff/customise"
LOGO = f"{HOME}/logo"
PREVIEW = f"{HOME}/preview"
_TEXTS = ("nav_fg", "btn_fg")
_SAMPLE = "[data-brand=draft]"


def colour_value(text: str) -> str:
    """Also without `#`, and with one digit for two. Raises InvalidError."""
    digits = text.removeprefix("#")
    whole = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits  # noqa: PLR2004 - CSS's short form
    try:
        return colour(f"#{whole}")
    except ValueError:
        raise InvalidError(_("Enter a colour as # and six digits or letters from a to f, such as #16324f")) from None


def _text_colour(text: str) -> str | None:
    """Nothing entered means black or white."""
    return colour_value(text) if text else None


_FONT = OneOf({INTER: None, **{name: name for name in get_args(FontName)}}, lazy_gettext("Choose a font"))
FIELDS = (
    *(SettingField(name, _text_colour if name in _TEXTS else colour_value) for name in COLOUR_LABELS),
    SettingField("font_head", _FONT),
    SettingField("font_body", _FONT),
)


@routes.get(HOME, STAFF_ADMIN)
def customise(request: Request) -> Response:
    """The reader's own draft, or what customers see; for the script the sample of the colours in the address."""
    live = queries.live_brand(request.dealer_scope)
    draft = queries.draft_or_live(request.dealer_scope, live, now=request.now)
    if request.htmx:
        brand, _errors = chosen(draft.brand, request.query)
        return page(request, "staff/customise_sample.html", **_sample(request, live, brand))
    return _page(request, live, draft, {})


@routes.post(HOME, STAFF_ADMIN)
def change(request: Request) -> Response:
    """What the pressed button says: keep the choices, preview or save them, begin again, drop them."""
    scope, action = request.dealer_scope, request.form.get("do", "")
    if action == "cancel":
        operations.discard_draft(scope)
        return draft_form.cancelled()
    live = queries.live_brand(scope)
    before = queries.draft_or_live(scope, live, now=request.now)
    brand, errors = chosen(before.brand, request.form)
    draft = replace(before, brand=brand, base=draft_form.base_of(request, before.base))
    if errors and action != "reset":  # which takes nothing of the colours that were entered
        return _page(request, live, draft, errors, status=422)
    if action == "save":
        return _save(request, live, draft)
    operations.keep_draft(scope, _after(action, draft), live=live, now=request.now)
    return redirect({"preview": PREVIEW, "logo": LOGO}.get(action, HOME))


def _after(action: str, draft: Draft) -> Draft:
    """`reset` takes the portal's own colours and fonts, `remove_logo` shows the name alone."""
    if action == "reset":
        return replace(draft, brand=themed(draft.brand, PINE.name))
    if action == "remove_logo":
        return replace(draft, brand=replace(draft.brand, logo=None), picture=None)
    return draft


def _save(request: Request, live: Brand, draft: Draft) -> Response:
    scope, now, ids = request.dealer_scope, request.now, request.services.ids
    return draft_form.save(
        request,
        HOME,
        publish=lambda seen: operations.publish(scope, draft, seen=seen, now=now, ids=ids),
        keep=lambda: operations.keep_draft(scope, draft, live=live, now=now),
        saved=_("Saved. Your customers see it now."),
    )


@routes.get(f"{HOME}/brand.css", STAFF_ADMIN)
def stylesheet(request: Request) -> Response:
    """The stylesheet of the look in the address, of the sample alone with `sample`; kept by no cache."""
    read = read_form(FIELDS, request.query)
    if read.errors:
        raise InvalidError(_("This is not a look"), read.errors)
    css = brand_css(replace(Brand(), **read.values), selector=_SAMPLE if "sample" in request.query else ROOT)
    return Response(css, {"Content-Type": "text/css; charset=utf-8", "Cache-Control": "no-store"})


@routes.get(LOGO, STAFF_ADMIN)
def logo(request: Request) -> Response:
    """Asks for a picture; with `upload`, where the storage sends the browser then, shows how it will look."""
    upload_id = request.query.get("upload", "")
    if not upload_id:
        return _logo_form(request)
    scope = request.dealer_scope
    draft = queries.draft_or_live(scope, queries.live_brand(scope), now=request.now)
    try:
        found = operations.with_uploaded_logo(scope, draft, upload_id=upload_id, shows_name=False)
    except NotFoundError:
        return _logo_form(request, _("The file has not arrived. Choose it again."))
    except InvalidError as error:
        return _logo_form(request, error.message)
    return page(
        request,
        "staff/customise_logo_check.html",
        upload_id=upload_id,
        picture=f"data:image/png;base64,{b64encode(found.picture or b'').decode()}",
        sample_css=brand_stylesheet(found.brand, sample=True),
        sample_dealer=replace(request.dealer, brand=found.brand) if request.dealer else None,
    )


@routes.post(LOGO, STAFF_ADMIN)
def take_logo(request: Request) -> Response:
    """Put the picture that was uploaded into the draft."""
    scope, upload_id = request.dealer_scope, request.form.get("upload", "")
    live = queries.live_brand(scope)
    draft = queries.draft_or_live(scope, live, now=request.now)
    try:
        changed = operations.with_uploaded_logo(
            scope, draft, upload_id=upload_id, shows_name="shows_name" in request.form
        )
    except InvalidError as error:
        return _logo_form(request, error.message)
    except NotFoundError:
        if draft.picture is None:  # else this form has been sent twice
            return _logo_form(request, _("The file has not arrived. Choose it again."))
        return redirect(HOME)
    operations.keep_draft(scope, changed, live=live, now=request.now)
    operations.forget_upload(scope, upload_id=upload_id)
    return redirect(HOME, flash=_("The logo is in your draft. Save to show it to your customers."))


@routes.get(f"{LOGO}.png", STAFF_ADMIN)
def drafted_logo(request: Request) -> Response:
    """The logo of the reader's own draft, which may be the one that customers see."""
    scope = request.dealer_scope
    draft = queries.draft_or_live(scope, queries.live_brand(scope), now=request.now)
    picture = draft.picture or (dealers.logo(scope) if draft.brand.logo else None)
    if picture is None:
        raise NotFoundError
    return Response(b"" if request.method == "HEAD" else picture, {"Content-Type": "image/png"})


def brand_stylesheet(brand: Brand, *, sample: bool = False) -> str:
    """The address of its stylesheet, as `stylesheet` reads it."""
    named = {field.name: getattr(brand, field.name) or (INTER if "font" in field.name else "") for field in FIELDS}
    return f"{HOME}/brand.css?{urlencode({**named, **({'sample': '1'} if sample else {})})}"


def drafted_logo_address(logo: Logo) -> str:
    """Where `drafted_logo` is, at this version of it."""
    return f"{LOGO}.png?v={logo.version}"


def chosen(shown: Brand, form: Mapping[str, str]) -> tuple[Brand, dict[str, str]]:
    """The look that a form describes, over the one that it was filled with, and what of it cannot be used.

    A theme that was just chosen counts more than the fields, and a picker that was moved more than its text: without
    scripts nothing has filled them in.
    """
    logo = shown.logo
    if logo and form.get("logo") == logo.version:
        shown = replace(shown, logo=replace(logo, shows_name="shows_name" in form))
    theme = form.get("theme", CUSTOM)
    if theme not in {CUSTOM, form.get("was-theme", theme)}:
        return themed(shown, theme), {}
    picked = {
        name: form[f"{name}-picker"]
        for name in COLOUR_LABELS
        if form.get(f"{name}-picker", "") != form.get(f"was-{name}", "") and f"{name}-picker" in form
    }
    values, errors = read_form(FIELDS, {**form, **picked})
    return replace(shown, **values), errors


def _page(request: Request, live: Brand, draft: Draft, errors: dict[str, str], *, status: int = 200) -> Response:
    brand = draft.brand
    return page(
        request,
        "staff/customise.html",
        saved=last_saved(request, "look"),
        status=status,
        themes=THEMES,
        theme=theme_of(brand) if not errors else CUSTOM,
        live_theme=theme_of(live),
        colours=colour_fields(brand, request.form if errors else {}, errors),
        fonts=FONT_LABELS,
        inter=INTER,
        errors=errors,
        live=live,
        seen=fingerprint(live),
        overtaken=draft.base != fingerprint(live),
        **_sample(request, live, brand),
    )


def _sample(request: Request, live: Brand, brand: Brand) -> dict[str, Any]:
    logo = brand.logo
    return {
        "look": brand,
        "sample_css": brand_stylesheet(brand, sample=True),
        "sample_dealer": replace(request.dealer, brand=brand) if request.dealer else None,
        "sample_logo": {"logo": drafted_logo_address(logo)} if logo else None,
        "measured": measured(brand, request.fmt),
        "changed": [str(FIELD_LABELS[name]) for name in changes(live, brand)],
    }


def _logo_form(request: Request, problem: str = "") -> Response:
    upload_id = request.services.ids.ulid(request.now)
    form = operations.logo_form(
        request.dealer_scope, upload_id=upload_id, success_url=f"{request.services.settings.base_url}{LOGO}"
    )
    return page(request, "staff/customise_logo.html", status=422 if problem else 200, form=form, problem=problem)
