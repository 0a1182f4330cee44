"""A page of the profile: by what a customer's user wants to be notified, for each kind."""

from collections.abc import Mapping
from typing import NamedTuple

from chalice.app import Response

from chalicelib.alerts import operations, queries
from chalicelib.alerts.kinds import KINDS, AlertChannel, AlertKind
from chalicelib.alerts.preferences import Channels, optional_kinds
from chalicelib.http.access import CUSTOMER
from chalicelib.http.request import Request
from chalicelib.http.responses import page, redirect
from chalicelib.http.routing import Routes
from chalicelib.identity import rate_limits
from chalicelib.identity.rate_limits import DAY, Attempt, Limit
from chalicelib.kernel.errors import ConflictError
from chalicelib.kernel.i18n import LazyText, lazy_gettext
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.kernel.versions import version_text
from chalicelib.web.customer.text_number import TextSettings, is_offered, text_settings

routes = Routes(__name__)

HOME = "/profile/notifications"
CHOSEN = Limit("notifications.person", 60, DAY)
CHANNEL_LABELS: Mapping[AlertChannel, LazyText] = {
    AlertChannel.PORTAL: lazy_gettext("In the portal"),
    AlertChannel.EMAIL: lazy_gettext("By email"),
    AlertChannel.SMS: lazy_gettext("Text message"),
}


class Box(NamedTuple):
    """A box to tick: its name in the form, its channel in words. One that is not for its kind keeps its place empty."""

    name: str
    label: str
    ticked: bool
    is_disabled: bool = False
    is_empty: bool = False


class Line(NamedTuple):
    """A kind, and its boxes."""

    kind: AlertKind
    boxes: list[Box]


@routes.get(HOME, CUSTOMER)
def preferences(request: Request) -> Response:
    """The boxes, ticked as it is now."""
    found = queries.own_preferences(request.customer_scope)
    chosen = {kind.name: found.channels(kind) for kind in _kinds(request)}
    return _page(request, chosen, seen=version_text(found.version))


@routes.post(HOME, CUSTOMER)
def choose(request: Request) -> Response:
    """Keep what is ticked. What a newer window has chosen is not lost: the form comes back as it was sent."""
    scope = request.customer_scope
    chosen = {kind.name: _ticked(request, kind) for kind in _kinds(request)}
    texts = _texts_of(request)
    if texts is None:
        chosen = _with_texts_as_before(request, chosen)
    elif not texts.is_usable:
        # Tested control: texts-need-proved-number
        chosen = {name: channels - {AlertChannel.SMS} for name, channels in chosen.items()}
    attempt = Attempt(CHOSEN, f"{scope.dealer_id}\n{scope.person_id}")
    # Tested control: preferences-limited
    rate_limits.consume(IdentityScope(), (attempt,), now=request.now)
    try:
        is_new = operations.choose(
            scope, chosen, seen=request.form.get("seen", ""), now=request.now, ids=request.services.ids
        )
    except ConflictError as error:
        newest = version_text(queries.own_preferences(scope).version)
        message = " ".join((error.message, _("Nothing was saved. Check what you entered, then save again.")))
        return _page(request, chosen, seen=newest, status=409, message=message)
    return redirect(HOME, flash=_("Saved") if is_new else _("Nothing has changed"))


def _kinds(request: Request) -> list[AlertKind]:
    scope = request.customer_scope
    return optional_kinds(request.services.dealer_of(scope).modules, scope.areas)


def _ticked(request: Request, kind: AlertKind) -> Channels:
    return frozenset(
        channel
        for channel in CHANNEL_LABELS
        if request.form.get(_name(kind, channel)) == "yes" and _is_for(kind, channel)
    )


def _is_for(kind: AlertKind, channel: AlertChannel) -> bool:
    return channel is not AlertChannel.SMS or kind.may_be_texted


def _texts_of(request: Request) -> TextSettings | None:
    """How text messages stand for the person in hand; None where the dealer offers none."""
    if not is_offered(request):
        return None
    return text_settings(request)


def _with_texts_as_before(request: Request, chosen: Mapping[str, Channels]) -> dict[str, Channels]:
    """While they are not offered, the form has no box of them: what was ticked before counts again with them."""
    before = queries.own_preferences(request.customer_scope).chosen
    return {name: channels | (before.get(name, frozenset()) & {AlertChannel.SMS}) for name, channels in chosen.items()}


def _name(kind: AlertKind, channel: AlertChannel) -> str:
    return f"{kind.name}-{channel}"


def _page(
    request: Request, chosen: Mapping[str, Channels], *, seen: str, status: int = 200, message: str = ""
) -> Response:
    texts = _texts_of(request)
    lines = [Line(kind, _boxes(kind, chosen[kind.name], texts)) for kind in _kinds(request)]
    return page(
        request,
        "customer/notification_preferences.html",
        status=status,
        lines=lines,
        texts=texts,
        musts=[kind.label for kind in KINDS if kind.must],
        seen=seen,
        message=message,
    )


def _boxes(kind: AlertKind, chosen: Channels, texts: TextSettings | None) -> list[Box]:
    """Of a text message only where the dealer offers them, and one to tick once a number is proved."""
    boxes = []
    for channel, label in CHANNEL_LABELS.items():
        if channel is not AlertChannel.SMS:
            boxes.append(Box(_name(kind, channel), str(label), channel in chosen))
        elif texts:
            is_ticked = channel in chosen and texts.is_usable
            empty = not _is_for(kind, channel)
            boxes.append(Box(_name(kind, channel), str(label), is_ticked, not texts.is_usable, empty))
    return boxes
