"""Customer Landing Page: the dealer's public page, as a draft of one's own until it is saved."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, get_args

from chalice.app import Response

from chalicelib.dealers.landing import model, operations, queries
from chalicelib.dealers.landing.model import (
    TILES,
    Draft,
    Landing,
    Published,
    Side,
    Slot,
    SlotPicture,
    branded,
    changed_parts,
    checked_link,
    fingerprint,
    frame_of,
    without_words,
)
from chalicelib.dealers.model import Dealer
from chalicelib.http.access import STAFF_ADMIN
from chalicelib.http.headers import content_security_policy
from chalicelib.http.request import Request
from chalicelib.http.responses import download, page, redirect
from chalicelib.http.routing import Routes
from chalicelib.kernel.errors import ConflictError, InvalidError, NotFoundError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.rendering import qr_code
from chalicelib.rendering.brand import logo_address
from chalicelib.web.presenters.branding import ColourField, measured
from chalicelib.web.presenters.landing import (
    PART_LABELS,
    button_html,
    landing_address,
    landing_view,
    page_context,
    public_files,
    usual_description,
    usual_title,
)
from chalicelib.web.staff.brand_preview import Preview
from chalicelib.web.staff.customise import MAX_NAME, brand_stylesheet, colour_value
from chalicelib.web.staff.settings_form import OneOf, SettingField, plain_text, read_form

routes = Routes(__name__)

HOME = "/staff/landing-page"
PREVIEW = f"{HOME}/preview"
PICTURES = f"{HOME}/pictures"
UPLOAD = f"{HOME}/picture"
COLOURS = {"header": "nav_bg", "button": "btn_bg"}
"""The landing page's colours, and those of the portal that stand for them where they are not chosen."""
SIDES: Mapping[str, Any] = {
    "left": lazy_gettext("The left of the picture"),
    "middle": lazy_gettext("The middle"),
    "right": lazy_gettext("The right"),
}
PAGE_WITHOUT_PICTURES = 155_000
"""Bytes that a browser fetches besides pictures at its first visit: the page, its styles, two fonts, a small logo."""
_INERT = "form-action 'none'; script-src 'none'"
_CHOOSE = lazy_gettext("Choose one of the list")


def _own_colour(text: str) -> str | None:
    """Nothing entered means the portal's."""
    return colour_value(text) if text else None


FIELDS = (
    *(SettingField(name, _own_colour) for name in COLOURS),
    *(SettingField(f"{slot.value}_words", plain_text(model.MAX_WORDS)) for slot in Slot),
    *(SettingField(f"{slot.value}_link", checked_link) for slot in Slot),
    SettingField("banner_side", OneOf({side: side for side in get_args(Side)}, _CHOOSE)),
    SettingField("title", plain_text(model.MAX_TITLE)),
    SettingField("description", plain_text(model.MAX_DESCRIPTION)),
    SettingField("share", OneOf({**{slot.value: slot for slot in Slot}, "none": None}, _CHOOSE)),
)


@dataclass(frozen=True, slots=True)
class SlotField:
    """A slot of the form. `size` says what its picture weighs in its largest size; `address` is of a smaller one."""

    slot: Slot
    label: str
    picture: SlotPicture | None
    address: str
    width: int
    height: int

    @property
    def name(self) -> str:
        """How its fields begin."""
        return self.slot.value


@routes.get(HOME, STAFF_ADMIN)
def landing_page(request: Request) -> Response:
    """The reader's own draft, or what was saved; for the script the sample of the colours in the address."""
    found = queries.published(request.dealer_scope)
    draft = queries.draft_or_published(request.dealer_scope, found, now=request.now)
    if request.htmx:
        landing, _errors = _chosen(draft.landing, request.query)
        return page(request, "staff/landing_sample.html", **_sample(request, landing))
    return _page(request, found, draft, {})


@routes.post(HOME, STAFF_ADMIN)
def change(request: Request) -> Response:
    """What the pressed button says: keep the choices, upload or remove a picture, preview, save, begin again, drop."""
    scope = request.dealer_scope
    action, _colon, slot = request.form.get("do", "").partition(":")
    if action == "cancel":
        operations.discard_draft(scope)
        return redirect("/staff", flash=_("Nothing has changed for your customers."))
    found = queries.published(scope)
    before = queries.draft_or_published(scope, found, now=request.now)
    landing, errors = (Landing(), {}) if action == "reset" else _chosen(before.landing, request.form)
    draft = Draft(landing, request.form.get("live", "")[:MAX_NAME] or before.base)
    if not errors and action == "save":
        errors = _unsaid(landing)
    if errors:
        return _page(request, found, draft, errors, status=422)
    if action == "save":
        return _save(request, found, draft)
    if action == "withdraw":
        return _withdraw(request, found, draft)
    if action == "remove":
        draft = draft._replace(landing=_without_picture(landing, slot))
    operations.keep_draft(scope, draft, found=found, now=request.now)
    if action == "upload":
        return redirect(f"{UPLOAD}?slot={_slot(slot)}")
    return redirect(PREVIEW if action == "preview" else HOME)


