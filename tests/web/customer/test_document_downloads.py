"""A customer gets several documents of the dealer's as one ZIP, as long as all of them are shown."""

from datetime import datetime
from urllib.parse import unquote, urlencode

import pytest

from chalicelib.http import cookies
from chalicelib.kernel.ids import Ids
from chalicelib.uploads import sharing
from chalicelib.web import archives
from tests.fixtures.cast import Cast
from tests.fixtures.worlds import World
from tests.uploads.sending import GOOD
from tests.uploads.shared import SharedSending
from tests.web.background import archive, work
from tests.web.client import Page, Visitor


def shared_zip(*sendings: SharedSending) -> str:
    return "/shared-documents.zip?" + urlencode([("document", each.file.file_id) for each in sendings])


def flash(visitor: Visitor) -> str:
    return unquote(visitor.cookies[cookies.FLASH])


def ticked(page: Page, name: str) -> list[str]:
    return [text.partition('"')[0] for text in page.html.split(f'name="{name}" value="')[1:]]


def test_a_customer_ticks_documents_and_has_opened_them(
    customer: Visitor, cast: Cast, aws: World, now: datetime, ids: Ids
) -> None:
    sendings = [SharedSending(cast.ours, now, ids, title=title, visible=True) for title in ("A/C terms", "Manual")]
    hidden, rivals = SharedSending(cast.ours, now, ids), SharedSending(cast.rival, now, ids, visible=True)
    for each in (*sendings, hidden, rivals):
        each.accepted()
    assert set(ticked(customer.get("/documents"), "document")) == {each.file.file_id for each in sendings}
    assert customer.call("HEAD", shared_zip(*sendings)).status == 200
    for other in (hidden, rivals):
        assert customer.get(shared_zip(sendings[0], other)).location == "/documents"
        assert "no longer there" in flash(customer)
    assert sendings[0].found().opened == {}
    assert archive(aws, customer, shared_zip(*sendings)) == {"A-C terms.csv": GOOD, "Manual.csv": GOOD}
    for each in sendings:
        assert each.found().opened.keys() == {cast.ours.customer.person_id}


def test_an_archive_goes_with_what_is_hidden_or_deleted(
    customer: Visitor, cast: Cast, aws: World, now: datetime, ids: Ids, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "_IMMEDIATE_FILES", 1)
    sendings = [SharedSending(cast.ours, now, ids, title=title, visible=True) for title in ("Terms", "Manual")]
    for each in sendings:
        each.accepted()
    waiting = customer.get(shared_zip(*sendings)).location
    work(aws)
    file = customer.get(waiting).links["Download"]
    assert customer.get(waiting).links["Documents"] == "/documents"
    assert customer.call("HEAD", file).status == 200
    assert sendings[0].found().opened == {}
    sendings[0].show(visible=False)
    assert customer.get(file).location == "/documents"
    assert "no longer there" in flash(customer)
    assert sendings[1].found().opened == {}
    sendings[0].show()
    assert len(archive(aws, customer, file)) == 2
    assert sendings[1].found().opened.keys() == {cast.ours.customer.person_id}
    sharing.delete_document(
        cast.ours.user.staff_scope, account_ref="1200", file_id=sendings[1].file.file_id, now=now, ids=ids
    )
    assert customer.get(file).location == "/documents"
    assert customer.get(file.replace("document-downloads", "downloads")).status == 404
