"""Settings: how customers reach the dealer, where they find help, how old transactions are, when a session ends."""

from collections.abc import Mapping
from json import dumps, loads
from typing import Any

from chalice.app import Response

from chalicelib.dealers import model, operations
from chalicelib.dealers import queries as dealers
from chalicelib.dealers.ageing_setting import AgeingSetting
from chalicelib.dealers.missing_exports.model import USUAL_TIME
from chalicelib.dealers.model import (
    MAX_HELP_LINKS,
    Dealer,
    HelpLink,
    Seller,
)
from chalicelib.dealership_users.queries import without_strong_factor
from chalicelib.einvoices.identifiers import is_endpoint
from chalicelib.http.access import STAFF_ADMIN
from chalicelib.http.request import Request
from chalicelib.http.responses import page, redirect
from chalicelib.http.routing import Routes
from chalicelib.identity import factors
from chalicelib.identity.model import STRONG
from chalicelib.kernel.errors import ConflictError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.i18n import ngettext
from chalicelib.kernel.scopes import IdentityScope
from chalicelib.web.presenters.languages import language_names
from chalicelib.web.presenters.settings import (
    AGEING_BASES,
    AGEING_METHODS,
    ENDPOINT_SCHEMES,
    EXPORT_DAYS,
    SETTING_LABELS,
    STATEMENT_STYLES,
    YES_NO,
    entered,
)
from chalicelib.web.staff.last_saved import LastSaved, last_saved
from chalicelib.web.staff.settings_fields import CHOOSE, FIELDS
from chalicelib.web.staff.settings_form import read_form

routes = Routes(__name__)

HOME = "/staff/settings"
_SETTING_OF = {
    "ageing_method": "ageing",
    "ageing_basis": "ageing",
    "remind_before": "payment_reminders",
    "remind_after": "payment_reminders",
    "link_label_": "help_links",
    "link_address_": "help_links",
    **{f"seller_{name}": "seller" for name in Seller.__dataclass_fields__},
}
"""Fields of the form that are part of a setting of another name."""
_OPTIONS = {
    "ageing_method": AGEING_METHODS,
    "ageing_basis": AGEING_BASES,
    "statement_style": STATEMENT_STYLES,
    "export_days": EXPORT_DAYS,
    "staff_second_factor": YES_NO,
    "customers_second_factor": YES_NO,
    "sms_codes": YES_NO,
    "sms_notifications": YES_NO,
    "seller_endpoint_scheme": ENDPOINT_SCHEMES,
}
_MAX_WAS = 20_000


@routes.get(HOME, STAFF_ADMIN)
def settings(request: Request) -> Response:
    """The form, filled in with what is so now."""
    dealer = dealers.dealer(request.dealer_scope, fresh=True)
    return _page(request, dealer, entered(dealer), {})


@routes.post(HOME, STAFF_ADMIN)
def save(request: Request) -> Response:
    """Save all that the form has, or nothing."""
    dealer = dealers.dealer(request.dealer_scope, fresh=True)
    named = [*(one.name for one in FIELDS), "locale"]
    filled = entered(dealer) | {name: request.form[name] for name in named if name in request.form}
    if "languages" in request.form:
        filled["languages"] = " ".join(sorted(_ticked(request, dealer)))
    read = read_form(FIELDS, filled)
    languages, wrong = _languages(request, dealer)
    errors = (
        read.errors
        | _unpaired(read.values)
        | _endpoint(read.values)
        | _without_own_factor(request, dealer, read.values)
        | wrong
    )
    if errors:
        return _page(request, dealer, filled, errors, status=422)
    try:
        is_new = operations.change_settings(
            request.dealer_scope,
            {**_settings(read.values), **languages},
            seen=request.form.get("seen", ""),
            now=request.now,
            ids=request.services.ids,
        )
    except ConflictError as error:
        return _overtaken(request, dealer, filled, error.message)
    if not is_new:
        return redirect(HOME, flash=_("Nothing has changed."))
    said = _("Saved. Your customers see it now.")
    is_demanded = not dealer.staff_need_second_factor and read.values["staff_second_factor"] is None
    if is_demanded and (missing := without_strong_factor(request.dealer_scope)):
        said += " " + ngettext(
            "%(num)s of your users has no second factor, and sets one up at their next click or login.",
            "%(num)s of your users have no second factor, and set one up at their next click or login.",
            missing,
            num=missing,
        )
    return redirect(HOME, flash=said)


