"""What a dealer is: settings that the operator and the dealer's staff choose. Pure."""

from dataclasses import field
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import Field, PlainSerializer, field_validator
from pydantic.dataclasses import dataclass

from chalicelib.dealers.ageing_setting import AgeingSetting
from chalicelib.dealers.appearance import EMAIL, Brand, MailSettings, Texts
from chalicelib.dealers.lifecycle_model import Closing, Suspension
from chalicelib.kernel.clock import is_time_zone
from chalicelib.kernel.countries import country_of
from chalicelib.kernel.money import minor_digits
from chalicelib.kernel.schemas import DEFERRED, STRICT_SETTINGS

SLUG = r"^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$"
CODE = r"^[A-Za-z0-9_-]{2,32}$"
HELP_ADDRESS = r"^(https://|mailto:|tel:)\S+$"
MAX_HELP_LINKS = 6
MAX_LANGUAGES = 40
MAX_PHONE, MAX_PHONE_NOTE, MAX_OPENING_HOURS, MAX_TAGLINE, MAX_HELP_TEXT = 32, 60, 200, 160, 600
MAX_DOCUMENT_VERSION = 40
MAX_LINK_LABEL, MAX_LINK_ADDRESS = 60, 300
"""Characters."""
MIN_IDLE, IDLE, MAX_IDLE = 10, 30, 60
"""Minutes: the least, what it is where the dealer has not chosen, the most."""

Line = Annotated[str, Field(min_length=1, max_length=120)]
Locale = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")]
Modules = Annotated[frozenset[str], PlainSerializer(sorted, when_used="json")]
"""Sorted in storage: every process stores the same settings alike."""


class Module(StrEnum):
    """What a dealer may have switched on; a route of another module is not found there."""

    INVOICES = "invoices"
    PAYMENTS = "payments"
    MESSAGES = "messages"
    ORDERS = "orders"
    PROPOSALS = "proposals"
    STATEMENTS = "statements"
    DOCUMENTS = "documents"


@dataclass(frozen=True, slots=True, config=STRICT_SETTINGS)
class HelpLink:
    """A place that customers are sent to for help: a page, a mail address or a phone number, as a URL."""

    label: Annotated[str, Field(min_length=1, max_length=MAX_LINK_LABEL)]
    address: Annotated[str, Field(pattern=HELP_ADDRESS, max_length=MAX_LINK_ADDRESS)]


ENDPOINT_SCHEMES = ("9932", "9930", "9914", "9935", "9957", "9920", "9945", "0088", "0060")
"""Electronic Address Scheme (EAS) codes that a dealer may have: VAT numbers by country, GLN, DUNS."""
Short = Annotated[str, Field(max_length=120)]


@dataclass(frozen=True, slots=True, config=STRICT_SETTINGS)
class Seller:
    """Who invoices, as an e-invoice has it. Empty is what the dealer has not said: its name and address stand for it.

    `endpoint` is where e-invoices to the dealer would be sent, by `endpoint_scheme`, one of ENDPOINT_SCHEMES.
    """

    legal_name: Short = ""
    company_number: Annotated[str, Field(max_length=40)] = ""
    street: Short = ""
    city: Annotated[str, Field(max_length=60)] = ""
    postcode: Annotated[str, Field(max_length=20)] = ""
    country: Annotated[str, Field(pattern=r"^([A-Z]{2})?$")] = ""
    endpoint_scheme: Annotated[str, Field(pattern=r"^([A-Z0-9]{2,4})?$")] = ""
    endpoint: Annotated[str, Field(max_length=100)] = ""
    iban: Annotated[str, Field(pattern=r"^([A-Z]{2}[0-9]{2}[A-Z0-9]{11,30})?$")] = ""


MAX_REMINDERS = 2
MAX_REMINDER_GAP = 13
"""Days from an invitation or a reminder to the next: a link works for 14."""
MAX_STATEMENT_DAY = 28
"""Of the month: every month has it."""
ExportDays = Literal["weekdays", "mon_sat", "tue_sat", "daily"]
"""Days on which a dealer's exports are expected."""
MAX_BEFORE_DUE, MAX_AFTER_DUE, MAX_DUE_DAYS = 30, 90, 4
"""Days before and after the due date on which customers may be reminded of an invoice, and how many of each."""
REMINDER_DAYS = (7, 14)
"""Where a dealer has chosen no others."""
MONTHLY_TEXTS = 1_000
"""Where the operator has allowed a dealer no other number."""
OWN_SETTINGS = (
    "phone",
    "phone_note",
    "support_email",
    "sales_email",
    "opening_hours",
    "tagline",
    "help_text",
    "help_links",
    "document_version",
    "vat_number",
    "seller",
    "ageing",
    "idle_minutes",
    "staff_second_factor",
    "customers_second_factor",
    "sms_codes",
    "sms_notifications",
    "payment_reminders",
    "export_days",
    "export_by",
    "invitation_reminders",
    "statement_style",
    "statement_day",
    "locale",
    "languages",
)
"""What a dealer's own admins change, beside the brand."""
OPERATORS_SETTINGS = (
    "user_allowance",
    "invite_allowance",
    "daily_invitations",
    "daily_files",
    "monthly_texts",
    "modules",
)
"""What the operator changes of a dealer that is set up."""
STANDING = ("suspension", "closing")
"""Whether a dealer's portal may be used, which the operator decides too."""


