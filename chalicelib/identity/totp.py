"""Codes of authenticator apps: six digits that change every 30 seconds (RFC 6238). Pure."""

import hmac
from base64 import b32encode
from datetime import datetime

from chalicelib.kernel.ids import Ids

SECONDS = 30
DIGITS = 6
WINDOW = 1
"""Steps before and after the present one whose codes count too: clocks differ, and people take time to type."""
_SECRET_BYTES = 20


def new_secret(ids: Ids) -> str:
    """160 random bits as base32, which apps read."""
    return b32encode(ids.random_bytes(_SECRET_BYTES)).decode()


def matching_step(secret: str, code: str, now: datetime, *, after: int = 0) -> int | None:
    """The step of time whose code this is, within the window and later than `after`; None where it is none."""
    from pyotp import TOTP  # few requests check a code

    app, present = TOTP(secret, digits=DIGITS, interval=SECONDS), int(now.timestamp()) // SECONDS
    for step in range(present - WINDOW, present + WINDOW + 1):
        if step > after and hmac.compare_digest(app.generate_otp(step), code):
            return step
    return None


def typed_code(text: str) -> str:
    """Six digits, however they were spaced; empty where it is anything else."""
    digits = "".join(sign for sign in text[:32] if sign not in " -\u00a0")
    return digits if len(digits) == DIGITS and digits.isascii() and digits.isdigit() else ""


def setup_address(secret: str, *, email: str, issuer: str) -> str:
    """The otpauth:// address that an app reads from a QR code."""
    from pyotp import TOTP

    return TOTP(secret, digits=DIGITS, interval=SECONDS).provisioning_uri(
        name=email, issuer_name=issuer.replace(":", " ")
    )
