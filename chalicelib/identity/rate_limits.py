"""How often somebody may try (threat 4): counters in fixed windows, the same for known and unknown.

A browser in which the person has logged in before counts by itself, and strangers count together: by address, by
account and in total. So nobody who guesses, and no number of addresses, keeps people out of their own browsers.
The address counts first: one that is out of attempts takes none of anybody's account.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from ipaddress import IPv4Address, IPv6Address, ip_address
from math import ceil

from chalicelib.identity import repo
from chalicelib.kernel.errors import TooManyError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.i18n import ngettext
from chalicelib.kernel.scopes import IdentityScope

MINUTES_5 = 300
HOUR = 3_600
DAY = 86_400
MINUTES_AT_MOST = 120
"""More are said in hours."""
_MAX_ADDRESS_LENGTH = 64
_NETWORK = 64
"""Bits of the IPv6 network that counts as one address."""
_WIDER = ((56, 3), (48, 10))
"""Bits of the networks that one client may have too, and how many times the attempts of an address each gets."""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `maximum` in each window of `seconds`."""

    name: str
    maximum: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Limits:
    """`device` is of one person in a browser known to be theirs; of all others the rest, narrowest first."""

    device: Limit
    address: Limit
    account: Limit
    total: Limit
    account_share: Limit | None = None
    """How much of `account` one network may use up."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One counted attempt: consumed, and refunded where it turns out not to be one."""

    limit: Limit
    subject: str = ""

    @property
    def key(self) -> str:
        """`<name>#<hash of subject>`: the counter says neither the email nor the address."""
        return _key(self.limit.name, self.subject)

    def window(self, now: datetime) -> int:
        """Start of the window that holds `now`, epoch seconds."""
        return int(now.timestamp()) // self.limit.seconds * self.limit.seconds


def _key(name: str, subject: str) -> str:
    return f"{name}#{sha256(subject.encode()).hexdigest()}"


LOGIN = Limits(
    Limit("login.device", 10, MINUTES_5),
    # Tested control: limit-login-by-address
    Limit("login.address", 10, MINUTES_5),
    # Tested control: limit-login-by-account
    Limit("login.account", 10, MINUTES_5),
    Limit("login.all", 3_000, MINUTES_5),
)
RESET = Limits(
    Limit("reset.device", 5, DAY),
    Limit("reset.address", 20, DAY),
    Limit("reset.account", 5, DAY),
    Limit("reset.all", 1_000, HOUR),
    Limit("reset.share", 3, DAY),
)
PASSWORD = Limit("password.person", 10, MINUTES_5)
CODE_DEVICE = Limit("code.device", 5, MINUTES_5)
CODE = Limit("code.person", 5, MINUTES_5)
CODE_DAY = Limit("code.day", 50, DAY)
"""Of a million codes three count at a time: an even chance takes somebody who has the password twelve years."""
CODE_ALL_DAY = Limit("code.all_day", 200, DAY)
"""In all browsers of a person together."""
RECOVERY_DEVICE = Limit("code.recovery.device", 5, MINUTES_5)
RECOVERY = Limit("code.recovery", 5, MINUTES_5)
"""Recovery codes: nobody guesses 80 bits, so wrong codes of six digits keep their owner from none of them."""
CODE_OWN = Limit("code.own", 10, MINUTES_5)
CODE_OWN_DAY = Limit("code.own.day", 50, DAY)
"""Of somebody who is logged in: a quarter of what all browsers have, so that a login is left to the owner."""
CODES_SENT_DEVICE = Limit("code.sent.device", 20, DAY)
CODES_SENT = Limit("code.sent", 10, DAY)
CODES_SENT_ALL_DAY = Limit("code.sent.all_day", 30, DAY)
"""Codes that are sent to one person: none of their browsers, nor somebody who has the password, fills their mailbox."""
TEXTS_DEVICE = Limit("text.device", 10, DAY)
TEXTS_NUMBER = Limit("text.number", 10, DAY)
"""Text messages of a person to the number that they have proved."""
TEXTS_NEW_NUMBER = Limit("text.new.number", 10, DAY)
"""Text messages to one number, of all who have not proved it."""
TEXTS_NEW_NUMBERS = Limit("text.new", 5, DAY)
"""Text messages of a person to numbers that are not proved."""
TEXTS_DEALER = Limit("text.dealer", 500, DAY)
TEXTS_ALL = Limit("text.all", 5_000, DAY)
"""Each costs, and fraud pumps them: https://docs.aws.amazon.com/sns/latest/dg/sms_preferences.html bounds it too."""
PASSWORD_CHANGES = Limit("password.change", 10, DAY)
"""Each sends a mail to its owner."""
SAMPLE_MAILS = Limit("mail.sample", 10, HOUR)
"""Those that an admin sends to themselves."""
LINK_ADDRESS = Limit("link.address", 100, MINUTES_5)
"""Nobody guesses 256 bits: this bounds the work alone. An open day's customers complete behind one router."""

