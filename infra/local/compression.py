"""Compresses responses as API Gateway and CloudFront do, for clients that accept it."""

import gzip
from wsgiref.types import WSGIEnvironment

Headers = list[tuple[str, str]]


def compressed(environ: WSGIEnvironment, headers: Headers, body: bytes, *, minimum: int) -> tuple[Headers, bytes]:
    """The same response with gzip, if the browser accepts that and it has at least `minimum` bytes."""
    accepts = "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "")
    if not accepts or len(body) < minimum:
        return headers, body
    packed = gzip.compress(body, mtime=0)
    kept = [header for header in headers if header[0].lower() != "content-length"]
    return [*kept, ("Content-Encoding", "gzip"), ("Content-Length", str(len(packed)))], packed
