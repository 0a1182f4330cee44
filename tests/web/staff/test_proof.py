import re
from datetime import datetime

import pytest

from chalicelib.kernel.ids import Ids
from chalicelib.kernel.keys import link_part
from tests.customers.accounts import account
from tests.customers.accounts import publish as publish_directory
from tests.fixtures.cast import Cast
from tests.fixtures.worlds import World
from tests.ingest.exports import export, ledger
from tests.ingest.pipeline import ImportPipeline
from tests.ledger.accounts import an_account
from tests.ledger.published import publish
from tests.ledger.rows import a_row
from tests.web.client import Visitor


def test_staff_have_the_way_into_the_import(aws: World, cast: Cast, now: datetime, ids: Ids, staff: Visitor) -> None:
    line = ImportPipeline(aws, cast.ours, now, ids)
    line.take_in(export(line, *ledger(2, 2)))
    home = f"/staff/accounts/{link_part('1000')}"
    page = staff.get(staff.get(home).links["Proof of balance"])
    words = " ".join(re.sub(r"<[^>]+>", " ", page.html).split())
    assert "Sum £4.00 Adds up" in words
    assert page.links["Export 1"] == "/staff/imports/1"
    assert "Received" in words
    assert "Shown since" in words


@pytest.mark.parametrize("ref", ["1201", "9999"])
def test_others_and_those_without_figures(cast: Cast, staff: Visitor, ref: str) -> None:
    publish(cast.ours.import_scope, [an_account([a_row("1", total=1)])])
    publish_directory(cast.ours.import_scope, [account("1200"), account("1201")])
    page = staff.get(f"/staff/accounts/{link_part(ref)}/proof")
    assert (page.status, page.status == 404 or page.location) == (
        (404, True) if ref == "9999" else (303, f"/staff/accounts/{link_part(ref)}")
    )
