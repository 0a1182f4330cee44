"""Reads of a dealer's own words: what is live, and what an admin has drafted."""

from datetime import datetime

from pydantic import TypeAdapter

from chalicelib.dealers.appearance import MailSettings
from chalicelib.dealers.drafts import repo as drafts
from chalicelib.dealers.drafts.model import DraftKind, fingerprint
from chalicelib.dealers.model import Dealer
from chalicelib.dealers.wording import repo
from chalicelib.dealers.wording.model import MailsDraft, Statement, TextsDraft, Wording
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.schemas import adapter
from chalicelib.kernel.scopes import PublicScope, TenantScope

_WORDING: TypeAdapter[Wording] = adapter(Wording)
_MAILS: TypeAdapter[MailSettings] = adapter(MailSettings)


def statement(scope: PublicScope | TenantScope, which: Statement) -> str:
    """The privacy statement or the terms. Raises NotFoundError where the dealer has none."""
    found = repo.statement(scope, which)
    if found is None:
        raise NotFoundError
    return found


def live_wording(scope: TenantScope, dealer: Dealer) -> Wording:
    """The texts that customers see; `dealer` as of now."""
    texts = dealer.texts
    return Wording(
        introduction=texts.introduction or "",
        placeholder=texts.placeholder or "",
        privacy=(texts.privacy and repo.statement(scope, Statement.PRIVACY)) or "",
        terms=(texts.terms and repo.statement(scope, Statement.TERMS)) or "",
        footer=texts.footer or "",
        current_label=texts.current_label or "current",
    )


def texts_draft(scope: TenantScope, dealer: Dealer, *, person_id: str, now: datetime) -> TextsDraft:
    """The admin's draft, or one in which nothing is changed yet."""
    found = drafts.draft(scope, DraftKind.TEXTS, person_id=person_id, now=now)
    if found is None:
        return TextsDraft(live_wording(scope, dealer), fingerprint(dealer.texts))
    return TextsDraft(_WORDING.validate_json(found.body), found.base)


def mails_draft(scope: TenantScope, dealer: Dealer, *, person_id: str, now: datetime) -> MailsDraft:
    """The same of mails."""
    found = drafts.draft(scope, DraftKind.MAILS, person_id=person_id, now=now)
    if found is None:
        return MailsDraft(dealer.mails, fingerprint(dealer.mails))
    return MailsDraft(_MAILS.validate_json(found.body), found.base)
