"""Money is integer minor units of one ISO 4217 currency. No binary float ever holds an amount."""

from decimal import ROUND_HALF_UP, Decimal

from chalicelib.kernel.currencies import DIGITS


def minor_digits(currency: str) -> int:
    """Digits after the point: GBP 2, JPY 0, KWD 3. Raises ValueError if `currency` is not ISO 4217."""
    digits = DIGITS.get(currency)
    if digits is None:
        msg = f"not a currency code: {currency!r}"
        raise ValueError(msg)
    return digits


def as_decimal(minor: int, currency: str) -> Decimal:
    """770 GBP -> Decimal('7.70'), for text and spreadsheets."""
    return Decimal(minor).scaleb(-minor_digits(currency))


def minor_units(value: Decimal, digits: int) -> int | None:
    """Whole units to minor units, or None if there are more decimals than the currency has."""
    scaled = value.scaleb(digits)
    return int(scaled) if scaled == scaled.to_integral_value() else None


def round_half_up(value: Decimal) -> int:
    """To a whole minor unit, halves away from zero (HMRC VATREC12030)."""
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))