def _slot(name: str) -> Slot:
    """Raises NotFoundError for what is none."""
    if name not in set(Slot):
        raise NotFoundError
    return Slot(name)


def _without_picture(landing: Landing, name: str) -> Landing:
    slot = _slot(name)
    return landing.with_slot(slot, replace(landing.slot(slot), picture=None))


def _unsaid(landing: Landing) -> dict[str, str]:
    """A picture says something to people who do not see it."""
    return {
        f"{slot.value}_words": _("Say what the picture shows, for people who do not see it")
        if slot is Slot.BANNER
        else _("Enter the words under the picture")
        for slot in without_words(landing)
    }


def _save(request: Request, found: Published | None, draft: Draft) -> Response:
    scope = request.dealer_scope
    try:
        operations.publish(
            scope, draft.landing, seen=request.form.get("live", ""), now=request.now, ids=request.services.ids
        )
    except ConflictError as error:
        operations.keep_draft(scope, draft, found=found, now=request.now)
        kept = _("Nothing was saved. Your choices are still here: check them, then save again.")
        return redirect(HOME, flash=f"{error.message} {kept}", failed=True)
    except InvalidError as error:
        return _page(request, found, draft, error.fields, status=422)
    return redirect(HOME, flash=_("Saved. Everybody sees it within a minute."))


def _withdraw(request: Request, found: Published | None, draft: Draft) -> Response:
    """What was chosen and not saved stays a draft, also where the page stays up."""
    scope = request.dealer_scope
    operations.keep_draft(scope, draft, found=found, now=request.now)
    try:
        after = operations.withdraw(scope, seen=request.form.get("live", ""), now=request.now, ids=request.services.ids)
    except ConflictError as error:
        return redirect(HOME, flash=error.message, failed=True)
    if after:  # the draft now begins from what its admin has done, not from somebody else's change
        operations.keep_draft(scope, draft._replace(base=fingerprint(after)), found=after, now=request.now)
    said = _("Taken down. Within a minute the address shows the login page.")
    if draft.landing != (found.landing if found else Landing()):
        said = " ".join((said, _("What you have not saved is still here.")))
    return redirect(HOME, flash=said)


@routes.get(PREVIEW, STAFF_ADMIN)
def preview(request: Request) -> Response:
    """The real page as the reader has drafted it, for them alone, and nothing on it can be pressed."""
    scope, dealer = request.dealer_scope, _dealer(request)
    draft = queries.draft_or_published(scope, queries.published(scope), now=request.now)
    view = landing_view(
        dealer,
        draft.landing,
        base_url=request.services.settings.base_url,
        stylesheet=brand_stylesheet(branded(dealer.brand, draft.landing)),
        address_of=_files(request),
    )
    logo = dealer.brand.logo
    shown = Preview(
        stylesheet="",
        logo=logo_address(dealer.slug, logo.version) if logo else "",
        pages=(),
        here=request.path,
        back=HOME,
        back_label=_("Back to Customer Landing Page"),
    )
    body = request.services.render("public/landing.html", page_context(dealer, draft.landing, view, shown))
    # Tested control: landing-preview-is-inert
    policy = f"{content_security_policy(request.services.settings.bucket_origins)}, {_INERT}"
    return Response(body, {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy})


@routes.get(f"{PICTURES}/{{picture}}", STAFF_ADMIN)
def drafted_picture(request: Request) -> Response:
    """A picture of the reader's own draft, in one size."""
    name = request.params["picture"]
    content = queries.drafted_picture(request.dealer_scope, name)
    media_type = "image/jpeg" if name.endswith(".jpg") else "image/webp"
    return Response(b"" if request.method == "HEAD" else content, {"Content-Type": media_type})


@routes.get(f"{HOME}/qr.svg", STAFF_ADMIN)
def qr_svg(request: Request) -> Response:
    """The public address for print, as lines."""
    return _qr_download(request, qr_code.svg, "svg", "image/svg+xml; charset=utf-8")


@routes.get(f"{HOME}/qr.png", STAFF_ADMIN)
def qr_png(request: Request) -> Response:
    """The same in dots."""
    return _qr_download(request, qr_code.png, "png", "image/png")


