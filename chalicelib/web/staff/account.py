"""One customer account as staff see it: its figures, who can log in, and what the dealer system has on it."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from chalice.app import Response

from chalicelib.customers import queries as customers
from chalicelib.customers.campaigns.queries import turns
from chalicelib.customers.change_requests import queries as changes
from chalicelib.customers.consents import queries as consents
from chalicelib.customers.consents.model import NOTHING_EXPORTED, exported
from chalicelib.customers.enrolment.model import Enrolment, State, Status
from chalicelib.customers.model import AccountFacts
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.bounces import queries as bounces
from chalicelib.dealers.bounces.model import Bounce
from chalicelib.dealers.model import Module
from chalicelib.dealers.staff import queries as staff
from chalicelib.disputes import queries as disputes
from chalicelib.http.access import STAFF
from chalicelib.http.request import Request
from chalicelib.http.responses import page
from chalicelib.http.routing import Routes
from chalicelib.kernel.emails import comparable_email
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.kernel.keys import from_link_part
from chalicelib.kernel.roles import Role
from chalicelib.kernel.scopes import DealerScope
from chalicelib.ledger import queries as ledger
from chalicelib.ledger.account_view import AccountView, NoFiguresError
from chalicelib.messages import queries as messages
from chalicelib.messages.model import ListedThread
from chalicelib.rendering.format import Formats
from chalicelib.uploads.document_requests import queries as document_requests
from chalicelib.web import people
from chalicelib.web.presenters import disputes as dispute_words
from chalicelib.web.presenters import messages as message_words
from chalicelib.web.presenters.account_history import account_history
from chalicelib.web.presenters.ageing_bar import segments
from chalicelib.web.presenters.changes import asked
from chalicelib.web.presenters.consents import staff_consents
from chalicelib.web.presenters.disputes import ShownDispute
from chalicelib.web.presenters.document_requests import StaffRequest, staff_request
from chalicelib.web.presenters.transactions import ages_of
from chalicelib.web.staff import account_people
from chalicelib.web.staff.staff_freshness import staff_freshness

routes = Routes(__name__)

LEDGERS = {"open_item": lazy_gettext("Open item"), "balance_forward": lazy_gettext("Balance forward")}
ACCOUNT_STATES = {
    "on_stop": lazy_gettext("On stop"),
    "closed": lazy_gettext("Closed"),
    "cash_only": lazy_gettext("Cash only"),
}


SENT_WITHIN = timedelta(minutes=5)
"""How long the page looks for a mail to leave by itself: one mail takes seconds, hundreds at once up to an hour."""


def is_sending(enrolment: Enrolment | None, now: datetime) -> bool:
    """Whether an invitation is about to leave, so that it is worth looking again."""
    return bool(enrolment and enrolment.state is State.QUEUED and now - enrolment.queued_at < SENT_WITHIN)


@routes.get("/staff/accounts/{account}", STAFF)
def account(request: Request) -> Response:
    """Figures as of the published run, people, details. An account of another dealer is not found."""
    ref = from_link_part(request.params["account"])
    scope = request.dealer_scope
    found = customers.staff_account(scope, ref)
    try:
        view = ledger.account_view(scope, ref=ref, now=request.now, published=found.published, era=found.era)
    except NoFiguresError:
        view = None
    place = account_people.place_of(scope, found, request.params["account"])
    return page(
        request,
        "staff/account.html",
        found=found,
        place=place,
        people=people.lines(request, place),
        may_decide=scope.role.includes(Role.SERVICE_MANAGER),
        owner_change=view.head.owner_change if view and (found.owner_in_doubt or found.begins_anew) else None,
        history=account_history(found, _emails(scope, found), request.fmt),
        bounces=_bounces(scope, found),
        invited=_invited_email(found),
        turns=turns(scope, [ref] if found.row.status is Status.NONE else []),
        sending=is_sending(found.enrolment, request.now),
        link=request.params["account"],
        fresh=staff_freshness(request, found.published),
        state=ACCOUNT_STATES.get(found.row.entry.account_status),
        facts=view.facts if view else None,
        changes=[asked(one, view.facts if view else None) for one in changes.open_requests(scope, ref)],
        asked=_asked(request, ref, found.era),
        threads=_threads(scope, ref, found.era),
        message_words=message_words,
        disputes=_disputes(request, ref, found.era),
        details=_details(view.facts, view.dealer.home_country, request.fmt) if view else [],
        consents=_consents(request, ref, found.era, view),
        figures=view.figures if view else None,
        **(_panel(view, request.fmt) if view else {}),
    )


def _emails(scope: DealerScope, found: customers.StaffAccount) -> dict[str, str]:
    """What those who have done something with it are called, by id: its users, and the dealer's staff."""
    return {user.person_id: user.email for user in found.users} | staff.emails(scope)