def phone_in_full(phone: str, note: str | None) -> str:
    """`01632 960 014, press option 1`."""
    return f"{phone}, {note}" if phone and note else phone


@dataclass(frozen=True, slots=True, config=STRICT_SETTINGS)
class Profile:
    """What a dealer is set up with. `code` names it in export bundles; allowances count people and invitations.

    `daily_files` is for each account, each way; `monthly_texts` notify customers, codes count elsewhere.
    `phone_note` is what to press or whom to ask for.
    `help_text` and `help_links` stand at the foot of each page of its customers, as does `document_version`: of the
    guide that they were given. Pages are in `locale`, unless their reader has chosen one of `languages`; `country` is
    None until the language was changed, and then where the dealer was before. A session at the dealer ends after
    `idle_minutes` without a request. `invitation_reminders` are days after the invitation, None for the usual ones;
    `payment_reminders` days after the due date of an invoice, negative before it, None for no reminders.
    `export_days` are those on which an export is expected, by `export_by` (`07:00`); None: none is.
    `statement_style`: each account's statement of a month is made from `statement_day` of the next on, None: the first.
    """

    slug: Annotated[str, Field(pattern=SLUG)]
    code: Annotated[str, Field(pattern=CODE)]
    name: Line
    contact_email: Annotated[str, Field(pattern=EMAIL, max_length=254)]
    address: Annotated[tuple[Line, ...], Field(min_length=1, max_length=7)]
    phone: Annotated[str, Field(max_length=MAX_PHONE)] = ""
    phone_note: Annotated[str, Field(max_length=MAX_PHONE_NOTE)] | None = None
    opening_hours: Annotated[str, Field(max_length=MAX_OPENING_HOURS)] | None = None
    support_email: Annotated[str, Field(pattern=r"^([^@\s]+@[^@\s]+)?$", max_length=254)] = ""
    sales_email: Annotated[str, Field(pattern=EMAIL, max_length=254)] | None = None
    document_version: Annotated[str, Field(min_length=1, max_length=MAX_DOCUMENT_VERSION)] | None = None
    idle_minutes: Annotated[int, Field(ge=MIN_IDLE, le=MAX_IDLE)] | None = None
    vat_number: Annotated[str, Field(max_length=20)] = ""
    user_allowance: Annotated[int, Field(ge=1, le=10_000)] = 10
    invite_allowance: Annotated[int, Field(ge=0, le=1_000_000)] = 10_000
    daily_invitations: Annotated[int, Field(ge=0, le=1_000_000)] = 2_000
    daily_files: Annotated[int, Field(ge=0, le=10_000)] = 50
    monthly_texts: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    modules: Modules = frozenset({Module.INVOICES.value, Module.DOCUMENTS.value, Module.MESSAGES.value})
    locale: Locale = "en-GB"
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    languages: Annotated[tuple[Locale, ...], Field(max_length=MAX_LANGUAGES)] | None = None
    time_zone: Annotated[str, Field(max_length=64)] = "Europe/London"
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "GBP"
    ageing: AgeingSetting = field(default_factory=AgeingSetting)
    brand: Brand = field(default_factory=Brand)
    tagline: Annotated[str, Field(max_length=MAX_TAGLINE)] = ""
    help_text: Annotated[str, Field(max_length=MAX_HELP_TEXT)] = ""
    help_links: Annotated[tuple[HelpLink, ...], Field(max_length=MAX_HELP_LINKS)] = ()
    staff_second_factor: bool | None = None
    customers_second_factor: bool | None = None
    sms_codes: bool | None = None
    sms_notifications: bool | None = None
    suspension: Suspension | None = None
    closing: Closing | None = None
    payment_reminders: (
        Annotated[
            tuple[Annotated[int, Field(ge=-MAX_BEFORE_DUE, le=MAX_AFTER_DUE)], ...], Field(max_length=2 * MAX_DUE_DAYS)
        ]
        | None
    ) = None
    export_days: ExportDays | None = None
    export_by: Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")] | None = None
    invitation_reminders: Annotated[tuple[int, ...], Field(max_length=MAX_REMINDERS)] | None = None
    statement_style: Literal["balance_forward", "open_item"] | None = None
    statement_day: Annotated[int, Field(ge=1, le=MAX_STATEMENT_DAY)] | None = None
    own_texts: Texts | None = None
    own_mails: MailSettings | None = None
    seller: Seller | None = None

    @property
    def staff_need_second_factor(self) -> bool:
        """From their second login on: so unless an admin has turned it off."""
        return self.staff_second_factor is not False

    @property
    def customers_need_second_factor(self) -> bool:
        """Only where an admin has turned it on."""
        return self.customers_second_factor is True

    def language_of(self, wanted: str) -> str:
        """The locale that somebody reads who wants this one: the dealer's own, where it does not offer that."""
        return wanted if wanted in (self.languages or ()) else self.locale

    @property
    def home_country(self) -> str:
        """Whose telephone numbers and addresses are written without naming it (ISO 3166, two letters)."""
        return self.country or country_of(self.locale)

    @property
    def offers_sms_codes(self) -> bool:
        """Only where an admin has turned it on: each costs."""
        return self.sms_codes is True

    @property
    def offers_sms_notifications(self) -> bool:
        """Only where an admin has turned it on: each costs."""
        return self.sms_notifications is True

    @property
    def texts_a_month(self) -> int:
        """How many text messages may notify its customers, those with codes not counted."""
        return MONTHLY_TEXTS if self.monthly_texts is None else self.monthly_texts

    @property
    def suspended(self) -> bool | None:
        """True where nobody may use the portal, else None: the public copy has what is not None."""
        return True if self.suspension or self.closing else None

    @property
    def operators_contact(self) -> str:
        """Whom staff of a suspended portal turn to."""
        stands = self.suspension or self.closing
        return stands.contact if stands else ""

    @property
    def reminder_days(self) -> tuple[int, ...]:
        """How many days after an invitation its customer is reminded of it, where they have not logged in."""
        return REMINDER_DAYS if self.invitation_reminders is None else self.invitation_reminders

    @property
    def texts(self) -> Texts:
        """Those that the dealer has written."""
        return self.own_texts or Texts()

    @property
    def mails(self) -> MailSettings:
        """What the dealer has chosen for its mails."""
        return self.own_mails or MailSettings()

    @property
    def phone_in_full(self) -> str:
        """With what to press, for mails and sentences; empty where there is no number."""
        return phone_in_full(self.phone, self.phone_note)

    @property
    def idle(self) -> int:
        """Minutes without a request after which a session at the dealer ends."""
        return self.idle_minutes or IDLE

    @field_validator("invitation_reminders")
    @classmethod
    def _come_before_the_link_ends(cls, days: tuple[int, ...] | None) -> tuple[int, ...] | None:
        """Each mail's link works for 14 days, and the next has to come before that."""
        gaps = [after - before for before, after in pairwise((0, *(days or ())))]
        if any(not 1 <= gap <= MAX_REMINDER_GAP for gap in gaps):
            raise ValueError("not days before the link ends")
        return days

    @field_validator("currency")
    @classmethod
    def _is_a_currency(cls, currency: str) -> str:
        minor_digits(currency)
        return currency

    @field_validator("time_zone")
    @classmethod
    def _is_a_time_zone(cls, name: str) -> str:
        if not is_time_zone(name):
            raise ValueError("not an IANA time zone")
        return name

    @field_validator("modules")
    @classmethod
    def _are_known(cls, modules: frozenset[str]) -> frozenset[str]:
        if unknown := modules - set(Module):
            raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
        return modules


