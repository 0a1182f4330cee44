"""Static files under /assets, as the distribution serves them: cached for long, texts compressed."""

import mimetypes
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote
from wsgiref.types import StartResponse, WSGIEnvironment

from infra.local.api_gateway import gateway_response
from infra.local.compression import compressed

_FOREVER = "public, max-age=31536000, immutable"
_SHORT = "public, max-age=0, must-revalidate"
_COMPRESSED_BYTES = 1000
"""From where CloudFront compresses."""

mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("text/javascript", ".mjs")
mimetypes.add_type("font/woff2", ".woff2")


class Assets:
    """A WSGI app for the files in `folder`. A link that names a version may be cached for ever."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """GET and HEAD: the file, 304 if the browser has it, else 404."""
        path = (self._folder / unquote(environ["PATH_INFO"]).removeprefix("/assets/")).resolve()
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"} or not self._has(path):
            answer = gateway_response(404)
            start_response("404 Not Found", answer.headers)
            return [answer.body]
        body = path.read_bytes()
        tag = f'"{sha256(body).hexdigest()[:20]}"'
        kept = [("ETag", tag), ("Cache-Control", _FOREVER if environ.get("QUERY_STRING") else _SHORT)]
        if environ.get("HTTP_IF_NONE_MATCH") == tag:
            start_response("304 Not Modified", kept)
            return []
        headers = [*kept, *_described(path, body)]
        if _is_text(_kind(path)):
            headers, body = compressed(environ, headers, body, minimum=_COMPRESSED_BYTES)
        start_response("200 OK", headers)
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]

    def _has(self, path: Path) -> bool:
        return path.is_relative_to(self._folder) and path.is_file()


def _described(path: Path, body: bytes) -> list[tuple[str, str]]:
    kind = _kind(path)
    return [
        ("Content-Type", f"{kind}; charset=utf-8" if _is_text(kind) else kind),
        ("Content-Length", str(len(body))),
        ("X-Content-Type-Options", "nosniff"),
        ("Access-Control-Allow-Origin", "*"),
    ]


def _kind(path: Path) -> str:
    return mimetypes.guess_type(path.name)[0] or "application/octet-stream"


def _is_text(kind: str) -> bool:
    return kind.startswith("text/") or kind == "image/svg+xml"
