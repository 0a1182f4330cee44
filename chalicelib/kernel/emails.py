"""What an email address is: one rule for exports, forms and invitations."""

import re

MAX_EMAIL_LENGTH = 254
"""RFC 5321: what fits into the path of a mail."""
_LOCAL = r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9]|-(?!-)){0,61}(?<!-)"
_ORDINARY = re.compile(rf"(?=[^@]{{1,64}}@)(?=.{{1,254}}\Z){_LOCAL}@(?:{_LABEL}\.)+([A-Za-z]{{2,63}})")
_RESERVED = frozenset({"arpa", "invalid", "local", "localhost", "onion", "test"})


def normal_email(text: str) -> str:
    """`  Al.Barlow@Postgate.Example ` -> `al.barlow@postgate.example`: one spelling, in ASCII, as mail is addressed.

    Raises ValueError for what mail cannot be sent to: a name before the @ that is not ASCII (Amazon SES takes none),
    a domain that is reserved (RFC 6761), such as .local.
    """
    from email_validator import EmailNotValidError, validate_email

    typed = text.strip()
    # Tested control: email-length-first
    if len(typed) > MAX_EMAIL_LENGTH:  # before it is normalised: that takes the square of a length
        raise ValueError("longer than any email address")
    try:
        found = validate_email(typed, check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError:
        raise ValueError("not an email address") from None
    return (found.ascii_email or "").lower()


def comparable_email(email: str) -> str:
    """How addresses are compared that others have written: an export, a form, SES. Any text will do."""
    return email.strip().lower()


def masked_email(email: str) -> str:
    """`al.barlow@postgate.example` -> `a•••@postgate.example`: who knows the address knows it again."""
    name, _, domain = email.partition("@")
    return f"{name[:1]}•••@{domain}"


def is_email(text: str) -> bool:
    """Whether `normal_email` takes it. An ordinary one is told by its form: an import asks for tens of thousands."""
    ordinary = _ORDINARY.fullmatch(text)
    if ordinary and ordinary[1].lower() not in _RESERVED:
        return True
    try:
        normal_email(text)
    except ValueError:
        return False
    return True
