"""Whose a customer account is, where its number is used again; and mail to its people that did not arrive."""

from chalice.app import Response

from chalicelib.customers import eras, queries
from chalicelib.customers.enrolment.model import OPEN
from chalicelib.dealers.bounces import operations as bounces
from chalicelib.http.access import STAFF, STAFF_SERVICE_MANAGER
from chalicelib.http.request import Request
from chalicelib.http.responses import redirect
from chalicelib.http.routing import Routes
from chalicelib.kernel.emails import MAX_EMAIL_LENGTH
from chalicelib.kernel.errors import ConflictError, InvalidError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.keys import from_link_part
from chalicelib.web.staff.confirm import confirm_page

routes = Routes(__name__)

ACCOUNT = "/staff/accounts/{account}"


@routes.get(ACCOUNT + "/owner", STAFF_SERVICE_MANAGER)
def ask_whose(request: Request) -> Response:
    """Asks whether the number is another customer's now: the access of everybody who had it ends, for good."""
    found = queries.staff_account(request.dealer_scope, _ref(request))
    entry, era = found.row.entry, request.query.get("era", "")
    if not era:
        return redirect(f"/staff/accounts/{request.params['account']}")
    if not found.owner_in_doubt or era != entry.next_era:
        return _back(request, str(eras.DECIDED), failed=True)
    final = _("Earlier figures are no longer shown. This cannot be taken back.")
    return confirm_page(
        request,
        _("Is account %(account)s another customer's now?", account=entry.ref),
        f"{_losing(found)} {final}",
        _("Somebody else"),
        back=f"/staff/accounts/{request.params['account']}",
        fields={"owner": "other", "era": era},
    )


def _losing(found: queries.StaffAccount) -> str:
    """Who can no longer open the account."""
    emails = [user.email for user in found.users]
    invited = found.enrolment.email if found.enrolment and found.enrolment.state in OPEN else ""
    said = [_("%(emails)s lose access at once.", emails=", ".join(emails)) if emails[1:] else ""]
    said += [_("%(email)s loses access at once.", email=emails[0]) if len(emails) == 1 else ""]
    said += [_("The invitation of %(email)s stops working.", email=invited) if invited else ""]
    if found.is_linked:
        said.append(_("The customer added in the portal that is linked to it loses its figures."))
    return " ".join(filter(None, said)) or _("Nobody has access to it now.")


@routes.post(ACCOUNT + "/owner", STAFF_SERVICE_MANAGER)
def decide_owner(request: Request) -> Response:
    """Say whether a number that changed its name and email is still the same customer's."""
    scope, ref, era = request.dealer_scope, _ref(request), request.form.get("era", "")
    now, ids = request.now, request.services.ids
    queries.staff_account(scope, ref)  # another dealer's is not found, whatever the form says
    try:
        match request.form.get("owner", ""):
            case "same":
                eras.confirm_same_customer(scope, ref=ref, era=era, now=now, ids=ids)
                return _back(request, _("Account %(account)s is unchanged: its users can open it again", account=ref))
            case "other":
                eras.confirm_somebody_else(scope, ref=ref, era=era, now=now, ids=ids)
            case _:
                raise InvalidError(_("Say whether it is the same customer or somebody else"))
    except ConflictError as error:  # an old page: decided since
        return _back(request, error.message, failed=True)
    request.services.notify_outbox(scope, at_once=True)
    text = _("Account %(account)s now belongs to a new customer; previous users no longer have access", account=ref)
    return _back(request, text)


@routes.post(ACCOUNT + "/mail-works", STAFF)
def note_mail_works(request: Request) -> Response:
    """Staff say that mail to an address of this customer arrives, or is wanted, again."""
    scope, email = request.dealer_scope, request.form.get("email", "")[:MAX_EMAIL_LENGTH]
    queries.staff_account(scope, _ref(request))
    try:
        bounces.note_works(scope, email=email, account_ref=_ref(request), now=request.now, ids=request.services.ids)
    except ConflictError:
        return _back(request, _("Nothing has changed."), failed=True)
    return _back(request, _("%(email)s counts as working again", email=email))


def _ref(request: Request) -> str:
    return from_link_part(request.params["account"])


def _back(request: Request, message: str, *, failed: bool = False) -> Response:
    return redirect(f"/staff/accounts/{request.params['account']}", flash=message, failed=failed)