@dataclass(frozen=True, slots=True, kw_only=True, config=DEFERRED)
class Dealer(Profile):
    """A dealer as it runs: its profile and its id, 10 of [a-z0-9]."""

    dealer_id: str

    @classmethod
    def of(cls, dealer_id: str, profile: Profile) -> Self:
        """The dealer of this id with this profile."""
        return cls(dealer_id=dealer_id, **{name: getattr(profile, name) for name in Profile.__dataclass_fields__})


@dataclass(frozen=True, slots=True, kw_only=True, config=DEFERRED)
class PublicDealer:
    """What anybody may know of a dealer: a copy of some settings, for pages that are shown before login."""

    dealer_id: str
    slug: str
    name: str
    address: tuple[str, ...]
    phone: str
    support_email: str
    tagline: str
    locale: str
    time_zone: str
    currency: str
    modules: Modules
    brand: Brand
    phone_note: str | None = None
    opening_hours: str | None = None
    idle_minutes: int | None = None
    suspended: bool | None = None
    statement_style: Literal["balance_forward", "open_item"] | None = None
    statement_day: Annotated[int, Field(ge=1, le=MAX_STATEMENT_DAY)] | None = None
    own_texts: Texts | None = None

    @property
    def texts(self) -> Texts:
        """See Profile."""
        return self.own_texts or Texts()

    @property
    def phone_in_full(self) -> str:
        """See Profile."""
        return phone_in_full(self.phone, self.phone_note)

    @property
    def idle(self) -> int:
        """See Profile."""
        return self.idle_minutes or IDLE

    @classmethod
    def of(cls, dealer: Dealer) -> Self:
        """The public copy of these settings."""
        return cls(**{name: getattr(dealer, name) for name in cls.__dataclass_fields__})


class Saved(NamedTuple):
    """Who saved a part of the settings last, and when."""

    person_id: str
    at: datetime


@dataclass(frozen=True, slots=True, config=DEFERRED)
class DealerEntry:
    """A line of the operator's list: enough for schedules and addresses. `suspended` follows the settings."""

    dealer_id: str
    slug: str
    code: str
    name: str
    suspended: bool = False
