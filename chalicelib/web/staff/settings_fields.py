"""The fields of Settings, and how what is typed into each is read."""

import re
from collections.abc import Callable
from typing import get_args, get_type_hints

from chalicelib.dealers import model
from chalicelib.dealers.ageing_setting import AgeingSetting
from chalicelib.dealers.model import (
    HELP_ADDRESS,
    IDLE,
    MAX_AFTER_DUE,
    MAX_BEFORE_DUE,
    MAX_DUE_DAYS,
    MAX_HELP_LINKS,
    MAX_IDLE,
    MAX_STATEMENT_DAY,
    MIN_IDLE,
    ExportDays,
)
from chalicelib.einvoices.identifiers import is_iban, vat_id_of
from chalicelib.kernel.emails import normal_email
from chalicelib.kernel.errors import InvalidError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.i18n import lazy_gettext
from chalicelib.web.presenters.settings import ENDPOINT_SCHEMES, STATEMENT_STYLES
from chalicelib.web.staff.settings_form import OneOf, SettingField, email_address, plain_text

CHOOSE = lazy_gettext("Choose one of the list")
_PHONE = re.compile(r"\+?[0-9][0-9 ()/.-]{3,30}")
_AGEING = get_type_hints(AgeingSetting)
_STYLES = tuple(style for style in STATEMENT_STYLES if style != "no")


def _phone(typed: str) -> str:
    text = plain_text(model.MAX_PHONE)(typed)
    if text and not _PHONE.fullmatch(text):
        raise InvalidError(_("Enter a phone number, such as 01632 960 014 or +44 1632 960 014"))
    return text


def _address(typed: str) -> str:
    """A web page, a mail address or a phone number, as a URL."""
    text = plain_text(model.MAX_LINK_ADDRESS)(typed)
    if not text or re.fullmatch(HELP_ADDRESS, text):
        return text
    if _PHONE.fullmatch(text):
        return "tel:" + "".join(sign for sign in text if sign in "+0123456789")
    try:
        return f"mailto:{normal_email(text)}"
    except ValueError:
        raise InvalidError(
            _("Enter an address that begins with https://, an email address or a phone number")
        ) from None


def _idle(typed: str) -> int | None:
    """Minutes; None where they are those of a dealer that has not chosen, which older releases know too."""
    minutes = int(typed) if re.fullmatch(r"[0-9]{1,2}", typed) else 0
    if not MIN_IDLE <= minutes <= MAX_IDLE:
        raise InvalidError(_("Enter %(least)s to %(most)s minutes", least=MIN_IDLE, most=MAX_IDLE))
    return minutes if minutes != IDLE else None


def _statement_day(typed: str) -> int | None:
    """A day of the month; None for the first, which need not be stored."""
    day = int(typed) if re.fullmatch(r"[0-9]{1,2}", typed) else 0
    if not 1 <= day <= MAX_STATEMENT_DAY:
        raise InvalidError(_("Enter a day of the month from 1 to %(most)s", most=MAX_STATEMENT_DAY))
    return day if day > 1 else None


def _vat_number(typed: str) -> str:
    text = plain_text(20)(typed)
    if text and not vat_id_of(text, "GB"):
        raise InvalidError(_("Enter a V.A.T. number, such as GB 123 4567 89"))
    return text


def _country(typed: str) -> str:
    text = typed.upper()
    if text and not re.fullmatch(r"[A-Z]{2}", text):
        raise InvalidError(_("Enter the two letters of a country, such as GB"))
    return text


def _iban(typed: str) -> str:
    text = "".join(typed.split()).upper()
    if text and not is_iban(text):
        raise InvalidError(_("Enter an IBAN, such as GB29 NWBK 6016 1331 9268 19"))
    return text


