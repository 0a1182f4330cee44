"""People with an authenticator app, and what it shows."""

from collections.abc import Callable
from datetime import datetime

from pyotp import TOTP

from chalicelib.identity import recovery_codes, repo
from chalicelib.identity.model import ClientInfo, FactorKind
from chalicelib.identity.operations import Proof
from chalicelib.identity.repo import factor_writes, writes
from chalicelib.identity.sent_codes import operations as sent_codes
from chalicelib.identity.sent_codes import repo as sent_codes_repo
from chalicelib.identity.sent_codes.model import Bound
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.scopes import IdentityScope
from tests.fixtures.cast import Member

SCOPE = IdentityScope()
APP_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
HERE = ClientInfo("2001:db8:77::7", "Mozilla/5.0 Chrome/126.0")
Begin = Callable[..., str]
BY_APP = Proof(factor=FactorKind.APP)


def give_app(member: Member | str, *, now: datetime, ids: Ids) -> tuple[str, ...]:
    """The person, or who has this id, has an app with APP_SECRET from now on; their recovery codes."""
    person_id = member if isinstance(member, str) else member.person_id
    person = repo.person(SCOPE, person_id)
    assert person
    codes = recovery_codes.new_codes(ids)
    kept = recovery_codes.stored(person_id, codes, now)
    begun, app = factor_writes.add_app(person_id, APP_SECRET, step=0, now=now)
    del begun
    repo.commit(SCOPE, [factor_writes.drop_app(person_id)])
    set_up = writes.set_factors(person, {FactorKind.APP}, version=ids.ulid(now))
    repo.commit(SCOPE, [app, set_up, factor_writes.put_recovery_codes(person_id, kept)])
    return codes


def take_app(member: Member, *, now: datetime, ids: Ids) -> None:
    """The person has none any more."""
    person = repo.person(SCOPE, member.person_id)
    assert person
    gone = [factor_writes.drop_app(member.person_id), factor_writes.drop_recovery_codes(member.person_id)]
    repo.commit(SCOPE, [*gone, writes.set_factors(person, (), version=ids.ulid(now))])


def code_at(moment: datetime, secret: str = APP_SECRET) -> str:
    """What the app shows."""
    return TOTP(secret).at(moment)


def give_email_codes(member: Member, *, also: frozenset[FactorKind] = frozenset(), now: datetime, ids: Ids) -> None:
    """The person has codes by email from now on, and these factors; no recovery codes."""
    person = repo.person(SCOPE, member.person_id)
    assert person
    repo.commit(SCOPE, [writes.set_factors(person, {FactorKind.EMAIL, *also}, version=ids.ulid(now))])


def give_sms_codes(member: Member, number: str, *, now: datetime, ids: Ids) -> None:
    """The person has codes by text message to this number from now on, and nothing else."""
    person = repo.person(SCOPE, member.person_id)
    assert person
    set_up = writes.set_factors(person, {FactorKind.SMS}, version=ids.ulid(now))
    repo.commit(SCOPE, [set_up, factor_writes.put_sms_number(member.person_id, number, now=now)])


def sent_code(bound: Bound, *, now: datetime, ids: Ids) -> str:
    """The code that is mailed for this, made as the mail is written."""
    asked = sent_codes_repo.sent_code(SCOPE, bound)
    assert asked
    made = sent_codes.generate_code(SCOPE, bound=bound, ask_id=asked.ask_id, now=now, ids=ids)
    assert made
    return made.code