def _qr_download(request: Request, draw: Callable[[str], bytes], kind: str, media_type: str) -> Response:
    content = b"" if request.method == "HEAD" else draw(_address(request))
    return download(content, f"{_dealer(request).slug}-qr.{kind}", media_type)


def _dealer(request: Request) -> Dealer:
    if request.dealer is None:
        raise NotFoundError
    return request.dealer


def _address(request: Request) -> str:
    return landing_address(request.services.settings.base_url, _dealer(request).slug)


def _files(request: Request) -> Any:
    """Where pictures are: public ones where everybody finds them, those of the draft where its admin alone does."""
    found = queries.published(request.dealer_scope)
    live = set(found.landing.pictures.values()) if found else set()
    public = public_files(_dealer(request).slug)
    return lambda picture, name: public(picture, name) if picture in live else f"{PICTURES}/{name}"


def _chosen(shown: Landing, form: Mapping[str, str]) -> tuple[Landing, dict[str, str]]:
    """The page that a form describes, over the one that it was filled with, and what of it cannot be used.

    A picker that was moved counts more than its text: without scripts nothing has filled that in.
    """
    picked = {
        name: form[f"{name}-picker"]
        for name in COLOURS
        if f"{name}-picker" in form and form[f"{name}-picker"] != form.get(f"was-{name}", "")
    }
    values, errors = read_form(FIELDS, {**form, **picked})
    for slot in Slot:
        parts = {part: values.pop(f"{slot.value}_{part}") for part in _PARTS if f"{slot.value}_{part}" in values}
        shown = shown.with_slot(slot, replace(shown.slot(slot), **parts))
    return replace(shown, **values), errors


_PARTS = ("words", "link", "side")


def _page(
    request: Request, found: Published | None, draft: Draft, errors: Mapping[str, str], *, status: int = 200
) -> Response:
    landing, dealer = draft.landing, _dealer(request)
    saved = found.landing if found else Landing()
    address = _address(request)
    return page(
        request,
        "staff/landing_page.html",
        status=status,
        look=landing,
        errors=errors,
        entered={
            name: request.form.get(name, "") if name in errors else text for name, text in _entries(landing).items()
        },
        colours=_colours(request, landing, errors),
        banner=_slot_field(request, landing, Slot.BANNER),
        tiles=[_slot_field(request, landing, slot) for slot in TILES],
        sides=SIDES,
        shares=[(slot.value, PART_LABELS[slot.value]) for slot in Slot] + [("none", _("No picture"))],
        limits=model,
        usual_title=usual_title(dealer),
        usual_description=usual_description(),
        address=address,
        snippet=button_html(dealer, landing, address),
        saved=found,
        seen=fingerprint(found),
        overtaken=draft.base != fingerprint(found),
        changed=[str(PART_LABELS[name]) for name in changed_parts(saved, landing)],
        weight_in_all=request.fmt.size(PAGE_WITHOUT_PICTURES + model.picture_bytes(landing)),
        budget=request.fmt.size(model.PAGE_BYTES),
        **_sample(request, landing),
    )


def _entries(landing: Landing) -> dict[str, str]:
    """What the form's fields are filled with, by their names."""
    slots = {f"{slot.value}_{part}": getattr(landing.slot(slot), part) for slot in Slot for part in ("words", "link")}
    return {**slots, "title": landing.title, "description": landing.description}


def _colours(request: Request, landing: Landing, errors: Mapping[str, str]) -> list[ColourField]:
    brand = branded(_dealer(request).brand, landing)
    return [
        ColourField(
            name,
            str(PART_LABELS[name]),
            request.form.get(name, "") if name in errors else getattr(landing, name) or "",
            getattr(brand, own),
            is_text=False,
            error=errors.get(name, ""),
        )
        for name, own in COLOURS.items()
    ]


def _slot_field(request: Request, landing: Landing, slot: Slot) -> SlotField:
    picture, frame, address = landing.slot(slot).picture, frame_of(slot), ""
    if picture:  # the second smallest is sharp enough here
        address = _files(request)(picture, picture.file_name(picture.files[min(1, len(picture.files) - 1)]))
    return SlotField(slot, str(PART_LABELS[slot.value]), picture, address, frame.width, frame.height)


def _sample(request: Request, landing: Landing) -> dict[str, Any]:
    dealer = _dealer(request)
    brand = branded(dealer.brand, landing)
    return {
        "sample_css": brand_stylesheet(brand, sample=True),
        "sample_dealer": replace(dealer, brand=brand),
        "measured": measured(brand, request.fmt),
    }
