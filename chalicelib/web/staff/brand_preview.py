"""The customers' own pages in a look that is not saved yet: for its admin alone, and nothing on them can be done."""

from dataclasses import dataclass, replace
from typing import Any

from chalice.app import Response

from chalicelib.customers import queries as customers
from chalicelib.customers.accounts_list import AccountsQuery
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.appearance import Texts
from chalicelib.dealers.branding import queries
from chalicelib.dealers.wording import queries as wording
from chalicelib.dealers.wording.model import Statement, Wording, texts_of
from chalicelib.http.access import STAFF_ADMIN
from chalicelib.http.headers import content_security_policy
from chalicelib.http.request import Request
from chalicelib.http.responses import page
from chalicelib.http.routing import Routes
from chalicelib.identity.model import Membership, MembershipKind, Session
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.roles import Role
from chalicelib.ledger import queries as ledger
from chalicelib.ledger.account_view import AccountView, NoFiguresError
from chalicelib.ledger.row import Row
from chalicelib.web.customer import account_page
from chalicelib.web.customer.invoices import AdjacentPages, invoice_context
from chalicelib.web.customer.transactions_list import list_context
from chalicelib.web.presenters.transactions import RowFormatter, account_header, document_state, row_link
from chalicelib.web.presenters.wording import STATEMENT_TITLES
from chalicelib.web.staff.customise import HOME, PREVIEW, brand_stylesheet, drafted_logo_address

routes = Routes(__name__)

TEXTS_PREVIEW = f"{PREVIEW}/login?from=texts"
"""Where the preview begins for those who write the texts: with the introduction."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What makes a page one: where its look comes from, and the bar above it. `pages` are labels with addresses.

    `back_label` says where `back` leads, if not to Customise.
    """

    stylesheet: str
    logo: str
    pages: tuple[tuple[str, str], ...]
    here: str
    back: str = HOME
    back_label: str = ""


@routes.get(PREVIEW, STAFF_ADMIN)
def transactions(request: Request) -> Response:
    """My Transactions of the account with most to show."""
    ref, view = _account(request)
    if view is None:
        return _preview(request, "customer/no_figures.html", ref=ref, path=account_page.HOME)
    formatter = RowFormatter.of(view, request.fmt)
    return _preview(
        request,
        "customer/transactions.html",
        ref=ref,
        name=view.facts.name,
        path=account_page.HOME,
        home=account_page.HOME,
        read_only=False,
        group_size=0,
        **account_header(view, formatter),
        **list_context(request, view, account_page.row_query({}, request.fmt.locale), formatter),
    )


@routes.get(f"{PREVIEW}/invoice", STAFF_ADMIN)
def invoice(request: Request) -> Response:
    """A transaction of the same account: one that has a document, where there is one."""
    ref, view = _account(request)
    row = _shown(view) if view else None
    if view is None or row is None:
        return _preview(request, "customer/no_figures.html", ref=ref, path=account_page.HOME)
    formatter = RowFormatter.of(view, request.fmt)
    link = row_link(view.ref, row)
    return _preview(
        request,
        "customer/invoice.html",
        ref=ref,
        name=view.facts.name,
        path=link.partition("?")[0],
        **invoice_context(view, formatter, row),
        lines=[],
        back=account_page.HOME,
        adjacent=AdjacentPages(),
        link=link,
        viewer_link=link,
    )


@routes.get(f"{PREVIEW}/login", STAFF_ADMIN)
def log_in(request: Request) -> Response:
    """The login page at the dealer's own address."""
    home = f"/d/{request.dealer.slug}" if request.dealer else ""
    return _preview(
        request,
        "auth/login.html",
        person=None,
        action=f"{home}/login",
        forgot=f"{home}/forgot",
        errors={},
        message="",
        refused=False,
        email="",
        remember=False,
        wanted="",
        notice=None,
    )


@routes.get(f"{PREVIEW}/privacy", STAFF_ADMIN)
def privacy(request: Request) -> Response:
    """The privacy statement, as the page at the dealer's address will be."""
    return _statement(request, Statement.PRIVACY, _wording(request).privacy)