PASSKEY_ASKED = Limit("passkey.asked", 100, MINUTES_5)
"""Challenges that an address may ask for: each is a small item, for 5 minutes. A whole office logs in behind one."""
PASSKEY_ASKED_DEVICE = Limit("passkey.asked.device", 30, MINUTES_5)
PASSKEY_USED = Limit("passkey.used", 10, MINUTES_5)
"""Answers that were wrong, to a challenge that waited in this browser for one: any others cost one read."""
PASSKEY_USED_DEVICE = Limit("passkey.used.device", 10, MINUTES_5)

NEW_DEVICE_MAILS = Limit("mail.device", 3, DAY)
"""Notices of a login on a new device: who deletes cookies is new each time, and must not be taught to ignore them."""


def networks(address: str) -> tuple[str, ...]:
    """What identifies one client: an IPv4 address, but of IPv6 whole networks, whose addresses cost nothing."""
    if len(address) > _MAX_ADDRESS_LENGTH:
        return ("",)
    try:
        found = ip_address(address)
    except ValueError:
        return (address,)
    plain = found if isinstance(found, IPv4Address) else found.ipv4_mapped
    if plain:
        return (str(plain),)
    sizes = (_NETWORK, *(bits for bits, _times in _WIDER))
    return tuple(str(IPv6Address(int(found) >> 128 - bits << 128 - bits)) for bits in sizes)


def address_attempts(limit: Limit, address: str) -> tuple[Attempt, ...]:
    """One of the address, or one of each IPv6 network that it is in."""
    wider = (replace(limit, name=f"{limit.name}.{bits}", maximum=limit.maximum * times) for bits, times in _WIDER)
    return tuple(map(Attempt, (limit, *wider), networks(address)))


def password_change_attempts(person_id: str) -> tuple[Attempt, ...]:
    """Counted for each new password that somebody logged in sets."""
    return (Attempt(PASSWORD_CHANGES, person_id),)


def code_attempts(person_id: str, device: str | None) -> tuple[Attempt, ...]:
    """At the second step of a login: of the person's own browser, or of all others together."""
    # Tested control: limit-codes-of-all-browsers
    in_all = Attempt(CODE_ALL_DAY, person_id)
    if device:
        return (Attempt(CODE_DEVICE, f"{person_id}\n{device}"), Attempt(CODE_DAY, f"{person_id}\n{device}"), in_all)
    return (Attempt(CODE, person_id), Attempt(CODE_DAY, person_id), in_all)


def recovery_attempts(person_id: str, device: str | None) -> tuple[Attempt, ...]:
    """The same for a recovery code."""
    return (Attempt(RECOVERY_DEVICE, f"{person_id}\n{device}") if device else Attempt(RECOVERY, person_id),)


def sent_code_attempts(person_id: str, device: str | None) -> tuple[Attempt, ...]:
    """Counted for each code that is sent: of the person's own browser, or of all others together."""
    in_all = Attempt(CODES_SENT_ALL_DAY, person_id)
    if device:
        return (Attempt(CODES_SENT_DEVICE, f"{person_id}\n{device}"), in_all)
    return (Attempt(CODES_SENT, person_id), in_all)


def text_attempts(
    number: str, *, person_id: str, device: str | None, dealer_id: str, is_new: bool
) -> tuple[Attempt, ...]:
    """Counted for each code that is sent as a text message, narrowest first.

    `is_new`: the person has not proved the number yet. Who asks for those uses up nothing of its owner's.
    """
    own = f"{person_id}\n{number}"
    # Tested control: texts-of-owner-alone
    if is_new:
        of_number: tuple[Attempt, ...] = (Attempt(TEXTS_NEW_NUMBERS, person_id), Attempt(TEXTS_NEW_NUMBER, number))
    elif device:
        of_number = (Attempt(TEXTS_DEVICE, f"{own}\n{device}"),)
    else:
        of_number = (Attempt(TEXTS_NUMBER, own),)
    # Tested control: texts-limited
    return (*of_number, Attempt(TEXTS_DEALER, dealer_id), Attempt(TEXTS_ALL))


def own_code_attempts(person_id: str) -> tuple[Attempt, ...]:
    """Of somebody who is logged in."""
    # Tested control: limit-own-codes
    return (Attempt(CODE_OWN, person_id), Attempt(CODE_OWN_DAY, person_id), Attempt(CODE_ALL_DAY, person_id))


