"""Numbers that name a business: whether they are well formed. Pure."""

import re

_VAT_ID = re.compile(r"[A-Z]{2}(?=.*[0-9])[0-9A-Z+*]{2,13}")
_ENDPOINTS = {
    "0088": r"[0-9]{13}",
    "0060": r"[0-9]{9}",
    "9932": r"GB([0-9]{9}|[0-9]{12}|(GD|HA)[0-9]{3})",
    "9930": r"DE[0-9]{9}",
    "9914": r"ATU[0-9]{8}",
    "9935": r"IE[0-9A-Z+*]{8,9}",
    "9957": r"FR[0-9A-Z]{2}[0-9]{9}",
    "9920": r"ES[0-9A-Z][0-9]{7}[0-9A-Z]",
    "9945": r"PL[0-9]{10}",
}
"""By scheme of the Electronic Address Scheme list."""


def vat_id_of(text: str, country: str) -> str:
    """`GB 123 4567 89` and `123 4567 89` -> `GB123456789`; empty for what is no VAT number."""
    bare = re.sub(r"[^0-9A-Za-z+*]", "", text).upper()
    if not bare:
        return ""
    prefix = "EL" if country == "GR" else country
    if not re.match(r"[A-Z]{2}", bare):
        bare = f"{prefix}{bare}"
    return bare if _VAT_ID.fullmatch(bare) else ""


def is_endpoint(scheme: str, number: str) -> bool:
    """Whether the number is one of this scheme; a GLN by its check digit too."""
    if not re.fullmatch(_ENDPOINTS.get(scheme, r"(?!)"), number, re.ASCII):
        return False
    return scheme != "0088" or _gln_digit(number[:-1]) == int(number[-1])


def _gln_digit(digits: str) -> int:
    weighted = sum(int(digit) * (3 if at % 2 == 0 else 1) for at, digit in enumerate(reversed(digits)))
    return -weighted % 10


def is_iban(text: str) -> bool:
    """By its form and its check digits (ISO 13616)."""
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", text, re.ASCII):
        return False
    turned = text[4:] + text[:4]
    return int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1
