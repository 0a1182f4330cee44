from collections.abc import Iterator
from typing import Any

import pytest
from chalice.app import Chalice, Response
from waitress.server import create_server

from infra.local.api_gateway import ApiGateway
from infra.local.visitor import Visitor
from tests.fixtures.waitress import running

PAGE = """
<form method="get" action="/search"><input name="text" value="old"></form>
<form method="post"><input type="hidden" name="csrf" value="abc"><input name="name"></form>
<p>Your key <code data-secret>k-1</code>, shown once</p>
"""


@pytest.fixture
def visitor() -> Iterator[Visitor]:
    app = Chalice(app_name="shop")

    @app.route("/keys")
    def show() -> Response:
        headers: dict[str, Any] = {"Content-Type": "text/html", "Set-Cookie": ["cart=1; Path=/"]}
        return Response(PAGE, headers)

    @app.route("/keys", methods=["POST"], content_types=["application/x-www-form-urlencoded"])
    def make() -> Response:
        request: Any = app.current_request
        seen = request.raw_body.decode() + request.headers["cookie"]
        return Response(seen, {"Location": "/next"}, 303)

    server: Any = create_server(ApiGateway(app), host="127.0.0.1", port=0, threads=1)
    with running(server):
        yield Visitor(server.effective_port)


def test_sends_the_form_that_it_was_shown_with_its_cookies(visitor: Visitor) -> None:
    assert visitor.get("/keys") == 200
    assert visitor.submit("/keys", name="agent") == 303
    assert visitor.location == "/next"
    assert visitor.html == "csrf=abc&name=agentcart=1"


def test_a_form_that_is_not_there_is_not_sent(visitor: Visitor) -> None:
    visitor.get("/keys")
    with pytest.raises(KeyError):
        visitor.submit("/elsewhere")
