"""Invite customers: who is ready, campaigns that invite them in waves, and reminders."""

from collections.abc import Mapping
from datetime import timedelta

from chalice.app import Response

from chalicelib.customers.campaigns import operations, queries
from chalicelib.customers.campaigns.model import INCLUDABLE, MAX_PER_DAY, plan, sending_days
from chalicelib.customers.campaigns.readiness import Reason
from chalicelib.customers.enrolment.operations import allowance_left
from chalicelib.customers.enrolment.queries import enrolments
from chalicelib.customers.model import DirectoryEntry
from chalicelib.dealers import operations as dealer_operations
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.model import MAX_REMINDER_GAP, REMINDER_DAYS, Dealer
from chalicelib.downloads.model import SpreadsheetFile
from chalicelib.http.access import STAFF, STAFF_ADMIN
from chalicelib.http.idempotency import once
from chalicelib.http.request import Request
from chalicelib.http.responses import page, redirect
from chalicelib.http.routing import Routes
from chalicelib.kernel.errors import ConflictError, InvalidError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.keys import link_part
from chalicelib.kernel.whole_numbers import whole_number
from chalicelib.rendering.spreadsheet import Column, FileKind
from chalicelib.store.form_results import FormResult
from chalicelib.web import file_responses
from chalicelib.web.presenters.campaigns import (
    REASONS,
    campaign_in_words,
    plan_in_words,
    state_chip,
)
from chalicelib.web.staff.last_saved import last_saved

routes = Routes(__name__)

HOME = "/staff/invitations"
DOWNLOADS = "/staff/downloads"
PAGE = 50
PER_DAY = 50
"""What the form proposes."""
READY = "ready"
UNDER_WAY = frozenset({Reason.INVITED, Reason.ACTIVE})
"""Not held back: they have figures of their own."""
REMINDERS = "reminders"
"""The part that is noted as saved last: no other page is about it."""


@routes.get(HOME, STAFF)
def invite_customers(request: Request) -> Response:
    """The readiness of all accounts, the campaign that runs, and the form for the next."""
    return _home(request, filled=request.query or None)


