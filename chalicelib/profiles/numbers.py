"""Telephone numbers: stored as E.164 (`+441632960114`), entered and shown as the dealer's country writes them."""

from collections.abc import Collection

from chalicelib.kernel.i18n import Text, lazy_gettext
from chalicelib.kernel.i18n import gettext as _

WRONG = lazy_gettext("Enter a telephone number with its area code. Begin with + and the country code for one abroad")
NOT_ALLOWED = lazy_gettext("We send no text messages to this country. Use codes by email or an app instead")
NOT_MOBILE = lazy_gettext("We cannot send text messages to this number. Check it, or use codes by email instead.")
_LENGTH = lazy_gettext("Check the number: it has a digit too few or too many")
_EXTENSION = lazy_gettext("Enter the number without an extension")


class NotANumberError(ValueError):
    """Its `message` says what to enter instead."""

    def __init__(self, message: Text) -> None:
        super().__init__(message)
        self.message = message


def e164(text: str, *, country: str) -> str:
    """The number as it is stored. Raises NotANumberError for what nobody can dial.

    Its length is checked, not whether it is given out: new ranges are dialled before a library knows them. One that no
    national form fits, as a mobile number without its last digit, could only be shown without its leading 0.
    """
    import phonenumbers

    try:
        found = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        raise NotANumberError(WRONG) from None
    if found.extension:
        raise NotANumberError(_EXTENSION)
    if phonenumbers.is_possible_number_with_reason(found) != phonenumbers.ValidationResult.IS_POSSIBLE:
        raise NotANumberError(WRONG)
    national = phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.NATIONAL)
    if national.isdigit() and not phonenumbers.is_valid_number(found):
        raise NotANumberError(_LENGTH)
    return str(phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164))


def mobile_e164(text: str, *, country: str, allowed: Collection[str]) -> str:
    """The same of a mobile number of one of these countries (ISO 3166, two letters): to which a text message may go.

    Numbers that cost more to reach are no mobile numbers. Raises NotANumberError.
    """
    import phonenumbers

    try:
        number = e164(text, country=country)
    except NotANumberError as error:
        if error.message is not WRONG:
            raise
        raise NotANumberError(not_a_mobile_number(country)) from None
    found = phonenumbers.parse(number)
    # Tested control: text-to-allowed-country
    if not {*phonenumbers.region_codes_for_country_code(found.country_code or 0)} & {*allowed}:
        raise NotANumberError(NOT_ALLOWED)
    kinds = phonenumbers.PhoneNumberType
    is_mobile = phonenumbers.number_type(found) in {kinds.MOBILE, kinds.FIXED_LINE_OR_MOBILE}
    # Numbers of several countries begin alike: +44 is Jersey's too.
    if not is_mobile or phonenumbers.region_code_for_number(found) not in allowed:
        raise NotANumberError(NOT_MOBILE)
    return number


def may_be_texted(number: str, allowed: Collection[str]) -> bool:
    """Whether a stored number is a mobile number of one of these countries."""
    try:
        return mobile_e164(number, country="", allowed=allowed) == number
    except NotANumberError:
        return False


def not_a_mobile_number(country: str) -> str:
    """What is said in a field of a mobile number of what is no number."""
    import phonenumbers

    example = phonenumbers.example_number_for_type(country, phonenumbers.PhoneNumberType.MOBILE)
    if example is None:
        return str(WRONG)
    form = phonenumbers.PhoneNumberFormat.NATIONAL
    return _("Enter your mobile number, such as %(example)s", example=phonenumbers.format_number(example, form))


def shown(number: str, *, country: str) -> str:
    """A stored number in its national form, or with its country code where it is another country's."""
    import phonenumbers

    if not number:
        return ""
    found = phonenumbers.parse(number)
    is_home = found.country_code == phonenumbers.country_code_for_region(country)
    form = phonenumbers.PhoneNumberFormat
    return str(phonenumbers.format_number(found, form.NATIONAL if is_home else form.INTERNATIONAL))
