from dataclasses import replace
from datetime import UTC, date, datetime

from chalicelib.dealers.publication import Published
from chalicelib.web.presenters.freshness import Freshness, dealer_freshness

AT = datetime(2024, 6, 5, 9, tzinfo=UTC)
TODAY = date(2024, 6, 5)


def published(as_at: date = TODAY, **more: bool) -> Published:
    values = {"totals_agree": True} | more
    known = values.pop("totals_known", True)
    found = Published().followed_by(
        1, shards=(1,), as_at=as_at, received_at=AT, sequence=1, export_id="e", totals_agree=values["totals_agree"]
    )
    return replace(found, totals_known=known)


def test_staff_see_when_figures_are_as_of_and_how_totals_came_out() -> None:
    assert dealer_freshness(published(), TODAY) == Freshness(TODAY, TODAY, AT, totals="agree")
    unknown = dealer_freshness(published(totals_known=False), TODAY)
    assert (unknown.totals, unknown.state) == ("unknown", "")
    differ = dealer_freshness(published(totals_agree=False), TODAY)
    assert (differ.totals, differ.state) == ("differ", "late")


def test_old_figures_are_late_whenever_they_came() -> None:
    assert dealer_freshness(published(date(2024, 6, 1)), TODAY).state == ""
    assert dealer_freshness(published(date(2024, 5, 20)), TODAY).state == "late"


def test_before_the_first_export() -> None:
    assert dealer_freshness(Published(), TODAY).state == "none"