@routes.get(f"{HOME}/accounts", STAFF)
def accounts(request: Request) -> Response:
    """The accounts that are ready, or held back for one `reason`; `page` says which of several pages."""
    reason, found = _listed(request)
    pages = max(1, -(-len(found) // PAGE))
    number = min(whole_number(request.query.get("page", "")) or 1, pages)
    return page(
        request,
        "staff/invite_accounts.html",
        reason=reason,
        words=REASONS[Reason(reason)] if reason != READY else None,
        found=found[(number - 1) * PAGE : number * PAGE],
        total=len(found),
        first=(number - 1) * PAGE,
        number=number,
        pages=pages,
        link_part=link_part,
    )


@routes.get(f"{HOME}/accounts.csv", STAFF)
def accounts_csv(request: Request) -> Response:
    """The same list as CSV, whole."""
    reason, found = _listed(request)
    published = dealers.published(request.dealer_scope)
    file = SpreadsheetFile(
        file_name=f"customers-{reason.replace('_', '-')}.csv",
        form=FileKind.CSV,
        title=_("Invite customers"),
        columns=[
            Column(_("Customer #"), 12),
            Column(_("Customer Name"), 32),
            Column(_("Email"), 32),
            Column(_("Depot"), 12),
        ],
        rows=((entry.ref, entry.name, entry.email, entry.depot_code) for entry in found),
        count=len(found),
        snapshot_ref=str(published.run),
    )
    return file_responses.deliver(request, request.dealer_scope, file, DOWNLOADS)


@routes.get(f"{HOME}/new", STAFF_ADMIN)
def new(request: Request) -> Response:
    """What a campaign as chosen would do: nothing begins yet."""
    if not request.query:
        return redirect(HOME)
    scope, dealer = request.dealer_scope, dealers.dealer(request.dealer_scope)
    wanted, errors = operations.read_form(dealer, request.query, now=request.now)
    if errors and queries.open_campaign(scope):
        return redirect(HOME, flash=str(operations.ANOTHER_RUNS), failed=True)
    if errors:
        return _home(request, status=422, errors=errors, filled=request.query)
    found = queries.readiness(scope)
    refs = operations.accounts_for(scope, dealer, found, wanted)
    if not refs:
        return redirect(HOME, flash=_("No customer is ready to invite"), failed=True)
    expected = plan(len(refs), per_day=wanted.per_day, first_day=wanted.first_day, weekdays_only=wanted.weekdays_only)
    kept = ("per_day", "first_day", "weekdays", *(f"include_{one.value}" for one in INCLUDABLE))
    return page(
        request,
        "staff/invite_plan.html",
        words=plan_in_words(expected, request.fmt),
        expected=expected,
        wanted=wanted,
        chosen=len(found.chosen(wanted.include)),
        fields={name: request.query[name] for name in kept if name in request.query},
        days=_days(dealer),
        first=link_part(refs[0]),
    )


@routes.post(HOME, STAFF_ADMIN)
def start(request: Request) -> Response:
    """Begin the campaign that the plan showed, with the accounts that are ready now."""

    def act() -> FormResult:
        begun = operations.start(
            request.dealer_scope,
            dealer=dealers.dealer(request.dealer_scope),
            fields=request.form,
            invited_by=request.session.email if request.session else "",
            now=request.now,
            ids=request.services.ids,
        )
        expected = begun.plan()
        said = plan_in_words(expected, request.fmt) if expected else ""
        return FormResult(f"{HOME}/{begun.campaign_id}", _("The campaign is planned: %(plan)s", plan=said))

    try:
        return once(request, act)
    except InvalidError as error:
        if queries.open_campaign(request.dealer_scope):  # then the page has no form for it
            return redirect(HOME, flash=str(operations.ANOTHER_RUNS), failed=True)
        if not error.fields:
            return redirect(HOME, flash=error.message, failed=True)
        return _home(request, status=422, errors=error.fields, filled=request.form)
    except ConflictError as error:
        return redirect(HOME, flash=error.message, failed=True)


@routes.post(f"{HOME}/reminders", STAFF_ADMIN)
def set_reminders(request: Request) -> Response:
    """Choose the days after an invitation on which its customer is reminded: none, one or two."""
    typed = {name: request.form.get(name, "").strip()[:10] for name in ("first", "second")}
    days, errors = _read_days(typed)
    if errors:
        return _home(request, status=422, errors=errors, filled=typed)
    try:
        is_new = dealer_operations.change_settings(
            request.dealer_scope,
            {"invitation_reminders": None if days == REMINDER_DAYS else days},
            seen=request.form.get("seen", ""),
            part=REMINDERS,
            now=request.now,
            ids=request.services.ids,
        )
    except ConflictError as error:
        return redirect(f"{HOME}#reminders", flash=error.message, failed=True)
    return redirect(f"{HOME}#reminders", flash=_("The reminders are saved") if is_new else _("Nothing has changed."))


def _home(
    request: Request,
    *,
    status: int = 200,
    errors: Mapping[str, str] | None = None,
    filled: Mapping[str, str] | None = None,
) -> Response:
    scope, fmt = request.dealer_scope, request.fmt
    dealer = dealers.dealer(scope)
    found = queries.readiness(scope)
    runs = queries.open_campaign(scope)
    expected = runs.plan() if runs else None
    left = allowance_left(dealer, enrolments(scope))
    return page(
        request,
        "staff/invite_customers.html",
        status=status,
        ready=len(found.ready),
        held_back=[
            (reason.value, words, len(found.held_back[reason]))
            for reason, words in REASONS.items()
            if reason not in UNDER_WAY
        ],
        active=len(found.held_back[Reason.ACTIVE]),
        invited=len(found.held_back[Reason.INVITED]),
        not_ready=sum(len(refs) for reason, refs in found.held_back.items() if reason not in UNDER_WAY),
        includable=[(one.value, REASONS[one].label, len(found.held_back[one])) for one in INCLUDABLE],
        may_start=scope.is_admin,
        runs=runs,
        expected=plan_in_words(expected, fmt) if expected else "",
        state_chip=state_chip,
        campaigns=[(one, campaign_in_words(one, fmt)) for one in queries.last_campaigns(scope)],
        left=left,
        most=min(MAX_PER_DAY, dealer.daily_invitations),
        licence=fmt.count(dealer.daily_invitations),
        today=fmt.today(request.now),
        filled=_filled(request, dealer, filled),
        errors=errors or {},
        days=_days(dealer),
        gap=MAX_REMINDER_GAP,
        seen=dealer_operations.settings_fingerprint(dealer, ["invitation_reminders"]),
        saved=last_saved(request, REMINDERS),
    )


def _filled(request: Request, dealer: Dealer, typed: Mapping[str, str] | None) -> dict[str, str]:
    """The fields of both forms: what was typed, or what is proposed."""
    tomorrow = request.fmt.today(request.now) + timedelta(days=1)
    days = [*map(str, dealer.reminder_days), "", ""]
    proposed = {
        "per_day": str(min(PER_DAY, max(1, dealer.daily_invitations))),
        "first_day": next(sending_days(tomorrow, weekdays_only=True)).isoformat(),
        "weekdays": "yes",
        "first": days[0],
        "second": days[1],
        **{f"include_{reason.value}": "" for reason in INCLUDABLE},
    }
    if typed is None:
        return proposed
    is_plan = "per_day" in typed or "first_day" in typed
    return {**proposed, **({"weekdays": ""} if is_plan else {}), **{name: text[:40] for name, text in typed.items()}}


def _read_days(typed: Mapping[str, str]) -> tuple[tuple[int, ...], dict[str, str]]:
    """The days, and what is wrong at which field. They stay where they were entered: a second needs a first."""
    days: list[int] = []
    errors = {}
    for name, text in typed.items():
        before = days[-1] if days else 0
        number = whole_number(text)
        if name == "second" and text and not typed["first"]:
            errors["first"] = _("Enter the first reminder too, or the second one here")
        if text and (number is None or not before < number <= before + MAX_REMINDER_GAP):
            errors[name] = _(
                "Enter a day from %(first)s to %(last)s, or leave it empty",
                first=before + 1,
                last=before + MAX_REMINDER_GAP,
            )
        elif number:
            days.append(number)
    return tuple(days), errors


def _days(dealer: Dealer) -> tuple[int, ...]:
    return dealer.reminder_days


def _listed(request: Request) -> tuple[str, list[DirectoryEntry]]:
    """The reason that the address names, of any other text READY, and its accounts."""
    found = queries.readiness(request.dealer_scope)
    reason = request.query.get("reason", "")
    if reason not in set(Reason):
        return READY, list(found.ready)
    return reason, list(found.held_back[Reason(reason)])
