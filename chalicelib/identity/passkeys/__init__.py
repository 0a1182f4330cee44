"""Passkeys: keys of a person's own devices, which log in without a password (https://www.w3.org/TR/webauthn-3/)."""
