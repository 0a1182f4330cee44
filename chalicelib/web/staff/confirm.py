"""Asks once more, on a page of its own, before what cannot be taken back."""

from collections.abc import Mapping

from chalice.app import Response

from chalicelib.http.request import Request
from chalicelib.http.responses import page


def confirm_page(
    request: Request,
    question: str,
    text: str,
    label: str,
    *,
    back: str,
    fields: Mapping[str, str] | None = None,
    kind: str = "danger",
    link: tuple[str, str] | None = None,
) -> Response:
    """The form goes to this page's own path by POST, with `fields`; `kind` is that of its button.

    `back` is where somebody goes who thinks better of it; `link` is the address and label of what else is worth doing.
    """
    sent = {"back": back, **(fields or {})}
    return page(
        request,
        "staff/confirm.html",
        question=question,
        text=text,
        label=label,
        back=back,
        fields=sent,
        kind=kind,
        link=link,
    )