def _languages(request: Request, dealer: Dealer) -> tuple[dict[str, Any], dict[str, str]]:
    """The settings of languages, and what is wrong. While one language is installed the form has none: they stay."""
    if "languages" not in request.form:
        return {"locale": dealer.locale, "languages": dealer.languages}, {}
    own = request.form.get("locale", "")
    if own not in dict(_choices(request, dealer)):
        return {}, {"locale": str(CHOOSE)}
    others = [one for one in _ticked(request, dealer) if one != own]
    return {"locale": own, "languages": (own, *others) if others else None}, {}


def _ticked(request: Request, dealer: Dealer) -> list[str]:
    ticked = request.form_all.get("language", [])
    return [one for one, _name in _choices(request, dealer) if one in ticked]


def _settings(values: Mapping[str, Any]) -> dict[str, Any]:
    """By their names in a dealer's profile."""
    pairs = [(values[f"link_label_{at}"], values[f"link_address_{at}"]) for at in range(MAX_HELP_LINKS)]
    return {
        "phone": values["phone"],
        "phone_note": values["phone_note"] or None,
        "support_email": values["support_email"],
        "sales_email": values["sales_email"] or None,
        "opening_hours": values["opening_hours"] or None,
        "tagline": values["tagline"],
        "help_text": values["help_text"],
        "help_links": tuple(HelpLink(label, address) for label, address in pairs if label),
        "document_version": values["document_version"] or None,
        "export_days": values["export_days"],
        "export_by": (values["export_by"] or USUAL_TIME) if values["export_days"] else None,
        "payment_reminders": (*sorted(-day for day in values["remind_before"]), *values["remind_after"]) or None,
        "idle_minutes": values["idle_minutes"],
        "vat_number": values["vat_number"],
        "seller": _seller(values),
        "ageing": AgeingSetting(values["ageing_method"], values["ageing_basis"]),
        "statement_style": values["statement_style"],
        "statement_day": values["statement_day"],
        "staff_second_factor": values["staff_second_factor"],
        "customers_second_factor": values["customers_second_factor"],
        "sms_codes": values["sms_codes"],
        "sms_notifications": values["sms_notifications"],
    }


def _seller(values: Mapping[str, Any]) -> Seller | None:
    """None where nothing is said, which older releases know too."""
    seller = Seller(**{name: values[f"seller_{name}"] for name in Seller.__dataclass_fields__})
    return None if seller == Seller() else seller


def _overtaken(request: Request, dealer: Dealer, filled: Mapping[str, str], why: str) -> Response:
    """Both admins' changes in one form: what only the other changed is theirs, and where both did, both are shown."""
    saved, opened_with = entered(dealer), _opened_with(request)
    theirs = {name for name in saved if name in opened_with and _same(filled[name], opened_with[name])}
    merged = {name: saved[name] if name in theirs else filled[name] for name in saved}
    both = [
        name
        for name in saved
        if name not in theirs and opened_with.get(name) != saved[name] and not _same(merged[name], saved[name])
    ]
    by = last_saved(request, "settings")
    notes = {name: _of_the_other(name, saved[name], by) for name in both}
    taken = dict.fromkeys(_label(name) for name in sorted(theirs) if opened_with.get(name) != saved[name])
    said = [why, _("Nothing was saved.")]
    if taken:
        said.append(_("Their changes are in the form: %(fields)s.", fields=", ".join(taken)))
    if both:
        differing = dict.fromkeys(map(_label, both))
        said.append(_("Saving again replaces what was saved with yours: %(fields)s.", fields=", ".join(differing)))
    return _page(request, dealer, merged, notes, status=409, message=" ".join(said))


def _opened_with(request: Request) -> dict[str, str]:
    """What the form showed when it was opened; nothing where that cannot be read."""
    try:
        found = loads(request.form.get("was", "")[:_MAX_WAS])
    except ValueError:
        return {}
    return {name: text for name, text in found.items() if isinstance(text, str)} if isinstance(found, dict) else {}


