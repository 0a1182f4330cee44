"""The mail to somebody whose documents took a while to prepare."""

from chalicelib.customers import queries as customers
from chalicelib.dealers import queries as dealers
from chalicelib.downloads import queries, volumes
from chalicelib.downloads.model import KEPT_FOR
from chalicelib.kernel.areas import Area
from chalicelib.kernel.scopes import ImportScope
from chalicelib.notifications.deps import MailDeps, read_by
from chalicelib.notifications.handlers import ComposedMail, Notice
from chalicelib.rendering.format import formats
from chalicelib.store.outbox import OutboxItem


class DownloadReady(Notice):
    """Payload: account_ref, email, person_id, download_id."""

    kind = volumes.READY

    def compose(self, scope: ImportScope, item: OutboxItem, *, deps: MailDeps) -> ComposedMail | None:
        """To who asked. None where they may not log in for the account any more, or the files are not kept any more."""
        ref, person_id = item.payload["account_ref"], item.payload["person_id"]
        found = queries.ready_download(scope, person_id, item.payload["download_id"], now=deps.clock())
        if found is None:
            return None
        users = customers.people_of_account(scope, ref, found.eras.get(ref, ""), Area.INVOICES)
        # Tested control: download-mail-of-present-people
        if person_id not in {user.person_id for user in users}:
            return None
        email = next((user.email for user in users if user.person_id == person_id), item.payload["email"])
        dealer = read_by(dealers.dealer(scope), email)
        fmt = formats(dealer.locale, dealer.time_zone, dealer.currency)
        mail = deps.mail(
            self.kind,
            dealer,
            to=email,
            link=deps.link(f"/transaction-documents/{found.download_id}"),
            account_number=ref,
            count=fmt.count(found.count),
            documents=found.count,
            until=fmt.stamp(found.asked_at + KEPT_FOR),
        )
        return ComposedMail(mail)
