"""Passwords: what is allowed and how they are kept (argon2id, 19 MiB, 2 passes; OWASP password storage)."""

import gzip
import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from chalicelib.identity.model import Person
from chalicelib.kernel.errors import InvalidError
from chalicelib.kernel.i18n import gettext as _
from chalicelib.kernel.i18n import ngettext

if TYPE_CHECKING:
    from argon2 import PasswordHasher

MIN_LENGTH = 15
MIN_LENGTH_WITH_FACTOR = 8
"""Characters, of somebody who shows a second factor too."""
MAX_LENGTH = 256
MAX_TYPED_LENGTH = 4 * MAX_LENGTH
"""Characters before they are normalised: the composed form of four may be one."""

_COMMON = Path(__file__).with_name("common_passwords.txt.gz")
_WALKS = (
    "1234567890",
    "0123456789",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "abcdefghijklmnopqrstuvwxyz",
    "1qaz2wsx3edc4rfv5tgb",
)
_LEET = (str.maketrans("", ""), str.maketrans("03457@$", "oeastas"), str.maketrans("013457@$!", "oieastasi"))
_FEW = 5
_RUN = 4
_SHORT = 3
_UNIT = 8
_PIECES = 2


def check_password(
    password: str, *, context: Iterable[str] = (), field: str = "password", shortest: int = MIN_LENGTH
) -> None:
    """Raises InvalidError for `field`, saying what to do.

    `context`: texts that an attacker would try, as the dealer's name and the email.
    """
    found = problem(password, context=context, shortest=shortest)
    if found:
        raise InvalidError(found, {field: found})


def shortest_for(person: Person) -> int:
    """Characters that a password of theirs has at least."""
    # Tested control: password-length-by-factor
    return MIN_LENGTH_WITH_FACTOR if person.factors else MIN_LENGTH


def is_short(password: str) -> bool:
    """Whether it is too short for somebody without a second factor."""
    return len(_normal(password)) < MIN_LENGTH


def problem(password: str, *, context: Iterable[str] = (), shortest: int = MIN_LENGTH) -> str | None:
    """What is wrong with a new password, in words for the person; None when it may be used. No rules of composition."""
    text = _normal(password)
    if not text:
        return _("Enter a new password")
    if len(text) < shortest:
        return ngettext("Enter %(num)s character or more", "Enter %(num)s characters or more", shortest, num=shortest)
    if len(password) > MAX_TYPED_LENGTH or len(text) > MAX_LENGTH:
        return ngettext(
            "Enter %(num)s character or fewer", "Enter %(num)s characters or fewer", MAX_LENGTH, num=MAX_LENGTH
        )
    # Tested control: guessable-refused
    if is_guessable(text, context=context):
        return _("This password is easy to guess. Add words that have nothing to do with you or the dealer")
    return None


def is_guessable(password: str, *, context: Iterable[str] = ()) -> bool:
    """Common, a short piece repeated, a walk over the keyboard, or made of two common words and context words."""
    words = frozenset(word for text in context for word in _words(text.casefold()))
    folded = re.sub(r"\s+", "", password.casefold())
    return any(
        text in common_passwords() or _repeats(text) or _walks(text) or _built_of_common_words(text, words)
        for text in (folded.translate(table) for table in _LEET)
    )


@cache
def common_passwords() -> frozenset[str]:
    """The most used passwords of 4 characters and more, folded: Royce Williams' list as Django has it, and ours."""
    return frozenset(gzip.decompress(_COMMON.read_bytes()).decode().split())


def hash_password(password: str) -> str:
    """What is stored: an argon2id string with its own salt and parameters. 40 to 100 ms."""
    return _hasher().hash(_normal(password))


# Tested control: login-same-argon2
def password_matches(stored: str | None, password: str) -> bool:
    """Whether `password` made `stored`. Without one a dummy is checked, so that both take as long (threat 5)."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        matches = _hasher().verify(_dummy() if stored is None else stored, _normal(password)[: MAX_LENGTH + 1])
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None and matches


def needs_rehash(stored: str) -> bool:
    """Whether it was made with other parameters than today's."""
    return _hasher().check_needs_rehash(stored)


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher  # most requests check no password

    # Tested control: argon2-memory
    return PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


@cache
def _dummy() -> str:
    return _hasher().hash("nobody has this password")


def _normal(password: str) -> str:
    # Tested control: password-length-first
    return unicodedata.normalize("NFKC", password[:MAX_TYPED_LENGTH])  # which takes the square of a length


def _words(context: str) -> set[str]:
    """`al.barlow@postgate.example` -> barlow, postgate, example, albarlow, ..."""
    parts = context.split("@")
    joined = {"".join(re.findall(r"[^\W\d_]+", part)) for part in (context, *parts)}
    return {word for word in {*re.findall(r"[^\W\d_]+", context), *joined} if len(word) >= _SHORT}


def _repeats(text: str) -> bool:
    if len(set(text)) < _FEW:
        return True
    unit = (text + text).find(text, 1)
    return unit < len(text) and unit <= _UNIT


def _walks(text: str) -> bool:
    """Whether at least four fifths of it are runs of four along a row of keys or the alphabet, either way."""
    rows = [row for walk in _WALKS for row in (walk + walk, (walk + walk)[::-1])]
    on_walk = {
        i + k
        for i in range(len(text) - _RUN + 1)
        if any(text[i : i + _RUN] in row for row in rows)
        for k in range(_RUN)
    }
    return len(on_walk) * 5 >= len(text) * 4


def _built_of_common_words(text: str, context: frozenset[str]) -> bool:
    """Whether its letters divide into at most two different common words, any number of times, beside context words."""
    letters = "".join(c for c in text if c.isalpha())
    common = common_passwords()
    best: list[frozenset[str] | None] = [frozenset(), *([None] * len(letters))]
    for end in range(_SHORT, len(letters) + 1):
        for start in range(max(0, end - 24), end - 2):
            before, word = best[start], letters[start:end]
            if before is None or not (word in context or (len(word) >= _RUN and word in common)):
                continue
            pieces = before if word in context else before | {word}
            known = best[end]
            if len(pieces) <= _PIECES and (known is None or len(pieces) < len(known)):
                best[end] = pieces
    return bool(letters) and best[-1] is not None
