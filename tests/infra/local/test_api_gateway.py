import gzip
import json
import re
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from typing import Any

import pytest
from waitress.server import create_server

from app import app as portal
from infra.cloudformation.template import NOT_FOUND
from infra.local.api_gateway import ApiGateway, Routes
from infra.local.assets import Assets
from infra.local.web import front
from tests.fixtures.waitress import running
from tests.infra.local.tiny_app import app

MEGABYTE = 1024 * 1024
SECRET = {"X-Origin-Secret": "only the front knows"}


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("templates") / "assets"
    (folder / "css").mkdir(parents=True)
    (folder / "css" / "theme.css").write_text("a{}")
    (folder / "css" / "long.css").write_text("a{}" * 1000)
    (folder / "fonts").mkdir()
    (folder / "fonts" / "long.woff2").write_bytes(b"wOF2" * 1000)
    (folder.parent / "secret.txt").write_text("secret")

    def mailbox(_environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"the mailbox"]

    served = front(ApiGateway(app, origin_headers=SECRET), Assets(folder), mailbox)
    server: Any = create_server(served, host="127.0.0.1", port=0, threads=2, max_request_body_size=10 * MEGABYTE)
    with running(server):
        yield server.effective_port


@pytest.fixture
def connection(port: int) -> Iterator[HTTPConnection]:
    made = HTTPConnection("127.0.0.1", port, timeout=10)
    yield made
    made.close()


def ask(connection: HTTPConnection, method: str, path: str, **more: Any) -> HTTPResponse:
    connection.request(method, path, **more)
    return connection.getresponse()


def echo(connection: HTTPConnection, path: str, **headers: str) -> Any:
    return json.load(ask(connection, "GET", path, headers=headers))


def test_a_path_parameter_is_decoded_once_and_the_path_stays_as_it_came(connection: HTTPConnection) -> None:
    seen = echo(connection, "/echo/a%2Fb%20c%2525")
    assert (seen["name"], seen["path"]) == ("a/b c%25", "/echo/a%2Fb%20c%2525")


def test_a_fixed_segment_comes_before_a_captured_one(connection: HTTPConnection) -> None:
    assert ask(connection, "GET", "/echo/fixed").read() == b"fixed"


def test_a_trailing_slash_is_the_same_resource(connection: HTTPConnection) -> None:
    assert ask(connection, "GET", "/echo/fixed/").status == 200


def test_every_value_of_a_query_arrives(connection: HTTPConnection) -> None:
    assert echo(connection, "/echo/x?a=1&a=%C3%A9+2&b=")["query"] == {"a": ["1", "é 2"], "b": [""]}


def test_no_query_is_none(connection: HTTPConnection) -> None:
    assert echo(connection, "/echo/x")["query"] is None


def test_the_front_says_who_the_visitor_is_whatever_he_says_himself(connection: HTTPConnection) -> None:
    forged = {"CloudFront-Viewer-Address": "6.6.6.6:1", "X-Origin-Secret": "guess"}
    seen = echo(connection, "/echo/x", **forged)["headers"]
    assert seen["cloudfront-viewer-address"].startswith("127.0.0.1:")
    assert seen["x-origin-secret"] == "only the front knows"


def test_a_form_arrives_as_text(connection: HTTPConnection) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    seen = json.load(ask(connection, "POST", "/echo/x", body="a=1&b=%C3%A9", headers=form))
    assert (seen["body"], seen["is_base64"]) == ("a=1&b=%C3%A9", False)


def test_head_has_the_length_and_no_body(connection: HTTPConnection) -> None:
    length = len(ask(connection, "GET", "/echo/x").read())
    answer = ask(connection, "HEAD", "/echo/x")
    assert answer.read() == b""
    assert abs(int(answer.headers["Content-Length"]) - length) < 10  # the method is a part of the body


def test_cookies_stay_apart(connection: HTTPConnection) -> None:
    answer = ask(connection, "GET", "/cookies")
    assert answer.status == 204
    assert answer.headers.get_all("Set-Cookie") == ["a=1; Path=/", "b=2; Path=/"]


def test_bytes_come_through(connection: HTTPConnection) -> None:
    answer = ask(connection, "GET", "/pdf", headers={"Accept": "application/pdf"})
    assert answer.read() == b"%PDF-\x00\xff"


