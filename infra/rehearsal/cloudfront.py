"""Emulates CloudFront: routes and sets headers as the deployed distribution's configuration says."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from http.client import HTTPConnection, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from infra.rehearsal.deployment import Deployment, RehearsalError

_HOP_BY_HOP = frozenset({"host", "connection", "transfer-encoding", "content-length", "date", "server"})


@dataclass(frozen=True, slots=True)
class Origins:
    """The API's path and its headers (others for `pictures_paths`), and which paths are assets of which bucket."""

    api: str
    stage: str
    headers: Mapping[str, str]
    pictures_paths: tuple[str, ...]
    pictures_headers: Mapping[str, str]
    assets_paths: tuple[str, ...]
    assets_bucket: str


def origins(deployment: Deployment) -> Origins:
    """As the distribution says. Raises RehearsalError when it lacks one."""
    (identifier,) = deployment.resources("AWS::CloudFront::Distribution").values()
    config = deployment.client("cloudfront").get_distribution_config(Id=identifier)["DistributionConfig"]
    by_id = {o["Id"]: o for o in config["Origins"]["Items"]}
    pages = by_id.get(config["DefaultCacheBehavior"]["TargetOriginId"])
    if pages is None or "execute-api" not in pages["DomainName"]:
        raise RehearsalError("The distribution's default behaviour does not lead to the API.")
    paths: dict[str, tuple[str, ...]] = dict.fromkeys(("pictures", "assets"), ())
    for behaviour in config["CacheBehaviors"].get("Items", ()):
        target = behaviour["TargetOriginId"]
        paths[target] = (*paths.get(target, ()), behaviour["PathPattern"])
    return Origins(
        api=pages["DomainName"].split(".")[0],
        stage=pages["OriginPath"].strip("/"),
        headers=_own_headers(pages),
        pictures_paths=paths["pictures"],
        pictures_headers=_own_headers(by_id.get("pictures", pages)),
        assets_paths=paths["assets"],
        assets_bucket=deployment.outputs["AssetsBucket"],
    )


def _own_headers(origin: Mapping[str, Any]) -> dict[str, str]:
    return {h["HeaderName"]: h["HeaderValue"] for h in origin["CustomHeaders"].get("Items", ())}


class CloudFrontProxy:
    """A proxy on a port of 127.0.0.1, in threads of this process."""

    def __init__(self, port: int) -> None:
        self.target: tuple[Deployment, Origins] | None = None
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.proxy = self

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, name="cloudfront", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def route_to(self, deployment: Deployment) -> None:
        self.target = (deployment, origins(deployment))


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    proxy: CloudFrontProxy


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        target = self.server.proxy.target if isinstance(self.server, _Server) else None
        if target is None:
            self._reply(503, [], b"nothing is deployed yet")
            return
        deployment, found = target
        path = urlsplit(self.path).path
        if any(fnmatchcase(path, pattern) for pattern in found.assets_paths):
            self._asset(deployment, found, path)
        else:
            self._page(deployment, found)

    do_GET = do_HEAD = do_POST = answer  # noqa: N815 - http.server's names

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's name
        """Say nothing."""

    def _asset(self, deployment: Deployment, found: Origins, path: str) -> None:
        try:
            stored = deployment.client("s3").get_object(Bucket=found.assets_bucket, Key=path.lstrip("/"))
        except ClientError:
            self._reply(403, [], b"no such asset")
            return
        self._reply(200, [("Content-Type", stored["ContentType"])], stored["Body"].read())

    def _page(self, deployment: Deployment, found: Origins) -> None:
        answer, body = call_api(deployment.url, found, self.command, self.path, self._headers(found), self._body())
        self._reply(answer.status, [h for h in answer.getheaders() if h[0].lower() not in _HOP_BY_HOP], body)

    def _headers(self, found: Origins) -> dict[str, str]:
        """The visitor's, except those that only the distribution may set."""
        path = urlsplit(self.path).path
        is_picture = any(fnmatchcase(path, pattern) for pattern in found.pictures_paths)
        headers = found.pictures_headers if is_picture else found.headers
        own = {"x-forwarded-for", "cloudfront-viewer-address", *(name.lower() for name in headers)}
        sent = {name: value for name, value in self.headers.items() if name.lower() not in _HOP_BY_HOP | own}
        host, port = self.client_address
        return {**sent, **headers, "CloudFront-Viewer-Address": f"{host}:{port}"}

    def _body(self) -> bytes:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _reply(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def call_api(
    url: str, found: Origins, method: str, path: str, headers: Mapping[str, str], body: bytes = b""
) -> tuple[HTTPResponse, bytes]:
    """Call API Gateway directly."""
    connection = HTTPConnection(urlsplit(url).netloc, timeout=60)
    try:
        connection.request(
            method, f"/restapis/{found.api}/{found.stage}/_user_request_{path}", body or None, dict(headers)
        )
        answer = connection.getresponse()
        return answer, answer.read()
    finally:
        connection.close()
