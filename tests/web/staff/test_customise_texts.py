"""Customise, Texts, through the pages: where customers read them, what is refused, two admins at once."""

from datetime import datetime
from urllib.parse import unquote

import pytest

from app import app
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.appearance import MAX_FOOTER, MAX_STATEMENT, Texts
from chalicelib.http import cookies
from chalicelib.kernel.ids import Ids
from tests.fixtures.cast import Cast, LogIn
from tests.fixtures.worlds import World
from tests.ingest.exports import export, ledger
from tests.ingest.pipeline import ImportPipeline
from tests.ledger.accounts import an_account
from tests.ledger.published import publish
from tests.web.client import Visitor
from tests.web.customer.barlow import ROWS

HOME = "/staff/customise/texts"
OURS = {
    "introduction": "Welcome to <Moorbeck>.\r\n\r\nAsk for Maria.",
    "placeholder": "What can we do for you?",
    "privacy": "We keep <little>.\n\nAnd briefly.",
    "terms": "Thirty days net.",
    "footer": "Registered in England, 123456",
    "current_label": "current_month",
}


@pytest.fixture
def admin(staff: Visitor, cast: Cast, log_in: LogIn) -> Visitor:
    staff.cookies[cookies.SESSION] = log_in(cast.ours.admin).secret
    return staff


@pytest.fixture
def customer(cast: Cast, log_in: LogIn) -> Visitor:
    publish(cast.ours.import_scope, [an_account(ROWS)])
    found = Visitor(app)
    found.cookies[cookies.SESSION] = log_in(cast.ours.customer).secret
    return found


def flash(visitor: Visitor) -> str:
    return unquote(visitor.cookies[cookies.FLASH])


def send(admin: Visitor, do: str, **fields: str) -> None:
    admin.get(HOME)
    admin.submit(HOME, do=do, **fields)


def live(cast: Cast) -> Texts:
    return dealers.dealer(cast.ours.scope, fresh=True).texts


def test_a_saved_text_is_where_customers_expect_it(admin: Visitor, customer: Visitor, cast: Cast) -> None:
    home = f"/d/{cast.ours.dealer.slug}"
    send(admin, "save", **OURS)
    assert flash(admin) == "Saved. Your customers see it now."
    page = admin.follow()
    assert "Last saved by you on" in page.text
    assert page.form(HOME).fields["footer"] == OURS["footer"]
    visitor = Visitor(app)
    log_in = visitor.get(f"{home}/login")
    assert '<p class="lines">Welcome to &lt;Moorbeck&gt;.</p><p class="lines">Ask for Maria.</p>' in log_in.html
    assert OURS["footer"] in log_in.text
    assert log_in.links["Privacy statement"] == f"{home}/privacy"
    assert log_in.links["Terms"] == f"{home}/terms"
    privacy = visitor.get(f"{home}/privacy")
    assert "We keep &lt;little&gt;." in privacy.html
    assert privacy.links["Back"] == home
    assert "Thirty days net." in visitor.get(f"{home}/terms").text
    transactions = customer.get("/transactions")
    assert "Welcome to &lt;Moorbeck&gt;." in transactions.html
    assert "Current month" in transactions.text
    assert transactions.links["Terms"] == f"{home}/terms"
    assert OURS["footer"] in transactions.text
    assert "Current month" in customer.get("/transactions.csv").body.decode()
    documents = customer.get("/documents")
    assert "We keep &lt;little&gt;." in documents.html
    assert 'placeholder="What can we do for you?"' in documents.html
    assert customer.get(f"{home}/privacy").links["Back"] == "/accounts"
    trail = admin.get("/staff/activity?about=settings").text
    assert "Texts changed" in trail
    assert "Introduction, Send message placeholder, Footer, Privacy statement, Terms, Label of" in trail


def test_without_texts_there_is_nothing_to_read(customer: Visitor, cast: Cast) -> None:
    home = f"/d/{cast.ours.dealer.slug}"
    page = Visitor(app).get(f"{home}/login")
    assert "See your invoices and what you owe." in page.text
    assert "Terms" not in page.links
    assert Visitor(app).get(f"{home}/privacy").status == 404
    assert Visitor(app).get("/d/nobody/terms").status == 404
    shown = customer.get("/transactions").text
    assert "Current month" not in shown
    assert "placeholder" not in customer.get("/documents").html


def test_a_draft_is_previewed_on_the_real_pages_by_its_admin_alone(
    admin: Visitor, aws: World, cast: Cast, now: datetime, ids: Ids
) -> None:
    imports = ImportPipeline(aws, cast.ours, now, ids)
    imports.take_in(export(imports, *ledger()))
    dealers.forget_published(cast.ours.scope)
    send(admin, "preview", **OURS)
    assert admin.page is not None
    page = admin.follow()
    assert "Welcome to &lt;Moorbeck&gt;." in page.html
    assert OURS["footer"] in page.text
    assert page.links["Back to Customise"] == HOME
    assert "Thirty days net." in admin.get(page.links["Terms"]).text
    assert "We keep &lt;little&gt;." in admin.get("/staff/customise/preview/privacy?from=texts").html
    shown = admin.get("/staff/customise/preview?from=texts")
    assert "Current month" in shown.text
    assert "script-src 'none'" in shown.headers["content-security-policy"]
    assert live(cast) == Texts()
    assert "Welcome" not in Visitor(app).get(f"/d/{cast.ours.dealer.slug}").text
    assert "6 changes" in admin.get(HOME).text
    send(admin, "cancel")
    assert admin.get(HOME).form(HOME).fields["footer"] == ""


def test_reset_only_fills_the_draft(admin: Visitor, cast: Cast) -> None:
    send(admin, "save", **OURS)
    send(admin, "reset")
    assert admin.follow().form(HOME).fields["introduction"] == ""
    assert live(cast).footer == OURS["footer"]
    assert "not shown" in admin.get("/staff/customise/preview/terms?from=texts").text
    send(admin, "save")
    assert live(cast) == Texts()


@pytest.mark.parametrize(("name", "most"), [("footer", MAX_FOOTER), ("privacy", MAX_STATEMENT)], ids=["short", "long"])
def test_what_is_too_long_is_said_at_its_field_and_kept(admin: Visitor, cast: Cast, name: str, most: int) -> None:
    send(admin, "save", **{**OURS, name: "x" * (most + 1)})
    assert admin.page
    assert admin.page.status == 422
    assert f"{most + 1} of {most} characters: shorten it by 1" in admin.page.text
    assert admin.page.form(HOME).fields["introduction"].startswith("Welcome")
    assert live(cast) == Texts()
    send(admin, "save", current_label="ancient")
    assert "Choose one of the list" in admin.page.text


def test_somebody_elses_change_is_not_overwritten_unseen(admin: Visitor, cast: Cast) -> None:
    admin.get(HOME)
    before = admin.page
    send(admin, "save", footer="Theirs")
    admin.page = before
    admin.submit(HOME, do="save", footer="Ours")
    assert "Somebody else changed this" in flash(admin)
    page = admin.follow()
    assert page.form(HOME).fields["footer"] == "Ours"
    assert "Somebody else has changed this since you began." in page.text
    assert live(cast).footer == "Theirs"
    admin.submit(HOME, do="save", footer="Ours")
    assert live(cast).footer == "Ours"


def test_only_an_admin_may_open_it(staff: Visitor, customer: Visitor) -> None:
    assert staff.get(HOME).status == 403
    assert customer.get(HOME).status == 404
