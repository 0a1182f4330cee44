"""One customer account as staff see it: how it stands, who can log in, and what the dealer system says of it."""

from collections.abc import Sequence
from functools import partial

from chalice.app import Response

from chalicelib.customers import queries as customers
from chalicelib.customers.model import AccountFacts
from chalicelib.dealers.model import AgeingSetting
from chalicelib.http.access import Permission
from chalicelib.http.request import Request
from chalicelib.http.responses import page
from chalicelib.http.routing import Pages
from chalicelib.kernel.clock import local_date
from chalicelib.kernel.keys import from_link_part
from chalicelib.ledger import queries as ledger
from chalicelib.ledger.ageing import Ager, Buckets, age
from chalicelib.ledger.figures import figures
from chalicelib.ledger.model import Row
from chalicelib.ledger.queries import Reading
from chalicelib.rendering.format import Formats
from chalicelib.web.presenters.ageing_bar import bars
from chalicelib.web.presenters.transactions import AGES

pages = Pages(__name__)

LEDGERS = {"open_item": "Open item", "balance_forward": "Balance forward"}
ACCOUNT_STATES = {"on_stop": "On stop", "closed": "Closed", "cash_only": "Cash only"}


@pages.get("/staff/accounts/{account}", Permission.STAFF)
def account(request: Request) -> Response:
    """Figures as of the published run, people, details. An account of another dealer is not found."""
    ref = from_link_part(request.params["account"])
    scope = request.dealer_scope
    found = customers.staff_account(scope, ref)
    today = local_date(request.now, request.fmt.time_zone)
    reading = ledger.read_account(scope, ref=ref, today=today, current=found.published)
    head = reading.head
    rows = ledger.open_rows(scope, head=head) if head else ()
    buckets = _buckets(reading, rows, request.dealer.ageing) if request.dealer else None
    return page(
        request,
        "staff/account.html",
        found=found,
        link=request.params["account"],
        published=reading.published,
        head=head,
        figures=figures(rows, as_at=reading.as_at) if head and reading.as_at else None,
        buckets=buckets,
        bars=bars(buckets) if buckets else [],
        ages=AGES,
        money_of=partial(request.fmt.money, currency=found.row.entry.currency),
        open_count=len(rows),
        credit_left=_credit_left(head.facts, head.balance) if head else None,
        state=ACCOUNT_STATES.get(found.row.entry.account_status),
        details=_details(head.facts, request.fmt) if head else [],
    )


def _buckets(reading: Reading, rows: Sequence[Row], setting: AgeingSetting) -> Buckets | None:
    if reading.head is None or reading.as_at is None:
        return None
    facts = reading.head.facts
    ager = Ager(as_at=reading.as_at, setting=setting, balance_forward=facts.ledger_type == "balance_forward")
    return age(rows, ager=ager, aged=facts.aged)


def _credit_left(facts: AccountFacts, balance: int) -> int | None:
    """Limit less balance less what is on order (domain 3.8); None where the export gives no limit."""
    return None if facts.credit_limit is None else facts.credit_limit - balance - (facts.on_order_amount or 0)


def _details(facts: AccountFacts, fmt: Formats) -> list[tuple[str, list[str]]]:
    """Label and lines of each fact; an empty one says so."""
    address = [facts.address_1, facts.address_2, facts.address_3, facts.address_4, facts.city, facts.region]
    contact = " ".join(filter(None, (facts.contact_title, facts.contact_first, facts.contact_last)))
    limit = fmt.money(facts.credit_limit, facts.currency) if facts.credit_limit is not None else ""
    told: list[tuple[str, list[str | None]]] = [
        ("Name", [facts.name]),
        ("Contact", [contact]),
        ("Address", [*address, facts.postcode, facts.country]),
        ("Email", [facts.email]),
        ("Phone", [facts.phone, facts.mobile]),
        ("V.A.T. no.", [facts.vat_number]),
        ("Terms", [facts.terms_text]),
        ("Ledger", [f"{LEDGERS[facts.ledger_type]}, {facts.currency}"]),
        ("Credit limit", [limit]),
        ("Depot", [facts.depot_code]),
        ("Rep code", [facts.rep_code]),
    ]
    return [(label, [line for line in lines if line] or ["Not provided"]) for label, lines in told]
