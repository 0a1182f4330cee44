from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from io import BytesIO

import pytest
from PIL import Image

from app import app
from chalicelib import services
from chalicelib.dealers.appearance import Logo
from chalicelib.dealers.operations import set_logo
from chalicelib.http import cookies
from chalicelib.identity import invitations
from chalicelib.identity.model import Membership, MembershipKind
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.mail.sender import RecordingSender
from chalicelib.rendering.brand import brand_version
from chalicelib.services import Services
from chalicelib.store.roles import current_role
from tests.fixtures.calls import listening
from tests.fixtures.cast import Cast, LogIn
from tests.fixtures.worlds import World
from tests.rendering.pictures import a_png
from tests.sweeps.scenario import access_of
from tests.web.client import Visitor


@pytest.fixture
def visitor(aws: World, now: datetime, ids: Ids) -> Iterator[Visitor]:
    made = Services(settings=aws.settings, mail=RecordingSender(), clock=lambda: now, ids=ids)
    with services.use(made):
        yield Visitor(app)


def test_health_answers_without_asking_anybody(visitor: Visitor) -> None:
    got = visitor.get("/health")
    assert (got.status, got.text, got.headers["cache-control"]) == (200, "ok", "no-store")


def test_the_root_leads_to_the_login_page_and_past_it_to_where_somebody_works(
    visitor: Visitor, cast: Cast, log_in: LogIn
) -> None:
    assert visitor.get("/").location == "/login"
    visitor.cookies[cookies.SESSION] = log_in(cast.ours.customer).secret
    assert visitor.get("/").location == "/login"
    assert visitor.get("/login").location == "/transactions"


def test_a_dealers_colours_are_a_stylesheet_that_may_be_kept(visitor: Visitor, cast: Cast) -> None:
    dealer = cast.ours.dealer
    version = brand_version(dealer.brand)
    got = visitor.get(f"/d/{dealer.slug}/brand.css?v={version}")
    assert got.headers["content-type"].startswith("text/css")
    assert got.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert f"--cc-nav-bg:{dealer.brand.nav_bg};--cc-nav-fg:#ffffff" in got.text
    assert not got.cookies


def test_colours_of_another_version_are_kept_for_a_minute(visitor: Visitor, cast: Cast) -> None:
    for query in ("", "?v=0123456789"):
        got = visitor.get(f"/d/{cast.ours.dealer.slug}/brand.css{query}")
        assert got.headers["cache-control"] == "public, max-age=60"


def test_nobodys_address_has_no_colours(visitor: Visitor) -> None:
    assert visitor.get("/d/nobody-is-here/brand.css").status == 404


@pytest.fixture
def marked(cast: Cast, now: datetime, ids: Ids) -> Logo:
    return set_logo(cast.ours.scope, data=a_png(), actor="tests", now=now, ids=ids)


def test_a_dealers_logo_is_a_picture_that_may_be_kept(visitor: Visitor, cast: Cast, marked: Logo) -> None:
    address = f"/d/{cast.ours.dealer.slug}/logo.png"
    browsers = {"accept": "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"}
    got = visitor.get(f"{address}?v={marked.version}", headers=browsers)
    assert got.status == 200
    assert got.headers["content-type"] == "image/png"
    assert got.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["cross-origin-resource-policy"] == "cross-origin"  # mails show it
    assert not got.cookies
    assert sha256(got.body).hexdigest().startswith(marked.version)
    assert Image.open(BytesIO(got.body), formats=("PNG",)).size == (marked.width, marked.height)
    assert visitor.get(address, headers={"accept": "image/png"}).headers["cache-control"] == "public, max-age=60"
    assert visitor.call("HEAD", address, headers=browsers).status == 200


def test_who_has_no_logo_has_no_picture(visitor: Visitor, cast: Cast, marked: Logo) -> None:
    for slug in (cast.rival.dealer.slug, "nobody-is-here"):
        assert visitor.get(f"/d/{slug}/logo.png?v={marked.version}").status == 404


def test_a_logo_that_was_replaced_a_moment_ago_is_not_found(
    visitor: Visitor, cast: Cast, marked: Logo, aws: World
) -> None:
    """Another function holds the settings for up to 5 seconds."""
    key = f"d/{cast.ours.dealer.dealer_id}/public/logo/{marked.version}.png"
    aws.root("s3").delete_object(Bucket=aws.settings.files_bucket, Key=key)
    assert visitor.get(f"/d/{cast.ours.dealer.slug}/logo.png").status == 404


@contextmanager
def roles_used() -> Iterator[set[str]]:
    """The roles under which the table is called inside."""
    kinds: set[str] = set()

    def note(**_: object) -> None:
        kinds.add(current_role().kind)

    with listening("dynamodb", "provide-client-params.dynamodb", note, first=True):
        yield kinds


OPEN = sorted(
    {path for path, methods in app.routes.items() for method in methods if access_of(app, path, method).is_open}
)


@pytest.mark.parametrize("path", OPEN)
def test_no_anonymous_page_acts_as_a_tenant(visitor: Visitor, cast: Cast, now: datetime, ids: Ids, path: str) -> None:
    offered = Membership(cast.ours.dealer.dealer_id, MembershipKind.CUSTOMER, "1777", "Postgate Farm", role=Role.ADMIN)
    link = invitations.create_invitation(
        IdentityScope(), email="new@farm.example", membership=offered, invitation_id=ids.ulid(now), now=now, ids=ids
    )
    where = path.replace("{slug}", cast.ours.dealer.slug).replace("{token}", link.secret)
    with roles_used() as used:
        assert visitor.get(where).status < 500
        visitor.post(where, {"csrf": visitor.cookies.get(cookies.CSRF, ""), "email": "x", "password": "short"})
    assert used <= {"public", "identity"}


def test_an_address_that_is_none_stays_with_the_readers_dealer(visitor: Visitor, cast: Cast, log_in: LogIn) -> None:
    visitor.get(f"/d/{cast.ours.dealer.slug}/login")
    ways = {"": "Log in", "customer": "Go to My Transactions", "user": "Go to Customer Accounts"}
    for who, way in ways.items():
        if who:
            visitor.cookies[cookies.SESSION] = log_in(getattr(cast.ours, who)).secret
        page = visitor.get("/not-found")
        assert (page.status, "Page not found" in page.text) == (404, True)
        assert f"/d/{cast.ours.dealer.slug}/brand.css" in page.html
        assert "Customer Connect" not in page.text
        assert way in page.links
