"""Texts and mails that are being chosen. Pure."""

from dataclasses import dataclass, fields
from enum import StrEnum
from hashlib import sha256

from chalicelib.dealers.appearance import MailSettings, Texts

LABELS = frozenset({"current", "current_month"})
"""What the youngest age may be called."""


class Statement(StrEnum):
    """A long text with a page of its own at the dealer's public address."""

    PRIVACY = "privacy"
    TERMS = "terms"


class Part(StrEnum):
    """What an admin saves as one."""

    TEXTS = "texts"
    MAILS = "mails"


@dataclass(frozen=True, slots=True)
class Wording:
    """The texts of a dealer, the long ones whole. Empty: none, or the portal's own words."""

    introduction: str = ""
    placeholder: str = ""
    privacy: str = ""
    terms: str = ""
    footer: str = ""
    current_label: str = "current"


@dataclass(frozen=True, slots=True)
class TextsDraft:
    """What an admin has written and not saved. `base` names the texts that were live when it was begun."""

    wording: Wording
    base: str


@dataclass(frozen=True, slots=True)
class MailsDraft:
    """The same of mails."""

    mails: MailSettings
    base: str


def texts_of(wording: Wording) -> Texts | None:
    """As the settings have them; None where nothing is the dealer's own."""
    texts = Texts(
        introduction=wording.introduction or None,
        placeholder=wording.placeholder or None,
        footer=wording.footer or None,
        privacy=version_of(wording.privacy),
        terms=version_of(wording.terms),
        current_label="current_month" if wording.current_label == "current_month" else None,
    )
    return texts if texts != Texts() else None


def version_of(text: str) -> str | None:
    """Names a long text, in the settings that say whether there is one."""
    return sha256(text.encode()).hexdigest()[:16] if text else None


def changes(before: Texts | MailSettings, after: Texts | MailSettings) -> list[str]:
    """The fields that differ, by name."""
    return [one.name for one in fields(after) if getattr(before, one.name) != getattr(after, one.name)]
