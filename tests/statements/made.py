"""Monthly statements at a dealer, made as the schedule and the outbox make them."""

from datetime import datetime

from chalicelib.dealers import operations as dealers
from chalicelib.dealers.queries import dealer
from chalicelib.kernel.ids import Ids
from chalicelib.statements.model import Period, StatementStyle
from chalicelib.statements.operations import make_statement
from tests.fixtures.cast import Dealership


def wanted(ours: Dealership, now: datetime, ids: Ids, style: str = "balance_forward") -> None:
    """The dealer has each account's statement made every month."""
    settings = {"statement_style": style}
    seen = dealers.settings_fingerprint(dealer(ours.scope, fresh=True), settings)
    dealers.change_settings(ours.admin.staff_scope, settings, seen=seen, now=now, ids=ids)


def made(ours: Dealership, period: Period, now: datetime, ids: Ids, *, ref: str = "1200") -> bool:
    """The statement of one account."""
    return make_statement(
        ours.import_scope, ref=ref, period=period, style=StatementStyle.BALANCE_FORWARD, now=now, ids_of=lambda _: ids
    )