def passkey_asked_attempts(address: str, device: str | None) -> tuple[Attempt, ...]:
    """Counted for each challenge: of a browser in which somebody has logged in, or of all others at an address."""
    # Tested control: known-device-asks-alone
    return (Attempt(PASSKEY_ASKED_DEVICE, device),) if device else address_attempts(PASSKEY_ASKED, address)


def passkey_used_attempts(address: str, device: str | None) -> tuple[Attempt, ...]:
    """Counted for each answer: of a browser of the person whose passkey it names, or of all others at an address."""
    # Tested control: known-device-answers-alone
    return (Attempt(PASSKEY_USED_DEVICE, device),) if device else address_attempts(PASSKEY_USED, address)


def sample_mail_attempts(person_id: str) -> tuple[Attempt, ...]:
    """Counted for each test of a mail that an admin sends to themselves."""
    return (Attempt(SAMPLE_MAILS, person_id),)


def stranger_attempts(limits: Limits, email: str, address: str) -> tuple[Attempt, ...]:
    """Of a browser that is not known to be this person's."""
    share = limits.account_share
    return (
        *address_attempts(limits.address, address),
        *([Attempt(share, f"{email}\n{networks(address)[0]}")] if share else []),
        Attempt(limits.account, email),
        Attempt(limits.total),
    )


def consume(scope: IdentityScope, attempts: Iterable[Attempt], *, now: datetime) -> None:
    """Count an attempt. Raises TooManyError with the seconds until the window ends."""
    for one in attempts:
        start = one.window(now)
        end = start + one.limit.seconds
        if not repo.count(scope, one.key, start, maximum=one.limit.maximum, ttl=end + DAY):
            raise too_many(max(1, end - int(now.timestamp())))


def consume_all(scope: IdentityScope, attempts: Iterable[Attempt], *, now: datetime) -> None:
    """As `consume`, of what costs rather than guesses: nothing is counted of what is refused. Raises TooManyError."""
    counted: list[Attempt] = []
    try:
        for one in attempts:
            consume(scope, (one,), now=now)
            counted.append(one)
    except TooManyError:
        # Tested control: refused-code-costs-nothing
        refund(scope, counted, now=now)
        raise


def require_room(scope: IdentityScope, attempts: Iterable[Attempt], *, now: datetime) -> None:
    """That one more could be counted, of which nothing is. Raises TooManyError as `consume`."""
    for one in attempts:
        start = one.window(now)
        if repo.counted(scope, one.key, start) >= one.limit.maximum:
            raise too_many(max(1, start + one.limit.seconds - int(now.timestamp())))


def is_within(scope: IdentityScope, attempt: Attempt, *, now: datetime) -> bool:
    """Count one, if there is room for it; whether there was."""
    try:
        consume(scope, (attempt,), now=now)
    except TooManyError:
        return False
    return True


def too_many(seconds: int) -> TooManyError:
    """Says how long to wait, in the largest unit that is not rounded far."""
    minutes = ceil(seconds / 60)
    if minutes <= MINUTES_AT_MOST:
        wait = ngettext(
            "Try again in about %(num)s minute.", "Try again in about %(num)s minutes.", minutes, num=minutes
        )
    else:
        hours = ceil(minutes / 60)
        wait = ngettext("Try again in about %(num)s hour.", "Try again in about %(num)s hours.", hours, num=hours)
    reason = _("Too many attempts.")
    return TooManyError(f"{reason} {wait}", retry_after=seconds)


def refund(scope: IdentityScope, attempts: Iterable[Attempt], *, now: datetime) -> None:
    """It was no guess: the counters fall by this one attempt, never by those of others."""
    for one in attempts:
        repo.uncount(scope, one.key, one.window(now))


def clear(scope: IdentityScope, email: str, *, now: datetime) -> None:
    """The person has shown that the mailbox is theirs: strangers' guesses until now keep them out no longer."""
    for limit in (LOGIN.account, RESET.account):
        one = Attempt(limit, email)
        repo.clear_count(scope, one.key, one.window(now))


@contextmanager
def one_at_a_time(scope: IdentityScope, name: str, subject: str, *, now: datetime, seconds: int) -> Iterator[None]:
    """Raises TooManyError while another of `subject` is in here; one that never left has after `seconds`."""
    key = _key(name, subject)
    until = int(now.timestamp()) + seconds
    if not repo.acquire(scope, key, now=int(now.timestamp()), until=until):
        raise too_many(seconds)
    try:
        yield
    finally:
        repo.release(scope, key, until=until)
