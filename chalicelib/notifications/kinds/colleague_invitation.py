"""The mail that invites somebody to an account that others use already."""

from datetime import datetime

from chalicelib.customers.colleagues import operations as colleagues
from chalicelib.customers.colleagues import transitions
from chalicelib.customers.colleagues.model import Grant, State
from chalicelib.customers.colleagues.words import LEVELS, accounts_in_words, areas_in_words
from chalicelib.customers.enrolment.queries import current_era
from chalicelib.dealers import queries as dealers
from chalicelib.identity.model import Membership, MembershipKind
from chalicelib.kernel.i18n import activated
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.keys import from_link_part, is_portal_customer
from chalicelib.kernel.names import name_for_strangers
from chalicelib.kernel.scopes import ImportScope
from chalicelib.notifications import bounces
from chalicelib.notifications.deps import MailDeps, read_by
from chalicelib.notifications.handlers import BounceReport, ComposedMail, Notice
from chalicelib.notifications.invitation_mail import invitation_mail
from chalicelib.store.outbox import OutboxItem


class ColleagueInvitation(Notice):
    """Payload: account_ref, account_name, email, invitation_id, queued_at, inviter and inviter_name.

    The list of the account's people says what became of it.
    """

    kind = colleagues.INVITATION

    def compose(self, scope: ImportScope, item: OutboxItem, *, deps: MailDeps) -> ComposedMail | None:
        """None if it was answered, withdrawn or queued again since, or the account is another customer's."""
        ref, invitation_id = item.payload["account_ref"], item.payload["invitation_id"]
        found = transitions.invited(scope, ref=ref, invitation_id=invitation_id)
        if found is None or not _is_this(found, item) or not _is_of_now(scope, found, ref):
            return None
        offered = Membership(
            scope.dealer_id,
            MembershipKind.CUSTOMER,
            ref,
            item.payload["account_name"],
            role=found.rights.role,
            invitation_id=invitation_id,
            era=found.era,
        )
        dealer = read_by(dealers.dealer(scope), item.payload["email"])
        with activated(dealer.locale):
            level, areas = str(LEVELS[found.rights.role]), areas_in_words(found.rights, dealer.modules)
        mail, link = invitation_mail(
            scope,
            item,
            offered,
            deps=deps,
            account_number=offered.account_number,
            account_name=offered.account_name,
            inviter=item.payload["inviter"],
            inviter_name=name_for_strangers(item.payload["inviter_name"]),
            level=level,
            areas=areas,
            limited_to=accounts_in_words(found.rights),
        )

        def note(_sent_at: datetime) -> None:
            _advance(scope, item, State.INVITED, link.expires_at)

        return ComposedMail(mail, note, {"invitation": invitation_id})

    def uncertain(self, scope: ImportScope, item: OutboxItem) -> None:
        """The person who has invited them decides whether to send another."""
        _advance(scope, item, State.UNCERTAIN)

    def refused(self, scope: ImportScope, item: OutboxItem, *, now: datetime) -> None:
        """The address does not work."""
        _advance(scope, item, State.UNSENT)
        super().refused(scope, item, now=now)

    def bounced(self, scope: ImportScope, report: BounceReport, *, now: datetime, ids: Ids) -> bool:
        """The address does not work. A complaint counts whatever has become of the invitation since."""
        is_new = transitions.mark_bounced(
            scope,
            ref=from_link_part(report.tags["account"]),
            invitation_id=report.tags["invitation"],
            reason=report.reason,
            now=now,
            ids=ids,
        )
        found = report.as_bounce(now)
        return is_new or (found.is_complaint and bounces.note(scope, found, now=now, ids=ids))


def _is_this(found: Grant, item: OutboxItem) -> bool:
    queued_at = datetime.fromisoformat(item.payload["queued_at"])
    return found.queued_at is None or found.queued_at <= queued_at


def _is_of_now(scope: ImportScope, found: Grant, ref: str) -> bool:
    return is_portal_customer(ref) or found.era == current_era(scope, ref)


def _advance(scope: ImportScope, item: OutboxItem, state: State, expires_at: datetime | None = None) -> None:
    transitions.advance(
        scope,
        ref=item.payload["account_ref"],
        invitation_id=item.payload["invitation_id"],
        state=state,
        expires_at=expires_at,
    )
