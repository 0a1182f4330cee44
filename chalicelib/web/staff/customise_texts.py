"""Customise, Texts: what the dealer says in its own words on its customers' pages."""

from collections.abc import Mapping
from dataclasses import asdict, replace

from chalice.app import Response

from chalicelib.dealers import appearance
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.appearance import Texts
from chalicelib.dealers.drafts.model import DraftKind, fingerprint
from chalicelib.dealers.model import Dealer
from chalicelib.dealers.wording import operations, queries
from chalicelib.dealers.wording.model import LABELS, Part, TextsDraft, Wording, changes, texts_of
from chalicelib.http.access import STAFF_ADMIN
from chalicelib.http.request import Request
from chalicelib.http.responses import page, redirect
from chalicelib.http.routing import Routes
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.web.presenters.wording import CURRENT_LABELS, TEXT_LABELS
from chalicelib.web.staff import draft_form
from chalicelib.web.staff.brand_preview import TEXTS_PREVIEW
from chalicelib.web.staff.last_saved import last_saved
from chalicelib.web.staff.settings_form import OneOf, SettingField, plain_text, read_form

routes = Routes(__name__)

HOME = "/staff/customise/texts"
FIELDS = (
    SettingField("introduction", plain_text(appearance.MAX_INTRODUCTION, lines=True)),
    SettingField("placeholder", plain_text(appearance.MAX_PLACEHOLDER)),
    SettingField("privacy", plain_text(appearance.MAX_STATEMENT, lines=True)),
    SettingField("terms", plain_text(appearance.MAX_STATEMENT, lines=True)),
    SettingField("footer", plain_text(appearance.MAX_FOOTER, lines=True)),
    SettingField(
        "current_label", OneOf({name: name for name in sorted(LABELS)}, lazy_gettext("Choose one of the list"))
    ),
)


@routes.get(HOME, STAFF_ADMIN)
def texts(request: Request) -> Response:
    """The reader's own draft, or what customers see."""
    dealer, draft = _now(request)
    return _page(request, dealer, draft, asdict(draft.wording), {})


@routes.post(HOME, STAFF_ADMIN)
def change(request: Request) -> Response:
    """What the pressed button says: keep the texts, preview or save them, begin again, drop them."""
    scope, action = request.dealer_scope, request.form.get("do", "")
    if action == "cancel":
        operations.discard(scope, DraftKind.TEXTS)
        return draft_form.cancelled()
    dealer, before = _now(request)
    filled = asdict(before.wording) | {one.name: request.form[one.name] for one in FIELDS if one.name in request.form}
    read = read_form(FIELDS, filled)
    base = draft_form.base_of(request, before.base)
    if action == "reset":
        operations.keep_texts(scope, TextsDraft(Wording(), base), dealer=dealer, now=request.now)
        return redirect(HOME)
    if read.errors:
        return _page(request, dealer, replace(before, base=base), filled, read.errors, status=422)
    draft = TextsDraft(Wording(**read.values), base)
    if action == "save":
        return _save(request, dealer, draft)
    operations.keep_texts(scope, draft, dealer=dealer, now=request.now)
    return redirect(TEXTS_PREVIEW if action == "preview" else HOME)


def _save(request: Request, dealer: Dealer, draft: TextsDraft) -> Response:
    scope, now, ids = request.dealer_scope, request.now, request.services.ids
    return draft_form.save(
        request,
        HOME,
        publish=lambda seen: operations.publish_texts(scope, draft.wording, seen=seen, now=now, ids=ids),
        keep=lambda: operations.keep_texts(scope, draft, dealer=dealer, now=now),
        saved=_("Saved. Your customers see it now."),
        kept=_("Nothing was saved. What you wrote is still here: check it, then save again."),
    )


def _now(request: Request) -> tuple[Dealer, TextsDraft]:
    scope = request.dealer_scope
    dealer = dealers.dealer(scope, fresh=True)
    return dealer, queries.texts_draft(scope, dealer, person_id=scope.person_id, now=request.now)


def _page(
    request: Request,
    dealer: Dealer,
    draft: TextsDraft,
    filled: Mapping[str, str],
    errors: Mapping[str, str],
    *,
    status: int = 200,
) -> Response:
    changed = changes(dealer.texts, texts_of(draft.wording) or Texts())
    return page(
        request,
        "staff/customise_texts.html",
        status=status,
        filled=filled,
        errors=errors,
        labels=TEXT_LABELS,
        current_labels=CURRENT_LABELS,
        limits=appearance,
        seen=fingerprint(dealer.texts),
        overtaken=bool(changed) and draft.base != fingerprint(dealer.texts),
        changed=[str(TEXT_LABELS[name]) for name in changed],
        address=f"{request.services.settings.base_url}/d/{dealer.slug}",
        saved=last_saved(request, Part.TEXTS),
    )
