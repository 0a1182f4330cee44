"""The mail to a customer whose dispute the dealer has acknowledged or decided."""

from chalicelib.alerts.kinds import DISPUTE_NEWS
from chalicelib.alerts.model import Alert
from chalicelib.customers import queries as customers
from chalicelib.dealers import queries as dealers
from chalicelib.disputes import queries, steps
from chalicelib.kernel.areas import Area
from chalicelib.kernel.errors import NotFoundError
from chalicelib.kernel.scopes import ImportScope
from chalicelib.notifications.deps import MailDeps, read_by
from chalicelib.notifications.handlers import ComposedMail, Notice
from chalicelib.rendering.format import formats
from chalicelib.store.outbox import OutboxItem

FILE = "file"
"""Beside the states of a dispute: the dealer has added a file."""


class DisputeNews(Notice):
    """Payload: account_ref, dispute_id, step: how many steps the dispute had with this one.

    With file_id it is of that file, which staff have added.
    """

    kind = steps.NEWS

    def compose(self, scope: ImportScope, item: OutboxItem, *, deps: MailDeps) -> ComposedMail | None:
        """To who raised it. None where they may not log in for the account any more, or the dispute is not there."""
        ref = item.payload["account_ref"]
        try:
            found = queries.dispute(scope, ref, item.payload["dispute_id"])
        except NotFoundError:
            return None
        users = customers.readers_of_account(scope, ref, found.era, Area.DISPUTES)
        raiser = next((user for user in users if user.person_id == found.raiser_id), None)
        if raiser is None:
            return None
        step = found.steps[item.payload["step"] - 1]
        state, words = step.state.value, step.text
        if file_id := item.payload.get("file_id"):
            state, words = FILE, next(one.name for one in found.files if one.file_id == file_id)
        dealer = read_by(dealers.dealer(scope), raiser.email)
        fmt = formats(dealer.locale, dealer.time_zone, dealer.currency)
        mail = deps.mail(
            self.kind,
            dealer,
            to=raiser.email,
            link=deps.link(f"/disputes/{found.dispute_id}"),
            account_number=ref,
            references=found.references,
            amount=fmt.money(found.amount, found.currency),
            state=state,
            credit=fmt.money(step.credit, found.currency) if step.credit else "",
            answer=words,
        )
        about = {"references": found.references, "state": state, "words": words}
        path = f"/disputes/{found.dispute_id}"
        return ComposedMail(mail, alerts=(Alert(DISPUTE_NEWS.name, ref, found.era, path, about),))
