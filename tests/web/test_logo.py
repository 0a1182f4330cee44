"""A dealer's logo on all that its customers and its staff see, and nothing of it anywhere else."""

import re
from collections.abc import Iterator
from datetime import datetime

import pytest

from app import app
from chalicelib import services
from chalicelib.dealers.appearance import Logo
from chalicelib.dealers.operations import remove_logo, set_logo
from chalicelib.http import cookies
from chalicelib.identity import repo as identity
from chalicelib.identity.model import Membership, MembershipKind
from chalicelib.identity.repo import writes
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.mail.sender import RecordingSender
from chalicelib.notifications.dispatch import send_due
from chalicelib.rendering.brand import contrast
from tests.fixtures.cast import Cast, LogIn, Member
from tests.fixtures.worlds import World
from tests.ledger.accounts import an_account
from tests.ledger.published import publish
from tests.rendering.pictures import a_png
from tests.web.client import Page, Visitor
from tests.web.customer.barlow import ROWS

MARK = re.compile(r'<img class="(brand-(?:mark|logo))" src="([^"]+)" width="(\d+)" height="(\d+)" alt="([^"]*)">')


@pytest.fixture
def mails(aws: World, now: datetime, ids: Ids) -> Iterator[RecordingSender]:
    sender = RecordingSender()
    with services.use(services.Services(settings=aws.settings, mail=sender, clock=lambda: now, ids=ids)):
        yield sender


@pytest.fixture
def logo(cast: Cast, now: datetime, ids: Ids) -> Logo:
    return set_logo(cast.ours.scope, data=a_png(), actor="tests", now=now, ids=ids)


def visitor(log_in: LogIn | None = None, member: Member | None = None) -> Visitor:
    made = Visitor(app)
    if log_in and member:
        made.cookies[cookies.SESSION] = log_in(member).secret
    return made


def bar(page: Page) -> str:
    """What stands at the start of the bar."""
    assert page.status == 200
    return " ".join(page.html.partition('<a class="brand"')[2].partition("</a>")[0].split())


def pages_of(cast: Cast, log_in: LogIn) -> Iterator[Page]:
    publish(cast.ours.import_scope, [an_account(ROWS)])
    slug = cast.ours.dealer.slug
    for path in (f"/d/{slug}/login", f"/d/{slug}/forgot"):
        yield visitor().get(path)
    yield visitor(log_in, cast.ours.customer).get("/transactions")
    yield visitor(log_in, cast.ours.user).get("/staff/imports")


@pytest.mark.usefixtures("mails")
def test_a_mark_stands_beside_the_name_on_every_page(cast: Cast, logo: Logo, log_in: LogIn) -> None:
    for page in pages_of(cast, log_in):
        ((kind, address, width, height, alt),) = MARK.findall(bar(page))
        assert (kind, alt) == ("brand-mark", "")
        assert address == f"/d/{cast.ours.dealer.slug}/logo.png?v={logo.version}"
        assert (int(width), int(height)) == (37, 28)
        assert '<span class="brand-name">Moorbeck Machinery</span>' in bar(page)
        assert "brand-plate" not in bar(page)
        assert 'rel="icon" href="data:image/svg+xml,' in page.html  # it is not as high as it is wide


@pytest.mark.usefixtures("mails")
def test_one_that_says_the_name_stands_for_it_and_a_dark_one_on_a_plate(
    cast: Cast, log_in: LogIn, now: datetime, ids: Ids
) -> None:
    set_logo(cast.ours.scope, data=a_png("#14301f"), shows_name=True, actor="tests", now=now, ids=ids)
    for page in pages_of(cast, log_in):
        ((kind, _address, _width, _height, alt),) = MARK.findall(bar(page))
        assert (kind, alt) == ("brand-logo", "Moorbeck Machinery")
        assert '<span class="brand-plate">' in bar(page)
        assert "brand-name" not in bar(page)


@pytest.mark.usefixtures("mails")
def test_what_paper_would_not_show_is_printed_as_the_name(cast: Cast, now: datetime, ids: Ids) -> None:
    set_logo(cast.ours.scope, data=a_png("#ffffff"), shows_name=True, actor="tests", now=now, ids=ids)
    shown = bar(visitor().get(f"/d/{cast.ours.dealer.slug}/login"))
    assert '<span class="brand-own d-print-none">' in shown
    assert '<span class="print-only">Moorbeck Machinery</span>' in shown


@pytest.mark.usefixtures("mails")
def test_a_square_one_is_the_icon_of_the_tab(cast: Cast, now: datetime, ids: Ids) -> None:
    square = set_logo(cast.ours.scope, data=a_png(size=(100, 100)), actor="tests", now=now, ids=ids)
    slug = cast.ours.dealer.slug
    page = visitor().get(f"/d/{slug}/login")
    assert f'<link rel="icon" href="/d/{slug}/logo.png?v={square.version}" type="image/png">' in page.html


@pytest.mark.usefixtures("mails", "logo")
def test_without_a_logo_all_is_as_before(cast: Cast, log_in: LogIn, now: datetime, ids: Ids) -> None:
    remove_logo(cast.ours.scope, actor="tests", now=now, ids=ids)
    for page in [*pages_of(cast, log_in), visitor(log_in, cast.rival.user).get("/staff/imports")]:
        assert "<img" not in page.html
        assert "logo.png" not in page.html
        assert bar(page).count('<span class="brand-name">') == 1


def test_mails_bear_it_by_the_portals_own_address(cast: Cast, logo: Logo, mails: RecordingSender) -> None:
    slug = cast.ours.dealer.slug
    asking = visitor()
    asking.get(f"/d/{slug}/forgot")
    asking.submit(f"/d/{slug}/forgot", email=cast.ours.customer.email)
    send_due(IdentityScope(), deps=services.current().mail_deps)
    mail = next(one for one in reversed(mails.sent) if one.to == cast.ours.customer.email)
    base = services.current().settings.base_url
    assert f'src="{base}/d/{slug}/logo.png?v={logo.version}" width="53" height="40" alt=""' in mail.html
    assert "logo.png" not in mail.text


@pytest.mark.usefixtures("mails")
def test_tiles_of_the_switcher_have_the_colour_of_their_dealer(cast: Cast, log_in: LogIn, now: datetime) -> None:
    member = cast.ours.customer
    both = Membership(cast.rival.dealer.dealer_id, MembershipKind.STAFF, None, role=cast.rival.user.membership.role)
    identity.commit(IdentityScope(), [writes.put_membership(member.person_id, both, now)])
    page = visitor(log_in, member).get("/accounts")
    tiles = re.findall(r'<svg class="logo-tile".*?fill="(#\w{6})".*?<text[^>]*fill="(#\w{6})">(\w+)</text>', page.html)
    dealers = sorted((cast.ours.dealer, cast.rival.dealer), key=lambda dealer: dealer.name)
    assert [(ground, letters) for ground, _ink, letters in tiles] == [
        (dealer.brand.nav_bg, "".join(word[0] for word in dealer.name.split()[:2])) for dealer in dealers
    ]
    assert all(contrast(ground, ink) >= 4.5 for ground, ink, _ in tiles)