@routes.get(f"{PREVIEW}/terms", STAFF_ADMIN)
def terms(request: Request) -> Response:
    """The terms."""
    return _statement(request, Statement.TERMS, _wording(request).terms)


def _statement(request: Request, which: Statement, text: str) -> Response:
    shown = text or _("Nothing is written here yet, so this page is not shown.")
    home = f"/d/{request.dealer.slug}" if request.dealer else ""
    title = STATEMENT_TITLES[which]
    return _preview(request, "public/statement.html", person=None, title=title, text=shown, back=home)


def _wording(request: Request) -> Wording:
    scope = request.dealer_scope
    dealer = dealers.dealer(scope, fresh=True)
    return wording.texts_draft(scope, dealer, person_id=scope.person_id, now=request.now).wording


def _texts(request: Request) -> Texts | None:
    return texts_of(_wording(request))


def _account(request: Request) -> tuple[str | None, AccountView | None]:
    """Of the first customers on the dealer's list the one with the largest balance; None where there is none yet.

    An account that is open comes first: a preview need not begin with a warning.
    """
    scope = request.dealer_scope
    rows = customers.customer_accounts(scope, text="", field="all", query=AccountsQuery()).page.rows
    entries = [row.entry for row in rows if not row.entry.archived]
    best = max(entries, key=lambda entry: (entry.account_status == "open", abs(entry.balance)), default=None)
    if best is None:
        return None, None
    found = customers.staff_account(scope, best.ref)
    try:
        view = ledger.account_view(
            scope,
            ref=best.ref,
            now=request.now,
            query=account_page.row_query({}, request.fmt.locale),
            published=found.published,
            era=found.era,
        )
    except NoFiguresError:
        return best.ref, None
    return best.ref, replace(view, dealer=replace(view.dealer, own_texts=_texts(request)))


def _shown(view: AccountView) -> Row | None:
    return max(view.page.rows, key=lambda row: document_state(row) in {"ready", "drawn"}, default=None)


def _preview(request: Request, template: str, *, ref: str | None = None, name: str = "", **context: object) -> Response:
    scope, dealer = request.dealer_scope, request.dealer
    brand = queries.draft_or_live(scope, queries.live_brand(scope), now=request.now).brand
    is_of_texts = request.query.get("from") == "texts"
    of_texts = "?from=texts" if is_of_texts else ""
    statements = [(title, f"{PREVIEW}/{which}") for which, title in STATEMENT_TITLES.items()]
    shown = Preview(
        stylesheet=brand_stylesheet(brand),
        logo=drafted_logo_address(brand.logo) if brand.logo else "",
        pages=tuple(
            (str(title), f"{address}{of_texts}")
            for title, address in (
                (_("My Transactions"), PREVIEW),
                (_("Invoice"), f"{PREVIEW}/invoice"),
                (_("Login"), f"{PREVIEW}/login"),
                *(statements if is_of_texts else ()),
            )
        ),
        here=f"{request.path}{of_texts}",
        back=f"{HOME}/texts" if is_of_texts else HOME,
    )
    given: dict[str, Any] = {
        "person": _as_customer(request.session, ref or "", name) if request.session else None,
        "dealer": replace(dealer, brand=brand, own_texts=_texts(request)) if dealer else None,
        "preview": shown,
        "flash": "",
        "ref": ref,
        **context,
    }
    response = page(request, template, **given)
    # Tested control: preview-is-inert
    response.headers["Content-Security-Policy"] = (
        f"{content_security_policy(request.services.settings.bucket_origins)}, form-action 'none'; script-src 'none'"
    )
    return response


def _as_customer(session: Session, ref: str, name: str) -> Session:
    """What the page says of its reader: that they act for this account."""
    dealer_id = session.membership.dealer_id if session.membership else ""
    membership = Membership(dealer_id, MembershipKind.CUSTOMER, ref, name, role=Role.VIEW, active=True)
    return replace(session, membership=membership, only_membership=True)
