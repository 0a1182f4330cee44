"""The settings that a dealer's admins change: what they are called, and how the form shows them."""

from collections.abc import Mapping

from chalicelib.dealers.model import MAX_HELP_LINKS, Profile, Seller
from chalicelib.kernel.i18n import LazyText, Text, lazy_gettext

SETTING_LABELS: dict[str, LazyText] = {
    "phone": lazy_gettext("Support number"),
    "phone_note": lazy_gettext("After dialling"),
    "support_email": lazy_gettext("Support email"),
    "sales_email": lazy_gettext("Sales email"),
    "opening_hours": lazy_gettext("Opening hours"),
    "tagline": lazy_gettext("Line under your name"),
    "help_text": lazy_gettext("Help text"),
    "help_links": lazy_gettext("Help links"),
    "document_version": lazy_gettext("Document Version"),
    "vat_number": lazy_gettext("V.A.T. number"),
    "seller": lazy_gettext("E-invoices"),
    "ageing": lazy_gettext("Age of transactions"),
    "statement_style": lazy_gettext("Monthly statements"),
    "statement_day": lazy_gettext("Made on day"),
    "idle_minutes": lazy_gettext("Log out after"),
    "locale": lazy_gettext("Language"),
    "languages": lazy_gettext("Languages to choose"),
    "staff_second_factor": lazy_gettext("Staff must use a second factor"),
    "customers_second_factor": lazy_gettext("Customers must use a second factor"),
    "payment_reminders": lazy_gettext("Reminders of payments"),
    "export_days": lazy_gettext("Days on which exports are expected"),
    "export_by": lazy_gettext("Exports expected by"),
    "sms_codes": lazy_gettext("Customers may use codes by text message"),
    "sms_notifications": lazy_gettext("Text messages for notifications"),
}
ALLOWANCE_LABELS: dict[str, LazyText] = {
    "user_allowance": lazy_gettext("Users"),
    "invite_allowance": lazy_gettext("Invitations"),
    "daily_invitations": lazy_gettext("Invitations a day"),
    "daily_files": lazy_gettext("Files a day"),
    "monthly_texts": lazy_gettext("Text messages a month"),
    "modules": lazy_gettext("Modules"),
}
"""Those that the operator changes."""
INVITATION_LABELS: dict[str, LazyText] = {"invitation_reminders": lazy_gettext("Reminders of invitations")}
"""Those that admins change where they invite customers."""
AGEING_METHODS: Mapping[str, LazyText] = {
    "calendar_month": lazy_gettext("By calendar month"),
    "next_month": lazy_gettext("By calendar month, one month later"),
    "days": lazy_gettext("By 30 days"),
}
YES_NO: Mapping[str, LazyText] = {"yes": lazy_gettext("Yes"), "no": lazy_gettext("No")}
EXPORT_DAYS: Mapping[str, LazyText] = {
    "no": lazy_gettext("None: nobody is notified"),
    "weekdays": lazy_gettext("Monday to Friday"),
    "mon_sat": lazy_gettext("Monday to Saturday"),
    "tue_sat": lazy_gettext("Tuesday to Saturday"),
    "daily": lazy_gettext("Every day"),
}
STATEMENT_STYLES: Mapping[str, LazyText] = {
    "no": lazy_gettext("None"),
    "balance_forward": lazy_gettext("Balance forward: all movements"),
    "open_item": lazy_gettext("Open item: what is still open"),
}
AGEING_BASES: Mapping[str, LazyText] = {
    "invoice": lazy_gettext("From the invoice date"),
    "due": lazy_gettext("From the due date"),
}


ENDPOINT_SCHEMES: Mapping[str, Text] = {
    "": lazy_gettext("None"),
    "9932": lazy_gettext("UK V.A.T. number (9932)"),
    "9930": lazy_gettext("German V.A.T. number (9930)"),
    "9914": lazy_gettext("Austrian V.A.T. number (9914)"),
    "9935": lazy_gettext("Irish V.A.T. number (9935)"),
    "9957": lazy_gettext("French V.A.T. number (9957)"),
    "9920": lazy_gettext("Spanish V.A.T. number (9920)"),
    "9945": lazy_gettext("Polish V.A.T. number (9945)"),
    "0088": lazy_gettext("GLN (0088)"),
    "0060": lazy_gettext("DUNS number (0060)"),
}


def entered(profile: Profile) -> dict[str, str]:
    """The fields of the form, filled in with these settings. Languages are tags with spaces between."""
    links = [(link.label, link.address) for link in profile.help_links]
    links += [("", "")] * (MAX_HELP_LINKS - len(links))
    return {
        "phone": profile.phone,
        "phone_note": profile.phone_note or "",
        "support_email": profile.support_email,
        "sales_email": profile.sales_email or "",
        "opening_hours": profile.opening_hours or "",
        "tagline": profile.tagline,
        "help_text": profile.help_text,
        "document_version": profile.document_version or "",
        "idle_minutes": str(profile.idle),
        "locale": profile.locale,
        "languages": " ".join(sorted(profile.languages or ())),
        "vat_number": profile.vat_number,
        **{f"seller_{name}": getattr(profile.seller or Seller(), name) for name in Seller.__dataclass_fields__},
        "ageing_method": profile.ageing.method,
        "ageing_basis": profile.ageing.basis,
        "statement_style": profile.statement_style or "no",
        "statement_day": str(profile.statement_day or 1),
        "staff_second_factor": "yes" if profile.staff_need_second_factor else "no",
        "customers_second_factor": "yes" if profile.customers_need_second_factor else "no",
        "sms_codes": "yes" if profile.offers_sms_codes else "no",
        "sms_notifications": "yes" if profile.offers_sms_notifications else "no",
        "export_days": profile.export_days or "no",
        "export_by": profile.export_by or "",
        "remind_before": ", ".join(str(-day) for day in sorted(profile.payment_reminders or ()) if day <= 0),
        "remind_after": ", ".join(str(day) for day in sorted(profile.payment_reminders or ()) if day > 0),
        **{f"link_label_{at}": label for at, (label, _address) in enumerate(links)},
        **{f"link_address_{at}": address for at, (_label, address) in enumerate(links)},
    }
