"""Steps with passkeys that tests share."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chalicelib.identity.model import ClientInfo, Session
from chalicelib.identity.operations import LoggedIn
from chalicelib.identity.passkeys import login, operations, second_step
from chalicelib.identity.passkeys.model import Passkey, RelyingParty
from chalicelib.identity.passkeys.operations import Changed, Removed
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope
from tests.fixtures.authenticator import Authenticator
from tests.fixtures.cast import PASSWORD

SCOPE = IdentityScope()
PARTY = RelyingParty("localhost", "http://localhost:8000")


@dataclass
class Ceremonies:
    """The portal's half of each ceremony, at `now`, for one browser before login."""

    now: datetime
    ids: Ids
    client: ClientInfo = field(default_factory=lambda: ClientInfo("203.0.113.7", "Mozilla/5.0 Chrome/126.0"))
    browser: str = "a secret of this browser"
    codes: tuple[str, ...] = ()
    """The recovery codes that came last with a first passkey."""

    def asked_to_create(
        self, session: Session, *, name: str = "Office laptop", password: str = PASSWORD, code: str = ""
    ) -> dict[str, Any]:
        return operations.begin_creation(
            SCOPE,
            party=PARTY,
            session=session,
            name=name,
            current_password=password,
            code=code,
            now=self.now,
            ids=self.ids,
        )

    def created(self, session: Session, response: str) -> Passkey:
        return self.changed(session, response).passkey

    def changed(self, session: Session, response: str) -> Changed:
        made = operations.finish_creation(
            SCOPE, party=PARTY, session=session, response=response, client=self.client, now=self.now, ids=self.ids
        )
        if made.factors:
            self.codes = made.factors.codes
        return made

    def removed(
        self, session: Session, passkey: Passkey, *, password: str = PASSWORD, code: str | None = None
    ) -> Removed:
        return operations.remove_passkey(
            SCOPE,
            session=session,
            passkey_id=passkey.passkey_id,
            current_password=password,
            code=next(iter(self.codes), "") if code is None else code,
            client=self.client,
            now=self.now,
            ids=self.ids,
        )

    def passkey(
        self,
        session: Session,
        authenticator: Authenticator | None = None,
        *,
        name: str = "Office laptop",
        code: str = "",
    ) -> Passkey:
        made = authenticator or Authenticator(credential_id=self.ids.random_bytes(32))
        return self.created(session, made.create(self.asked_to_create(session, name=name, code=code)))

    def asked_to_log_in(self) -> dict[str, Any]:
        return login.begin_login(
            SCOPE, party=PARTY, client=self.client, bound_to=self.browser, now=self.now, ids=self.ids
        )

    def asked_at_second_step(self, secret: str) -> dict[str, Any]:
        return second_step.begin(SCOPE, party=PARTY, secret=secret, client=self.client, now=self.now, ids=self.ids)

    def finished(self, secret: str, response: str, *, trust_browser: bool = False) -> LoggedIn:
        return second_step.use_passkey(
            SCOPE,
            party=PARTY,
            secret=secret,
            response=response,
            trust_browser=trust_browser,
            client=self.client,
            now=self.now,
            ids=self.ids,
        )

    def logged_in(self, response: str, **asked: Any) -> LoggedIn:
        return login.log_in(
            SCOPE,
            **{
                "party": PARTY,
                "response": response,
                "client": self.client,
                "bound_to": self.browser,
                "now": self.now,
                "ids": self.ids,
                **asked,
            },
        )
