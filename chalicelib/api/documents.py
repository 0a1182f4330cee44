"""For a dealer's system: the files of the feed's documents. docs/api.md describes it."""

from chalice.app import Response

from chalicelib.http.access import API_KEY
from chalicelib.http.request import Request
from chalicelib.http.responses import json
from chalicelib.http.routing import Routes
from chalicelib.uploads import feed_items
from chalicelib.uploads.media_types import MEDIA_TYPES

routes = Routes(__name__)


@routes.get("/api/v1/documents/{file}/content", API_KEY)
def content(request: Request) -> Response:
    """The way to a file, whose id is that of its item. The link is no redirect: a program would send its key along."""
    file, url = feed_items.fetch(
        request.import_scope, request.params["file"], now=request.now, ids=request.services.ids
    )
    media_type = MEDIA_TYPES[file.kind] if file.kind else ""
    return json({"url": url, "file_name": feed_items.file_name(file), "media_type": media_type, "size": file.size})