def _bounces(scope: DealerScope, found: customers.StaffAccount) -> list[Bounce]:
    """Addresses of this customer from which a mail bounced, whichever mail it was."""
    emails = [
        found.row.entry.email,
        found.enrolment.email if found.enrolment else "",
        *(one.email for one in found.users),
    ]
    return bounces.bounces_of(scope, filter(None, emails))


def _disputes(request: Request, ref: str, era: str) -> list[ShownDispute]:
    found = disputes.newest_disputes(request.dealer_scope, ref, era=era)
    return [dispute_words.shown(one, request.fmt, home=dispute_words.staff_home(ref)) for one in found]


class InvitedEmail(NamedTuple):
    """Where the invitation went, as `comparable_email`; whether the dealer's system has another address by now."""

    email: str
    is_outdated: bool


def _invited_email(found: customers.StaffAccount) -> InvitedEmail:
    email = comparable_email(found.enrolment.email) if found.enrolment else ""
    return InvitedEmail(email, comparable_email(found.row.entry.email or "") != email)


def _asked(request: Request, ref: str, era: str) -> dict[str, list[StaffRequest]]:
    """What the customer is asked for, where the dealer has documents in its portal."""
    scope = request.dealer_scope
    if Module.DOCUMENTS not in dealers.dealer(scope).modules:
        return {}
    found = document_requests.requests_of_account(scope, ref, era=era)
    emails, today = staff.emails(scope), request.fmt.today(request.now)
    of_state = {"open": found.open, "closed": found.closed}
    return {state: [staff_request(one, emails, today) for one in those] for state, those in of_state.items()}


def _threads(scope: DealerScope, ref: str, era: str) -> list[ListedThread]:
    """What the customer has asked, where the dealer has messages in its portal."""
    return messages.threads_of_account(scope, ref, era=era) if Module.MESSAGES in dealers.dealer(scope).modules else []


def _consents(request: Request, ref: str, era: str, view: AccountView | None) -> list[tuple[str, list[str]]]:
    scope = request.dealer_scope
    said = exported(view.facts, view.as_at) if view else NOTHING_EXPORTED
    people = consents.consents_of_account(scope, ref, said, era=era)
    return staff_consents(people, request.fmt)


def _panel(view: AccountView, fmt: Formats) -> dict[str, Any]:
    return {
        "buckets": view.buckets,
        "segments": segments(view.buckets),
        "ages": ages_of(view.dealer),
        "money_of": partial(fmt.money, currency=view.facts.currency),
        "open_count": view.head.open_count,
        "credit_available": view.credit_available,
    }


def _details(facts: AccountFacts, at_home: str, fmt: Formats) -> list[tuple[str, list[str]]]:
    """Label and lines of each fact; an empty one says so. One does not write one's own country on a letter."""
    address = [facts.address_1, facts.address_2, facts.address_3, facts.address_4, facts.city, facts.region]
    contact = " ".join(filter(None, (facts.contact_title, facts.contact_first, facts.contact_last)))
    limit = fmt.money(facts.credit_limit, facts.currency) if facts.credit_limit is not None else ""
    rows: list[tuple[str, list[str | None]]] = [
        (_("Name"), [facts.name]),
        (_("Contact"), [contact]),
        (_("Address"), [*address, facts.postcode, facts.country if facts.country != at_home else None]),
        (_("Email"), [facts.email]),
        (_("Phone"), [facts.phone, facts.mobile]),
        (_("V.A.T. no."), [facts.vat_number]),
        (_("Payment terms"), [facts.terms_text]),
        (_("Ledger"), [f"{LEDGERS[facts.ledger_type]}, {facts.currency}"]),
        (_("Credit limit"), [limit]),
        (_("Depot"), [facts.depot_code]),
        (_("Rep code"), [facts.rep_code]),
    ]
    return [(label, [line for line in lines if line] or [_("Not provided")]) for label, lines in rows]
