"""Choosing a dealer's own words: a draft that only its admin sees, until it is made live; and a test of a mail."""

from dataclasses import replace
from datetime import datetime

from pydantic import TypeAdapter

from chalicelib.dealers import queries as dealers_queries
from chalicelib.dealers import repo as dealers_repo
from chalicelib.dealers.appearance import MailSettings, Texts
from chalicelib.dealers.drafts import repo as drafts
from chalicelib.dealers.drafts.model import DraftKind, StoredDraft, fingerprint
from chalicelib.dealers.look_alikes import MAX_WORDS, is_one_alphabet, skeleton, skeletons_within, word_count
from chalicelib.dealers.model import Dealer, Profile
from chalicelib.dealers.queries import forget_settings
from chalicelib.dealers.wording import repo
from chalicelib.dealers.wording.model import (
    MailsDraft,
    Part,
    Statement,
    TextsDraft,
    Wording,
    changes,
    texts_of,
)
from chalicelib.kernel.errors import ConflictError, InvalidError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.schemas import adapter
from chalicelib.kernel.scopes import DealerScope, PublicLookupScope
from chalicelib.store.audit import AuditRow, audit_row
from chalicelib.store.outbox import outbox_item

SAMPLE_MAIL = "sample_mail"
"""The kind of the outbox item that sends one."""
_ANYBODY = PublicLookupScope()
_WORDING: TypeAdapter[Wording] = adapter(Wording)
_MAILS: TypeAdapter[MailSettings] = adapter(MailSettings)


def keep_texts(scope: DealerScope, draft: TextsDraft, *, dealer: Dealer, now: datetime) -> None:
    """Keep what was written, for its admin alone; where it is what customers see already there is no draft."""
    if texts_of(draft.wording) == dealer.own_texts:
        drafts.delete_draft(scope, DraftKind.TEXTS)
        return
    body = _WORDING.dump_json(draft.wording).decode()
    drafts.put_draft(scope, DraftKind.TEXTS, StoredDraft(body, draft.base), now=now)


def keep_mails(scope: DealerScope, draft: MailsDraft, *, dealer: Dealer, now: datetime) -> None:
    """The same of mails. Raises InvalidError on `sender` as `publish_mails`."""
    _require_own_sender(dealer, draft.mails)
    if draft.mails == dealer.mails:
        drafts.delete_draft(scope, DraftKind.MAILS)
        return
    body = _MAILS.dump_json(draft.mails, exclude_none=True).decode()
    drafts.put_draft(scope, DraftKind.MAILS, StoredDraft(body, draft.base), now=now)


def discard(scope: DealerScope, kind: DraftKind) -> None:
    """Nothing of the draft is kept."""
    drafts.delete_draft(scope, kind)


def publish_texts(scope: DealerScope, wording: Wording, *, seen: str, now: datetime, ids: Ids) -> bool:
    """Make these the texts that customers read. False where they are already, and nothing is written.

    `seen` names those that were live when the admin began. Raises ConflictError where somebody else has changed them
    since.
    """
    after = texts_of(wording)

    def change(profile: Profile) -> Profile:
        if after != profile.own_texts:
            _require_seen(profile.texts, seen)
        return replace(profile, own_texts=after)

    def audit(before: Profile) -> AuditRow:
        return _audit(scope, changes(before.texts, after or Texts()), event="texts.changed", now=now, ids=ids)

    statements = [
        repo.written_statement(scope, Statement.PRIVACY, wording.privacy),
        repo.written_statement(scope, Statement.TERMS, wording.terms),
    ]
    noted = dealers_repo.noted_saved(scope, Part.TEXTS, person_id=scope.person_id, now=now)
    also = (*statements, drafts.ended_draft(scope, DraftKind.TEXTS), noted)
    before = dealers_repo.change_profile(scope, change, audit, also=also)
    return _published(scope, DraftKind.TEXTS, is_new=before.own_texts != after)


def publish_mails(scope: DealerScope, mails: MailSettings, *, seen: str, now: datetime, ids: Ids) -> bool:
    """The same of mails. Raises InvalidError on `sender` where it reads like another dealer's name or the portal's."""
    _require_own_sender(dealers_queries.dealer(scope), mails)
    after = mails if mails != MailSettings() else None

    def change(profile: Profile) -> Profile:
        if after != profile.own_mails:
            _require_seen(profile.mails, seen)
        return replace(profile, own_mails=after)

    def audit(before: Profile) -> AuditRow:
        return _audit(scope, changes(before.mails, mails), event="mails.changed", now=now, ids=ids)

    noted = dealers_repo.noted_saved(scope, Part.MAILS, person_id=scope.person_id, now=now)
    before = dealers_repo.change_profile(scope, change, audit, also=(drafts.ended_draft(scope, DraftKind.MAILS), noted))
    return _published(scope, DraftKind.MAILS, is_new=before.own_mails != after)


def send_test(scope: DealerScope, *, mail: str, email: str, now: datetime, ids: Ids) -> None:
    """Queue one of the dealer's mails, with the admin's drafts, to the admin: `email` is theirs."""
    payload = {"mail": mail, "email": email, "person_id": scope.person_id}
    row = audit_row(
        scope, ids=ids, now=now, actor=scope.person_id, event="mails.tested", subject="", detail={"name": mail}
    )
    repo.write(scope, outbox_item(scope, kind=SAMPLE_MAIL, payload=payload, now=now, ids=ids), row)


def _require_own_sender(dealer: Dealer, mails: MailSettings) -> None:
    """A mail whose sender reads like another dealer leads that one's customers to wherever its words say.

    What stays as it is was allowed, or is older than this rule.
    """
    from chalicelib.mail.messages import PRODUCT  # loads what sends mails

    sender = mails.sender
    if sender is None or sender == dealer.mails.sender:
        return
    if word_count(sender) > MAX_WORDS:
        raise _refused(_("Shorten the name to %(most)s words", most=MAX_WORDS))
    if not is_one_alphabet(sender):
        raise _refused(_("Use Latin, Greek or Cyrillic letters, of one of these alphabets"))
    own, portal = skeleton(dealer.name), skeleton(PRODUCT)
    if portal in skeleton(sender) and portal not in own:
        raise _refused(_("This reads like the name of the portal itself. Enter a name that your customers know you by"))
    for within in skeletons_within(sender):
        # Tested control: sender-of-nobody-else
        if within not in own and dealers_repo.find_by_name(_ANYBODY, within) not in {None, dealer.dealer_id}:
            raise _refused(
                _("This reads like the name of another dealer. Enter a name that your customers know you by")
            )


def _refused(problem: str) -> InvalidError:
    return InvalidError(problem, {"sender": problem})


def _require_seen(live: Texts | MailSettings, seen: str) -> None:
    # Tested control: wording-conflict
    if fingerprint(live) != seen:
        raise ConflictError(_("Somebody else changed this since you opened the page."))


def _audit(scope: DealerScope, changed: list[str], *, event: str, now: datetime, ids: Ids) -> AuditRow:
    detail = {"settings": changed}
    return audit_row(scope, ids=ids, now=now, actor=scope.person_id, event=event, subject="", detail=detail)


def _published(scope: DealerScope, kind: DraftKind, *, is_new: bool) -> bool:
    forget_settings(scope)
    if not is_new:
        drafts.delete_draft(scope, kind)
    return is_new
