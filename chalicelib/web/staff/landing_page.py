"""Customer Landing Page: the dealer's public page, as a draft of one's own until it is saved."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from chalice.app import Response

from chalicelib.dealers.landing import model, operations, queries
from chalicelib.dealers.landing.model import (
    TILES,
    Draft,
    Landing,
    Published,
    Slot,
    SlotPicture,
    branded,
    changed_parts,
    fingerprint,
    frame_of,
)
from chalicelib.http.access import STAFF_ADMIN
from chalicelib.http.request import Request
from chalicelib.http.responses import page, redirect
from chalicelib.http.routing import Routes
from chalicelib.kernel.errors import ConflictError, InvalidError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.web.presenters.branding import ColourField, measured
from chalicelib.web.presenters.landing import (
    PART_LABELS,
    button_html,
    usual_description,
    usual_title,
)
from chalicelib.web.staff import draft_form
from chalicelib.web.staff.confirm import confirm_page
from chalicelib.web.staff.customise import brand_stylesheet
from chalicelib.web.staff.landing_form import (
    COLOURS,
    HOME,
    PREVIEW,
    SIDES,
    UPLOAD,
    chosen,
    entries,
    missing_words,
    slot_named,
    without_picture,
)
from chalicelib.web.staff.landing_preview import own_dealer, picture_addresses, public_address

routes = Routes(__name__)

TAKE_DOWN = f"{HOME}/take-down"
PAGE_WITHOUT_PICTURES = 155_000
"""Bytes that a browser fetches besides pictures at its first visit: the page, its styles, two fonts, a small logo."""


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
        landing, _errors = chosen(draft.landing, request.query)
        return page(request, "staff/landing_sample.html", **_sample(request, landing))
    return _page(request, found, draft, {})


@routes.post(HOME, STAFF_ADMIN)
def change(request: Request) -> Response:
    """What the pressed button says: keep the choices, upload or remove a picture, preview, save, begin again, drop."""
    scope = request.dealer_scope
    action, _colon, slot = request.form.get("do", "").partition(":")
    if action == "cancel":
        operations.discard_draft(scope)
        return draft_form.cancelled()
    found = queries.published(scope)
    before = queries.draft_or_published(scope, found, now=request.now)
    landing, errors = (Landing(), {}) if action == "reset" else chosen(before.landing, request.form)
    draft = Draft(landing, draft_form.base_of(request, before.base))
    if not errors and action == "save":
        errors = missing_words(landing)
    if errors:
        return _page(request, found, draft, errors, status=422)
    if action == "save":
        return _save(request, found, draft)
    if action == "remove":
        draft = draft._replace(landing=without_picture(landing, slot))
    operations.keep_draft(scope, draft, found=found, now=request.now)
    if action == "upload":
        return redirect(f"{UPLOAD}?slot={slot_named(slot)}")
    return redirect({"preview": PREVIEW, "withdraw": TAKE_DOWN}.get(action, HOME))


def _save(request: Request, found: Published | None, draft: Draft) -> Response:
    scope, now, ids = request.dealer_scope, request.now, request.services.ids
    try:
        return draft_form.save(
            request,
            HOME,
            publish=lambda seen: operations.publish(scope, draft.landing, seen=seen, now=now, ids=ids),
            keep=lambda: operations.keep_draft(scope, draft, found=found, now=now),
            saved=_("Saved. Everybody sees it within a minute."),
        )
    except InvalidError as error:
        return _page(request, found, draft, error.fields, status=422)


@routes.get(TAKE_DOWN, STAFF_ADMIN)
def ask_to_take_down(request: Request) -> Response:
    """Asks once more: everybody who has the address loses the page."""
    found = queries.published(request.dealer_scope)
    if found is None or not found.is_shown:
        return redirect(HOME)
    text = _(
        "Within a minute its address shows the login page to everybody, also to those who come by a QR code or a link "
        "of yours. What you have chosen stays here: save it to put the page up again."
    )
    return confirm_page(
        request,
        _("Take the landing page down?"),
        text,
        _("Take the page down"),
        back=HOME,
        fields={"live": fingerprint(found)},
    )


@routes.post(TAKE_DOWN, STAFF_ADMIN)
def take_down(request: Request) -> Response:
    """What was chosen and not saved stays a draft, also where the page stays up."""
    scope = request.dealer_scope
    found = queries.published(scope)
    draft = queries.draft_or_published(scope, found, now=request.now)
    try:
        after = operations.withdraw(scope, seen=request.form.get("live", ""), now=request.now, ids=request.services.ids)
    except ConflictError as error:
        return redirect(HOME, flash=error.message, failed=True)
    if after:  # the draft now begins from what its admin has done, not from somebody else's change
        operations.keep_draft(scope, draft._replace(base=fingerprint(after)), found=after, now=request.now)
    said = _("Taken down. Within a minute the address shows the login page, and within ten its pictures are gone.")
    if draft.landing != (found.landing if found else Landing()):
        said = " ".join((said, _("What you have not saved is still here.")))
    return redirect(HOME, flash=said)


def _page(
    request: Request, found: Published | None, draft: Draft, errors: Mapping[str, str], *, status: int = 200
) -> Response:
    landing, dealer = draft.landing, own_dealer(request)
    saved = found.landing if found else Landing()
    address = public_address(request)
    return page(
        request,
        "staff/landing_page.html",
        status=status,
        look=landing,
        errors=errors,
        entered={
            name: request.form.get(name, "") if name in errors else text for name, text in entries(landing).items()
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


def _colours(request: Request, landing: Landing, errors: Mapping[str, str]) -> list[ColourField]:
    brand = branded(own_dealer(request).brand, landing)
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
        address = picture_addresses(request)(picture, picture.file_name(picture.files[min(1, len(picture.files) - 1)]))
    return SlotField(slot, str(PART_LABELS[slot.value]), picture, address, frame.width, frame.height)


def _sample(request: Request, landing: Landing) -> dict[str, Any]:
    dealer = own_dealer(request)
    brand = branded(dealer.brand, landing)
    return {
        "sample_css": brand_stylesheet(brand, sample=True),
        "sample_dealer": replace(dealer, brand=brand),
        "measured": measured(brand, request.fmt),
    }
