"""A person's photo as an answer: for the person, and for staff of the dealer."""

from chalice.app import Response

from chalicelib.http.request import Request
from chalicelib.kernel.errors import NotFoundError
from chalicelib.profiles import queries
from chalicelib.rendering.contact import initials
from chalicelib.rendering.portraits import initials_svg

A_YEAR = "private, max-age=31536000, immutable"
_LARGE = "large"


def photo_response(request: Request, person_id: str, *, email: str) -> Response:
    """The JPEG, which a browser keeps under its version; the newest answers to each. Of nobody's the initials."""
    is_small = request.query.get("size") != _LARGE
    headers: dict[str, str | list[str]] = {"Content-Type": "image/jpeg", "Cache-Control": "private, max-age=0"}
    try:
        version, data = queries.photo(request.tenant_scope, person_id, small=is_small)
    except NotFoundError:  # removed since the page was made
        return Response(initials_svg(initials(email)), {**headers, "Content-Type": "image/svg+xml"})
    if request.query.get("v") == version:
        headers["Cache-Control"] = A_YEAR
    return Response(b"" if request.method == "HEAD" else data, headers)
