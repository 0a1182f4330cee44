"""The least that a Chalice app can answer: one route, one text."""

from chalice.app import Chalice, Response

PAGE = "<!doctype html>" + "x" * 8_000

app = Chalice(app_name="trivial")


@app.route("/account/password")
def index() -> Response:
    return Response(PAGE, {"Content-Type": "text/html; charset=utf-8"})
