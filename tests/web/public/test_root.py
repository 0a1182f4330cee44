from collections.abc import Iterator
from datetime import datetime

import pytest

from app import app
from chalicelib import services
from chalicelib.http import cookies
from chalicelib.kernel.ids import Ids
from chalicelib.mail.sender import RecordingSender
from chalicelib.services import Services
from tests.fixtures.cast import Cast, LogIn
from tests.fixtures.worlds import World
from tests.web.client import Visitor


@pytest.fixture
def visitor(aws: World, now: datetime, ids: Ids) -> Iterator[Visitor]:
    made = Services(settings=aws.settings, mail=RecordingSender(), clock=lambda: now, ids=ids)
    with services.use(made):
        yield Visitor(app)


def test_health_answers_without_asking_anybody(visitor: Visitor) -> None:
    got = visitor.get("/health")
    assert (got.status, got.text, got.headers["cache-control"]) == (200, "ok", "no-store")


def test_the_front_leads_to_the_door_and_inside_to_the_switcher(visitor: Visitor, cast: Cast, log_in: LogIn) -> None:
    assert visitor.get("/").location == "/login"
    visitor.cookies[cookies.SESSION] = log_in(cast.ours.customer).secret
    assert visitor.get("/").location == "/accounts"


def test_a_dealers_colours_are_a_stylesheet_that_may_be_kept(visitor: Visitor, cast: Cast) -> None:
    dealer = cast.ours.dealer
    got = visitor.get(f"/d/{dealer.slug}/brand.css")
    assert got.headers["content-type"].startswith("text/css")
    assert got.headers["cache-control"] == "public, max-age=86400"
    assert f"--cc-nav-bg:{dealer.brand.nav_bg};--cc-nav-fg:#ffffff" in got.text
    assert not got.cookies


def test_nobodys_address_has_no_colours(visitor: Visitor) -> None:
    assert visitor.get("/d/nobody-is-here/brand.css").status == 404