def _same(one: str, other: str) -> bool:
    """Browsers end lines with two characters."""
    return one.replace("\r\n", "\n").strip() == other.replace("\r\n", "\n").strip()


def _label(name: str) -> str:
    return str(SETTING_LABELS[_SETTING_OF.get(name.rstrip("0123456789"), name)])


def _of_the_other(name: str, value: str, by: LastSaved | None) -> str:
    is_languages = name in {"locale", "languages"}
    shown = ", ".join(name for _locale, name in language_names(value.split())) if is_languages else value
    shown = str(_OPTIONS.get(name, {}).get(value, shown))
    shown = _("“%(value)s”", value=shown) if shown else _("nothing")
    if by is None:
        return _("Somebody else saved: %(value)s.", value=shown)
    if by.is_reader:
        return _("In another window you saved: %(value)s.", value=shown)
    return _("%(person)s saved: %(value)s.", person=by.by, value=shown)


def _without_own_factor(request: Request, dealer: Dealer, values: Mapping[str, Any]) -> dict[str, str]:
    """Who demands a second factor of the staff has one: else the next page would be the set-up of it."""
    if dealer.staff_need_second_factor or values.get("staff_second_factor", False) is False:
        return {}
    if STRONG & factors.security_settings(IdentityScope(), request.dealer_scope.person_id).factors:
        return {}
    return {"staff_second_factor": _("Set up your own second factor first: your profile, then Security")}


def _unpaired(values: Mapping[str, Any]) -> dict[str, str]:
    """A help link needs its words and its address."""
    errors = {}
    for at in range(MAX_HELP_LINKS):
        label, address = values.get(f"link_label_{at}"), values.get(f"link_address_{at}")
        if address and label == "":
            errors[f"link_label_{at}"] = _("Say what the link leads to")
        if label and address == "":
            errors[f"link_address_{at}"] = _("Say where the link leads")
    return errors


def _endpoint(values: Mapping[str, Any]) -> dict[str, str]:
    """An electronic address is a kind and a number that is one of it."""
    scheme, number = values.get("seller_endpoint_scheme", ""), values.get("seller_endpoint", "")
    if number and not scheme:
        return {"seller_endpoint_scheme": _("Say which kind of number this is")}
    if scheme and not is_endpoint(scheme, number):
        return {"seller_endpoint": _("Enter a number of this kind, without spaces")}
    return {}


def _choices(request: Request, dealer: Dealer) -> list[tuple[str, str]]:
    """The languages that are installed, and the dealer's own; none where there is nothing to choose."""
    found = dict.fromkeys((*request.services.languages(), dealer.locale))
    return language_names(found) if len(request.services.languages()) > 1 else []


def _in_order() -> list[str]:
    """The fields as the page has them, of which the languages are no settings like the others."""
    names = [one.name for one in FIELDS]
    at = names.index("ageing_method")
    return [*names[:at], "locale", "languages", *names[at:]]


def _page(
    request: Request,
    dealer: Dealer,
    filled: Mapping[str, str],
    errors: Mapping[str, str],
    *,
    status: int = 200,
    message: str = "",
) -> Response:
    return page(
        request,
        "staff/settings.html",
        status=status,
        filled=filled,
        was=dumps(entered(dealer)),
        errors={name: errors[name] for name in _in_order() if name in errors},
        message=message,
        labels=SETTING_LABELS,
        methods=AGEING_METHODS,
        bases=AGEING_BASES,
        yes_no=YES_NO,
        statement_styles=STATEMENT_STYLES,
        export_days=EXPORT_DAYS,
        schemes=ENDPOINT_SCHEMES,
        home_country=dealer.home_country,
        monthly_texts=dealer.texts_a_month,
        links=range(MAX_HELP_LINKS),
        languages=_choices(request, dealer),
        offered=filled["languages"].split(),
        limits=model,
        without_factor=without_strong_factor(request.dealer_scope),
        seen=operations.settings_fingerprint(dealer, SETTING_LABELS),
        saved=last_saved(request, "settings"),
    )
