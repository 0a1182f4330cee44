"""What the forms of Customise and of the landing page share: a draft of one's own until it is saved."""

from collections.abc import Callable

from chalice.app import Response

from chalicelib.dealers.drafts.model import FINGERPRINT_LENGTH
from chalicelib.http.request import Request
from chalicelib.http.responses import redirect
from chalicelib.kernel.errors import ConflictError
from chalicelib.kernel.i18n import gettext as _


def base_of(request: Request, before: str) -> str:
    """The name of what was live when the form was begun; `before`: that of the draft."""
    return request.form.get("live", "")[:FINGERPRINT_LENGTH] or before


def cancelled() -> Response:
    """The draft is gone."""
    return redirect("/staff", flash=_("Nothing has changed for your customers."))


def save(
    request: Request,
    home: str,
    *,
    publish: Callable[[str], object],
    keep: Callable[[], None],
    saved: str,
    kept: str = "",
) -> Response:
    """Make the draft live, or keep it where somebody else has saved since.

    `publish` takes the name of what was live when the form was begun, and raises ConflictError. `saved` and `kept` say
    what became of it.
    """
    try:
        publish(request.form.get("live", ""))
    except ConflictError as error:
        keep()
        kept = kept or _("Nothing was saved. Your choices are still here: check them, then save again.")
        return redirect(home, flash=f"{error.message} {kept}", failed=True)
    return redirect(home, flash=saved)