def _days(least: int, most: int) -> Callable[[str], tuple[int, ...]]:
    """A reader of a few numbers of days with commas between."""

    def read(typed: str) -> tuple[int, ...]:
        parts = [part for part in re.split(r"[\s,;]+", typed[:100]) if part]
        days = {int(part) for part in parts if re.fullmatch(r"[0-9]{1,2}", part)}
        if len(days) != len(parts) or len(days) > MAX_DUE_DAYS or not all(least <= day <= most for day in days):
            raise InvalidError(
                _(
                    "Enter up to %(num)s different numbers from %(least)s to %(most)s, such as 7, 14",
                    num=MAX_DUE_DAYS,
                    least=least,
                    most=most,
                )
            )
        return tuple(sorted(days))

    return read


def _clock(typed: str) -> str:
    """A time of day, or nothing. Browsers without a field for times send what was typed: `7`, `7.30`, `7 am`."""
    text = typed.strip().lower()
    if not text:
        return ""
    found = re.fullmatch(r"([0-9]{1,2})(?:[:.]([0-9]{2}))?\s*(am|pm)?", text)
    hour, minute = (int(found[1]), int(found[2] or 0)) if found else (99, 0)
    if found and found[3]:
        hour = hour % 12 + (12 if found[3] == "pm" else 0) if 1 <= hour <= 12 else 99  # noqa: PLR2004 - a clock's
    if hour > 23 or minute > 59:  # noqa: PLR2004 - a clock's
        raise InvalidError(_("Enter a time, such as 07:00"))
    return f"{hour:02}:{minute:02}"


FIELDS = (  # in the order of the form
    SettingField("phone", _phone),
    SettingField("phone_note", plain_text(model.MAX_PHONE_NOTE)),
    SettingField("support_email", email_address),
    SettingField("sales_email", email_address),
    SettingField("opening_hours", plain_text(model.MAX_OPENING_HOURS, lines=True)),
    SettingField("tagline", plain_text(model.MAX_TAGLINE)),
    SettingField("help_text", plain_text(model.MAX_HELP_TEXT, lines=True)),
    SettingField("document_version", plain_text(model.MAX_DOCUMENT_VERSION)),
    *(
        SettingField(f"link_{part}_{at}", read)
        for at in range(MAX_HELP_LINKS)
        for part, read in (("label", plain_text(model.MAX_LINK_LABEL)), ("address", _address))
    ),
    SettingField("vat_number", _vat_number),
    SettingField("seller_legal_name", plain_text(120)),
    SettingField("seller_company_number", plain_text(40)),
    SettingField("seller_street", plain_text(120)),
    SettingField("seller_city", plain_text(60)),
    SettingField("seller_postcode", plain_text(20)),
    SettingField("seller_country", _country),
    SettingField("seller_endpoint_scheme", OneOf({name: name for name in ENDPOINT_SCHEMES}, CHOOSE)),
    SettingField("seller_endpoint", plain_text(100)),
    SettingField("seller_iban", _iban),
    SettingField("ageing_method", OneOf({name: name for name in get_args(_AGEING["method"])}, CHOOSE)),
    SettingField("ageing_basis", OneOf({name: name for name in get_args(_AGEING["basis"])}, CHOOSE)),
    SettingField("statement_style", OneOf({"no": None, **{name: name for name in _STYLES}}, CHOOSE)),
    SettingField("statement_day", _statement_day),
    SettingField("export_days", OneOf({"no": None, **{name: name for name in get_args(ExportDays)}}, CHOOSE)),
    SettingField("export_by", _clock),
    SettingField("remind_before", _days(0, MAX_BEFORE_DUE)),
    SettingField("remind_after", _days(1, MAX_AFTER_DUE)),
    SettingField("idle_minutes", _idle),
    SettingField("staff_second_factor", OneOf({"yes": None, "no": False}, CHOOSE)),
    SettingField("customers_second_factor", OneOf({"yes": True, "no": None}, CHOOSE)),
    SettingField("sms_codes", OneOf({"yes": True, "no": None}, CHOOSE)),
    SettingField("sms_notifications", OneOf({"yes": True, "no": None}, CHOOSE)),
)
