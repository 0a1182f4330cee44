"""Contact preferences of a customer's user: what the dealer may send offers by, as their pages show and change it."""

from collections.abc import Mapping

from chalicelib.customers.consents import operations, queries
from chalicelib.customers.consents.model import NOTHING_EXPORTED, Exported, exported
from chalicelib.dealers import queries as dealers
from chalicelib.http.request import Request
from chalicelib.identity import rate_limits
from chalicelib.identity.rate_limits import DAY, Attempt, Limit
from chalicelib.kernel.channels import Channel
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.ledger import queries as ledger
from chalicelib.ledger.account_view import AccountView, NoFiguresError
from chalicelib.web.customer.account_page import account_ref
from chalicelib.web.presenters.consents import ConsentLine, consent_lines

CHOSEN = Limit("consent.person", 30, DAY)


def lines(request: Request, ref: str, view: AccountView | None) -> list[ConsentLine]:
    """Each channel as it counts now. `view`: the account's, where an export names it."""
    scope, dealer = request.customer_scope, dealers.dealer(request.customer_scope)
    found = queries.own_consents(scope, ref, _exported(view))
    return consent_lines(found, dealer.name, request.fmt)


def own_lines(request: Request) -> list[ConsentLine]:
    """The same of the account in hand; nothing where there is none."""
    ref = account_ref(request)
    return lines(request, ref, _view(request, ref)) if ref else []


def count_choice(request: Request, *, prefix: str = "") -> None:
    """Count what `choose` would keep, before anything is kept. Raises TooManyError."""
    scope = request.customer_scope
    if any(_changed(request.form, prefix).values()):  # nobody has to wait to withdraw one
        # Tested control: consents-limited
        rate_limits.consume(
            IdentityScope(), (Attempt(CHOSEN, f"{scope.dealer_id}\n{scope.person_id}"),), now=request.now
        )


def choose(request: Request, *, prefix: str = "") -> bool:
    """Keep the ticks that the reader has changed; whether any is new. The same form sent again changes nothing.

    It is counted before (`count_choice`). `prefix` begins the names of the form's boxes.
    Raises NotFoundError without an account.
    """
    scope, ref = request.customer_scope, account_ref(request)
    if ref is None:
        raise NotFoundError
    view = _view(request, ref)
    new = operations.choose(
        scope,
        ref=ref,
        account_name=view.facts.name if view else "",
        exported=_exported(view),
        changed=_changed(request.form, prefix),
        chosen_by=request.session.email if request.session else "",
        now=request.now,
        ids=request.services.ids,
    )
    return bool(new)


def _changed(form: Mapping[str, str], prefix: str) -> dict[Channel, bool]:
    """What differs from what the page showed: an export or another tab may have changed the rest meanwhile."""
    ticks = {channel: form.get(f"{prefix}{channel}") == "yes" for channel in Channel}
    return {channel: tick for channel, tick in ticks.items() if tick != (form.get(f"was-{channel}") == "yes")}


def _view(request: Request, ref: str) -> AccountView | None:
    try:
        return ledger.account_view(request.customer_scope, ref=ref, now=request.now)
    except NoFiguresError:
        return None


def _exported(view: AccountView | None) -> Exported:
    return exported(view.facts, view.as_at) if view else NOTHING_EXPORTED
