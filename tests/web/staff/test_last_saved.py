"""Who saved a part of the settings last, on each page on which admins change them."""

from datetime import datetime, timedelta

import pytest

from chalicelib.dealers import queries as dealers
from chalicelib.dealers.branding import operations as branding
from chalicelib.dealers.branding.model import Draft
from chalicelib.dealers.drafts.model import fingerprint
from chalicelib.dealers.operations import change_settings, settings_fingerprint
from chalicelib.http import cookies
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import DealerScope
from tests.fixtures.cast import Cast, LogIn
from tests.fixtures.staff import listed
from tests.web.client import Visitor


@pytest.fixture
def admin(staff: Visitor, cast: Cast, log_in: LogIn) -> Visitor:
    staff.cookies[cookies.SESSION] = log_in(cast.ours.admin).secret
    return staff


def save_both(scope: DealerScope, now: datetime, ids: Ids) -> None:
    live = dealers.dealer(scope, fresh=True)
    names = {"phone": f"01632 960 {now.minute:03}"}
    change_settings(scope, names, seen=settings_fingerprint(live, names), now=now, ids=ids)
    brand = type(live.brand)(nav_bg=f"#0000{now.minute:02}")
    branding.publish(scope, Draft(brand, ""), seen=fingerprint(live.brand), now=now, ids=ids)


def test_it_says_who_and_when(admin: Visitor, cast: Cast, now: datetime, ids: Ids) -> None:
    pages = ("/staff/settings", "/staff/customise")
    assert not [path for path in pages if "Last saved" in admin.get(path).text]
    save_both(cast.ours.admin.staff_scope, now, ids)
    for path in pages:
        assert "Last saved by you on 5 Jun 10:00" in admin.get(path).text
    listed(cast.ours, cast.ours.user, now=now)
    for minutes, scope, name in (
        (1, cast.ours.user.staff_scope, cast.ours.user.email),
        (
            2,
            DealerScope(cast.ours.dealer.dealer_id, "01HZKT0SM0RYFJHAC7282JGAK2", cast.ours.user.staff_scope.role),
            "somebody who has left",
        ),
    ):
        save_both(scope, now + timedelta(minutes=minutes), ids)
        for path in pages:
            assert f"Last saved by {name} on 5 Jun 10:0{minutes}" in admin.get(path).text


def test_reminders_have_one_of_their_own(admin: Visitor) -> None:
    home = "/staff/invitations"
    assert "Last saved" not in admin.get(home).text
    admin.submit(f"{home}/reminders", first="5", second="")
    assert "Last saved by you on 5 Jun 10:00" in admin.get(home).text
    assert "Last saved" not in admin.get("/staff/settings").text, "nobody has saved that page"