def test_one_connection_serves_many_requests(connection: HTTPConnection) -> None:
    for _ in range(3):
        answer = ask(connection, "GET", "/")
        answer.read()
        assert answer.version == 11
        assert answer.headers.get("Connection") != "close"


@pytest.mark.parametrize(("method", "path"), [("GET", "/nowhere"), ("GET", "/echo/a/b"), ("DELETE", "/echo/a")])
def test_what_is_not_routed_gets_our_page(connection: HTTPConnection, method: str, path: str) -> None:
    answer = ask(connection, method, path)
    assert answer.status == 404
    assert b"Page not found" in answer.read()


def test_the_page_of_the_gateway_leads_on_to_a_page_of_the_portal_and_bears_nobodys_name() -> None:
    page = NOT_FOUND.read_text()
    leads_to = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', page)
    assert leads_to
    assert leads_to[1] in portal.routes
    assert f'href="{leads_to[1]}"' in page
    for unwanted in ("Customer Connect", "<script", "style"):
        assert unwanted not in page


@pytest.mark.parametrize("megabytes", [7, 11])
def test_a_large_request_is_refused(port: int, megabytes: int) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    try:
        status = ask(connection, "POST", "/echo/x", body=b"a" * megabytes * MEGABYTE, headers=form).status
    except ConnectionError:  # the server need not read on to say no
        status = 413
    connection.close()
    assert status == 413


def test_a_large_answer_is_a_bad_gateway(connection: HTTPConnection) -> None:
    assert ask(connection, "GET", "/large").status == 502


def test_an_asset_with_a_version_is_kept(connection: HTTPConnection) -> None:
    answer = ask(connection, "GET", "/assets/css/theme.css?v=1")
    assert answer.read() == b"a{}"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"


def test_an_asset_without_a_version_is_asked_for_again(connection: HTTPConnection) -> None:
    first = ask(connection, "GET", "/assets/css/theme.css")
    first.read()
    assert "must-revalidate" in first.headers["Cache-Control"]
    again = ask(connection, "GET", "/assets/css/theme.css", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status, again.read()) == (304, b"")


@pytest.mark.parametrize("path", ["../secret.txt", "%2e%2e/secret.txt", "", "/etc/passwd"])
def test_nothing_outside_the_assets_is_served(connection: HTTPConnection, path: str) -> None:
    answer = ask(connection, "GET", f"/assets/{path}")
    assert answer.status == 404
    assert b"secret" not in answer.read()


def test_the_mailbox_has_its_own_path(connection: HTTPConnection) -> None:
    assert ask(connection, "GET", "/_local/mail").read() == b"the mailbox"
    assert ask(connection, "GET", "/_local/mailbox").status == 404


def test_routes_know_all_methods_of_a_path() -> None:
    routes = Routes(app)
    assert routes.find("/echo/x", "POST") == ("/echo/{name}", {"name": "x"})
    assert routes.find("/", "GET") == ("/", {})
    assert routes.find("/echo/fixed", "POST") is None


def test_an_app_may_stand_behind_two_gateways(connection: HTTPConnection) -> None:
    ApiGateway(app)
    assert ask(connection, "GET", "/echo/fixed").read() == b"fixed"


def test_a_long_answer_is_compressed_for_whoever_accepts_that(connection: HTTPConnection) -> None:
    plain = ask(connection, "GET", "/long")
    assert plain.headers["Content-Encoding"] is None
    whole = plain.read()
    packed = ask(connection, "GET", "/long", headers={"Accept-Encoding": "gzip, br"})
    assert packed.headers["Content-Encoding"] == "gzip"
    content = packed.read()
    assert gzip.decompress(content) == whole
    assert len(content) == int(packed.headers["Content-Length"]) < len(whole)
    short = ask(connection, "GET", "/echo/fixed", headers={"Accept-Encoding": "gzip"})
    assert (short.headers["Content-Encoding"], short.read()) == (None, b"fixed")


def test_a_long_stylesheet_is_compressed_and_a_font_is_not(connection: HTTPConnection) -> None:
    for path, encoding in (("css/long.css", "gzip"), ("fonts/long.woff2", None)):
        answer = ask(connection, "GET", f"/assets/{path}", headers={"Accept-Encoding": "gzip"})
        assert answer.headers["Content-Encoding"] == encoding
        answer.read()
